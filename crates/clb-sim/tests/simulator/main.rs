//! The simulator as its users meet it.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod support;
mod tasks;
