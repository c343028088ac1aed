use std::f64::consts::SQRT_2;

/// A log-normal distribution, as the comparison's peers use it: independent of the crate's own.
#[derive(Clone, Copy)]
pub(crate) struct LogNormal {
    mu: f64,
    sigma: f64,
    mean: f64,
}

impl LogNormal {
    pub(crate) fn new(median: f64, sigma: f64) -> Self {
        let mu = libm::log(median);
        Self { mu, sigma, mean: libm::exp(mu + sigma * sigma / 2.0) }
    }

    /// P(T <= x) and E[T; T <= x].
    pub(crate) fn parts(&self, x: f64) -> (f64, f64) {
        if x <= 0.0 {
            return (0.0, 0.0);
        }
        let z = (libm::log(x) - self.mu) / self.sigma;
        (normal(z), self.mean * normal(z - self.sigma))
    }

    pub(crate) fn cdf(&self, x: f64) -> f64 {
        self.parts(x).0
    }
}

fn normal(z: f64) -> f64 {
    0.5 * (1.0 + libm::erf(z / SQRT_2))
}
