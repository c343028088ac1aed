//! The rate limit of the service.

use std::time::Duration;

/// So many calls are accepted in one calendar second of the service's clock, the others are rejected.
#[derive(Debug)]
pub(crate) struct RateLimit {
    per_second: Option<u32>,
    second: u64,
    accepted: u32,
    rejected: u64,
}

impl RateLimit {
    pub(crate) fn new(per_second: Option<u32>) -> Self {
        Self { per_second, second: 0, accepted: 0, rejected: 0 }
    }

    /// Counts a call at this Unix time; the error is the limit that it exceeds.
    pub(crate) fn admit(&mut self, unix: Duration) -> Result<(), u32> {
        let Some(limit) = self.per_second else { return Ok(()) };
        if self.second != unix.as_secs() {
            (self.second, self.accepted) = (unix.as_secs(), 0);
        }
        if self.accepted == limit {
            self.rejected += 1;
            return Err(limit);
        }
        self.accepted += 1;
        Ok(())
    }

    pub(crate) fn rejected(&self) -> u64 {
        self.rejected
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_calendar_second_has_its_own_limit() {
        let mut limit = RateLimit::new(Some(2));
        let at = Duration::from_millis;
        assert_eq!(
            [1900, 1950, 1999, 2000, 2001, 2002].map(|ms| limit.admit(at(ms)).is_ok()),
            [true, true, false, true, true, false]
        );
        assert_eq!(limit.rejected(), 2);
    }

    #[test]
    fn without_a_limit_nothing_is_rejected() {
        let mut limit = RateLimit::new(None);
        assert!((0..1000).all(|_| limit.admit(Duration::ZERO).is_ok()));
    }
}
