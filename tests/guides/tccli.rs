//! The real TCCLI in a scratch environment of the build.

use std::path::{Path, PathBuf};
use std::process::Command;

/// The version under test.
const REQUIREMENT: &str = "tccli==3.1.189.1";

/// Installs TCCLI unless it is installed already, and gives the folder of the program. The error says why that does not
/// work here.
pub(crate) fn install() -> Result<PathBuf, String> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(REQUIREMENT);
    let marker = folder.join("installed");
    if !marker.exists() {
        succeed(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&folder))?;
        let pip =
            ["-m", "pip", "install", "--quiet", "--no-compile", "--disable-pip-version-check", REQUIREMENT];
        succeed(Command::new(folder.join("bin/python")).args(pip))?;
        std::fs::write(marker, "").map_err(|error| error.to_string())?;
    }
    Ok(folder.join("bin"))
}

/// Runs a command; what it printed is the error if it fails.
fn succeed(command: &mut Command) -> Result<(), String> {
    let output = command.output().map_err(|error| format!("{command:?}: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    let printed = [output.stdout, output.stderr].concat();
    Err(format!("{command:?} failed: {}", String::from_utf8_lossy(&printed).trim()))
}
