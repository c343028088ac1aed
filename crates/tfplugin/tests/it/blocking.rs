//! Operations that block their thread, or do not wait for a task that they spawn.

use std::time::Duration;

use tfplugin::testing::Client;
use tokio::time::{Instant, timeout};

use crate::example::{object, started};

const NAP: &str = "sleeper_nap";

/// More of them than any pool of workers has threads.
#[tokio::test]
async fn a_blocked_operation_holds_up_neither_the_others_nor_the_end() {
    let client = Client::connect(started("sleeper").await).await.unwrap();
    client.configure(object([])).await.unwrap();
    let nap = |seconds: i64, how: &str| {
        let client = &client;
        let config = object([("seconds", seconds.into()), ("how", how.into())]);
        async move { client.apply(NAP, None, config).await }
    };
    let blocked = futures_util::future::join_all((0..20).map(|_| nap(600, "blocking")));
    let others = async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        nap(0, "waiting").await.unwrap();
        let interrupted = async {
            tokio::time::sleep(Duration::from_millis(100)).await;
            client.stop().await.unwrap();
        };
        let (interrupted, ()) = tokio::join!(nap(600, "waiting"), interrupted);
        assert!(interrupted.unwrap_err().to_string().starts_with("Interrupted"));
    };
    tokio::select! {
        _ = blocked => panic!("a blocked operation came back"),
        done = timeout(Duration::from_secs(10), others) => done.unwrap(),
    }
    let told = Instant::now();
    client.shut_down().await.unwrap();
    assert!(told.elapsed() < Duration::from_secs(1), "{:?}", told.elapsed());
}

#[tokio::test]
async fn the_panic_of_a_spawned_task_is_shown_with_its_place() {
    let client = Client::connect(started("sleeper").await).await.unwrap();
    client.configure(object([])).await.unwrap();
    let lost = |how: &str| {
        let client = &client;
        let config = object([("seconds", 0.into()), ("how", how.into())]);
        async move { client.apply(NAP, None, config).await }
    };
    let failed = lost("spawning").await.unwrap_err().to_string();
    assert!(
        failed.starts_with("Provider panicked: a task lost its way (crates/tfplugin/examples/sleeper.rs:"),
        "{failed}"
    );
    assert_eq!(client.take_warnings(), []);
    lost("forgetting").await.unwrap();
    let warnings = client.take_warnings();
    assert_eq!(warnings.len(), 1);
    assert!(
        warnings[0].detail().starts_with("nobody waits for this (crates/tfplugin/examples/sleeper.rs:"),
        "{warnings:?}"
    );
}
