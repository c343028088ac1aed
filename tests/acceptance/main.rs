//! The provider under real Terraform, against the simulator.
//!
//! Runs the command that `CLB_TERRAFORM` names, or `terraform` or `tofu` from the search path. Where there is none, build
//! with `CLB_ACCEPTANCE=off` to leave these tests out; they are then reported as ignored.

#![expect(clippy::unwrap_used, clippy::unchecked_time_subtraction, reason = "a test may fail")]

mod actions;
mod behaviour;
mod credentials;
mod examples;
mod functions;
mod gate;
mod many;
mod outcomes;
mod provider_block;
mod secrets;
mod statuses;
mod task_gate;
mod validation;
mod world;
