//! The rate limits of the service: each action has its own.

use std::collections::HashMap;
use std::time::Duration;

/// The limits and counts of all actions.
#[derive(Debug)]
pub(crate) struct RateLimits {
    /// The limit of actions without one of their own; none is no limit.
    default: Option<u32>,
    own: HashMap<String, Option<u32>>,
    counts: HashMap<(String, String), RateLimit>,
}

/// So many calls are accepted in one calendar second of the service's clock, the others are rejected.
#[derive(Debug, Default)]
struct RateLimit {
    second: u64,
    accepted: u32,
    rejected: u64,
}

impl RateLimits {
    pub(crate) fn new(default: Option<u32>) -> Self {
        Self { default, own: HashMap::new(), counts: HashMap::new() }
    }

    /// Gives an action a limit of its own.
    pub(crate) fn set(&mut self, action: String, per_second: Option<u32>) {
        self.own.insert(action, per_second);
    }

    /// Counts a call at this Unix time; the error is the limit that it exceeds.
    pub(crate) fn admit(&mut self, product: &str, action: &str, unix: Duration) -> Result<(), u32> {
        let limit = self.own.get(action).copied().unwrap_or(self.default);
        let key = (product.to_owned(), action.to_owned());
        let count = self.counts.entry(key).or_default();
        limit.map_or(Ok(()), |limit| count.admit(limit, unix))
    }

    /// How many calls exceeded their limit.
    pub(crate) fn rejected(&self) -> u64 {
        self.counts.values().map(|count| count.rejected).sum()
    }

    /// How many calls of this action exceeded its limit.
    pub(crate) fn rejected_of(&self, action: &str) -> u64 {
        self.counts.iter().filter(|((_, name), _)| name == action).map(|(_, count)| count.rejected).sum()
    }
}

impl RateLimit {
    fn admit(&mut self, limit: u32, unix: Duration) -> Result<(), u32> {
        if self.second != unix.as_secs() {
            (self.second, self.accepted) = (unix.as_secs(), 0);
        }
        if self.accepted >= limit {
            self.rejected += 1;
            return Err(limit);
        }
        self.accepted += 1;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn admitted(limits: &mut RateLimits, action: &str, millis: u64) -> bool {
        limits.admit("clb", action, Duration::from_millis(millis)).is_ok()
    }

    #[test]
    fn each_calendar_second_has_its_own_limit() {
        let mut limits = RateLimits::new(Some(2));
        assert_eq!(
            [1900, 1950, 1999, 2000, 2001, 2002].map(|millis| admitted(&mut limits, "A", millis)),
            [true, true, false, true, true, false]
        );
        assert_eq!((limits.rejected(), limits.rejected_of("A"), limits.rejected_of("B")), (2, 2, 0));
    }

    #[test]
    fn each_action_has_its_own_limit() {
        let mut limits = RateLimits::new(Some(1));
        limits.set("B".to_owned(), Some(2));
        limits.set("C".to_owned(), None);
        let admitted =
            |limits: &mut RateLimits, action| (0..3).filter(|_| admitted(limits, action, 0)).count();
        assert_eq!(["A", "B", "C"].map(|action| admitted(&mut limits, action)), [1, 2, 3]);
    }

    #[test]
    fn without_a_limit_nothing_is_rejected() {
        let mut limits = RateLimits::new(None);
        assert!((0..1000).all(|_| admitted(&mut limits, "A", 0)));
    }
}
