//! Checks a file of signatures made elsewhere, stage by stage: `cargo run -p clb-sign --example vectors < FILE`.
//!
//! The file is JSON with `format` (`tc3-vectors/1` or `signature-v1-vectors/1`) and `vectors`. A line per vector says
//! `ok NAME` or `differs NAME STAGE`, where the stage is the first one in which both sides differ; stderr shows how. The
//! exit code is 1 on any difference and 2 if the file cannot be read.

mod check;
mod signature_v1;
mod tc3;

use std::io::{self, Read, Write};
use std::process::ExitCode;

use check::Checked;

fn main() -> ExitCode {
    match read().and_then(|checked| report(&checked)) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(problem) => {
            eprintln!("cannot check vectors: {problem}");
            ExitCode::from(2)
        }
    }
}

fn read() -> io::Result<Vec<Checked>> {
    let mut file = Vec::new();
    io::stdin().read_to_end(&mut file)?;
    check::file(&file).map_err(io::Error::other)
}

fn report(checked: &[Checked]) -> io::Result<bool> {
    let mut out = io::stdout().lock();
    for Checked { name, outcome } in checked {
        match outcome {
            Ok(()) => writeln!(out, "ok {name}")?,
            Err(difference) => {
                writeln!(out, "differs {name} {}", difference.stage)?;
                eprintln!("{name}: {difference}");
            }
        }
    }
    let passed = checked.iter().filter(|checked| checked.outcome.is_ok()).count();
    writeln!(out, "{passed} passed, {} failed", checked.len() - passed)?;
    Ok(passed == checked.len())
}
