//! The Terraform provider `clb-rs/clb`: makes asynchronous calls of Tencent Cloud's load balancer (CLB) and waits for
//! their tasks, so that resources are created only after a task has succeeded.
//!
//! [`ClbProvider`] joins the API client (`clb-api`) with the plugin runtime (`tfplugin`); `main` serves it. This crate
//! holds the schema, the mapping between both and the diagnostics.

mod actions;
mod argument;
mod call_arguments;
mod call_diagnostics;
mod call_run;
mod call_schema;
mod completed_at;
mod config;
mod data_sources;
mod diagnostics;
mod functions;
mod health_diagnostics;
mod health_wait;
mod open_tasks;
mod parameters;
mod polling;
mod provider;
mod provider_data;
mod query;
mod resources;
mod target_health;
mod tasks;
mod timeouts;
mod wait;
mod wait_flags;
mod wait_many;
mod wait_options;

pub use config::ProviderConfig;
pub use provider::ClbProvider;
