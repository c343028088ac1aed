//! The diagnostics of waits that end without success: what happened, everything that is known, and what to do.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use clb_api::clb_task::{PollError, TaskStatus};
use clb_api::error_table::{self, ErrorClass};
use tfplugin::{Diagnostic, duration};

use crate::timeouts::Operation;
use crate::wait::{Progress, TaskOutcome, TaskResult};
use crate::wait_many::WaitResults;

/// The error about a single task. `location` says in which region and at which host it was polled.
pub(crate) fn failure(result: &TaskResult, location: &str, operation: Operation) -> Diagnostic {
    let what = what(result, location);
    let (facts, advice) = (task_facts(result), advice(result, operation));
    Diagnostic::error(summary(result), format!("{what}\n\n{facts}\n{advice}"))
}

/// The error about several tasks, which lists those without success by what happened to them.
pub(crate) fn failures(results: &WaitResults, allow_failed: bool, operation: Operation) -> Diagnostic {
    let bad: Vec<_> = results.results.iter().filter(|result| !result.succeeded(allow_failed)).collect();
    let count = counted(results.results.len() + results.abandoned.len(), "task");
    let abandoned = match results.abandoned.len() {
        0 => String::new(),
        1 => " The last error applies to all tasks, so polling stopped for 1 more task.".to_owned(),
        more => format!(" The last error applies to all tasks, so polling stopped for {more} more tasks."),
    };
    let advice: BTreeSet<String> = bad.iter().map(|result| advice(result, operation)).collect();
    let advice = advice.into_iter().collect::<Vec<_>>().join("\n\n");
    let what = format!("Of {count}{}, {} did not succeed.{abandoned}", results.location, bad.len());
    let detail = format!("{what}\n\n{}\n{advice}", lists(&bad, &results.abandoned));
    Diagnostic::error(summary_of_all(&bad), detail)
}

/// What all bad results have in common, if it is an interrupt or that nothing was sent.
fn summary_of_all(bad: &[&TaskResult]) -> &'static str {
    let mut summaries: Vec<_> = bad.iter().map(|result| summary(result)).collect();
    summaries.dedup();
    match summaries[..] {
        [INTERRUPTED] => INTERRUPTED,
        [NOT_SENT] => NOT_SENT,
        _ => "not all tasks succeeded",
    }
}

/// `1 task`, `5 tasks`.
pub(crate) fn counted(count: usize, thing: &str) -> String {
    if count == 1 { format!("1 {thing}") } else { format!("{count} {thing}s") }
}

/// `12s (5 polls)`.
pub(crate) fn elapsed_and_polls(Progress { elapsed, polls, .. }: &Progress) -> String {
    format!("{} ({})", duration::format(*elapsed), counted(*polls as usize, "poll"))
}

/// The tasks without success under a heading for each kind.
fn lists(bad: &[&TaskResult], abandoned: &BTreeSet<clb_api::clb_task::TaskRef>) -> String {
    let mut groups: BTreeMap<&str, String> = BTreeMap::new();
    for result in bad {
        groups.entry(group(result)).or_default().push_str(&entry(result));
    }
    for task in abandoned {
        let _ = writeln!(groups.entry("no longer polled").or_default(), "    {task}");
    }
    groups.iter().fold(String::new(), |lists, (group, entries)| format!("{lists}  {group}:\n{entries}"))
}

/// The heading that a task without success is listed under.
fn group(TaskResult { progress, outcome, .. }: &TaskResult) -> &'static str {
    match outcome {
        TaskOutcome::Reported(_) => "failed",
        TaskOutcome::Rejected(_) => "rejected",
        TaskOutcome::Unrecognized(_) => "undocumented status",
        _ if progress.status.is_some() => "still running",
        _ => "no response",
    }
}

/// A task in a list: its id, the reason, and the facts in short.
fn entry(result: &TaskResult) -> String {
    let TaskResult { task, progress, outcome } = result;
    let reason = match outcome {
        TaskOutcome::Reported(report) => report.message.as_deref().map_or("no reason given".into(), one_line),
        TaskOutcome::Rejected(error) => error_text(error),
        TaskOutcome::Unrecognized(value) => format!("status {}", one_line(value)),
        _ => match &progress.error {
            Some(error) => error_text(error),
            None if progress.status.is_some() => "no error".into(),
            None => "no response had arrived".into(),
        },
    };
    let id = progress.request_id.as_deref().unwrap_or("none");
    let error = last_error(progress);
    let error = if reason == error { String::new() } else { format!(", last error {error}") };
    let facts = format!("{}, last RequestId {id}{error}.{}", elapsed_and_polls(progress), held(progress));
    format!("    {task}: {reason}\n      {}\n", facts.trim_end_matches('.'))
}

const INTERRUPTED: &str = "wait was interrupted";
const NOT_SENT: &str = "no request was sent";

fn summary(result: &TaskResult) -> &'static str {
    let running = result.progress.status.is_some();
    match &result.outcome {
        TaskOutcome::Reported(_) => "task failed",
        TaskOutcome::Unrecognized(_) => "task has an undocumented status",
        TaskOutcome::Rejected(_) if result.nothing_was_sent() => NOT_SENT,
        TaskOutcome::Rejected(_) => "task could not be polled",
        TaskOutcome::TimedOut if running => "task did not complete in time",
        TaskOutcome::TimedOut => "task could not be polled in time",
        TaskOutcome::Interrupted => INTERRUPTED,
        TaskOutcome::Abandoned => "wait was abandoned",
    }
}

/// What happened, in a sentence. Reason and error have lines of their own among the facts.
fn what(result: &TaskResult, location: &str) -> String {
    let TaskResult { task, progress, outcome } = result;
    let after = format!("{location} after {}", elapsed_and_polls(progress));
    match outcome {
        TaskOutcome::Reported(_) => format!("Task \"{task}\" failed{after}."),
        TaskOutcome::Unrecognized(value) => format!(
            "Task \"{task}\" has the status {}{location}. The documented ones are 0 (succeeded), 1 (failed) and 2 (running), \
             and no other is taken for success.",
            one_line(value)
        ),
        TaskOutcome::Rejected(_) if result.nothing_was_sent() => {
            format!("The provider could not send a request about task \"{task}\"{location}.")
        }
        TaskOutcome::Rejected(_) => format!("The service rejected the poll of task \"{task}\"{after}."),
        TaskOutcome::TimedOut if progress.status.is_some() => {
            format!("Task \"{task}\" was still running{after}.{}", held(progress))
        }
        TaskOutcome::TimedOut => format!("No poll of task \"{task}\" succeeded{after}.{}", held(progress)),
        TaskOutcome::Interrupted => format!("The wait for task \"{task}\" was interrupted{after}."),
        TaskOutcome::Abandoned => format!("The provider stopped polling task \"{task}\"{after}."),
    }
}

/// What to do about it.
fn advice(TaskResult { progress, outcome, .. }: &TaskResult, operation: Operation) -> String {
    let timeout = format!("timeouts.{}", operation.name());
    match outcome {
        TaskOutcome::Reported(_) => failed_advice(operation),
        TaskOutcome::Unrecognized(_) => {
            "Check on the load balancer whether the change was made, and ask Tencent Cloud's support about the last RequestId."
                .into()
        }
        TaskOutcome::Rejected(error) => rejected_advice(error, operation),
        TaskOutcome::TimedOut if progress.throttled || progress.hold.is_some() => throttled_advice(&timeout),
        TaskOutcome::TimedOut if progress.status.is_some() => {
            format!("The task may still be running: raise `{timeout}`, or run apply again to continue the wait.")
        }
        TaskOutcome::TimedOut => format!(
            "The task may still be running. Check that the service can be reached, then run apply again to continue the wait; \
             raise `{timeout}` to retry transient errors for longer."
        ),
        TaskOutcome::Interrupted => "The task itself continues: run apply again to continue the wait.".into(),
        TaskOutcome::Abandoned => {
            "This is a bug of the provider; please report it. Run apply again to continue the wait.".into()
        }
    }
}

/// How long throttling kept the task from being polled, whichever poll was throttled.
fn held(progress: &Progress) -> String {
    let Some(hold) = &progress.hold else { return String::new() };
    let reason = hold.error.as_ref().map(|error| format!(": {}", error_text(error))).unwrap_or_default();
    format!(" Throttled responses held all polls back for {}{reason}.", duration::format(hold.duration))
}

fn throttled_advice(timeout: &str) -> String {
    format!(
        "The service throttled polls, and the task may still be running. Every process that uses the account shares \
         its rate limit: lower `requests_per_second` where several run at once, raise `{timeout}`, or run apply again to \
         continue the wait."
    )
}

fn failed_advice(operation: Operation) -> String {
    let advice =
        "A failed task stays failed: remove the cause, make the call again and wait for its new RequestId.";
    match operation {
        Operation::Read => {
            format!("{advice} To read the outcome instead of an error, set `error_on_failure = false`.")
        }
        Operation::Create | Operation::Update | Operation::Delete | Operation::Invoke => advice.into(),
    }
}

/// Everything that is known about a task.
fn task_facts(TaskResult { task, progress, outcome }: &TaskResult) -> String {
    let state = match outcome {
        TaskOutcome::Unrecognized(value) => format!("undocumented ({})", one_line(value)),
        _ => progress.status.map_or("not known", TaskStatus::as_str).to_owned(),
    };
    let message = match outcome {
        TaskOutcome::Reported(report) => report.message.as_deref(),
        _ => None,
    };
    let rows = [
        ("Task", task.to_string()),
        ("State", state),
        ("Message", message.map_or("none".into(), one_line)),
        ("Elapsed", duration::format(progress.elapsed)),
        ("Polls", progress.polls.to_string()),
        ("Last RequestId", progress.request_id.clone().unwrap_or("none".into())),
        ("Last error", last_error(progress)),
    ];
    facts(&rows)
}

/// Labelled values, one a line. Terraform does not wrap lines that begin with a space, so ids stay whole.
pub(crate) fn facts(rows: &[(&str, String)]) -> String {
    rows.iter().fold(String::new(), |mut facts, (name, value)| {
        let name = format!("{name}:");
        // Writing to a string cannot fail.
        let _ = writeln!(facts, "  {name:<16}{value}");
        facts
    })
}

/// The service's code and message on one line.
pub(crate) fn error_text(PollError { code, message, .. }: &PollError) -> String {
    match code {
        Some(code) => one_line(&format!("{code}: {message}")),
        None => one_line(message),
    }
}

fn last_error(progress: &Progress) -> String {
    progress.error.as_ref().map_or("none".into(), error_text)
}

/// What to do about a rejected poll: the error table's sentence, and a hint at tasks that the service has forgotten.
fn rejected_advice(error: &PollError, operation: Operation) -> String {
    let Some(code) = &error.code else {
        return "Correct the setting or the proxy that the last error names, and run Terraform again.".into();
    };
    let mut advice = match error_table::lookup(code) {
        Some(row) => sentence(row.remedy),
        None => "The code is not documented for this request; it is shown as the service gave it.".into(),
    };
    let unknown_id = code.starts_with("InvalidParameter") || error_table::class(code) == ErrorClass::NotFound;
    if unknown_id {
        advice.push_str(forgotten_hint(operation));
    }
    advice
}

/// Why an id that is well formed may be unknown to the service, and what to do about it.
fn forgotten_hint(operation: Operation) -> &'static str {
    match operation {
        Operation::Read => " Or the service may have forgotten this task; a `clb_task_gate` polls only once.",
        Operation::Create | Operation::Update | Operation::Delete | Operation::Invoke => {
            " Or the service may have forgotten this task: if the change was made long ago, remove the id."
        }
    }
}

pub(crate) fn sentence(clause: &str) -> String {
    let mut letters = clause.chars();
    let first = letters.next().map(|letter| letter.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", letters.as_str())
}

/// A message of the service on one line, so that it cannot imitate the lines of the diagnostic.
pub(crate) fn one_line(text: &str) -> String {
    text.split(char::is_control).map(str::trim).filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use clb_api::clb_task::TaskId;

    use super::*;

    #[test]
    fn a_wait_that_is_interrupted_before_the_first_response_says_so() {
        let task = TaskId::parse("t-1").unwrap().into();
        let result = TaskResult { task, progress: Progress::default(), outcome: TaskOutcome::Interrupted };
        assert_eq!(group(&result), "no response");
        let listed =
            "    t-1: no response had arrived\n      0ms (0 polls), last RequestId none, last error none\n";
        assert_eq!(entry(&result), listed);
    }
}
