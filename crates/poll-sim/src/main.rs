//! Polling policies under the service's rate limit, on a virtual clock: their detection latency, and how many polls they
//! send.
//!
//! `cargo run --release -p poll-sim -- --help` lists the options. The service responds to a poll, sent at t, about its state at t + rtt / 2; the response is read at t + rtt. It throttles what exceeds its rate in a calendar
//! second. Adaptive, fixed and exponential are the crate's own planner, paced at exactly the service's rate.
#![expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "statistics of small counts"
)]

mod arguments;
mod draws;
mod index;
mod lognormal;
mod outcome;
mod peers;
mod picture;
mod planned;
mod policies;
mod report;
mod targets;

use std::{
    fs,
    io::{self, Write},
    process::ExitCode,
};

use arguments::{Arguments, HELP};
use draws::Draws;

fn main() -> ExitCode {
    match Arguments::parse(std::env::args().skip(1)).and_then(|arguments| run(&arguments)) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(problem) => {
            eprintln!("{problem}");
            ExitCode::from(2)
        }
    }
}

/// Whether everything that was polled for holds.
fn run(arguments: &Arguments) -> Result<bool, String> {
    let mut out = io::stdout().lock();
    if arguments.help {
        return write!(out, "{HELP}").map(|()| true).map_err(|error| error.to_string());
    }
    if arguments.targets {
        return targets::check(&mut out, arguments.seed..arguments.seed + arguments.seeds)
            .map_err(|error| error.to_string());
    }
    if let Some(file) = &arguments.picture {
        let picture = picture::draw(arguments.seed);
        return fs::write(file, picture).map(|()| true).map_err(|error| format!("{file}: {error}"));
    }
    let all_draws = match &arguments.draws {
        Some(file) => vec![Draws::read(file)?],
        None => {
            arguments.sizes.iter().map(|size| Draws::make(&arguments.world(*size), arguments.seed)).collect()
        }
    };
    for draws in &all_draws {
        let results = policies::simulate_all(draws, &arguments.only);
        let printed = if arguments.json {
            report::json(&mut out, &results)
        } else {
            report::table(&mut out, draws, &results)
        };
        printed.map_err(|error| error.to_string())?;
    }
    if let Some(file) = &arguments.trace {
        let trace = report::trace(&all_draws);
        fs::write(file, trace).map_err(|error| format!("{file}: {error}"))?;
    }
    Ok(true)
}
