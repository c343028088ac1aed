//! Tests the public interface of the simulator.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod actions;
mod any_input;
mod busy;
mod call_records;
#[cfg(feature = "cli")]
mod command_line;
mod connection;
mod faults;
mod gateway;
mod products;
mod resources;
mod running;
mod signatures;
mod sockets;
mod support;
mod tasks;
mod temporary_keys;
