//! TLS, so that clients that speak nothing else can use the simulator unmodified.

use std::io::{self, Write};
use std::net::{Ipv4Addr, Ipv6Addr};
use std::sync::Arc;

use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, IsCa, Issuer, KeyPair, KeyUsagePurpose,
};
use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tempfile::NamedTempFile;
use tokio_rustls::TlsAcceptor;

use crate::server::Transport;

/// A certificate authority for one simulator. Its key is dropped once it has signed one certificate, for `localhost` and
/// the loopback addresses, so whoever trusts it trusts nothing else.
pub(crate) struct CertificateAuthority {
    acceptor: TlsAcceptor,
    certificate: String,
}

impl CertificateAuthority {
    /// Makes an authority and a certificate of the server.
    pub(crate) fn new() -> io::Result<Self> {
        let (certificate, chain, key) = certificates().map_err(io::Error::other)?;
        let acceptor = TlsAcceptor::from(Arc::new(config(chain, key).map_err(io::Error::other)?));
        Ok(Self { acceptor, certificate })
    }

    pub(crate) fn transport(&self) -> Transport {
        Transport::Tls(self.acceptor.clone())
    }

    /// The authority's certificate in PEM.
    #[cfg(feature = "cli")]
    pub(crate) fn certificate(&self) -> &str {
        &self.certificate
    }

    /// Writes the authority's certificate to a temporary file.
    pub(crate) fn temporary_file(&self) -> io::Result<NamedTempFile> {
        let mut file = tempfile::Builder::new().prefix("clb-sim-ca-").suffix(".pem").tempfile()?;
        file.write_all(self.certificate.as_bytes())?;
        file.flush()?;
        Ok(file)
    }
}

type Certificates = (String, Vec<CertificateDer<'static>>, PrivateKeyDer<'static>);

/// The authority in PEM, the server's chain and its key.
fn certificates() -> Result<Certificates, rcgen::Error> {
    let authority_key = KeyPair::generate()?;
    let mut parameters = CertificateParams::new(Vec::new())?;
    parameters.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    parameters.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    parameters.distinguished_name = name("clb-sim authority");
    let authority = parameters.self_signed(&authority_key)?;
    let issuer = Issuer::new(parameters, authority_key);

    let key = KeyPair::generate()?;
    let addresses = [Ipv4Addr::LOCALHOST.to_string(), Ipv6Addr::LOCALHOST.to_string()];
    let mut parameters = CertificateParams::new([&["localhost".to_owned()][..], &addresses].concat())?;
    parameters.distinguished_name = name("clb-sim");
    let certificate = parameters.signed_by(&key, &issuer)?;
    let chain = vec![certificate.der().clone(), authority.der().clone()];
    Ok((authority.pem(), chain, PrivateKeyDer::Pkcs8(key.serialize_der().into())))
}

fn name(common_name: &str) -> DistinguishedName {
    let mut name = DistinguishedName::new();
    name.push(DnType::CommonName, common_name);
    name
}

fn config(
    chain: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
) -> Result<ServerConfig, rustls::Error> {
    let provider = Arc::new(aws_lc_rs::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(chain, key)?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}
