//! The provider under real Terraform, against the simulator.
//!
//! Runs the command that `CLB_TERRAFORM` names, or `terraform` or `tofu` from the search path. Where there is none, build
//! with `CLB_ACCEPTANCE=off` to leave these tests out; they are then reported as ignored.

#![expect(clippy::unwrap_used, clippy::unchecked_time_subtraction, reason = "a test may fail")]


mod errors;
mod credentials;
mod examples;
mod functions;
mod task_status;
mod rate_limit;
mod task_status_outcomes;
mod provider_block;
mod secrets;
mod task_statuses;
mod task_gate;
mod validation;
mod harness;
mod wait_for_task_action;
