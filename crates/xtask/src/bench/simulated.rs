//! What other programs of the workspace measure: signatures beside bare hash compressions, and polling policies on a
//! virtual clock.

use std::process::Command;

use super::BenchError;
use super::figures::{Measure, Spread, Unit};
use super::peers::OURS;
use crate::package::workspace::Workspace;

/// How often the benchmark of signing is run. Each run gives a median.
const RUNS: usize = 5;

/// The policies are tried with the draws of so many seeds.
const SEEDS: &str = "3";

/// Ratios of signatures to the compressions that they cannot do without.
pub(super) fn signing(workspace: &Workspace) -> Result<Vec<Measure>, BenchError> {
    let mut runs = Vec::new();
    for _ in 0..RUNS {
        // No benchmark has this name, so that only the ratios are measured.
        let bench =
            ["bench", "--quiet", "--locked", "-p", "clb-sign", "--bench", "sign", "--", "ratios-only"];
        runs.push(printed(workspace, &bench)?);
    }
    let measure = |id, title, name, floor| {
        let ratios = runs.iter().filter_map(|run| ratio(run, name, floor)).collect();
        known(id, title, Unit::Times, Spread::of(ratios), &runs[0])
    };
    Ok(vec![
        measure(
            "sign-cached",
            "a signature with the signing key cached, in 7 SHA-256 compressions",
            "CachingSigner::sign",
            "7 compressions",
        )?,
        measure(
            "sign-derived",
            "a signature with the signing key derived, in 21 SHA-256 compressions",
            "sign",
            "21 compressions",
        )?,
    ])
}

/// The ratio in a line such as `sign   1.62 x 21 compressions [1.55, 1.70]`.
fn ratio(printed: &str, name: &str, floor: &str) -> Option<f64> {
    printed.lines().find_map(|line| {
        let (left, right) = line.split_once(" x ")?;
        let (found, ratio) = left.rsplit_once(' ')?;
        let is_it = found.trim() == name && right.starts_with(&format!("{floor} "));
        is_it.then(|| ratio.parse().ok())?
    })
}

/// Short name, title, world and target of each figure of the simulation.
const POLLING: [(&str, &str, &str, &str); 7] = [
    (
        "poll-10",
        "polling 10 tasks: mean latency, in that of the Go SDK's schedule",
        "N = 10",
        "mean / Go SDK",
    ),
    ("poll-100", "polling 100 tasks: mean latency, in that of round robin", "N = 100", "mean / round robin"),
    (
        "poll-100-polls",
        "polling 100 tasks: polls, in those of round robin",
        "N = 100",
        "requests / round robin",
    ),
    (
        "poll-1000",
        "polling 1000 tasks: mean latency, in the bound of blind policies",
        "N = 1000",
        "mean / blind bound",
    ),
    ("poll-1000-polls", "polling 1000 tasks: polls a task", "N = 1000", "requests a task"),
    (
        "poll-5s",
        "polling 5 new tasks a second: mean latency, in that of round robin",
        "N = 1000, 5 starts/s",
        "mean / round robin",
    ),
    (
        "poll-10s",
        "polling 10 new tasks a second: mean latency, in that of round robin",
        "N = 1000, 10 starts/s",
        "mean / round robin",
    ),
];

/// The adaptive policy beside others.
pub(super) fn polling(workspace: &Workspace) -> Result<Vec<Measure>, BenchError> {
    let simulate = [
        "run",
        "--profile",
        "bench",
        "--quiet",
        "--locked",
        "-p",
        "poll-sim",
        "--",
        "--targets",
        "--seeds",
        SEEDS,
    ];
    let printed = printed(workspace, &simulate)?;
    let mut measures: Vec<Measure> = POLLING
        .into_iter()
        .map(|(id, title, world, target)| {
            let unit = if target.contains('/') { Unit::Times } else { Unit::Count };
            known(id, title, unit, Spread::of(values(&printed, Some(world), target)), &printed)
        })
        .collect::<Result<_, _>>()?;
    let throttled = values(&printed, None, "throttled").into_iter().reduce(f64::max).map(Spread::exactly);
    let title = "polling: throttled polls, in the worst of all simulated worlds";
    measures.push(known("poll-throttled", title, Unit::Count, throttled, &printed)?);
    Ok(measures)
}

/// A measure of ours alone, which must be among what a command printed.
fn known(
    id: &str,
    title: &str,
    unit: Unit,
    spread: Option<Spread>,
    printed: &str,
) -> Result<Measure, BenchError> {
    if spread.is_some() {
        return Ok(Measure::new(id, title, unit, vec![(OURS, spread)]));
    }
    Err(BenchError::Command { command: format!("the measurement of {title}"), printed: printed.to_owned() })
}

/// The values of a target in a world of the usual durations, or in all: one for each seed, in a table whose columns are
/// world, seed, target and value.
fn values(printed: &str, world: Option<&str>, target: &str) -> Vec<f64> {
    let cells = printed.lines().map(|line| line.split('|').map(str::trim).collect::<Vec<_>>());
    let usual = |found: &str| found.replace(", median 8 s, sigma 0.8", "");
    cells
        .filter(|cells| cells.len() > 4 && cells[3] == target)
        .filter(|cells| world.is_none_or(|world| usual(cells[1]) == world))
        .filter_map(|cells| cells[4].parse().ok())
        .collect()
}

/// What a command of cargo prints, on both streams. A target that is missed makes it fail, and is a figure like others.
fn printed(workspace: &Workspace, arguments: &[&str]) -> Result<String, BenchError> {
    let mut cargo = Command::new(option_env!("CARGO").unwrap_or("cargo"));
    let output = cargo.args(arguments).current_dir(workspace.root()).output()?;
    let printed = [output.stdout, output.stderr].concat();
    Ok(String::from_utf8_lossy(&printed).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ratios_are_read_by_name_and_floor() {
        let printed = "CachingSigner::sign              1.70 x 7 compressions [1.62, 1.80]\n\
                       sign                             1.60 x 21 compressions [1.55, 1.70]\n\
                       peer: hmac and format!           1.90 x 21 compressions [1.80, 2.00]\n";
        assert_eq!(ratio(printed, "CachingSigner::sign", "7 compressions"), Some(1.7));
        assert_eq!(ratio(printed, "sign", "21 compressions"), Some(1.6));
        assert_eq!(ratio(printed, "sign", "7 compressions"), None);
    }

    #[test]
    fn values_are_read_by_world_and_target() {
        let printed = "| world | seed | target | value | at most | |\n|---|---|---|---|---|---|\n\
                       | N = 10, median 8 s, sigma 0.8 | 1 | mean / Go SDK | 0.150 | 0.200 | reached |\n\
                       | N = 10, median 8 s, sigma 0.8 | 2 | mean / Go SDK | 0.160 | 0.200 | reached |\n\
                       | N = 10, median 2 s, sigma 0.5 | 1 | throttled | 3.000 | 0.000 | MISSED |\n\
                       | N = 10, median 8 s, sigma 0.8 | 1 | throttled | 0.000 | 0.000 | reached |\n";
        assert_eq!(values(printed, Some("N = 10"), "mean / Go SDK"), [0.15, 0.16]);
        assert_eq!(values(printed, Some("N = 10"), "throttled"), [0.0]);
        assert_eq!(values(printed, None, "throttled"), [3.0, 0.0]);
    }
}
