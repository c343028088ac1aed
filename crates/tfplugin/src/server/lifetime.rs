//! When to end: told to, or because nobody is left to serve.

use std::io;
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

/// The signals that this process takes. Ctrl-C is no request to end: the terminal sends it to us as well as to the client,
/// which still wants its answers. But it stops the calls under way: while `terraform apply` makes its plan, Terraform takes
/// Ctrl-C without asking for that (seen with 1.11.4 and 1.15.5), and would wait for a long read to its end.
#[cfg(unix)]
pub(super) struct Signals {
    interrupts: tokio::signal::unix::Signal,
    terminations: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    /// From here on; before the handshake, so that none is missed.
    pub(super) fn take() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Signals {
            interrupts: signal(SignalKind::interrupt())?,
            terminations: signal(SignalKind::terminate())?,
        })
    }

    /// Waits for the polite request to end, and passes on every interrupt meanwhile.
    pub(super) async fn told_to_end(mut self, interrupted: impl Fn()) {
        loop {
            tokio::select! {
                Some(()) = self.interrupts.recv() => interrupted(),
                Some(()) = self.terminations.recv() => return,
            }
        }
    }
}

#[cfg(not(unix))]
pub(super) struct Signals;

#[cfg(not(unix))]
impl Signals {
    pub(super) fn take() -> io::Result<Self> {
        Ok(Signals)
    }

    pub(super) async fn told_to_end(self, interrupted: impl Fn()) {
        while tokio::signal::ctrl_c().await.is_ok() {
            interrupted();
        }
        std::future::pending().await
    }
}

/// Waits for Ctrl-C, where that is how to end.
pub(super) async fn interrupted() {
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}
