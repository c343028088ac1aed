use std::time::Duration;

/// When a task that was seen running is asked about again. Whatever the policy, a new task is asked about at once, and
/// all tasks share one pace.
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
/// # Ok::<(), clb_task::InvalidPolicy>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PollPolicy(pub(crate) Schedule);

/// A policy that cannot be followed.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidPolicy {
    /// An interval below 500 ms.
    #[error("an interval is at least 500 ms, not {0:?}")]
    Interval(Duration),
    /// A multiplier below 1, or none at all.
    #[error("a multiplier is a number of at least 1, not {0}")]
    Multiplier(f64),
    /// A longest interval below the first one.
    #[error("the longest interval is not below the first, {initial:?}, as {max:?} is")]
    Order {
        /// The first interval.
        initial: Duration,
        /// The longest interval.
        max: Duration,
    },
    /// A longest interval for a policy that is not adaptive.
    #[error("only the adaptive policy takes a longest interval afterwards")]
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

    /// Learns from the tasks of the run how long they take, and asks when a task is likely enough to be done.
    pub fn adaptive() -> Self {
        Self(Schedule::Adaptive { max_interval: None })
    }

    /// The same interval from each answer to the next question, at least 500 ms.
    pub fn fixed(interval: Duration) -> Result<Self, InvalidPolicy> {
        at_least_the_shortest(interval)?;
        Ok(Self(Schedule::Fixed { interval }))
    }

    /// Intervals that grow by `multiplier` (at least 1) from `initial` (at least 500 ms) to `max`.
    pub fn exponential(initial: Duration, max: Duration, multiplier: f64) -> Result<Self, InvalidPolicy> {
        at_least_the_shortest(initial)?;
        if max < initial {
            return Err(InvalidPolicy::Order { initial, max });
        }
        if !(multiplier.is_finite() && multiplier >= 1.0) {
            return Err(InvalidPolicy::Multiplier(multiplier));
        }
        Ok(Self(Schedule::Exponential { initial, max, multiplier }))
    }

    /// Bounds the time between two questions of the adaptive policy, at least 500 ms; without it there is no bound.
    pub fn with_max_interval(self, longest: Duration) -> Result<Self, InvalidPolicy> {
        let Schedule::Adaptive { .. } = self.0 else { return Err(InvalidPolicy::NotAdaptive) };
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

/// The interval after `answers` answers that said "running", the first being number 0.
pub(crate) fn grown(initial: Duration, max: Duration, multiplier: f64, answers: u32) -> Duration {
    let seconds = initial.as_secs_f64() * libm::pow(multiplier, f64::from(answers));
    Duration::try_from_secs_f64(seconds).map_or(max, |interval| interval.min(max))
}

fn at_least_the_shortest(interval: Duration) -> Result<(), InvalidPolicy> {
    if interval < PollPolicy::SHORTEST_INTERVAL { Err(InvalidPolicy::Interval(interval)) } else { Ok(()) }
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "exact on purpose")]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn policies_that_cannot_be_followed_are_refused() {
        let short = Duration::from_millis(499);
        assert_eq!(PollPolicy::fixed(short), Err(InvalidPolicy::Interval(short)));
        assert_eq!(PollPolicy::exponential(short, SECOND, 2.0), Err(InvalidPolicy::Interval(short)));
        assert_eq!(PollPolicy::adaptive().with_max_interval(short), Err(InvalidPolicy::Interval(short)));
        for multiplier in [0.99, -2.0, f64::INFINITY] {
            let refused = PollPolicy::exponential(SECOND, SECOND, multiplier);
            assert_eq!(refused, Err(InvalidPolicy::Multiplier(multiplier)));
        }
        assert!(PollPolicy::exponential(SECOND, SECOND, f64::NAN).is_err());
        let order = InvalidPolicy::Order { initial: SECOND * 2, max: SECOND };
        assert_eq!(PollPolicy::exponential(SECOND * 2, SECOND, 2.0), Err(order));
        let fixed = PollPolicy::fixed(SECOND).unwrap();
        assert_eq!(fixed.with_max_interval(SECOND), Err(InvalidPolicy::NotAdaptive));
    }

    #[test]
    fn intervals_grow_to_the_longest_and_stay() {
        let grown = |answers| grown(SECOND / 2, SECOND * 10, 2.0, answers).as_secs_f64();
        assert_eq!([0, 1, 2, 3, 4, 5, 6].map(grown), [0.5, 1.0, 2.0, 4.0, 8.0, 10.0, 10.0]);
        assert_eq!(grown(u32::MAX), 10.0);
    }
}
