#![doc = include_str!("../README.md")]

#[cfg(feature = "tokio")]
mod driver;
mod durations;
#[cfg(feature = "tokio")]
mod feed;
mod model;
mod policy;
mod rate;
#[cfg(feature = "json")]
mod response;
#[cfg(feature = "tokio")]
mod source;
#[cfg(feature = "tokio")]
mod wait;
#[cfg(feature = "tokio")]
mod watcher;
#[cfg(feature = "tokio")]
mod watching;

pub mod actions;
pub mod pace;
pub mod planner;

#[cfg(feature = "tokio")]
pub use async_trait::async_trait;
pub use model::{Answer, DealName, InvalidTask, Task, TaskId, TaskReport, TaskStatus, Trouble};
pub use policy::{InvalidPolicy, PollPolicy};
pub use rate::{InvalidRate, RequestRate};
#[cfg(feature = "json")]
pub use response::ResponseError;
#[cfg(feature = "tokio")]
pub use source::StatusSource;
#[cfg(feature = "tokio")]
pub use wait::{Event, Wait, WaitError, WaitErrorKind, Waited};
#[cfg(feature = "tokio")]
pub use watcher::{Watcher, WatcherOptions};
