#![doc = include_str!("../README.md")]

mod api_error;
#[cfg(feature = "cli")]
mod arguments;
mod call_record;
mod clb;
mod client_environment;
mod clock;
mod delivery;
mod demo_key;
mod expected_calls;
mod fault;
mod fault_schedule;
mod fault_timing;
mod gateway;
mod key;
mod metadata;
mod observers;
mod options;
mod parameters;
mod parse;
mod product;
mod product_scripts;
mod rate_limit;
mod region;
mod request;
mod response;
mod running;
mod scenario;
mod scenario_json;
mod scripting;
mod scripts;
mod server;
mod service;
mod signature;
mod simulator;
mod sts;
mod task_script;
mod tasks;
mod temporary_key;
mod time_format;
#[cfg(feature = "tls")]
mod tls;

pub use api_error::ApiError;
#[cfg(feature = "cli")]
pub use arguments::Arguments;
pub use call_record::{CallOutcome, CallRecord};
pub use clb::{BusyResponse, TargetHealth};
pub use delivery::ConnectionError;
pub use demo_key::{DEMO_ACCOUNT_ID, DEMO_SECRET_ID, DEMO_SECRET_KEY};
pub use fault::{CannedResponse, Fault, InvalidFaultError};
pub use fault_timing::{InvalidWhenError, When};
pub use key::Key;
pub use options::{Options, UnknownTask};
pub use product_scripts::ProductScripts;
pub use running::RunningSimulator;
pub use scenario::{InvalidScenarioError, Scenario};
pub use scripts::{ApiCall, ScriptedResponse};
pub use server::run;
pub use simulator::Simulator;
pub use task_script::{RunningTask, TaskScript};
