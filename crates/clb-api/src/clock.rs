//! The wall clock, and how far it is off from the service's.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::SystemTime,
};

/// The time of day, which signatures and sessions need. Elapsed time is another matter: that is tokio's.
pub trait Clock: Send + Sync {
    /// Whole seconds since 1970-01-01 00:00:00 UTC.
    fn unix(&self) -> u64;
}

impl<T: Clock + ?Sized> Clock for Arc<T> {
    fn unix(&self) -> u64 {
        (**self).unix()
    }
}

/// The machine's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

/// A clock and the offset that was measured against the service.
pub(crate) struct CorrectedClock {
    clock: Arc<dyn Clock>,
    /// Seconds to add; zero if nothing had to be corrected.
    offset: AtomicI64,
}

/// The service rejects a clock that is more than five minutes off. If the difference is less than this, the request was
/// late, and the clock is right.
const TOLERANCE_SECONDS: u64 = 60;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place in the workspace that reads the wall clock")]
    fn unix(&self) -> u64 {
        SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| since.as_secs())
    }
}

impl CorrectedClock {
    pub(crate) fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, offset: AtomicI64::new(0) }
    }

    /// Sets the offset so that the clock shows `date`, the service's time at this moment.
    pub(crate) fn correct(&self, date: u64) {
        self.offset.store(difference(date, self.clock.unix()), Ordering::Relaxed);
    }

    /// Seconds that the service is ahead (behind, if negative), once that had to be corrected.
    pub(crate) fn correction(&self) -> Option<i64> {
        Some(self.offset.load(Ordering::Relaxed)).filter(|seconds| *seconds != 0)
    }
}

impl Clock for CorrectedClock {
    fn unix(&self) -> u64 {
        self.clock.unix().saturating_add_signed(self.offset.load(Ordering::Relaxed))
    }
}

impl fmt::Debug for CorrectedClock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CorrectedClock").field("correction", &self.correction()).finish_non_exhaustive()
    }
}

fn difference(service: u64, here: u64) -> i64 {
    let apart = i64::try_from(service.abs_diff(here)).unwrap_or(i64::MAX);
    match service.abs_diff(here) {
        0..=TOLERANCE_SECONDS => 0,
        _ if service > here => apart,
        _ => -apart,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Stopped(u64);

    impl Clock for Stopped {
        fn unix(&self) -> u64 {
            self.0
        }
    }

    #[test]
    fn a_correction_is_the_distance_to_the_service() {
        let clock = CorrectedClock::new(Arc::new(Stopped(1000)));
        assert_eq!((clock.unix(), clock.correction()), (1000, None));
        clock.correct(1600);
        assert_eq!((clock.unix(), clock.correction()), (1600, Some(600)));
        clock.correct(400);
        assert_eq!((clock.unix(), clock.correction()), (400, Some(-600)));
        clock.correct(1030);
        assert_eq!((clock.unix(), clock.correction()), (1000, None));
    }

    #[test]
    fn absurd_dates_do_not_overflow() {
        for (here, date) in [(0, u64::MAX), (u64::MAX, 0)] {
            let clock = CorrectedClock::new(Arc::new(Stopped(here)));
            clock.correct(date);
            clock.unix();
        }
    }

    #[test]
    fn the_system_clock_is_past_the_day_this_was_written() {
        assert!(SystemClock.unix() > 1_700_000_000);
    }
}
