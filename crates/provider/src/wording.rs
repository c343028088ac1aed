//! What people read when a wait does not end well: what happened, everything that is known, and what to do.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use clb_api::clb_task::{TaskStatus, Trouble};
use clb_api::error_table::{self, ErrorClass};
use tfplugin::Diagnostic;

use crate::go_duration;
use crate::timeouts::Operation;
use crate::watch::{Ending, Progress, Watched};
use crate::watch_many::Outcome;

/// The error for a task whose watching brought no success.
pub(crate) fn failure(watched: &Watched, operation: Operation) -> Diagnostic {
    let (what, facts, advice) = (what(watched), facts(watched), advice(watched, operation));
    Diagnostic::error(summary(watched), format!("{what}\n\n{facts}\n{advice}"))
}

/// The error for many tasks of which not all came to what was waited for: each of those is listed under what it came to.
pub(crate) fn failures(outcome: &Outcome, failures_welcome: bool, operation: Operation) -> Diagnostic {
    let bad: Vec<_> = outcome.watched.iter().filter(|watched| !watched.is_good(failures_welcome)).collect();
    let count = counted(outcome.watched.len() + outcome.abandoned.len(), "task");
    let left = match outcome.abandoned.len() {
        0 => String::new(),
        left => format!(" The reason holds for all, so {} no longer asked about.", were(left)),
    };
    let mut groups: BTreeMap<&str, String> = BTreeMap::new();
    for watched in &bad {
        groups.entry(group(watched)).or_default().push_str(&entry(watched));
    }
    for task in &outcome.abandoned {
        let _ = writeln!(groups.entry("no longer asked about").or_default(), "    {task}");
    }
    let lists =
        groups.iter().fold(String::new(), |lists, (group, entries)| format!("{lists}  {group}:\n{entries}"));
    let advice: BTreeSet<String> = bad.iter().map(|watched| advice(watched, operation)).collect();
    let advice = advice.into_iter().collect::<Vec<_>>().join("\n\n");
    let what = format!("Of {count}, {} did not succeed.{left}", bad.len());
    Diagnostic::error("not all tasks succeeded", format!("{what}\n\n{lists}\n{advice}"))
}

/// The operation began before everything was known, which Terraform does not do.
pub(crate) fn not_wholly_known() -> Diagnostic {
    Diagnostic::error(
        "configuration is not known yet",
        "Terraform asked for a result before all arguments were known. This is a bug; please report it.",
    )
}

/// `1 task`, `5 tasks`.
pub(crate) fn counted(count: usize, thing: &str) -> String {
    if count == 1 { format!("1 {thing}") } else { format!("{count} {thing}s") }
}

/// `12s (5 questions)`.
pub(crate) fn asked(Progress { elapsed, polls, .. }: &Progress) -> String {
    format!("{} ({})", go_duration::format(*elapsed), counted(*polls as usize, "question"))
}

/// What a task that did not succeed came to.
fn group(Watched { progress, ending, .. }: &Watched) -> &'static str {
    match ending {
        Ending::Answered(_) => "failed",
        Ending::Refused(_) => "refused",
        Ending::Unrecognized(_) => "in a state that is not documented",
        _ if progress.status.is_some() => "still running",
        _ => "not answered",
    }
}

/// A task in a list: its id, what is to be said of it, and the facts in short.
fn entry(watched: &Watched) -> String {
    let Watched { task, progress, ending } = watched;
    let said = match ending {
        Ending::Answered(report) => report.message.as_deref().map_or("no reason given".into(), one_line),
        Ending::Refused(trouble) => text(trouble),
        Ending::Unrecognized(value) => format!("status {}", one_line(value)),
        _ => progress.trouble.as_ref().map_or("no trouble".into(), text),
    };
    let id = progress.request_id.as_deref().unwrap_or("none");
    let facts = format!("{}, last RequestId {id}, last trouble {}", asked(progress), last_trouble(progress));
    format!("    {task}: {said}\n      {facts}\n")
}

fn were(count: usize) -> String {
    if count == 1 { "one more was".into() } else { format!("{count} more were") }
}

fn summary(Watched { progress, ending, .. }: &Watched) -> &'static str {
    match ending {
        Ending::Answered(_) => "task failed",
        Ending::Unrecognized(_) => "task is in a state that is not documented",
        Ending::Refused(_) => "could not ask about the task",
        Ending::TimedOut if progress.status.is_some() => "task did not finish in time",
        Ending::TimedOut => "could not ask about the task in time",
        Ending::Interrupted => "waiting was interrupted",
        Ending::Abandoned => "waiting was abandoned",
    }
}

/// What happened, in a sentence or two.
fn what(Watched { task, progress, ending }: &Watched) -> String {
    let after = format!("after {}", asked(progress));
    match ending {
        Ending::Answered(report) => match &report.message {
            Some(reason) => format!("Task \"{task}\" failed: {}.", one_line(reason).trim_end_matches('.')),
            None => format!("Task \"{task}\" failed; the service gave no reason."),
        },
        Ending::Unrecognized(value) => format!(
            "Task \"{task}\" was answered with the status {}, which is none of 0 (succeeded), 1 (failed) and 2 (running). It is \
             not taken for success.",
            one_line(value)
        ),
        Ending::Refused(trouble) => {
            format!("Asking about task \"{task}\" failed: {}.", text(trouble).trim_end_matches('.'))
        }
        Ending::TimedOut if progress.status.is_some() => {
            format!("Task \"{task}\" was still running {after}.")
        }
        Ending::TimedOut => format!("No question about task \"{task}\" was answered {after}."),
        Ending::Interrupted => format!("Waiting for task \"{task}\" was stopped {after}."),
        Ending::Abandoned => format!("The provider stopped asking about task \"{task}\" {after}."),
    }
}

/// What to do about it.
fn advice(Watched { progress, ending, .. }: &Watched, operation: Operation) -> String {
    let timeout = format!("timeouts.{}", operation.name());
    match ending {
        Ending::Answered(_) => failed_advice(operation),
        Ending::Unrecognized(_) => {
            "Look at the load balancer itself to learn whether the change was made, and ask Tencent \
                                    Cloud's support about the RequestId above."
                .into()
        }
        Ending::Refused(trouble) => remedy(trouble),
        Ending::TimedOut if progress.status.is_some() => {
            format!("It may yet finish: raise `{timeout}`, or run apply again to go on waiting.")
        }
        Ending::TimedOut => format!(
            "The task may still be running. See that the service can be reached, then run apply again to go on waiting; \
             `{timeout}` says how long trouble is put up with."
        ),
        Ending::Interrupted => "The task itself goes on: run apply again to go on waiting.".into(),
        Ending::Abandoned => {
            "This is a bug of the provider; please report it. Run apply again to go on waiting.".into()
        }
    }
}

fn failed_advice(operation: Operation) -> String {
    let advice =
        "A failed task stays failed: remove the cause, make the call again and wait for its new RequestId.";
    match operation {
        Operation::Read => {
            format!("{advice} To read the outcome instead of stopping here, set `error_on_failure = false`.")
        }
        Operation::Create | Operation::Update | Operation::Invoke => advice.into(),
    }
}

/// One fact a line. Lines that begin with a space are not wrapped by Terraform, so ids stay whole.
fn facts(Watched { task, progress, ending }: &Watched) -> String {
    let state = match ending {
        Ending::Unrecognized(value) => format!("undocumented ({})", one_line(value)),
        _ => progress.status.map_or("not known", TaskStatus::as_str).to_owned(),
    };
    let message = match ending {
        Ending::Answered(report) => report.message.as_deref(),
        _ => None,
    };
    let rows = [
        ("Task", task.to_string()),
        ("State", state),
        ("Message", message.map_or("none".into(), one_line)),
        ("Elapsed", go_duration::format(progress.elapsed)),
        ("Questions", progress.polls.to_string()),
        ("Last RequestId", progress.request_id.clone().unwrap_or("none".into())),
        ("Last trouble", last_trouble(progress)),
    ];
    rows.iter().fold(String::new(), |mut facts, (name, value)| {
        let name = format!("{name}:");
        // Writing to a string cannot fail.
        let _ = writeln!(facts, "  {name:<16}{value}");
        facts
    })
}

/// Code and words of the service on one line.
fn text(Trouble { code, message, .. }: &Trouble) -> String {
    match code {
        Some(code) => one_line(&format!("{code}: {message}")),
        None => one_line(message),
    }
}

fn last_trouble(progress: &Progress) -> String {
    progress.trouble.as_ref().map_or("none".into(), text)
}

/// What to do about a refusal: the error table's sentence, and a word on ids that the service no longer knows.
fn remedy(trouble: &Trouble) -> String {
    let Some(code) = &trouble.code else {
        return "Correct what the message names, the configuration of the provider or a proxy on the way, and run Terraform again.".into();
    };
    let mut advice = match error_table::lookup(code) {
        Some(row) => sentence(row.remedy),
        None => "This code is not documented for the question; it is shown as the service gave it.".into(),
    };
    let unknown_id = code.starts_with("InvalidParameter") || error_table::class(code) == ErrorClass::NotFound;
    if unknown_id {
        advice
            .push_str(" Or the service may have forgotten this task; a `clb_task_gate` is asked only once.");
    }
    advice
}

fn sentence(clause: &str) -> String {
    let mut letters = clause.chars();
    let first = letters.next().map(|letter| letter.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", letters.as_str())
}

/// A text of the service's on one line, so that it cannot pass for ours.
fn one_line(text: &str) -> String {
    text.split(char::is_control).map(str::trim).filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}
