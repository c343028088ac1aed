use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::time::Instant;

/// The simulator's own clock: a Unix time at the start, then tokio's clock, so that a test can pause it.
#[derive(Debug)]
pub(crate) struct Clock {
    unix_start: Duration,
    started: Instant,
}

impl Clock {
    pub(crate) fn starting_at(unix_start: Duration) -> Self {
        Self { unix_start, started: Instant::now() }
    }

    /// Time since the simulator was made.
    pub(crate) fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }

    /// The Unix time at a moment after the start.
    pub(crate) fn unix_at(&self, elapsed: Duration) -> Duration {
        self.unix_start + elapsed
    }
}

/// The one place of this crate that reads the wall clock.
#[expect(clippy::disallowed_methods, reason = "a simulator for real clients starts at the real time")]
pub(crate) fn system_time() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}
