//! TLS with a private certificate authority, and HTTP/2.

use std::{
    net::SocketAddr,
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use clb_api::{Client, ErrorClass, HttpTransport, SetupError};
use tokio::net::{TcpListener, TcpStream};

use crate::{
    support::task,
    tls_server::{Server, file, path},
};

async fn poll_at_once(client: &Client, times: usize) {
    let polls = (0..times).map(|_| {
        let client = client.clone();
        tokio::spawn(async move { client.describe_task_status(&task("t-1")).await })
    });
    for poll in polls.collect::<Vec<_>>() {
        poll.await.unwrap().unwrap();
    }
}

#[tokio::test]
async fn a_hundred_polls_at_once_take_one_http2_connection() {
    let server = Server::offering(&["h2", "http/1.1"]).await;
    let certificate = file(&server.certificate);
    let client = server.client(path(&certificate));
    poll_at_once(&client, 1).await;
    poll_at_once(&client, 100).await;
    assert_eq!(server.connections.load(Ordering::Relaxed), 1);
    assert_eq!(server.simulator.calls().len(), 101);
}

#[tokio::test]
async fn http1_serves_where_there_is_no_http2() {
    let server = Server::offering(&["http/1.1"]).await;
    let certificate = file(&server.certificate);
    poll_at_once(&server.client(path(&certificate)), 3).await;
}

#[tokio::test]
async fn an_untrusted_certificate_is_rejected_before_anything_is_sent() {
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
    poll_at_once(&client(&right), 1).await;
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
