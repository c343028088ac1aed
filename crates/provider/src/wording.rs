//! What people read when a wait does not end well: what happened, everything that is known, and what to do.

use std::fmt::Write;

use clb_api::clb_task::{TaskStatus, Trouble};
use clb_api::error_table::{self, Class};
use tfplugin::Diagnostic;

use crate::go_duration;
use crate::watch::{Ending, Progress, Watched};

/// The error for a task whose watching brought no success. `timeout` names the argument that limits the wait.
pub(crate) fn failure(watched: &Watched, timeout: &str) -> Diagnostic {
    let Story { summary, what, advice } = story(watched, timeout);
    Diagnostic::error(summary, format!("{what}\n\n{}\n{advice}", facts(watched)))
}

/// What happened and what to do, before and after the facts.
struct Story {
    summary: &'static str,
    what: String,
    advice: String,
}

fn story(Watched { task, progress, ending }: &Watched, timeout: &str) -> Story {
    let after = format!("after {}", asked(progress));
    match ending {
        Ending::Answered(report) => Story {
            summary: "task failed",
            what: match &report.message {
                Some(reason) => format!("Task \"{task}\" failed: {}.", one_line(reason).trim_end_matches('.')),
                None => format!("Task \"{task}\" failed; the service gave no reason."),
            },
            advice: "A failed task stays failed: remove the cause, make the call again and wait for its new RequestId. To read \
                     the outcome instead of stopping here, set `error_on_failure = false`."
                .into(),
        },
        Ending::Unrecognized(value) => Story {
            summary: "task is in a state that is not documented",
            what: format!(
                "Task \"{task}\" was answered with the status {}, which is none of 0 (succeeded), 1 (failed) and 2 (running). \
                 It is not taken for success.",
                one_line(value)
            ),
            advice: "Look at the load balancer itself to learn whether the change was made, and ask Tencent Cloud's support \
                     about the RequestId above."
                .into(),
        },
        Ending::Refused(trouble) => Story {
            summary: "could not ask about the task",
            what: format!("Asking about task \"{task}\" failed: {}.", one_line(&text(trouble)).trim_end_matches('.')),
            advice: remedy(trouble),
        },
        Ending::TimedOut if progress.status.is_some() => Story {
            summary: "task did not finish in time",
            what: format!("Task \"{task}\" was still running {after}."),
            advice: format!("It may yet finish: raise `{timeout}`, or run apply again to go on waiting."),
        },
        Ending::TimedOut => Story {
            summary: "could not ask about the task in time",
            what: format!("No question about task \"{task}\" was answered {after}."),
            advice: format!(
                "The task may still be running. See that the service can be reached, then run apply again to go on \
                 waiting; `{timeout}` says how long trouble is put up with."
            ),
        },
        Ending::Interrupted => Story {
            summary: "waiting was interrupted",
            what: format!("Waiting for task \"{task}\" was stopped {after}."),
            advice: "The task itself goes on: run apply again to go on waiting.".into(),
        },
        Ending::Abandoned => Story {
            summary: "waiting was abandoned",
            what: format!("The provider stopped asking about task \"{task}\" {after}."),
            advice: "This is a bug of the provider; please report it. Run apply again to go on waiting.".into(),
        },
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
        ("Last trouble", progress.trouble.as_ref().map_or("none".into(), |trouble| one_line(&text(trouble)))),
    ];
    rows.iter().fold(String::new(), |mut facts, (name, value)| {
        let name = format!("{name}:");
        // Writing to a string cannot fail.
        let _ = writeln!(facts, "  {name:<16}{value}");
        facts
    })
}

fn asked(Progress { elapsed, polls, .. }: &Progress) -> String {
    let questions = if *polls == 1 { "question" } else { "questions" };
    format!("{} ({polls} {questions})", go_duration::format(*elapsed))
}

fn text(Trouble { code, message, .. }: &Trouble) -> String {
    match code {
        Some(code) => format!("{code}: {message}"),
        None => message.clone(),
    }
}

/// What to do about a refusal: the error table's sentence, and a word on ids that the service no longer knows.
fn remedy(trouble: &Trouble) -> String {
    let Some(code) = &trouble.code else {
        return "Correct the configuration of the provider and run Terraform again.".into();
    };
    let mut advice = match error_table::lookup(code) {
        Some(row) => sentence(row.remedy),
        None => "This code is not documented for the question; it is shown as the service gave it.".into(),
    };
    let unknown_id = code.starts_with("InvalidParameter") || error_table::class(code) == Class::NotFound;
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
