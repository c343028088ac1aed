//! A plugin serves the client that started it, and no other peer. Other peers cannot keep that client from being served.

use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use rcgen::{CertificateParams, KeyPair, PKCS_ECDSA_P521_SHA512};
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, SignatureScheme};
use tfplugin::testing::{Client, Process};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
#[cfg(not(unix))]
use tokio::net::TcpStream as Stream;
#[cfg(unix)]
use tokio::net::UnixStream as Stream;
use tokio::time::{Instant, timeout};
use tokio_rustls::TlsConnector;

use crate::example::{object, program, started};

/// The preface of an HTTP/2 connection, to which an HTTP/2 server responds.
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0";

async fn dialled(process: &Process) -> Stream {
    Stream::connect(process.address()).await.unwrap()
}

/// The client that started the plugin is served at once, whatever other peers have done before.
async fn assert_served(process: Process) {
    let started = Instant::now();
    let client = Client::connect(process).await.unwrap();
    let directory = tempfile::tempdir().unwrap();
    client.configure(object([("directory", directory.path().to_str().unwrap().into())])).await.unwrap();
    assert!(started.elapsed() < Duration::from_secs(2), "{:?}", started.elapsed());
    client.shut_down().await.unwrap();
}

/// Reads until the server closes the connection, and returns the bytes.
async fn read_response(stream: &mut (impl tokio::io::AsyncRead + Unpin)) -> Vec<u8> {
    let mut response = Vec::new();
    let read = timeout(Duration::from_secs(10), stream.read_to_end(&mut response));
    // A reset is as good as an end.
    let _ = read.await.unwrap();
    response
}

#[tokio::test]
async fn a_silent_peer_is_not_waited_for() {
    let process = started("every_kind").await;
    let mut silent = Vec::new();
    for _ in 0..8 {
        silent.push(dialled(&process).await);
    }
    assert_served(process).await;
}

/// The connection that has been silent longest is closed for a new one, so that the client does not wait for earlier peers.
#[tokio::test]
async fn a_crowd_of_silent_peers_is_not_waited_for() {
    let process = started("every_kind").await;
    let mut silent = Vec::new();
    for _ in 0..200 {
        silent.push(dialled(&process).await);
    }
    let waiting = Instant::now();
    assert_served(process).await;
    assert!(waiting.elapsed() < Duration::from_secs(3), "{:?}", waiting.elapsed());
}

#[tokio::test]
async fn a_silent_peer_is_hung_up_on() {
    let process = started("every_kind").await;
    let mut silent = dialled(&process).await;
    let waiting = Instant::now();
    assert_eq!(read_response(&mut silent).await, b"");
    assert!(waiting.elapsed() > Duration::from_secs(4), "{:?}", waiting.elapsed());
}

#[tokio::test]
async fn plaintext_is_not_read_response() {
    let process = started("every_kind").await;
    let mut plain = dialled(&process).await;
    plain.write_all(PREFACE).await.unwrap();
    let response = read_response(&mut plain).await;
    // At most a TLS alert, which begins with 21.
    assert!(response.is_empty() || response[0] == 21, "{response:?}");
    assert_served(process).await;
}

#[tokio::test]
async fn a_peer_without_a_certificate_gets_nothing() {
    let process = started("every_kind").await;
    assert_shut_out(&process, None).await;
    assert_served(process).await;
}

#[tokio::test]
async fn a_peer_with_another_certificate_gets_nothing() {
    let process = started("every_kind").await;
    let key = KeyPair::generate_for(&PKCS_ECDSA_P521_SHA512).unwrap();
    let certificate =
        CertificateParams::new(vec!["localhost".to_owned()]).unwrap().self_signed(&key).unwrap();
    assert_shut_out(&process, Some((certificate.der().clone(), key))).await;
    assert_served(process).await;
}

#[tokio::test]
async fn a_peer_that_dies_in_a_call_leaves_the_others_alone() {
    let process = started("every_kind").await;
    {
        let mut half = dialled(&process).await;
        half.write_all(&[22, 3, 1, 2, 0, 1]).await.unwrap();
    }
    assert_served(process).await;
}

/// One frame of HTTP/2.
fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
    [&length[1..], &[kind, flags], &stream.to_be_bytes(), payload].concat()
}

/// A client that stops a graph walk cancels many calls at once, possibly before the server has read them.
#[tokio::test]
async fn a_peer_that_takes_back_its_calls_is_not_hung_up_on() {
    let process = Process::start_in_plaintext(Command::new(program("every_kind"))).await.unwrap();
    let mut stream = dialled(&process).await;
    // POST, http, a path and an authority, as HPACK's static table has their names.
    let headers = [&[0x83, 0x86, 0x44, 2][..], b"/x", &[0x41, 1], b"l"].concat();
    let taken_back = (0..500).flat_map(|call| {
        let stream = 2 * call + 1;
        [frame(1, 4, stream, &headers), frame(3, 0, stream, &8_u32.to_be_bytes())].concat()
    });
    let ping = frame(6, 0, 0, b"are you?");
    stream.write_all(&[PREFACE, &taken_back.collect::<Vec<_>>(), &ping].concat()).await.unwrap();
    let mut heard = Vec::new();
    while !heard.windows(8).any(|bytes| bytes == b"are you?") {
        let read = timeout(Duration::from_secs(10), stream.read_buf(&mut heard)).await.unwrap().unwrap();
        assert!(read > 0, "hung up: {heard:?}");
    }
    drop(stream);
    assert_served(process).await;
}

#[tokio::test]
async fn without_a_client_certificate_there_is_no_tls() {
    let process = Process::start_in_plaintext(Command::new(program("every_kind"))).await.unwrap();
    assert!(process.handshake().ends_with("|grpc|"), "{}", process.handshake());
    assert_served(process).await;
}

#[cfg(unix)]
#[tokio::test]
async fn the_socket_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let process = started("every_kind").await;
    let directory = std::path::Path::new(process.address()).parent().unwrap().to_owned();
    assert_eq!(directory.metadata().unwrap().permissions().mode() & 0o777, 0o700);
    assert_served(process).await;
    assert!(!directory.exists());
}

type Shown = Option<(CertificateDer<'static>, KeyPair)>;

/// With TLS 1.3 the handshake of a client ends before the server has verified its certificate, so the test checks that no response
/// arrives.
async fn assert_shut_out(process: &Process, shown: Shown) {
    let connector = TlsConnector::from(Arc::new(trusting(shown)));
    let name = ServerName::try_from("localhost").unwrap();
    let Ok(mut stream) = connector.connect(name, dialled(process).await).await else { return };
    let _ = stream.write_all(PREFACE).await;
    assert_eq!(read_response(&mut stream).await, b"");
}

/// A client that accepts any server certificate.
fn trusting(shown: Shown) -> ClientConfig {
    let config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(Anyone));
    let mut config = match shown {
        Some((certificate, key)) => {
            let key = PrivatePkcs8KeyDer::from(key.serialize_der()).into();
            config.with_client_auth_cert(vec![certificate], key).unwrap()
        }
        None => config.with_no_client_auth(),
    };
    config.alpn_protocols = vec![b"h2".to_vec()];
    config
}

#[derive(Debug)]
struct Anyone;

impl ServerCertVerifier for Anyone {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        aws_lc_rs::default_provider().signature_verification_algorithms.supported_schemes()
    }
}
