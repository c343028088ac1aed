//! The simulator behind TLS.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use bytes::Bytes;
use clb_api::{Client, ClientBuilder, Endpoint, Options};
use clb_sim::{Simulator, TaskScript};
use http_body_util::{BodyExt, Full};
use hyper::{body::Incoming, server::conn::http1, server::conn::http2, service::service_fn};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::{TlsAcceptor, rustls};

use crate::support::{demo_keys, region};

/// The simulator behind TLS.
pub(crate) struct Server {
    pub(crate) simulator: Simulator,
    pub(crate) address: SocketAddr,
    pub(crate) certificate: String,
    pub(crate) connections: Arc<AtomicUsize>,
}

impl Server {
    /// Offers these protocols, such as `h2`.
    pub(crate) async fn offering(protocols: &[&str]) -> Self {
        Self::certified_for("localhost", protocols).await
    }

    pub(crate) async fn certified_for(host: &str, protocols: &[&str]) -> Self {
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
        let (counted, served) = (Arc::clone(&connections), simulator.clone());
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                counted.fetch_add(1, Ordering::Relaxed);
                tokio::spawn(serve(acceptor.clone(), stream, served.clone()));
            }
        });
        Self { simulator, address, certificate: key.cert.pem(), connections }
    }

    pub(crate) fn client(&self, ca_file: Option<String>) -> Client {
        self.builder(ca_file).build().unwrap()
    }

    /// A client that reaches the server at another port of this machine.
    pub(crate) fn client_at(&self, ca_file: Option<String>, port: u16) -> Client {
        let endpoint = Endpoint::parse(&format!("https://localhost:{port}")).unwrap();
        let rate = clb_task::RequestRate::default();
        self.builder(ca_file).endpoint(endpoint).request_rate(rate).build().unwrap()
    }

    pub(crate) fn builder(&self, ca_file: Option<String>) -> ClientBuilder {
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
    let service = service_fn(move |request| response(simulator.clone(), request));
    let stream = TokioIo::new(stream);
    let _ = if is_http2 {
        http2::Builder::new(TokioExecutor::new()).serve_connection(stream, service).await
    } else {
        http1::Builder::new().serve_connection(stream, service).await
    };
}

/// HTTP/2 has the host in the URI; the simulator looks for it where HTTP/1.1 and the signature have it.
async fn response(
    simulator: Simulator,
    mut request: http::Request<Incoming>,
) -> Result<http::Response<Full<Bytes>>, clb_sim::ConnectionError> {
    if let Some(authority) = request.uri().authority().cloned() {
        assert!(!request.headers().contains_key("host"), "one name for the host is enough");
        request.headers_mut().insert("host", authority.as_str().parse().unwrap());
    }
    let (head, body) = request.into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    simulator.handle(http::Request::from_parts(head, body)).await.map(|response| response.map(Full::new))
}

pub(crate) fn file(text: &str) -> tempfile::NamedTempFile {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), text).unwrap();
    file
}

pub(crate) fn path(file: &tempfile::NamedTempFile) -> Option<String> {
    file.path().to_str().map(str::to_owned)
}
