use std::time::Duration;

/// How many requests a second the service allows: 0.1 to 1000, by default the documented 20.
///
/// Permits are given at 0.95 of it, see [`RateLimiter`](crate::RateLimiter).
///
/// ```
/// use clb_task::RequestRate;
///
/// assert_eq!(RequestRate::default().per_second(), 20.0);
/// assert!(RequestRate::new(f64::NAN).is_err());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct RequestRate(f64);

/// A rate outside 0.1 to 1000 requests a second.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
#[error("a request rate is 0.1 to 1000 requests a second, not {0}")]
pub struct InvalidRateError(f64);

impl RequestRate {
    /// Checks a rate, in requests a second.
    pub fn new(per_second: f64) -> Result<Self, InvalidRateError> {
        if (0.1..=1000.0).contains(&per_second) {
            Ok(Self(per_second))
        } else {
            Err(InvalidRateError(per_second))
        }
    }

    /// The rate, in requests a second.
    pub fn per_second(self) -> f64 {
        self.0
    }
}

impl Default for RequestRate {
    /// 20 a second, the limit on the service's `DescribeTaskStatus` page.
    fn default() -> Self {
        Self(20.0)
    }
}

/// The time between two requests at `per_second`, in whole nanoseconds: rounded up, so that no sum of them exceeds the rate,
/// except for what the division itself adds.
pub(crate) fn spacing(per_second: f64) -> Duration {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "whole, and out of range at the limits"
    )]
    Duration::from_nanos(libm::ceil(1e9 / per_second - 1e-6) as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_rates_from_0_1_to_1000_are_taken() {
        for bad in [0.0, -1.0, 0.099, 1000.1, f64::NAN, f64::INFINITY] {
            assert!(RequestRate::new(bad).is_err(), "{bad}");
        }
        for good in [0.1, 20.0, 1000.0] {
            assert_eq!(RequestRate::new(good).map(RequestRate::per_second), Ok(good));
        }
    }

    #[test]
    fn no_spacing_is_shorter_than_the_rate_allows() {
        let nanoseconds =
            [(3.0, 333_333_334), (7.0, 142_857_143), (20.0, 50_000_000), (20.0 / 0.95 * 0.95, 50_000_000)];
        for (rate, expected) in nanoseconds {
            assert_eq!(spacing(rate), Duration::from_nanos(expected));
        }
    }
}
