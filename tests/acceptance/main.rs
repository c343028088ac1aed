//! The provider under real Terraform, against the simulator.
//!
//! Runs the command that `CLB_TERRAFORM` names, or `terraform` or `tofu` from the search path. Where there is none, build
//! with `CLB_ACCEPTANCE=off` to leave these tests out; they are then reported as ignored.

#![expect(clippy::unwrap_used, clippy::unchecked_time_subtraction, reason = "a test may fail")]

mod call;
mod call_examples;
mod credentials;
mod errors;
mod examples;
mod functions;
mod harness;
mod install;
mod provider_block;
mod rate_limit;
mod readme;
mod secrets;
mod target_health_gate;
mod task_gate;
mod task_status;
mod task_status_outcomes;
mod task_statuses;
mod validation;
mod wait_for_task_action;
