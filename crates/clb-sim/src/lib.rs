#![doc = include_str!("../README.md")]

mod checks;
mod clb;
mod clock;
mod deliver;
mod demo;
mod envelope;
mod expectation;
mod failure;
mod fault;
mod incoming;
mod keys;
mod options;
mod quantity;
mod rate;
mod record;
mod reply;
mod serve;
mod service;
mod signature;
mod simulator;
mod task_script;
mod tasks;
mod when;

pub use demo::{DEMO_ACCOUNT_ID, DEMO_SECRET_ID, DEMO_SECRET_KEY};
pub use fault::{CannedAnswer, Fault, InvalidFault};
pub use keys::Key;
pub use options::{Options, UnknownTask};
pub use record::{AnswerClass, CallRecord};
pub use reply::Broken;
pub use serve::run;
pub use simulator::Simulator;
pub use task_script::{RunningTask, TaskScript};
pub use when::{InvalidWhen, When};
