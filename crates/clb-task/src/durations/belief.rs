use std::f64::consts::FRAC_1_SQRT_2;

/// The expected latency at which a question is worth asking, in seconds (`c` in the simulations that found the rule).
const PRICE: f64 = 0.05;
/// The scale-free belief starts here, in seconds: no task is taken for shorter-lived than this.
const SCALE_FLOOR: f64 = 0.5;
/// Below this share of survivors a fitted distribution says nothing about those that are left.
const REFUTED: f64 = 1e-9;

/// What is believed about the duration T of a task.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Belief {
    /// P(T > x | T > a) = a / x: a task that has run for a time may as well run for that time again.
    ScaleFree,
    /// A log-normal distribution.
    LogNormal(LogNormal),
}

/// A log-normal distribution of seconds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct LogNormal {
    mu: f64,
    sigma: f64,
}

/// The survivors and their remaining mean at some age: P(T > x) and E[T; T > x].
#[derive(Clone, Copy)]
struct Tail {
    share: f64,
    mean: f64,
}

impl Belief {
    /// The age at which a task, last seen running at age `seen`, is due: when the expected time since it ended,
    /// E[(u - T)+ | T > seen], reaches the price.
    pub(crate) fn due(&self, seen: f64) -> f64 {
        match self {
            Self::ScaleFree => scale_free_due(seen),
            Self::LogNormal(fitted) => fitted.due(seen),
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

    fn due(&self, seen: f64) -> f64 {
        let from = self.tail(seen);
        if from.share < REFUTED {
            return scale_free_due(seen);
        }
        root(seen, |u| {
            let tail = self.tail(u);
            let ended = (from.share - tail.share) / from.share;
            let lived = (from.mean - tail.mean) / from.share;
            (u * ended - lived, ended)
        })
    }

    fn tail(&self, x: f64) -> Tail {
        if x <= 0.0 {
            return Tail { share: 1.0, mean: self.mean() };
        }
        let z = self.z(libm::log(x));
        Tail { share: upper(z), mean: self.mean() * upper(z - self.sigma) }
    }

    fn mean(&self) -> f64 {
        libm::exp(self.mu + self.sigma * self.sigma / 2.0)
    }

    fn z(&self, ln_x: f64) -> f64 {
        (ln_x - self.mu) / self.sigma
    }
}

/// With a = `seen`: (u - a) - a ln(u / a) = price.
fn scale_free_due(seen: f64) -> f64 {
    let a = seen.max(SCALE_FLOOR);
    root(a, |u| (u - a - a * libm::log(u / a), 1.0 - a / u))
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

    /// E[(u - T)+ | T > a] by summing the distribution in small steps.
    fn latency_by_summing(belief: &LogNormal, a: f64, u: f64) -> f64 {
        let steps = 20_000;
        let width = (u - a) / f64::from(steps);
        let survivors = belief.tail(a).share;
        let ended = |x: f64| 1.0 - belief.tail(x).share / survivors;
        (0..steps).map(|i| ended(a + (f64::from(i) + 0.5) * width) * width).sum()
    }

    #[test]
    fn a_fitted_task_is_due_when_its_expected_latency_is_the_price() {
        for (median, sigma) in [(0.3, 0.3), (8.0, 0.8), (8.0, 1.6), (600.0, 0.5)] {
            let belief = LogNormal::new(libm::log(median), sigma);
            for seen in [0.0, 0.025, 0.3, 2.0, 30.0, 900.0] {
                if belief.tail(seen).share < REFUTED {
                    continue;
                }
                let due = belief.due(seen);
                let latency = latency_by_summing(&belief, seen, due);
                assert!((latency - PRICE).abs() < 1e-3, "{median} {sigma} {seen}: {latency} at {due}");
            }
        }
    }

    #[test]
    fn an_unknown_task_is_due_in_proportion_to_the_root_of_its_age() {
        for (seen, due) in [(0.0, 0.758), (0.5, 0.758), (10.0, 11.034), (1000.0, 1010.033)] {
            let found = Belief::ScaleFree.due(seen);
            assert!((found - due).abs() < 1e-3, "{seen}: {found}");
        }
    }

    #[test]
    fn a_task_that_outlives_every_expectation_is_believed_free_of_scale() {
        let belief = Belief::LogNormal(LogNormal::new(0.0, 0.3));
        assert_eq!(belief.due(3600.0), Belief::ScaleFree.due(3600.0));
    }

    #[test]
    fn every_due_age_is_finite_and_later_than_seen() {
        let fitted =
            [(-3.0, 0.3), (2.0, 0.8), (11.0, 1.6)].map(|(mu, s)| Belief::LogNormal(LogNormal::new(mu, s)));
        for belief in fitted.into_iter().chain([Belief::ScaleFree]) {
            for seen in [0.0, 1e-9, 0.5, 7.0, 1e3, 1e6, 1e9] {
                let due = belief.due(seen);
                assert!(due.is_finite() && due > seen, "{belief:?} {seen} {due}");
            }
        }
    }
}
