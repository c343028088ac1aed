//! The simulator's time.

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

    pub(crate) fn now(&self) -> Moment {
        let elapsed = self.started.elapsed();
        Moment { elapsed, unix: self.unix_start.saturating_add(elapsed) }
    }
}

/// One moment on two scales.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Moment {
    /// Since the simulator's start.
    pub(crate) elapsed: Duration,
    /// Unix time on the clock of the service.
    pub(crate) unix: Duration,
}

impl Moment {
    /// An earlier moment, by its time since the start.
    pub(crate) fn at(self, elapsed: Duration) -> Self {
        let ago = self.elapsed.saturating_sub(elapsed);
        Self { elapsed, unix: self.unix.saturating_sub(ago) }
    }

    /// With the clock so many seconds ahead, or behind if negative.
    pub(crate) fn ahead_by(self, seconds: i64) -> Self {
        let skew = Duration::from_secs(seconds.unsigned_abs());
        let behind = seconds < 0;
        let unix = if behind { self.unix.saturating_sub(skew) } else { self.unix.saturating_add(skew) };
        Self { unix, ..self }
    }
}

/// The one place of this crate that reads the wall clock.
#[expect(clippy::disallowed_methods, reason = "a simulator for real clients starts at the real time")]
pub(crate) fn system_time() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}
