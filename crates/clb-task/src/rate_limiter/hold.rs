use std::time::Duration;

use crate::planner::Elapsed;

/// When throttled responses hold requests back, and for how long they did so far. Holds that overlap count once.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Hold {
    from: Elapsed,
    until: Elapsed,
    /// The holds before the last.
    before: Duration,
}

impl Hold {
    pub(super) fn extend(&mut self, now: Elapsed, until: Elapsed) {
        if now > self.until {
            self.before = self.total(now);
            self.from = now;
        }
        self.until = self.until.max(until);
    }

    pub(super) fn until(&self) -> Elapsed {
        self.until
    }

    pub(super) fn total(&self, now: Elapsed) -> Duration {
        self.before.saturating_add(now.min(self.until).saturating_sub(self.from))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn holds_add_up_and_overlaps_count_once() {
        let mut hold = Hold::default();
        hold.extend(SECOND * 10, SECOND * 20);
        hold.extend(SECOND * 15, SECOND * 25);
        hold.extend(SECOND * 16, SECOND * 18);
        assert_eq!([5, 12, 25, 99].map(|now| hold.total(SECOND * now).as_secs()), [0, 2, 15, 15]);
        hold.extend(SECOND * 100, SECOND * 103);
        assert_eq!([101, 200].map(|now| hold.total(SECOND * now).as_secs()), [16, 18]);
        assert_eq!(hold.until(), SECOND * 103);
    }
}
