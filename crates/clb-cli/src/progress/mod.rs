//! What is told while tasks are waited for: live lines on a terminal, plain lines elsewhere, JSON lines for programs.

mod call;
mod line;
mod live;
mod plain;

use std::io::IsTerminal;

use clb_api::clb_task::{PollError, TaskRef, WaitEvent};
use serde_json::{Value, json};

pub(crate) use self::call::CallProgress;
use self::{live::Live, plain::Plain};
use crate::{
    output::Output,
    result::{TaskResult, completed_json, poll_error_json, seconds},
};

/// Tells the progress of some tasks.
#[derive(Debug)]
pub(crate) struct Progress {
    ids: Vec<String>,
    output: Output,
    display: Display,
}

#[derive(Debug)]
enum Display {
    Live(Live),
    Plain(Plain),
    None,
}

impl Progress {
    /// Progress on standard error, unless `quiet`; events on standard output, if they are wanted.
    pub(crate) fn new(tasks: &[TaskRef], output: Output, quiet: bool) -> Self {
        let ids: Vec<String> = tasks.iter().map(|task| task.as_str().to_owned()).collect();
        let display = match std::io::stderr().is_terminal() {
            _ if quiet => Display::None,
            true => Display::Live(Live::new(&ids)),
            false => Display::Plain(Plain::new(ids.len())),
        };
        Self { ids, output, display }
    }

    /// Something happened to the task at this index.
    pub(crate) fn event(&self, index: usize, event: &WaitEvent) {
        let id = &self.ids[index];
        if let Some(value) = event_json(id, event) {
            self.output.event(&value);
        }
        match &self.display {
            Display::Live(live) => live.event(index, event),
            Display::Plain(plain) => plain.event(id, event),
            Display::None => {}
        }
    }

    /// The wait for the task at this index completes.
    pub(crate) fn completed(&self, index: usize, result: &TaskResult) {
        self.output.event(&completed_json(result));
        match &self.display {
            Display::Live(live) => live.completed(index, result),
            Display::Plain(plain) => plain.completed(result),
            Display::None => {}
        }
    }

    /// Leaves the terminal as it was.
    pub(crate) fn finish(&self) {
        if let Display::Live(live) = &self.display {
            live.finish();
        }
    }
}

/// What is said of an error of a poll.
fn error_text(event: &WaitEvent) -> Option<(&'static str, &PollError)> {
    match event {
        WaitEvent::Throttled { error, .. } => Some(("throttled", error)),
        WaitEvent::Transient(error) => Some(("transient error", error)),
        WaitEvent::Rejected(error) => Some(("rejected", error)),
        _ => None,
    }
}

/// The line of an event; none for events that this version does not know.
fn event_json(id: &str, event: &WaitEvent) -> Option<Value> {
    Some(match event {
        WaitEvent::Polled(poll) => json!({ "event": "polled", "id": id, "poll": poll }),
        WaitEvent::Running(report) => {
            json!({ "event": "running", "id": id, "request_id": report.request_id })
        }
        WaitEvent::NextPoll(pause) => {
            json!({ "event": "next_poll", "id": id, "in_seconds": seconds(*pause) })
        }
        WaitEvent::Throttled { error, retry_after } => json!({
            "event": "throttled", "id": id, "error": poll_error_json(error), "retry_after_seconds": retry_after.map(seconds),
        }),
        WaitEvent::Transient(error) => {
            json!({ "event": "transient", "id": id, "error": poll_error_json(error) })
        }
        WaitEvent::Rejected(error) => {
            json!({ "event": "rejected", "id": id, "error": poll_error_json(error) })
        }
        _ => return None,
    })
}
