//! What became of each task.

use std::time::Duration;

use clb_api::clb_task::{
    PollError, TaskRef, TaskReport, TaskStatus, WaitError, WaitErrorKind, WaitEvent, WaitReport, WaitResult,
};
use serde_json::{Value, json};

use crate::exit::Exit;

/// The result for one task.
#[derive(Clone, Debug)]
pub(crate) struct TaskResult {
    pub(crate) task: TaskRef,
    result: Result<WaitReport, Unfinished>,
}

/// Why there is no report of a completed task.
#[derive(Clone, Debug)]
enum Unfinished {
    Error(WaitError),
    Interrupted(Seen),
}

/// What was seen of a task until now.
#[derive(Clone, Debug, Default)]
pub(crate) struct Seen {
    /// The last report of a running task.
    pub(crate) report: Option<TaskReport>,
    pub(crate) polls: u32,
    pub(crate) elapsed: Duration,
}

impl Seen {
    /// Takes note of an event.
    pub(crate) fn record(&mut self, event: WaitEvent) {
        match event {
            WaitEvent::Polled(poll) => self.polls = poll,
            WaitEvent::Running(report) => self.report = Some(report),
            _ => {}
        }
    }
}

impl TaskResult {
    pub(crate) fn new(task: TaskRef, result: WaitResult) -> Self {
        Self { task, result: result.map_err(Unfinished::Error) }
    }

    /// Ctrl-C ended the wait.
    pub(crate) fn interrupted(task: TaskRef, seen: Seen) -> Self {
        Self { task, result: Err(Unfinished::Interrupted(seen)) }
    }

    /// `succeeded`, `failed`, `running` or `unknown`.
    pub(crate) fn state(&self) -> &'static str {
        self.status().map_or("unknown", TaskStatus::as_str)
    }

    fn status(&self) -> Option<TaskStatus> {
        match &self.result {
            Ok(done) => Some(done.report.status),
            Err(Unfinished::Error(error)) => error.last_status,
            Err(Unfinished::Interrupted(seen)) => seen.report.as_ref().map(|report| report.status),
        }
    }

    /// `completed` or `running` for a task with a report, else why there is none.
    fn outcome(&self) -> &'static str {
        match &self.result {
            Ok(done) if done.report.status == TaskStatus::Running => "running",
            Ok(_) => "completed",
            Err(Unfinished::Interrupted(_)) => "interrupted",
            Err(Unfinished::Error(error)) => match error.kind {
                WaitErrorKind::TimedOut => "timed_out",
                WaitErrorKind::Unrecognized { .. } => "unrecognized",
                WaitErrorKind::Rejected(_) => "rejected",
                _ => "interrupted",
            },
        }
    }

    /// How the task or its wait ended, in words.
    pub(crate) fn ending(&self) -> String {
        if self.result.is_ok() { self.state().to_owned() } else { self.outcome().replace('_', " ") }
    }

    /// The exit code if this were the only task.
    pub(crate) fn exit(&self) -> Exit {
        match &self.result {
            Ok(done) if done.report.status == TaskStatus::Failed => Exit::TaskFailed,
            Ok(_) => Exit::Succeeded,
            Err(Unfinished::Interrupted(_)) => Exit::Interrupted,
            Err(Unfinished::Error(WaitError {
                kind: WaitErrorKind::TimedOut, last_status: Some(_), ..
            })) => Exit::TimedOut,
            Err(_) => Exit::CouldNotPoll,
        }
    }

    /// Whether the task could be polled.
    pub(crate) fn was_polled(&self) -> bool {
        self.result.is_ok()
    }

    /// The line for people.
    pub(crate) fn line(&self, width: usize) -> String {
        let detail = match &self.result {
            Ok(done) => done.report.message.clone().unwrap_or_default(),
            Err(Unfinished::Error(error)) => error_text(error),
            Err(Unfinished::Interrupted(seen)) => format!("interrupted after {:.1?}", seen.elapsed),
        };
        let line = format!("{:width$}  {:9}  {detail}", self.task.as_str(), self.state());
        line.trim_end().to_owned()
    }

    /// The object for programs.
    pub(crate) fn json(&self) -> Value {
        let (report, error) = match &self.result {
            Ok(done) => (Some(&done.report), None),
            Err(Unfinished::Error(error)) => (None, Some(error)),
            Err(Unfinished::Interrupted(seen)) => (seen.report.as_ref(), None),
        };
        let (polls, elapsed) = match &self.result {
            Ok(WaitReport { polls, elapsed, .. })
            | Err(
                Unfinished::Error(WaitError { polls, elapsed, .. })
                | Unfinished::Interrupted(Seen { polls, elapsed, .. }),
            ) => (*polls, *elapsed),
        };
        let request_id = report
            .and_then(|report| report.request_id.clone())
            .or_else(|| error.and_then(|error| error.last_request_id.clone()));
        json!({
            "id": self.task.as_str(),
            "outcome": self.outcome(),
            "state": self.state(),
            "status": self.status().map(TaskStatus::code),
            "message": report.and_then(|report| report.message.clone()),
            "load_balancer_ids": report.map(|report| report.load_balancer_ids.clone()).unwrap_or_default(),
            "request_id": request_id,
            "polls": polls,
            "elapsed_seconds": seconds(elapsed),
            "error": error.map(error_json),
        })
    }
}

/// The exit code for all tasks together: that of the worst.
pub(crate) fn exit(results: &[TaskResult]) -> Exit {
    let has = |exit| results.iter().any(|result| result.exit() == exit);
    let order = [Exit::Interrupted, Exit::TaskFailed, Exit::CouldNotPoll, Exit::TimedOut];
    order.into_iter().find(|exit| has(*exit)).unwrap_or(Exit::Succeeded)
}

/// The document for programs.
pub(crate) fn document(results: &[TaskResult]) -> Value {
    json!({
        "all_succeeded": results.iter().all(|result| result.state() == "succeeded"),
        "tasks": results.iter().map(TaskResult::json).collect::<Vec<_>>(),
    })
}

/// The last event of a task.
pub(crate) fn completed_json(result: &TaskResult) -> Value {
    let mut value = result.json();
    value["event"] = json!("completed");
    value
}

pub(crate) fn poll_error_json(error: &PollError) -> Value {
    json!({ "code": error.code, "message": error.message, "request_id": error.request_id })
}

/// Seconds with milliseconds.
pub(crate) fn seconds(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 1000.0).round() / 1000.0
}

fn error_json(error: &WaitError) -> Value {
    let cause = match &error.kind {
        WaitErrorKind::Rejected(error) => Some(error),
        _ => error.last_error.as_ref(),
    };
    json!({
        "message": error.to_string(),
        "cause": cause.map(poll_error_json),
        "held_seconds": error.hold.as_ref().map(|hold| seconds(hold.duration)),
    })
}

/// What went wrong, and what to do.
fn error_text(error: &WaitError) -> String {
    let WaitError { polls, elapsed, last_error, hold, .. } = error;
    let cause = last_error.as_ref().map(|error| format!("; last error: {error}")).unwrap_or_default();
    let hold = hold.as_ref().map(|hold| format!("; {hold}")).unwrap_or_default();
    match &error.kind {
        WaitErrorKind::TimedOut => format!("timed out after {elapsed:.1?} ({polls} polls){cause}{hold}"),
        WaitErrorKind::Unrecognized { value } => format!("undocumented status {value}"),
        WaitErrorKind::Rejected(error) => format!("rejected: {error}{}", hint(error)),
        _ => "interrupted".to_owned(),
    }
}

fn hint(error: &PollError) -> &'static str {
    let code = error.code.as_deref().unwrap_or_default();
    let is_about_id = code.starts_with("InvalidParameter") || code.starts_with("ResourceNotFound");
    if is_about_id { " (the service may have forgotten this task)" } else { "" }
}
