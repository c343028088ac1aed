//! Running commands in turn, with a clock that does not go back around each.

use std::fs;
use std::io::{self, Read as _};
use std::path::Path;
use std::process::{Command, Stdio};

use tokio::time::Instant;

use super::BenchError;
use super::figures::Spread;

/// What is run once a round, and gives one value.
pub(super) type Once<'a> = Box<dyn FnMut() -> Result<f64, BenchError> + 'a>;

/// Runs every subject once a round, one after the other, so that what else the machine does falls on all alike. The first
/// round fills caches and does not count.
pub(super) fn in_turn<'a>(
    rounds: usize,
    mut subjects: Vec<(&'a str, Once<'_>)>,
) -> Result<Vec<(&'a str, Option<Spread>)>, BenchError> {
    let mut values = vec![Vec::with_capacity(rounds); subjects.len()];
    for round in 0..=rounds {
        for ((_, once), values) in subjects.iter_mut().zip(&mut values) {
            let value = once()?;
            if round > 0 {
                values.push(value);
            }
        }
    }
    Ok(subjects.iter().zip(values).map(|((name, _), values)| (*name, Spread::of(values))).collect())
}

/// Milliseconds from the start of a command to its end. It must succeed and print what it is run for.
pub(super) fn milliseconds(command: &mut Command, expected: &str) -> Result<f64, BenchError> {
    let (mut reader, writer) = io::pipe()?;
    command.stdin(Stdio::null()).stdout(writer.try_clone()?).stderr(writer);
    let started = Instant::now();
    let mut child = command.spawn()?;
    // The command's own ends of the pipe, which would keep it open.
    command.stdout(Stdio::null()).stderr(Stdio::null());
    let mut printed = Vec::new();
    reader.read_to_end(&mut printed)?;
    let status = child.wait()?;
    let elapsed = started.elapsed();
    let printed = String::from_utf8_lossy(&printed).into_owned();
    if status.success() && printed.contains(expected) {
        return Ok(elapsed.as_secs_f64() * 1e3);
    }
    Err(BenchError::Command { command: format!("{command:?}"), printed })
}

/// Arguments that let GNU time append the peak memory of a program, in KiB, to a file.
pub(super) fn time_arguments(log: &Path) -> [std::ffi::OsString; 6] {
    ["-q".into(), "-a".into(), "-f".into(), "%M".into(), "-o".into(), log.into()]
}

/// The greatest of the peaks that GNU time has appended, in MiB. The file is emptied.
pub(super) fn peak(log: &Path) -> Result<f64, BenchError> {
    let peaks = fs::read_to_string(log)?;
    fs::write(log, "")?;
    let peaks = peaks.lines().filter_map(|line| line.parse::<f64>().ok());
    Ok(peaks.fold(0.0, f64::max) / 1024.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn subjects_take_turns_and_the_first_round_does_not_count() {
        let turns = std::cell::RefCell::new(Vec::new());
        let subject = |name: &'static str, first: f64| -> (&'static str, Once<'_>) {
            let (turns, mut value) = (&turns, first);
            (
                name,
                Box::new(move || {
                    turns.borrow_mut().push(name);
                    value += 1.0;
                    Ok(value)
                }),
            )
        };
        let spreads = in_turn(2, vec![subject("a", 0.0), subject("b", 10.0)]).unwrap();
        assert_eq!(*turns.borrow(), ["a", "b", "a", "b", "a", "b"]);
        let found: Vec<_> = spreads.iter().map(|(name, spread)| (*name, spread.unwrap().least)).collect();
        assert_eq!(found, [("a", 2.0), ("b", 12.0)]);
    }

    #[test]
    #[cfg(unix)]
    fn a_command_that_fails_or_prints_something_else_is_no_figure() {
        let shell = |script: &str| {
            let mut shell = Command::new("sh");
            shell.args(["-c", script]);
            milliseconds(&mut shell, "done")
        };
        assert!(shell("echo done").unwrap() > 0.0);
        for script in ["echo done; exit 1", "echo something else"] {
            assert!(matches!(shell(script), Err(BenchError::Command { .. })), "{script}");
        }
    }
}
