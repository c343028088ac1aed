//! TLS, with a certificate of one's own, and HTTP/2.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use bytes::Bytes;
use clb_api::{Client, ClientBuilder, Endpoint, ErrorClass, HttpTransport, Options, SetupError};
use clb_sim::{Simulator, TaskScript};
use http_body_util::{BodyExt, Full};
use hyper::{body::Incoming, server::conn::http1, server::conn::http2, service::service_fn};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::{TlsAcceptor, rustls};

use crate::support::{demo_keys, region, task};

/// The simulator behind TLS.
pub(crate) struct Server {
    pub(crate) simulator: Simulator,
    pub(crate) address: SocketAddr,
    pub(crate) certificate: String,
    connections: Arc<AtomicUsize>,
}

impl Server {
    /// Offers these protocols, such as `h2`.
    pub(crate) async fn offering(protocols: &[&str]) -> Self {
        Self::certified_for("localhost", protocols).await
    }

    async fn certified_for(host: &str, protocols: &[&str]) -> Self {
        let simulator = Simulator::new(clb_sim::Options::starting_now().with_rate_limit(None));
        simulator.task("t-1", TaskScript::runs_forever());
        let key = rcgen::generate_simple_self_signed([host.to_owned()]).unwrap();
        let mut config = rustls::ServerConfig::builder()
            .with_no_client_auth()
            .with_single_cert(
                vec![key.cert.der().clone()],
                key.signing_key.serialize_der().try_into().unwrap(),
            )
            .unwrap();
        config.alpn_protocols = protocols.iter().map(|name| name.as_bytes().to_vec()).collect();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let connections = Arc::new(AtomicUsize::new(0));
        let (counted, asked) = (Arc::clone(&connections), simulator.clone());
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                counted.fetch_add(1, Ordering::Relaxed);
                tokio::spawn(serve(acceptor.clone(), stream, asked.clone()));
            }
        });
        Self { simulator, address, certificate: key.cert.pem(), connections }
    }

    fn client(&self, ca_file: Option<String>) -> Client {
        self.builder(ca_file).build().unwrap()
    }

    /// A client that reaches the server at another port of this machine.
    pub(crate) fn client_at(&self, ca_file: Option<String>, port: u16) -> Client {
        let endpoint = Endpoint::parse(&format!("https://localhost:{port}")).unwrap();
        let rate = clb_task::RequestRate::default();
        self.builder(ca_file).endpoint(endpoint).request_rate(rate).build().unwrap()
    }

    fn builder(&self, ca_file: Option<String>) -> ClientBuilder {
        let options = Options { ca_file, ..Options::default() };
        Client::builder()
            .environment(clb_api::Environment::empty())
            .options(options)
            .credentials(demo_keys())
            .region(region("ap-guangzhou"))
            .request_rate(clb_task::RequestRate::new(1000.0).unwrap())
            .endpoint(Endpoint::parse(&format!("https://localhost:{}", self.address.port())).unwrap())
    }
}

async fn serve(acceptor: TlsAcceptor, stream: TcpStream, simulator: Simulator) {
    let Ok(stream) = acceptor.accept(stream).await else { return };
    let is_http2 = stream.get_ref().1.alpn_protocol() == Some(b"h2");
    let service = service_fn(move |request| answer(simulator.clone(), request));
    let stream = TokioIo::new(stream);
    let _ = if is_http2 {
        http2::Builder::new(TokioExecutor::new()).serve_connection(stream, service).await
    } else {
        http1::Builder::new().serve_connection(stream, service).await
    };
}

/// HTTP/2 has the host in the URI; the simulator looks for it where HTTP/1.1 and the signature have it.
async fn answer(
    simulator: Simulator,
    mut request: http::Request<Incoming>,
) -> Result<http::Response<Full<Bytes>>, clb_sim::ConnectionError> {
    if let Some(authority) = request.uri().authority().cloned() {
        assert!(!request.headers().contains_key("host"), "one name for the host is enough");
        request.headers_mut().insert("host", authority.as_str().parse().unwrap());
    }
    let (head, body) = request.into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    simulator.handle(http::Request::from_parts(head, body)).await.map(|answer| answer.map(Full::new))
}

async fn ask_at_once(client: &Client, times: usize) {
    let asked = (0..times).map(|_| {
        let client = client.clone();
        tokio::spawn(async move { client.describe_task_status(&task("t-1")).await })
    });
    for asked in asked.collect::<Vec<_>>() {
        asked.await.unwrap().unwrap();
    }
}

pub(crate) fn file(text: &str) -> tempfile::NamedTempFile {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), text).unwrap();
    file
}

pub(crate) fn path(file: &tempfile::NamedTempFile) -> Option<String> {
    file.path().to_str().map(str::to_owned)
}

#[tokio::test]
async fn a_hundred_questions_at_once_take_one_http2_connection() {
    let server = Server::offering(&["h2", "http/1.1"]).await;
    let certificate = file(&server.certificate);
    let client = server.client(path(&certificate));
    ask_at_once(&client, 1).await;
    ask_at_once(&client, 100).await;
    assert_eq!(server.connections.load(Ordering::Relaxed), 1);
    assert_eq!(server.simulator.calls().len(), 101);
}

#[tokio::test]
async fn http1_serves_where_there_is_no_http2() {
    let server = Server::offering(&["http/1.1"]).await;
    let certificate = file(&server.certificate);
    ask_at_once(&server.client(path(&certificate)), 3).await;
}

#[tokio::test]
async fn a_certificate_that_nobody_vouches_for_is_refused_before_anything_is_sent() {
    let server = Server::offering(&["h2"]).await;
    let error = server.client(None).describe_task_status(&task("t-1")).await.unwrap_err();
    assert!(error.class() == ErrorClass::Setup && !error.may_have_acted(), "{error:?}");
    assert!(
        error.message().contains("invalid peer certificate") && error.message().contains("`ca_file`"),
        "{error}"
    );
    assert!(server.simulator.calls().is_empty());
}

#[tokio::test]
async fn a_right_certificate_of_one_host_does_not_excuse_a_wrong_one_of_another() {
    let (right, wrong) = (Server::offering(&["h2"]).await, Server::offering(&["h2"]).await);
    let certificate = file(&right.certificate);
    let transport = Arc::new(HttpTransport::new(Duration::from_secs(5)).with_ca_file(certificate.path()));
    let client = |server: &Server| server.builder(None).transport(transport.clone()).build().unwrap();
    ask_at_once(&client(&right), 1).await;
    let error = client(&wrong).describe_task_status(&task("t-1")).await.unwrap_err();
    assert!(error.class() == ErrorClass::Setup && error.message().contains("`ca_file`"), "{error:?}");
}

#[tokio::test]
async fn a_host_whose_certificate_was_right_may_show_another_one_for_a_while() {
    let (right, wrong) = (Server::offering(&["http/1.1"]).await, Server::offering(&["http/1.1"]).await);
    let certificate = file(&right.certificate);
    let port = first_then_others(right.address, wrong.address).await;
    let client = right.client_at(path(&certificate), port);
    client.describe_task_status(&task("t-1")).await.unwrap();
    tokio::time::sleep(Duration::from_millis(600)).await;
    let error = client.describe_task_status(&task("t-1")).await.unwrap_err();
    assert!(error.is_transient() && !error.may_have_acted(), "{error:?}");
}

/// Connects the first connection to `first`, for half a second, and all others to `others`.
async fn first_then_others(first: SocketAddr, others: SocketAddr) -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        for number in 0.. {
            let (mut near, _) = listener.accept().await.unwrap();
            let mut far = TcpStream::connect(if number == 0 { first } else { others }).await.unwrap();
            let copied = tokio::io::copy_bidirectional(&mut near, &mut far);
            let _ = tokio::time::timeout(Duration::from_millis(500), copied).await;
        }
    });
    port
}

#[tokio::test]
async fn the_certificate_of_another_host_names_the_endpoint() {
    let server = Server::certified_for("other.example", &["h2"]).await;
    let certificate = file(&server.certificate);
    let error = server.client(path(&certificate)).describe_task_status(&task("t-1")).await.unwrap_err();
    assert!(error.class() == ErrorClass::Setup && error.message().contains("check the endpoint"), "{error}");
}

#[tokio::test]
async fn a_ca_file_that_is_none_is_the_first_calls_error() {
    let server = Server::offering(&["h2"]).await;
    let empty = file("no certificate\n");
    let broken = file("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
    for ca_file in [path(&empty), path(&broken), Some("/nowhere/ca.pem".to_owned())] {
        let error = server.client(ca_file.clone()).describe_task_status(&task("t-1")).await.unwrap_err();
        assert!(matches!(error.setup_error(), Some(SetupError::Http(_))), "{ca_file:?}: {error:?}");
        assert_eq!(error.class(), ErrorClass::Setup);
    }
}
