//! How far a call has progressed, which decides what an interrupt reports.

use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicU32, Ordering},
};

/// Shared by a call and whoever may interrupt it.
#[derive(Default)]
pub(crate) struct Progress {
    on_sent: Option<Arc<OnSent>>,
    sent: AtomicU32,
    in_flight: AtomicBool,
    interrupted: AtomicBool,
    may_have_acted: AtomicBool,
}

/// Is told that a request leaves: the first, the second, and so on.
pub(crate) type OnSent = dyn Fn(u32) + Send + Sync;

/// A request in flight, until this is dropped.
pub(crate) struct InFlight<'a>(&'a Progress);

impl Progress {
    /// Tells `on_sent` of each request.
    pub(crate) fn telling(on_sent: Arc<OnSent>) -> Self {
        Self { on_sent: Some(on_sent), ..Self::default() }
    }

    /// A request leaves now.
    pub(crate) fn send(&self) -> InFlight<'_> {
        self.in_flight.store(true, Ordering::Relaxed);
        let attempt = self.sent.fetch_add(1, Ordering::Relaxed) + 1;
        if let Some(on_sent) = &self.on_sent {
            on_sent(attempt);
        }
        InFlight(self)
    }

    pub(crate) fn is_in_flight(&self) -> bool {
        self.in_flight.load(Ordering::Relaxed)
    }

    /// The service may have acted on a request of the call.
    pub(crate) fn acted(&self) {
        self.may_have_acted.store(true, Ordering::Relaxed);
    }

    /// Whether the service may act or have acted on the call.
    pub(crate) fn may_have_acted(&self) -> bool {
        self.is_in_flight() || self.may_have_acted.load(Ordering::Relaxed)
    }

    /// No other request may leave.
    pub(crate) fn interrupt(&self) {
        self.interrupted.store(true, Ordering::Relaxed);
    }

    pub(crate) fn is_interrupted(&self) -> bool {
        self.interrupted.load(Ordering::Relaxed)
    }
}

impl Drop for InFlight<'_> {
    fn drop(&mut self) {
        self.0.in_flight.store(false, Ordering::Relaxed);
    }
}
