//! The values of the options.

use std::error::Error;
use std::net::SocketAddr;
use std::time::Duration;

use crate::fault::Fault;
use crate::fault_timing::When;
use crate::parse;
use crate::scenario::{self, InvalidScenarioError, Scenario, check_action, limit};
use crate::task_script::TaskScript;

/// Parses a task of the command line: `ID=SECONDS`, `ID=SECONDS:fail:MESSAGE`.
pub(super) fn task(text: &str) -> Result<(String, TaskScript), InvalidScenarioError> {
    timed_task(text).ok_or_else(|| InvalidScenarioError::Task(text.to_owned()))
}

/// Parses a fault, as in `next 3 of DescribeTaskStatus: throttled`.
pub(super) fn fault(text: &str) -> Result<(When, Fault), InvalidScenarioError> {
    let (when, fault) = scenario::fault(text)?;
    when.action().map_or(Ok(()), check_action)?;
    Ok((when, fault))
}

/// The text of the error holds its causes, since clap does not show them.
pub(super) fn scenario_file(path: &str) -> Result<Scenario, String> {
    let json = std::fs::read_to_string(path).map_err(|error| error.to_string())?;
    Scenario::from_json(&json).map_err(|error| match error.source() {
        Some(cause) => format!("{error}: {cause}"),
        None => error.to_string(),
    })
}

pub(super) fn loopback(text: &str) -> Result<SocketAddr, String> {
    let address: SocketAddr =
        text.parse().map_err(|_| "not an address with a port, as in 127.0.0.1:8080".to_owned())?;
    if address.ip().is_loopback() { Ok(address) } else { Err("not a loopback address".to_owned()) }
}

pub(super) fn product(text: &str) -> Result<(String, String), String> {
    let parts = text.split_once('=').filter(|(name, version)| !name.is_empty() && !version.is_empty());
    let (name, version) = parts.ok_or_else(|| "not NAME=VERSION, as in gwlb=2024-09-06".to_owned())?;
    Ok((name.to_owned(), version.to_owned()))
}

pub(super) fn action_rate(text: &str) -> Result<(String, Option<u32>), String> {
    let parts = text.split_once('=').and_then(|(action, rate)| Some((action.to_owned(), rate.parse().ok()?)));
    let (action, rate): (String, u32) =
        parts.ok_or_else(|| "not ACTION=CALLS, as in CreateListener=5".to_owned())?;
    check_action(&action).map_err(|error| error.to_string())?;
    Ok((action, limit(rate)))
}

pub(super) fn seconds(text: &str) -> Result<Duration, String> {
    parse::seconds(text).ok_or_else(|| "not a number of seconds".to_owned())
}

fn timed_task(text: &str) -> Option<(String, TaskScript)> {
    let (id, script) = text.split_once('=').filter(|(id, _)| !id.is_empty())?;
    let (time, outcome) = script.split_once(':').unwrap_or((script, "succeed"));
    let running = TaskScript::runs_for(parse::seconds(time)?);
    let (outcome, message) = outcome.split_once(':').unwrap_or((outcome, ""));
    match (outcome, message) {
        ("succeed", "") => Some((id.to_owned(), running.then_succeeds())),
        ("fail", message) => Some((id.to_owned(), running.then_fails(message))),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tasks_on_a_command_line_have_a_time_and_an_outcome() {
        let two = || TaskScript::runs_for(Duration::from_secs(2));
        let half = TaskScript::runs_for(Duration::from_millis(500));
        for (text, id, script) in [
            ("a=2", "a", two().then_succeeds()),
            ("a=2:succeed", "a", two().then_succeeds()),
            ("a=2:fail", "a", two().then_fails("")),
            ("a:b=0.5:fail:port 80: taken", "a:b", half.then_fails("port 80: taken")),
        ] {
            assert_eq!(task(text).unwrap(), (id.to_owned(), script), "{text}");
        }
        for text in ["", "a", "=2", "a=", "a=x", "a=-1", "a=2:failed", "a=2:succeed:why", "a=nan", "a=1e99"] {
            assert!(task(text).is_err(), "{text}");
        }
    }
}
