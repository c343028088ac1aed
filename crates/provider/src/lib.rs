//! The Terraform provider `clb-rs/clb`: holds back resources until an asynchronous task of Tencent Cloud's load
//! balancer (CLB) is done.
//!
//! [`ClbProvider`] joins the API client (`clb-api`) with the plugin runtime (`tfplugin`); `main` serves it. What is
//! here is schema, mapping and wording.

mod argument;
mod config;
mod flags;
mod functions;
mod go_duration;
mod polling;
mod provider;
mod session;
mod task_gate;
mod task_status;
mod task_statuses;
mod tasks;
mod terms;
mod timeouts;
mod wait_for_task;
mod watch;
mod watch_many;
mod wording;

pub use config::ProviderConfig;
pub use provider::ClbProvider;
