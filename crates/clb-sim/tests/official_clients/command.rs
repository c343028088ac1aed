//! Commands of the official clients.

use std::process::{Command, Output};

/// Runs a command; what it printed is the error if it fails.
pub(crate) fn succeed(command: &mut Command) -> Result<Output, String> {
    let output = command.output().map_err(|error| format!("{command:?}: {error}"))?;
    if output.status.success() {
        return Ok(output);
    }
    let printed = [output.stdout, output.stderr].concat();
    Err(format!("{command:?} failed: {}", String::from_utf8_lossy(&printed).trim()))
}
