//! Tests the public interface: providers in this process, and the programs of `examples/` as Terraform starts them.

#![expect(clippy::unwrap_used, reason = "a test that cannot continue should stop")]

mod adopting;
mod blocking;
mod checklist;
mod configuration;
mod every_kind;
mod example;
#[path = "../../examples/greeting.rs"]
#[expect(dead_code, reason = "a program, whose own test runs here")]
mod greeting;
mod halfway;
mod in_process;
mod lifecycle;
mod mistakes;
mod models;
mod options;
mod peers;
mod process;
mod sets;
#[cfg(unix)]
mod signals;
mod surroundings;
mod terraform;
mod timeouts;
mod wrong;
