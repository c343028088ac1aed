//! The simulator as its users meet it.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod actions;
mod any_input;
mod checks;
mod faults;
#[cfg(feature = "cli")]
mod program;
mod records;
mod sockets;
mod support;
mod tasks;
mod tokens;
mod wire;
