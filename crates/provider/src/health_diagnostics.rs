//! The diagnostics of waits for healthy targets that end without success.

use std::fmt::Write;

use clb_api::error_table;
use tfplugin::{Diagnostic, duration};

use crate::diagnostics::{counted, facts, one_line, sentence};
use crate::health_wait::{HealthError, HealthOutcome, HealthResult};
use crate::target_health::{Health, HealthTarget};
use crate::timeouts::Operation;

/// The error of a wait, with every target that is not healthy.
pub(crate) fn failure(
    result: &HealthResult,
    target: &HealthTarget,
    location: &str,
    operation: Operation,
) -> Diagnostic {
    let what = what(result, target, location);
    let facts = facts(&[
        ("Load balancer", target.load_balancer_id.clone()),
        ("Healthy", healthy(result.progress.health.as_ref())),
        ("Elapsed", duration::format(result.elapsed)),
        ("Polls", result.progress.polls.to_string()),
        ("Last RequestId", result.progress.request_id.clone().unwrap_or("none".into())),
        ("Last error", result.progress.error.as_ref().map_or("none".into(), error_text)),
    ]);
    let targets = result.progress.health.as_ref().map(|health| list(health, target)).unwrap_or_default();
    let advice = advice(result, target, operation);
    Diagnostic::error(summary(result.outcome), format!("{what}\n\n{facts}{targets}\n{advice}"))
}

fn summary(outcome: HealthOutcome) -> &'static str {
    match outcome {
        HealthOutcome::Rejected => "target health could not be polled",
        HealthOutcome::Interrupted => "wait was interrupted",
        HealthOutcome::TimedOut | HealthOutcome::Healthy => "targets did not become healthy in time",
    }
}

fn what(result: &HealthResult, target: &HealthTarget, location: &str) -> String {
    let polls = counted(result.progress.polls as usize, "poll");
    let after = format!("{location} after {} ({polls})", duration::format(result.elapsed));
    let id = &target.load_balancer_id;
    match (result.outcome, target.minimum_healthy) {
        (HealthOutcome::Rejected, _) => {
            format!("The service rejected the query for the targets of \"{id}\"{after}.")
        }
        (HealthOutcome::Interrupted, _) => {
            format!("The wait for the targets of \"{id}\" was interrupted{after}.")
        }
        (_, Some(minimum)) => {
            let targets = counted(usize::try_from(minimum).unwrap_or(usize::MAX), "target");
            format!("Fewer than {targets} of \"{id}\" were healthy{after}.")
        }
        (_, None) => format!("Not all targets of \"{id}\" were healthy{after}."),
    }
}

/// `2 of 3 targets`.
fn healthy(health: Option<&Health>) -> String {
    health.map_or("not known".into(), |health| {
        let total = usize::try_from(health.total()).unwrap_or(usize::MAX);
        format!("{} of {}", health.healthy(), counted(total, "target"))
    })
}

/// The targets that are not healthy, and the listeners without any.
fn list(health: &Health, target: &HealthTarget) -> String {
    let empty = target.without_target(health).into_iter().map(|id| format!("{id}: no target"));
    let mut lines: Vec<_> = health.unhealthy().chain(empty).collect();
    if health.total() == 0 && lines.is_empty() {
        lines.push("the load balancer has no target".to_owned());
    }
    if lines.is_empty() {
        return String::new();
    }
    lines.iter().fold(String::from("\n  not healthy:\n"), |mut list, line| {
        // Writing to a string cannot fail.
        let _ = writeln!(list, "    {}", one_line(line));
        list
    })
}

fn error_text(error: &HealthError) -> String {
    match &error.code {
        Some(code) => one_line(&format!("{code}: {}", error.message)),
        None => one_line(&error.message),
    }
}

/// What to do about targets that are not healthy, or too few.
fn remedy(health: Option<&Health>, target: &HealthTarget) -> &'static str {
    let total = health.map(Health::total);
    if total == Some(0) {
        "Register the targets."
    } else if total.is_some() && total < target.minimum_healthy {
        "There are fewer targets than `minimum_healthy`: register more, or lower it."
    } else {
        "Check that the targets serve the health check of their listener and that security groups admit it."
    }
}

fn advice(result: &HealthResult, target: &HealthTarget, operation: Operation) -> String {
    let timeout = format!("timeouts.{}", operation.name());
    match result.outcome {
        HealthOutcome::Rejected => {
            let code = result.progress.error.as_ref().and_then(|error| error.code.as_deref());
            match code.and_then(error_table::lookup) {
                Some(row) => sentence(row.remedy),
                None => "Correct what the last error names and run Terraform again.".into(),
            }
        }
        HealthOutcome::Interrupted => "Nothing was changed: run apply again to continue the wait.".into(),
        HealthOutcome::TimedOut | HealthOutcome::Healthy => format!(
            "{} Then run apply again to continue the wait, or raise `{timeout}`.",
            remedy(result.progress.health.as_ref(), target)
        ),
    }
}
