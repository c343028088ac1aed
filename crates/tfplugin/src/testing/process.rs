use std::io;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use rcgen::{CertificateParams, KeyPair, PKCS_ECDSA_P521_SHA512};
use rustls::ClientConfig;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer, ServerName};
use thiserror::Error;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, ChildStdout, Command};
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tonic::transport::Channel;

use super::connect;
use crate::server::{COOKIE, Io, Pinned};
use crate::{Diagnostic, Diagnostics};

/// A provider's program, started as Terraform starts it. It is killed when dropped.
#[derive(Debug)]
pub struct Process {
    child: Child,
    /// Kept, so that the process may continue to write.
    _stdout: BufReader<ChildStdout>,
    line: String,
    tls: Option<Identity>,
}

/// A program did not become a plugin that could be talked to.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum StartError {
    /// It could not be started, or has ended.
    #[error("cannot start the provider")]
    Start(#[from] io::Error),
    /// It did not say where it listens.
    #[error("the provider wrote {0:?} instead of a handshake")]
    Handshake(String),
    /// The TLS of this side could not be set up.
    #[error("cannot set up TLS: {0}")]
    Tls(String),
}

/// A certificate as Terraform makes one for each process it starts.
#[derive(Debug)]
struct Identity {
    certificate: CertificateDer<'static>,
    pem: String,
    key: PrivateKeyDer<'static>,
}

/// As long as Terraform waits for the handshake.
const START: Duration = Duration::from_secs(60);

/// As long as Terraform waits for the end, before it kills.
const END: Duration = Duration::from_secs(2);

impl Process {
    /// Starts the program with a fresh client certificate, and waits for its handshake.
    pub async fn start(command: std::process::Command) -> Result<Process, StartError> {
        let tls = Identity::new().map_err(|error| StartError::Tls(error.to_string()))?;
        Self::start_as(command, Some(tls)).await
    }

    /// The same without TLS, as with `TF_DISABLE_PLUGIN_TLS`.
    pub async fn start_in_plaintext(command: std::process::Command) -> Result<Process, StartError> {
        Self::start_as(command, None).await
    }

    async fn start_as(command: std::process::Command, tls: Option<Identity>) -> Result<Process, StartError> {
        let mut command = Command::from(command);
        command.env(COOKIE.0, COOKIE.1).env("PLUGIN_PROTOCOL_VERSIONS", "6,5");
        command.env("PLUGIN_MIN_PORT", "10000").env("PLUGIN_MAX_PORT", "25000");
        match &tls {
            Some(identity) => command.env("PLUGIN_CLIENT_CERT", &identity.pem),
            None => command.env_remove("PLUGIN_CLIENT_CERT"),
        };
        let mut child = command.stdout(Stdio::piped()).kill_on_drop(true).spawn()?;
        let stdout = child.stdout.take().ok_or_else(|| io::Error::from(io::ErrorKind::BrokenPipe))?;
        let (mut stdout, mut line) = (BufReader::new(stdout), String::new());
        timeout(START, stdout.read_line(&mut line)).await.map_err(io::Error::from)??;
        let process = Process { child, _stdout: stdout, line, tls };
        if process.field(5).is_none() {
            return Err(StartError::Handshake(process.line.clone()));
        }
        Ok(process)
    }

    /// The line that it has responded with.
    pub fn handshake(&self) -> &str {
        self.line.trim_end()
    }

    /// `unix` or `tcp`.
    pub fn network(&self) -> &str {
        self.field(2).unwrap_or_default()
    }

    /// Where it listens.
    pub fn address(&self) -> &str {
        self.field(3).unwrap_or_default()
    }

    /// Its process id, while it runs.
    pub fn id(&self) -> Option<u32> {
        self.child.id()
    }

    fn field(&self, index: usize) -> Option<&str> {
        self.handshake().split('|').nth(index)
    }

    pub(super) async fn connect(&self) -> Result<Channel, Diagnostics> {
        match self.network() {
            #[cfg(unix)]
            "unix" => self.secured(tokio::net::UnixStream::connect(self.address()).await?).await,
            _ => self.secured(tokio::net::TcpStream::connect(self.address()).await?).await,
        }
    }

    async fn secured(&self, stream: impl Io) -> Result<Channel, Diagnostics> {
        let Some(identity) = &self.tls else { return Ok(connect::through(stream).await?) };
        let announced = STANDARD_NO_PAD.decode(self.field(5).unwrap_or_default())?;
        let connector = TlsConnector::from(Arc::new(identity.config(announced.into())?));
        let stream = connector.connect(ServerName::try_from("localhost")?, stream).await?;
        Ok(connect::through(stream).await?)
    }

    /// Waits for the end, which has been asked for.
    pub(super) async fn ended(mut self) -> Result<(), Diagnostics> {
        match timeout(END, self.child.wait()).await {
            Ok(Ok(status)) if status.success() => Ok(()),
            Ok(_) => Err(Diagnostic::error("The provider ended with an error", "").into()),
            Err(_) => {
                Err(Diagnostic::error("The provider did not end", "Terraform would have killed it.").into())
            }
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Killed, it cannot clean up behind itself. A directory goes only if nothing else is in it.
        if self.network() == "unix" {
            let socket = std::path::Path::new(self.address());
            let _ = std::fs::remove_file(socket);
            let _ = socket.parent().map(std::fs::remove_dir);
        }
    }
}

impl Identity {
    fn new() -> Result<Identity, rcgen::Error> {
        let key = KeyPair::generate_for(&PKCS_ECDSA_P521_SHA512)?;
        let mut params = CertificateParams::new(vec!["localhost".to_owned()])?;
        // Terraform's is a certificate authority.
        params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        let certificate = params.self_signed(&key)?;
        Ok(Identity {
            pem: pem(certificate.der()),
            certificate: certificate.der().clone(),
            key: PrivatePkcs8KeyDer::from(key.serialize_der()).into(),
        })
    }

    fn config(&self, server: CertificateDer<'static>) -> Result<ClientConfig, rustls::Error> {
        let crypto = Arc::new(aws_lc_rs::default_provider());
        let pinned = Arc::new(Pinned::new(server, Arc::clone(&crypto)));
        let mut config = ClientConfig::builder_with_provider(crypto)
            .with_safe_default_protocol_versions()?
            .dangerous()
            .with_custom_certificate_verifier(pinned)
            .with_client_auth_cert(vec![self.certificate.clone()], self.key.clone_key())?;
        config.alpn_protocols = vec![b"h2".to_vec()];
        Ok(config)
    }
}

fn pem(der: &[u8]) -> String {
    let body = base64::engine::general_purpose::STANDARD.encode(der);
    let lines: Vec<_> = body.as_bytes().chunks(64).map(String::from_utf8_lossy).collect();
    format!("-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n", lines.join("\n"))
}
