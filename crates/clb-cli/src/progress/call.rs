//! What is told while a call is sent and its task is waited for.

use std::{
    io::IsTerminal,
    sync::{
        OnceLock,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use clb_api::{
    ApiError, CallEvent,
    clb_task::{TaskRef, WaitEvent, WaitResult},
};
use indicatif::MultiProgress;
use serde_json::{Value, json};

use super::{error_text, event_json, line::Line, live::terminal};
use crate::{
    exit::chain,
    output::{self, Output},
    result::{TaskResult, completed_json, seconds},
};

/// Tells the progress of one call.
#[derive(Debug)]
pub(crate) struct CallProgress {
    output: Output,
    /// The id of the accepted call.
    id: OnceLock<String>,
    display: Display,
}

#[derive(Debug)]
enum Display {
    Live { lines: MultiProgress, line: Line },
    Plain { is_running: AtomicBool },
    None,
}

impl CallProgress {
    /// Progress on standard error, unless `quiet`; events on standard output, if they are wanted.
    pub(crate) fn new(action: &str, output: Output, quiet: bool) -> Self {
        let display = match std::io::stderr().is_terminal() {
            _ if quiet => Display::None,
            true => {
                let lines = terminal();
                let line = Line::new(&lines, action.to_owned(), "preparing");
                Display::Live { lines, line }
            }
            false => Display::Plain { is_running: AtomicBool::new(false) },
        };
        Self { output, id: OnceLock::new(), display }
    }

    /// Something happened to the call or to its task.
    pub(crate) fn event(&self, event: &CallEvent) {
        if let CallEvent::Accepted(response) = event {
            let _ = self.id.set(response.request_id.clone());
        }
        if let Some(value) = self.json(event) {
            self.output.event(&value);
        }
        match &self.display {
            Display::Live { line, .. } => show(line, event),
            Display::Plain { is_running } => note(event, is_running),
            Display::None => {}
        }
    }

    /// The id under which the service accepted the call.
    pub(crate) fn accepted_id(&self) -> Option<&str> {
        self.id.get().map(String::as_str)
    }

    /// Leaves the terminal as it was.
    pub(crate) fn finish(&self) {
        if let Display::Live { lines, .. } = &self.display {
            let _ = lines.clear();
        }
    }

    /// The line of an event; none for events that this version does not know.
    fn json(&self, event: &CallEvent) -> Option<Value> {
        let id = self.accepted_id().unwrap_or_default();
        Some(match event {
            CallEvent::Queued { resource } => json!({ "event": "queued", "resource": resource }),
            CallEvent::Sent { attempt } => json!({ "event": "sent", "attempt": attempt }),
            CallEvent::Accepted(response) => json!({ "event": "accepted", "id": response.request_id }),
            CallEvent::Wait(WaitEvent::Completed(result)) => completed_json(&task_result(id, result)?),
            CallEvent::Wait(event) => return event_json(id, event),
            event => {
                let (kind, error, pause) = sent_again(event)?;
                json!({ "event": kind, "error": error_json(error), "pause_seconds": seconds(pause) })
            }
        })
    }
}

impl Drop for CallProgress {
    /// Also when the command is interrupted.
    fn drop(&mut self) {
        self.finish();
    }
}

/// The event on a live line.
fn show(line: &Line, event: &CallEvent) {
    match event {
        CallEvent::Queued { resource } => line.set_state(&waiting_for(resource)),
        CallEvent::Sent { attempt: 1 } => line.set_state("sent"),
        CallEvent::Sent { attempt } => line.set_state(&format!("sent, attempt {attempt}")),
        CallEvent::Accepted(response) => {
            line.set_prefix(response.request_id.clone());
            line.set_state("accepted");
        }
        CallEvent::Wait(WaitEvent::Completed(Ok(done))) => line.finish(done.report.status.as_str()),
        CallEvent::Wait(event) => line.event(event),
        event => {
            if let Some((kind, error, pause)) = sent_again(event) {
                line.set_error(in_words(kind), &chain(error), "sent again", pause);
            }
        }
    }
}

/// The event as a plain line. A running task is reported once.
fn note(event: &CallEvent, is_running: &AtomicBool) {
    let text = match event {
        CallEvent::Queued { resource } => waiting_for(resource),
        CallEvent::Accepted(response) => format!("accepted: {}", response.request_id),
        CallEvent::Wait(WaitEvent::Running(_)) if !is_running.swap(true, Ordering::Relaxed) => {
            "running".to_owned()
        }
        CallEvent::Wait(WaitEvent::Completed(Ok(done))) => {
            format!("{} after {:.1?}", done.report.status.as_str(), done.elapsed)
        }
        CallEvent::Wait(event) => {
            let Some((kind, error)) = error_text(event) else { return };
            format!("{kind}: {error}")
        }
        event => {
            let Some((kind, error, pause)) = sent_again(event) else { return };
            format!("{}: {}; sending again in {pause:.1?}", in_words(kind), chain(error))
        }
    };
    output::note(&text);
}

/// Why a call is sent again, and when.
fn sent_again(event: &CallEvent) -> Option<(&'static str, &ApiError, Duration)> {
    match event {
        CallEvent::Throttled { error, pause } => Some(("throttled", error, *pause)),
        CallEvent::Busy { error, pause } => Some(("busy", error, *pause)),
        CallEvent::Resent { error, pause } => Some(("resent", error, *pause)),
        _ => None,
    }
}

fn in_words(kind: &str) -> &str {
    if kind == "resent" { "transient error" } else { kind }
}

fn waiting_for(resource: &str) -> String {
    format!("waiting for an earlier call about {resource}")
}

fn task_result(id: &str, result: &WaitResult) -> Option<TaskResult> {
    let task = clb_api::clb_task::TaskId::parse(id).ok()?;
    Some(TaskResult::new(TaskRef::Id(task), result.clone()))
}

fn error_json(error: &ApiError) -> Value {
    json!({ "code": error.code(), "message": error.message(), "request_id": error.request_id() })
}
