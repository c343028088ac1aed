//! Simulators that listen on a port of their own.

use std::collections::BTreeMap;

use clb_sim::{Simulator, TaskScript};

use crate::connection::Connection;
use crate::support::{Call, content, now, options};

#[tokio::test]
async fn a_simulator_runs_until_its_guard_is_dropped() {
    let (url, simulator) = Simulator::start().await;
    simulator.task("1234", TaskScript::runs_forever());
    let address = url.strip_prefix("http://").unwrap().parse().unwrap();
    let mut connection = Connection::to(address).await;
    connection.send(&Call { unix: now(), ..Call::poll("1234") }).await;
    assert_eq!(content(&connection.response().await.1)["Status"], 2);
    assert_eq!(simulator.calls_of("DescribeTaskStatus").len(), 1);
    assert_eq!(simulator.url(), url);
    drop(simulator);
    tokio::task::yield_now().await;
    let mut closed = false;
    for _ in 0..100 {
        closed = tokio::net::TcpStream::connect(address).await.is_err();
        if closed {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    assert!(closed, "it still listens");
}

#[tokio::test]
async fn options_are_kept() {
    let running = Simulator::new(options().with_strict_ids()).listen().await.unwrap();
    let mut connection =
        Connection::to(running.url().strip_prefix("http://").unwrap().parse().unwrap()).await;
    connection.send(&Call::create_listener(80)).await;
    let error = content(&connection.response().await.1)["Error"]["Code"].take();
    assert_eq!(error, "InvalidParameter.LBIdNotFound");
}

#[tokio::test]
async fn the_environment_leads_every_product_here_and_no_other_host_exists() {
    let (url, simulator) = Simulator::start().await;
    simulator.product("gwlb", "2024-09-06");
    simulator.global_product("cam", "2019-01-16");
    let environment: BTreeMap<_, _> = simulator.environment().into_iter().collect();
    for product in ["CLB", "STS", "GWLB", "CAM"] {
        assert_eq!(environment.get(&format!("TENCENTCLOUD_{product}_ENDPOINT")), Some(&url), "{product}");
    }
    assert_eq!(environment.len(), 8, "keys, region, domain and four endpoints: {environment:?}");
    assert!(environment["TENCENTCLOUD_DOMAIN"].ends_with(".invalid"));
}

#[cfg(feature = "tls")]
mod tls {
    use std::path::Path;
    use std::sync::Arc;
    use std::time::Duration;

    use clb_sim::{Fault, When};
    use rustls::pki_types::pem::PemObject;
    use rustls::pki_types::{CertificateDer, ServerName};
    use rustls::{ClientConfig, RootCertStore};
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpStream;
    use tokio_rustls::TlsConnector;
    use tokio_rustls::client::TlsStream;

    use super::*;
    use crate::connection::bytes;

    async fn connect(url: &str, ca_file: &Path) -> std::io::Result<TlsStream<TcpStream>> {
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_file(ca_file).unwrap()).unwrap();
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        let stream = TcpStream::connect(url.strip_prefix("https://").unwrap()).await?;
        let name = ServerName::try_from("127.0.0.1").unwrap();
        TlsConnector::from(Arc::new(config)).connect(name, stream).await
    }

    #[tokio::test]
    async fn tls_is_trusted_through_the_ca_file() {
        let (url, simulator) = Simulator::start_tls().await;
        let ca_file = simulator.ca_file().unwrap().to_owned();
        let mut stream = connect(&url, &ca_file).await.unwrap();
        let call = Call {
            host: url.strip_prefix("https://").unwrap().to_owned(),
            unix: now(),
            ..Call::poll("1234")
        };
        stream.write_all(&bytes(&call)).await.unwrap();
        let mut head = [0; 12];
        stream.read_exact(&mut head).await.unwrap();
        assert_eq!(&head, b"HTTP/1.1 200");
        assert_eq!(simulator.calls().len(), 1);
        drop(simulator);
        assert!(!ca_file.exists(), "the file is removed with the guard");
    }

    #[tokio::test]
    async fn another_authority_is_not_trusted() {
        let (url, _simulator) = Simulator::start_tls().await;
        let (_, other) = Simulator::start_tls().await;
        assert!(connect(&url, other.ca_file().unwrap()).await.is_err());
    }

    #[tokio::test]
    async fn a_silent_client_keeps_nobody_out_and_resets_work() {
        let (url, simulator) = Simulator::start_tls().await;
        simulator.fault(When::call(1), Fault::Reset);
        let _silent = TcpStream::connect(url.strip_prefix("https://").unwrap()).await.unwrap();
        let connected =
            tokio::time::timeout(Duration::from_secs(3), connect(&url, simulator.ca_file().unwrap()));
        let mut stream = connected.await.unwrap().unwrap();
        let call = Call {
            host: url.strip_prefix("https://").unwrap().to_owned(),
            unix: now(),
            ..Call::poll("1234")
        };
        stream.write_all(&bytes(&call)).await.unwrap();
        let error = stream.read_u8().await.unwrap_err();
        assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset);
    }
}
