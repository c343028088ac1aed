//! The command as a user runs it, against a simulator in this process.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod calls;
#[cfg(unix)]
mod completions;
mod ids;
mod manual;
mod output;
mod readme;
mod roles;
mod setup;
#[cfg(unix)]
mod shell;
mod sign;
mod snippets;
mod support;
#[cfg(unix)]
mod terminal;
mod waits;
