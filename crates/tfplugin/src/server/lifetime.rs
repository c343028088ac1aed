//! When the server stops: on a signal, or when its client is gone.

use std::io;
use std::ops::ControlFlow;
use std::time::Duration;

use tokio::time::{Instant, interval};

use super::connection::OpenConnections;

/// How often to see whether the client is still there.
const CHECK_INTERVAL: Duration = Duration::from_secs(1);

/// A client that has no connection for this long will not come back: it opens one at once and keeps it.
const IDLE_LIMIT: Duration = Duration::from_secs(60);

/// Waits until the process that started us is gone, or has no connection for long.
pub(super) async fn client_is_gone(open: &OpenConnections) {
    let mut checks = interval(CHECK_INTERVAL);
    let parent = parent();
    let mut last_seen = Instant::now();
    loop {
        let now = checks.tick().await;
        if open.count() > 0 {
            last_seen = now;
        }
        if self::parent() != parent || now - last_seen > IDLE_LIMIT {
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
/// which still wants its responses. But it stops the calls under way: while `terraform apply` makes its plan, Terraform takes
/// Ctrl-C without asking for that (seen with 1.11.4 and 1.15.5), and would wait for a long read to its end. Every other signal
/// that asks a process to end does end it, so that its socket is removed.
#[cfg(unix)]
pub(super) struct Signals {
    interrupt: tokio::signal::unix::Signal,
    hangup: tokio::signal::unix::Signal,
    quit: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    /// From here on; before the handshake, so that none is missed.
    pub(super) fn take() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Signals {
            interrupt: signal(SignalKind::interrupt())?,
            hangup: signal(SignalKind::hangup())?,
            quit: signal(SignalKind::quit())?,
            terminate: signal(SignalKind::terminate())?,
        })
    }

    /// Waits for the request to end; `interrupted` says whether Ctrl-C is one.
    pub(super) async fn end(mut self, interrupted: impl Fn() -> ControlFlow<()>) {
        loop {
            tokio::select! {
                Some(()) = self.interrupt.recv() => if interrupted().is_break() { return },
                Some(()) = self.hangup.recv() => return,
                Some(()) = self.quit.recv() => return,
                Some(()) = self.terminate.recv() => return,
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

    pub(super) async fn end(self, interrupted: impl Fn() -> ControlFlow<()>) {
        while tokio::signal::ctrl_c().await.is_ok() {
            if interrupted().is_break() {
                return;
            }
        }
        std::future::pending().await
    }
}
