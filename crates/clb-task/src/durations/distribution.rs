use std::f64::consts::FRAC_1_SQRT_2;

/// The expected detection latency at which a task is due, in seconds (`c` in the simulations that found the rule).
const TARGET_LATENCY: f64 = 0.05;
/// The scale of the prior, in seconds: its shortest duration.
const PRIOR_SCALE: f64 = 0.6;
/// The weight of the scale-scale_free_tail component after a fit. A task that outlives what the fit expects is then polled less and
/// less often, instead of ever more often, as it would be under a log-normal tail alone.
const SCALE_FREE_WEIGHT: f64 = 0.03;

/// The distribution of the duration T of a task.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Distribution {
    /// P(T > x | T > a) = a / x: a task that has run for a time may as well run for that time again.
    ScaleFree,
    /// A mixture: mostly a log-normal distribution, for the rest scale-scale_free_tail from its median on.
    Fitted(LogNormal),
}

/// A log-normal distribution of seconds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct LogNormal {
    mu: f64,
    sigma: f64,
}

/// The tail beyond an age x: P(T > x), and E[T; T > x] up to a constant.
#[derive(Clone, Copy)]
struct Tail {
    survival: f64,
    partial_mean: f64,
}

impl Distribution {
    /// The age at which a task, last seen running at age `seen`, is due: when the expected time since it completed,
    /// E[(u - T)+ | T > seen], reaches the target latency.
    pub(crate) fn due(&self, seen: f64) -> f64 {
        let seen = match self {
            Self::ScaleFree => seen.max(PRIOR_SCALE),
            Self::Fitted(_) => seen,
        };
        let from = self.tail(seen);
        root(seen, |u| {
            let tail = self.tail(u);
            let completed = (from.survival - tail.survival) / from.survival;
            let partial_mean = (from.partial_mean - tail.partial_mean) / from.survival;
            (u * completed - partial_mean, completed)
        })
    }

    fn tail(&self, x: f64) -> Tail {
        match self {
            Self::ScaleFree => scale_free(x, PRIOR_SCALE),
            Self::Fitted(fitted) => {
                let (log_normal, scale_free_tail) = (fitted.tail(x), scale_free(x, libm::exp(fitted.mu)));
                Tail {
                    survival: (1.0 - SCALE_FREE_WEIGHT) * log_normal.survival
                        + SCALE_FREE_WEIGHT * scale_free_tail.survival,
                    partial_mean: (1.0 - SCALE_FREE_WEIGHT) * log_normal.partial_mean
                        + SCALE_FREE_WEIGHT * scale_free_tail.partial_mean,
                }
            }
        }
    }
}

impl LogNormal {
    pub(crate) fn new(mu: f64, sigma: f64) -> Self {
        Self { mu, sigma }
    }

    /// P(T > x), from ln x.
    pub(crate) fn survival(&self, ln_x: f64) -> f64 {
        upper(self.z(ln_x))
    }

    /// P(T <= x), from ln x.
    pub(crate) fn cdf(&self, ln_x: f64) -> f64 {
        upper(-self.z(ln_x))
    }

    fn tail(&self, x: f64) -> Tail {
        let z = self.z(libm::log(x));
        let mean = libm::exp(self.mu + self.sigma * self.sigma / 2.0);
        Tail { survival: upper(z), partial_mean: mean * upper(z - self.sigma) }
    }

    fn z(&self, ln_x: f64) -> f64 {
        (ln_x - self.mu) / self.sigma
    }
}

/// P(T > x) = scale / x from the scale on. Its mean is infinite, so that the constant is left out.
fn scale_free(x: f64, scale: f64) -> Tail {
    let times = x.max(scale) / scale;
    Tail { survival: times.recip(), partial_mean: -scale * libm::log(times) }
}

/// Where a convex, growing expected latency, given with its slope, reaches the target latency. It is at most `u - from`, so the
/// target is not reached before `from + TARGET_LATENCY`; from a point beyond it Newton's steps come down without overshooting.
fn root(from: f64, latency: impl Fn(f64) -> (f64, f64)) -> f64 {
    let mut wait = TARGET_LATENCY;
    let (mut value, mut slope) = latency(from + wait);
    while value < TARGET_LATENCY && wait < 1e12 {
        wait *= 2.0;
        (value, slope) = latency(from + wait);
    }
    for _ in 0..50 {
        let step = (value - TARGET_LATENCY) / slope;
        if step.is_nan() || step < 1e-4 {
            break;
        }
        wait -= step;
        (value, slope) = latency(from + wait);
    }
    from + wait
}

/// The upper tail of the standard normal distribution.
fn upper(z: f64) -> f64 {
    0.5 * libm::erfc(z * FRAC_1_SQRT_2)
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "exact on purpose")]
mod tests {
    use super::*;

    fn fitted(median: f64, sigma: f64) -> Distribution {
        Distribution::Fitted(LogNormal::new(libm::log(median), sigma))
    }

    /// E[(u - T)+ | T > a] by summing the distribution in small steps.
    fn latency_by_summing(distribution: &Distribution, a: f64, u: f64) -> f64 {
        let steps = 20_000;
        let width = (u - a) / f64::from(steps);
        let survivors = distribution.tail(a).survival;
        let completed = |x: f64| 1.0 - distribution.tail(x).survival / survivors;
        (0..steps).map(|i| completed(a + (f64::from(i) + 0.5) * width) * width).sum()
    }

    #[test]
    fn a_task_is_due_when_its_expected_latency_is_the_target() {
        for distribution in [
            fitted(0.3, 0.3),
            fitted(8.0, 0.8),
            fitted(8.0, 1.6),
            fitted(600.0, 0.5),
            Distribution::ScaleFree,
        ] {
            for seen in [0.6, 2.0, 30.0, 900.0] {
                let due = distribution.due(seen);
                let latency = latency_by_summing(&distribution, seen, due);
                assert!(
                    (latency - TARGET_LATENCY).abs() < 1e-3,
                    "{distribution:?} {seen}: {latency} at {due}"
                );
            }
        }
    }

    #[test]
    fn an_unknown_task_is_due_after_about_the_root_of_a_tenth_of_its_age() {
        for (seen, due) in [(0.0, 0.879), (0.6, 0.879), (10.0, 11.034), (1000.0, 1010.033)] {
            let found = Distribution::ScaleFree.due(seen);
            assert!((found - due).abs() < 1e-3, "{seen}: {found}");
        }
    }

    #[test]
    fn a_task_that_outlives_every_expectation_is_polled_less_often() {
        let distribution = fitted(8.0, 0.3);
        let waits = [30.0, 60.0, 600.0, 6000.0].map(|seen| distribution.due(seen) - seen);
        assert!(waits.is_sorted(), "{waits:?}");
        assert!((distribution.due(6000.0) - Distribution::ScaleFree.due(6000.0)).abs() < 1e-3);
    }

    #[test]
    fn every_due_age_is_finite_and_later_than_seen() {
        for distribution in
            [fitted(0.1, 0.3), fitted(8.0, 0.8), fitted(160_000.0, 1.6), Distribution::ScaleFree]
        {
            for seen in [0.0, 1e-9, 0.5, 7.0, 1e3, 1e6, 1e9] {
                let due = distribution.due(seen);
                assert!(due.is_finite() && due > seen, "{distribution:?} {seen} {due}");
            }
        }
        assert_eq!(Distribution::ScaleFree.due(0.0), Distribution::ScaleFree.due(0.6));
    }
}
