//! How long tasks take: a prior distribution, and a censored maximum likelihood fit to the tasks of the run.
//!
//! All of it in seconds as `f64`, with `libm` for what the platform's mathematics library could round otherwise.

mod distribution;
mod estimator;
mod fit;
mod reservoir;

pub(crate) use distribution::Distribution;
pub(crate) use estimator::Estimator;
