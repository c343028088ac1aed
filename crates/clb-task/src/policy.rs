use std::time::Duration;

/// When a task that was seen running is polled again. Under every policy a new task is polled at once, and all tasks share
/// one rate limit.
///
/// ```
/// use std::time::Duration;
/// use clb_task::PollPolicy;
///
/// let gentle = PollPolicy::adaptive().with_max_interval(Duration::from_secs(30))?;
/// let steady = PollPolicy::fixed(Duration::from_secs(2))?;
/// let backoff = PollPolicy::exponential(Duration::from_millis(500), Duration::from_secs(10), 2.0)?;
/// assert!(PollPolicy::fixed(Duration::from_millis(499)).is_err());
/// # assert_ne!(gentle, steady);
/// # assert_ne!(steady, backoff);
/// # Ok::<(), clb_task::InvalidPolicyError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PollPolicy(pub(crate) Schedule);

/// Values that make no policy.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidPolicyError {
    /// An interval below 500 ms.
    #[error("an interval is at least 500 ms, not {0:?}")]
    Interval(Duration),
    /// A multiplier below 1, or not a finite number.
    #[error("a multiplier is a number of at least 1, not {0}")]
    Multiplier(f64),
    /// A maximum interval below the first one.
    #[error("the maximum interval {max:?} is below the first interval {initial:?}")]
    Order {
        /// The first interval.
        initial: Duration,
        /// The maximum interval.
        max: Duration,
    },
    /// A separate maximum interval for a policy that is not adaptive.
    #[error("only the adaptive policy takes a separate maximum interval")]
    NotAdaptive,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Schedule {
    Adaptive { max_interval: Option<Duration> },
    Fixed { interval: Duration },
    Exponential { initial: Duration, max: Duration, multiplier: f64 },
}

impl PollPolicy {
    /// The shortest interval that a policy may have.
    pub const SHORTEST_INTERVAL: Duration = Duration::from_millis(500);

    /// Learns from the tasks of the run how long they take, and polls when a task is likely enough to have completed.
    pub fn adaptive() -> Self {
        Self(Schedule::Adaptive { max_interval: None })
    }

    /// The same interval from each response to the next poll, at least 500 ms.
    pub fn fixed(interval: Duration) -> Result<Self, InvalidPolicyError> {
        at_least_the_shortest(interval)?;
        Ok(Self(Schedule::Fixed { interval }))
    }

    /// Intervals that grow by `multiplier` (at least 1) from `initial` (at least 500 ms) to `max`.
    pub fn exponential(
        initial: Duration,
        max: Duration,
        multiplier: f64,
    ) -> Result<Self, InvalidPolicyError> {
        at_least_the_shortest(initial)?;
        if max < initial {
            return Err(InvalidPolicyError::Order { initial, max });
        }
        if !(multiplier.is_finite() && multiplier >= 1.0) {
            return Err(InvalidPolicyError::Multiplier(multiplier));
        }
        Ok(Self(Schedule::Exponential { initial, max, multiplier }))
    }

    /// Bounds the time between two polls of the adaptive policy, at least 500 ms; without it there is no bound.
    pub fn with_max_interval(self, longest: Duration) -> Result<Self, InvalidPolicyError> {
        let Schedule::Adaptive { .. } = self.0 else { return Err(InvalidPolicyError::NotAdaptive) };
        at_least_the_shortest(longest)?;
        Ok(Self(Schedule::Adaptive { max_interval: Some(longest) }))
    }
}

impl Default for PollPolicy {
    /// The adaptive policy.
    fn default() -> Self {
        Self::adaptive()
    }
}

/// The interval after the response with this number that said "running", from 0.
pub(crate) fn grown(initial: Duration, max: Duration, multiplier: f64, number: u32) -> Duration {
    let seconds = initial.as_secs_f64() * libm::pow(multiplier, f64::from(number));
    Duration::try_from_secs_f64(seconds).map_or(max, |interval| interval.min(max))
}

fn at_least_the_shortest(interval: Duration) -> Result<(), InvalidPolicyError> {
    if interval < PollPolicy::SHORTEST_INTERVAL {
        Err(InvalidPolicyError::Interval(interval))
    } else {
        Ok(())
    }
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "exact on purpose")]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn values_that_make_no_policy_are_errors() {
        let short = Duration::from_millis(499);
        assert_eq!(PollPolicy::fixed(short), Err(InvalidPolicyError::Interval(short)));
        assert_eq!(PollPolicy::exponential(short, SECOND, 2.0), Err(InvalidPolicyError::Interval(short)));
        assert_eq!(PollPolicy::adaptive().with_max_interval(short), Err(InvalidPolicyError::Interval(short)));
        for multiplier in [0.99, -2.0, f64::INFINITY] {
            let policy = PollPolicy::exponential(SECOND, SECOND, multiplier);
            assert_eq!(policy, Err(InvalidPolicyError::Multiplier(multiplier)));
        }
        assert!(PollPolicy::exponential(SECOND, SECOND, f64::NAN).is_err());
        let order = InvalidPolicyError::Order { initial: SECOND * 2, max: SECOND };
        assert_eq!(PollPolicy::exponential(SECOND * 2, SECOND, 2.0), Err(order));
        let fixed = PollPolicy::fixed(SECOND).unwrap();
        assert_eq!(fixed.with_max_interval(SECOND), Err(InvalidPolicyError::NotAdaptive));
    }

    #[test]
    fn intervals_grow_to_the_longest_and_stay() {
        let grown = |number| grown(SECOND / 2, SECOND * 10, 2.0, number).as_secs_f64();
        assert_eq!([0, 1, 2, 3, 4, 5, 6].map(grown), [0.5, 1.0, 2.0, 4.0, 8.0, 10.0, 10.0]);
        assert_eq!(grown(u32::MAX), 10.0);
    }
}
