use std::f64::consts::FRAC_1_SQRT_2;

/// The expected latency at which a question is worth asking, in seconds (`c` in the simulations that found the rule).
const PRICE: f64 = 0.05;
/// Before a fit no task is taken for shorter-lived than this, in seconds.
const SHORTEST_SCALE: f64 = 0.6;
/// The part of the belief that stays free of scale after a fit. A task that outlives what the fit expects is then asked
/// about less and less often, instead of ever more often, since a log-normal tail would have it end any moment.
const FREE: f64 = 0.03;

/// What is believed about the duration T of a task.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Belief {
    /// P(T > x | T > a) = a / x: a task that has run for a time may as well run for that time again.
    ScaleFree,
    /// Mostly a log-normal distribution, and for the rest free of scale from its median on.
    Fitted(LogNormal),
}

/// A log-normal distribution of seconds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct LogNormal {
    mu: f64,
    sigma: f64,
}

/// What lies beyond an age x: P(T > x), and E[T; T > x] up to a constant.
#[derive(Clone, Copy)]
struct Beyond {
    share: f64,
    lived: f64,
}

impl Belief {
    /// The age at which a task, last seen running at age `seen`, is due: when the expected time since it ended,
    /// E[(u - T)+ | T > seen], reaches the price.
    pub(crate) fn due(&self, seen: f64) -> f64 {
        let seen = match self {
            Self::ScaleFree => seen.max(SHORTEST_SCALE),
            Self::Fitted(_) => seen,
        };
        let from = self.beyond(seen);
        root(seen, |u| {
            let beyond = self.beyond(u);
            let ended = (from.share - beyond.share) / from.share;
            let lived = (from.lived - beyond.lived) / from.share;
            (u * ended - lived, ended)
        })
    }

    fn beyond(&self, x: f64) -> Beyond {
        match self {
            Self::ScaleFree => scale_free(x, SHORTEST_SCALE),
            Self::Fitted(fitted) => {
                let (sure, free) = (fitted.beyond(x), scale_free(x, libm::exp(fitted.mu)));
                Beyond {
                    share: (1.0 - FREE) * sure.share + FREE * free.share,
                    lived: (1.0 - FREE) * sure.lived + FREE * free.lived,
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
    pub(crate) fn cumulated(&self, ln_x: f64) -> f64 {
        upper(-self.z(ln_x))
    }

    fn beyond(&self, x: f64) -> Beyond {
        let z = self.z(libm::log(x));
        let mean = libm::exp(self.mu + self.sigma * self.sigma / 2.0);
        Beyond { share: upper(z), lived: mean * upper(z - self.sigma) }
    }

    fn z(&self, ln_x: f64) -> f64 {
        (ln_x - self.mu) / self.sigma
    }
}

/// P(T > x) = scale / x from the scale on. Its mean is infinite, so that the constant is left out.
fn scale_free(x: f64, scale: f64) -> Beyond {
    let times = x.max(scale) / scale;
    Beyond { share: times.recip(), lived: -scale * libm::log(times) }
}

/// Where a convex, growing expected latency, given with its slope, reaches the price. It is at most `u - from`, so the
/// price is not reached before `from + PRICE`; from a point beyond it Newton's steps come down without overshooting.
fn root(from: f64, latency: impl Fn(f64) -> (f64, f64)) -> f64 {
    let mut wait = PRICE;
    let (mut value, mut slope) = latency(from + wait);
    while value < PRICE && wait < 1e12 {
        wait *= 2.0;
        (value, slope) = latency(from + wait);
    }
    for _ in 0..50 {
        let step = (value - PRICE) / slope;
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

    fn fitted(median: f64, sigma: f64) -> Belief {
        Belief::Fitted(LogNormal::new(libm::log(median), sigma))
    }

    /// E[(u - T)+ | T > a] by summing the distribution in small steps.
    fn latency_by_summing(belief: &Belief, a: f64, u: f64) -> f64 {
        let steps = 20_000;
        let width = (u - a) / f64::from(steps);
        let survivors = belief.beyond(a).share;
        let ended = |x: f64| 1.0 - belief.beyond(x).share / survivors;
        (0..steps).map(|i| ended(a + (f64::from(i) + 0.5) * width) * width).sum()
    }

    #[test]
    fn a_task_is_due_when_its_expected_latency_is_the_price() {
        for belief in
            [fitted(0.3, 0.3), fitted(8.0, 0.8), fitted(8.0, 1.6), fitted(600.0, 0.5), Belief::ScaleFree]
        {
            for seen in [0.6, 2.0, 30.0, 900.0] {
                let due = belief.due(seen);
                let latency = latency_by_summing(&belief, seen, due);
                assert!((latency - PRICE).abs() < 1e-3, "{belief:?} {seen}: {latency} at {due}");
            }
        }
    }

    #[test]
    fn an_unknown_task_is_due_after_about_the_root_of_a_tenth_of_its_age() {
        for (seen, due) in [(0.0, 0.879), (0.6, 0.879), (10.0, 11.034), (1000.0, 1010.033)] {
            let found = Belief::ScaleFree.due(seen);
            assert!((found - due).abs() < 1e-3, "{seen}: {found}");
        }
    }

    #[test]
    fn a_task_that_outlives_every_expectation_is_asked_about_less_often() {
        let belief = fitted(8.0, 0.3);
        let waits = [30.0, 60.0, 600.0, 6000.0].map(|seen| belief.due(seen) - seen);
        assert!(waits.is_sorted(), "{waits:?}");
        assert!((belief.due(6000.0) - Belief::ScaleFree.due(6000.0)).abs() < 1e-3);
    }

    #[test]
    fn every_due_age_is_finite_and_later_than_seen() {
        for belief in [fitted(0.1, 0.3), fitted(8.0, 0.8), fitted(160_000.0, 1.6), Belief::ScaleFree] {
            for seen in [0.0, 1e-9, 0.5, 7.0, 1e3, 1e6, 1e9] {
                let due = belief.due(seen);
                assert!(due.is_finite() && due > seen, "{belief:?} {seen} {due}");
            }
        }
        assert_eq!(Belief::ScaleFree.due(0.0), Belief::ScaleFree.due(0.6));
    }
}
