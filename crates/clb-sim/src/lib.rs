#![doc = include_str!("../README.md")]

mod answer;
#[cfg(feature = "cli")]
mod arguments;
mod checks;
mod clb;
mod clock;
mod deliver;
mod demo;
mod expected_calls;
mod failure;
mod fault;
mod faults;
mod incoming;
mod keys;
mod metadata;
mod observers;
mod options;
mod quantity;
mod rate;
mod record;
mod region;
mod reply;
mod scenario;
mod scenario_json;
mod serve;
mod service;
mod session;
mod signature;
mod simulator;
mod sts;
mod task_script;
mod tasks;
mod time_text;
mod when;

#[cfg(feature = "cli")]
pub use arguments::Arguments;
pub use demo::{DEMO_ACCOUNT_ID, DEMO_SECRET_ID, DEMO_SECRET_KEY};
pub use fault::{CannedAnswer, Fault, InvalidFault};
pub use keys::Key;
pub use options::{Options, UnknownTask};
pub use record::{AnswerClass, CallRecord};
pub use reply::Broken;
pub use scenario::{InvalidScenario, Scenario};
pub use serve::run;
pub use simulator::Simulator;
pub use task_script::{RunningTask, TaskScript};
pub use when::{InvalidWhen, When};
