//! The demo as a picture for the front page.

use std::io::{self, BufRead, BufReader};
use std::path::Path;
use std::process::Command;

use tokio::time::Instant;
use xtask::recording::Recording;

/// Why the picture could not be made, or what is wrong with it.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RecordError {
    #[error("the demo could not be recorded: {0}")]
    Io(#[from] io::Error),
    #[error("the demo failed: {0}")]
    Demo(std::process::ExitStatus),
    #[error("run `cargo xtask record`: the picture does not show the line `{0}`")]
    Stale(String),
}

/// Runs the demo and writes the picture, or compares it with what the demo shows now.
pub(crate) fn run(picture: &Path, only_check: bool) -> Result<(), RecordError> {
    let recording = record()?;
    if only_check {
        let shown = std::fs::read_to_string(picture)?;
        return recording
            .with_terraforms_names()
            .difference(&shown)
            .map_or(Ok(()), |line| Err(RecordError::Stale(line.to_owned())));
    }
    std::fs::write(picture, recording.svg("cargo xtask demo"))?;
    Ok(())
}

/// What the demo prints, without the plans, which show nothing of ours, and without lines that only a slow machine prints.
fn record() -> Result<Recording, RecordError> {
    let (reader, writer) = io::pipe()?;
    let mut demo = Command::new(std::env::current_exe()?);
    demo.arg("demo").stdout(writer.try_clone()?).stderr(writer);
    let (mut child, started) = (demo.spawn()?, Instant::now());
    drop(demo); // its end of the pipe
    let mut recording = Recording::default();
    for line in BufReader::new(reader).lines() {
        let line = line?;
        println!("{line}");
        if !line.contains("Still reading...") {
            recording.push(started.elapsed(), line);
        }
    }
    let status = child.wait()?;
    recording.without("Building the provider", "The simulator");
    recording.without("Terraform used", "Plan:");
    recording.without("OpenTofu used", "Plan:");
    if status.success() { Ok(recording) } else { Err(RecordError::Demo(status)) }
}
