//! When to end: told to, or because nobody is left to serve.

use std::time::Duration;

use tokio::time::{Instant, interval};

use super::connection::Open;

/// How often to look whether the client is still there.
const LOOK: Duration = Duration::from_secs(1);

/// A client that has no connection for this long will not come back: it opens one at once and keeps it.
const LONELY: Duration = Duration::from_secs(60);

/// Waits until the process that started us is gone, or has no connection for long.
pub(super) async fn client_is_gone(open: &Open) {
    let mut looks = interval(LOOK);
    let parent = parent();
    let mut last_seen = Instant::now();
    loop {
        let now = looks.tick().await;
        if open.count() > 0 {
            last_seen = now;
        }
        if self::parent() != parent || now - last_seen > LONELY {
            return;
        }
    }
}

#[cfg(unix)]
fn parent() -> u32 {
    std::os::unix::process::parent_id()
}

/// Elsewhere the connections alone tell.
#[cfg(not(unix))]
fn parent() -> u32 {
    0
}

/// Waits for the polite request to end. Ctrl-C is none: the terminal sends it to us as well as to the client, which goes on
/// to ask its running calls to stop, so it is taken and dropped.
#[cfg(unix)]
pub(super) async fn told_to_end() {
    use tokio::signal::unix::{SignalKind, signal};
    let _interrupts = signal(SignalKind::interrupt());
    match signal(SignalKind::terminate()) {
        Ok(mut terminations) => {
            terminations.recv().await;
        }
        Err(_) => std::future::pending().await,
    }
}

#[cfg(not(unix))]
pub(super) async fn told_to_end() {
    while tokio::signal::ctrl_c().await.is_ok() {}
    std::future::pending().await
}

/// Waits for Ctrl-C, where that is how to end.
pub(super) async fn interrupted() {
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}
