//! How long tasks take: what is believed before anything is known, and what the tasks of the run teach.
//!
//! All of it in seconds as `f64`, with `libm` for what the platform's mathematics library could round otherwise.

mod belief;
mod fit;
mod learner;
mod sample;

pub(crate) use belief::Belief;
pub(crate) use learner::Learner;
