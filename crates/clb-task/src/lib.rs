#![cfg_attr(all(feature = "tokio", feature = "json"), doc = include_str!("../README.md"))]
#![cfg_attr(
    not(all(feature = "tokio", feature = "json")),
    doc = "Tasks and the planner; the README needs all features."
)]

mod durations;
mod policy;
mod poll_outcome;
mod rate;
mod rate_limiter;
#[cfg(feature = "json")]
mod response;
mod task;
#[cfg(feature = "tokio")]
mod waiter;

pub mod actions;
pub mod planner;

#[cfg(feature = "tokio")]
pub use async_trait::async_trait;
pub use policy::{InvalidPolicyError, PollPolicy};
pub use poll_outcome::{PollError, PollOutcome, TaskReport, TaskStatus};
pub use rate::{InvalidRateError, RequestRate};
pub use rate_limiter::RateLimiter;
#[cfg(feature = "tokio")]
pub use rate_limiter::SharedRateLimiter;
#[cfg(feature = "json")]
pub use response::ResponseError;
pub use task::{DealName, InvalidTaskError, TaskId, TaskRef};
#[cfg(feature = "tokio")]
pub use waiter::{
    Hold, StatusSource, Wait, WaitError, WaitErrorKind, WaitEvent, WaitEvents, WaitOptions, WaitReport,
    WaitResult, Waiter, WaiterOptions,
};
