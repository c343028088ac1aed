//! How many requests a server sees in a second, over TLS and a long way. A test binary of its own, since it measures:
//! other tests beside it would delay its requests.
#![allow(clippy::unwrap_used, reason = "a test that cannot continue fails")]

#[allow(dead_code, reason = "shared with the other tests")]
#[path = "it/support.rs"]
mod support;
#[allow(dead_code, reason = "shared with the other tests")]
#[path = "it/tls_server.rs"]
mod tls_server;

use std::{net::SocketAddr, time::Duration};

use clb_api::Client;
use clb_task::{WaitOptions, async_trait};
use futures_util::future::join_all;
use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{
        TcpListener, TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
    sync::mpsc,
    time::{Instant, sleep, sleep_until, timeout},
};

use crate::{
    support::task,
    tls_server::{Server, file, path},
};

/// The vendor's limit: requests of one action in a second.
const LIMIT: usize = 20;

/// Forwards connections to `server` with half of `round_trip` on each way. A connection takes one round trip to make.
async fn far_away(server: SocketAddr, round_trip: Duration) -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((near, _)) = listener.accept().await {
            tokio::spawn(async move {
                sleep(round_trip).await;
                let far = TcpStream::connect(server).await.unwrap();
                near.set_nodelay(true).unwrap();
                far.set_nodelay(true).unwrap();
                let ((near_read, near_write), (far_read, far_write)) = (near.into_split(), far.into_split());
                tokio::spawn(forward(near_read, far_write, round_trip / 2));
                forward(far_read, near_write, round_trip / 2).await;
            });
        }
    });
    port
}

async fn forward(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, delay: Duration) {
    let (sender, mut receiver) = mpsc::unbounded_channel::<(Instant, Vec<u8>)>();
    tokio::spawn(async move {
        while let Some((at, bytes)) = receiver.recv().await {
            sleep_until(at).await;
            if to.write_all(&bytes).await.is_err() {
                return;
            }
        }
    });
    let mut buffer = vec![0; 1 << 16];
    while let Ok(length @ 1..) = from.read(&mut buffer).await {
        let _ = sender.send((Instant::now() + delay, buffer[..length].to_vec()));
    }
}

/// What makes requests.
#[async_trait]
trait Load {
    async fn run(&self, client: &Client);
}

/// Forty waits for tasks that do not complete.
struct Waits;

/// Forty changes of one action at once.
struct Changes;

#[async_trait]
impl Load for Waits {
    async fn run(&self, client: &Client) {
        let tasks = (0..40).map(|number| task(&format!("t-{number}")));
        let _ = timeout(Duration::from_secs(5), client.wait_all(tasks, WaitOptions::default())).await;
    }
}

#[async_trait]
impl Load for Changes {
    async fn run(&self, client: &Client) {
        let parameters = json!({"LoadBalancerId": "lb-1", "ListenerId": "lbl-1"});
        join_all((0..40).map(|_| client.call("DeleteListener", &parameters))).await;
    }
}

/// The most requests in any second, and how many there were.
async fn measure(protocol: &str, round_trip: Duration, load: &dyn Load) -> (usize, usize) {
    let server = Server::offering(&[protocol]).await;
    for number in 0..40 {
        server.simulator.task(format!("t-{number}"), clb_sim::TaskScript::runs_forever());
    }
    let certificate = file(&server.certificate);
    let port = far_away(server.address, round_trip).await;
    load.run(&server.client_at(path(&certificate), port)).await;
    let times: Vec<_> = server.simulator.calls().iter().map(|call| call.at).collect();
    let in_second = |start: Duration| {
        times.iter().filter(|at| (start..start + Duration::from_secs(1)).contains(*at)).count()
    };
    (times.iter().map(|start| in_second(*start)).max().unwrap(), times.len())
}

/// The best of five: a machine that is busy with other work delays requests at random, a defect does so each time.
async fn check(protocol: &str, load: &dyn Load) {
    for milliseconds in [100, 400] {
        let mut measured = Vec::new();
        while measured.len() < 5 && measured.last().is_none_or(|(most, _)| *most > LIMIT) {
            measured.push(measure(protocol, Duration::from_millis(milliseconds), load).await);
        }
        let (most, all) = measured.into_iter().min().unwrap();
        assert!(most <= LIMIT && all >= 25, "{protocol}, {milliseconds} ms: {most} of {all}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn polls_and_changes_keep_to_the_limit() {
    for protocol in ["http/1.1", "h2"] {
        check(protocol, &Waits).await;
        check(protocol, &Changes).await;
    }
}
