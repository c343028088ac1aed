#![cfg_attr(all(feature = "tokio", feature = "json"), doc = include_str!("../README.md"))]
#![cfg_attr(
    not(all(feature = "tokio", feature = "json")),
    doc = "Tasks and the planner; the README needs all features."
)]

mod answer;
mod durations;
mod policy;
mod rate;
#[cfg(feature = "json")]
mod response;
mod task;
#[cfg(feature = "tokio")]
mod watcher;

pub mod actions;
pub mod pace;
pub mod planner;

pub use answer::{Answer, TaskReport, TaskStatus, Trouble};
#[cfg(feature = "tokio")]
pub use async_trait::async_trait;
pub use policy::{InvalidPolicy, PollPolicy};
pub use rate::{InvalidRate, RequestRate};
#[cfg(feature = "json")]
pub use response::ResponseError;
pub use task::{DealName, InvalidTask, Task, TaskId};
#[cfg(feature = "tokio")]
pub use watcher::{Event, StatusSource, Wait, WaitError, WaitErrorKind, Waited, Watcher, WatcherOptions};
