//! The simulator on a real socket: real time, short delays.

use std::io::ErrorKind;
use std::time::Duration;

use clb_sim::{Fault, Options, Simulator, TaskScript, When, run};
use http::StatusCode;
use tokio::io::AsyncReadExt;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout};

use crate::connection::Connection;
use crate::support::{Call, content, options};

/// A simulator that listens, and a connection to it.
struct Served {
    simulator: Simulator,
    connection: Connection,
    stop: oneshot::Sender<()>,
    server: JoinHandle<std::io::Result<()>>,
}

impl Served {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let simulator = Simulator::new(options());
        simulator.task("1234", TaskScript::runs_forever());
        let (stop, stopped) = oneshot::channel::<()>();
        let server = tokio::spawn(run(listener, simulator.clone(), stopped));
        let connection = Connection::to(address).await;
        Self { simulator, connection, stop, server }
    }

    async fn with(fault: impl Into<Fault>) -> Self {
        let served = Self::start().await;
        served.simulator.fault(When::always(), fault);
        served
    }
}

#[tokio::test]
async fn one_connection_carries_many_calls_without_a_stall() {
    let mut served = Served::start().await;
    let mut stalls = 0;
    for _ in 0..10 {
        let sent = Instant::now();
        served.connection.send(&Call::poll("1234")).await;
        let (head, body) = served.connection.response().await;
        assert!(head.starts_with("HTTP/1.1 200") && head.contains("date: Tue, 14 Nov 2023"), "{head}");
        assert_eq!(content(&body)["Status"], 2);
        // A delayed acknowledgement takes 40 ms, each time.
        stalls += u32::from(sent.elapsed() >= Duration::from_millis(40));
    }
    assert!(stalls < 5, "{stalls} of 10 calls stalled");
    assert_eq!(served.simulator.calls().len(), 10);
}

#[tokio::test]
async fn a_reset_is_one_on_the_socket() {
    let mut served = Served::with(Fault::Reset).await;
    served.connection.send(&Call::poll("1234")).await;
    let error = served.connection.stream.read_u8().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ConnectionReset);
}

#[tokio::test]
async fn a_hang_leaves_the_connection_open_until_the_server_stops() {
    let mut served = Served::with(Fault::Hang).await;
    served.connection.send(&Call::poll("1234")).await;
    let mut byte = [0];
    assert!(timeout(Duration::from_millis(100), served.connection.stream.read(&mut byte)).await.is_err());
    served.stop.send(()).unwrap();
    served.server.await.unwrap().unwrap();
    let end = timeout(Duration::from_secs(5), served.connection.stream.read(&mut byte)).await.unwrap();
    assert!(matches!(end, Ok(0) | Err(_)), "{end:?}");
}

#[tokio::test]
async fn a_truncated_body_is_shorter_than_its_content_length() {
    let mut served = Served::with(Fault::Truncated(10)).await;
    served.connection.send(&Call::poll("1234")).await;
    let head = served.connection.head().await;
    assert!(head.contains("content-length: ") && !head.contains("content-length: 10\r"), "{head}");
    let mut body = Vec::new();
    served.connection.stream.read_to_end(&mut body).await.unwrap();
    assert_eq!(body, br#"{"Response"#[..10]);
}

#[tokio::test]
async fn slow_bytes_come_one_by_one() {
    let mut served = Served::with(Fault::Slow(Duration::from_millis(2))).await;
    let started = Instant::now();
    served.connection.send(&Call::poll("1234")).await;
    let (_, body) = served.connection.response().await;
    assert_eq!(content(&body)["Status"], 2);
    assert!(started.elapsed() >= Duration::from_millis(2) * u32::try_from(body.len()).unwrap());
}

#[tokio::test]
async fn an_endless_body_goes_on_until_the_client_goes() {
    let mut served = Served::with(Fault::Endless).await;
    served.connection.send(&Call::poll("1234")).await;
    let head = served.connection.head().await;
    assert!(head.contains("transfer-encoding: chunked"), "{head}");
    let mut megabytes = vec![0; 4 << 20];
    served.connection.stream.read_exact(&mut megabytes).await.unwrap();
}

#[tokio::test]
async fn a_delayed_response_arrives_late_and_whole() {
    let mut served = Served::with(Fault::Delayed(Duration::from_millis(50))).await;
    let started = Instant::now();
    served.connection.send(&Call::poll("1234")).await;
    assert_eq!(content(&served.connection.response().await.1)["Status"], 2);
    assert!(started.elapsed() >= Duration::from_millis(50));
}

#[tokio::test]
async fn other_faults_travel_whole() {
    let mut served = Served::with(Fault::http(StatusCode::BAD_GATEWAY).with_retry_after(1)).await;
    served.connection.send(&Call::poll("1234")).await;
    let (head, body) = served.connection.response().await;
    assert!(
        head.starts_with("HTTP/1.1 502 Bad Gateway\r\n") && head.contains("retry-after: 1\r\n"),
        "{head}"
    );
    assert!(body.starts_with(b"<html>"));
}

#[tokio::test]
async fn it_serves_on_loopback_only() {
    let everywhere = TcpListener::bind("0.0.0.0:0").await.unwrap();
    let simulator = Simulator::new(Options::default());
    let error = run(everywhere, simulator, std::future::pending::<()>()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
}
