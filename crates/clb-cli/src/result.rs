//! What became of each task.

use std::time::Duration;

use clb_api::clb_task::{PollError, TaskRef, TaskStatus, WaitError, WaitErrorKind, WaitReport, WaitResult};
use serde_json::{Value, json};

use crate::exit::Exit;

/// The result for one task.
#[derive(Clone, Debug)]
pub(crate) struct TaskResult {
    pub(crate) task: TaskRef,
    result: WaitResult,
}

impl TaskResult {
    pub(crate) fn new(task: TaskRef, result: WaitResult) -> Self {
        Self { task, result }
    }

    /// `succeeded`, `failed`, `running` or `unknown`.
    pub(crate) fn state(&self) -> &'static str {
        let status = match &self.result {
            Ok(done) => Some(done.report.status),
            Err(error) => error.last_status,
        };
        status.map_or("unknown", TaskStatus::as_str)
    }

    /// `completed` or `running` for a task with a report, else why there is none.
    fn outcome(&self) -> &'static str {
        match &self.result {
            Ok(done) if done.report.status == TaskStatus::Running => "running",
            Ok(_) => "completed",
            Err(error) => match error.kind {
                WaitErrorKind::TimedOut => "timed_out",
                WaitErrorKind::Unrecognized { .. } => "unrecognized",
                WaitErrorKind::Rejected(_) => "rejected",
                _ => "interrupted",
            },
        }
    }

    /// The exit code if this were the only task.
    pub(crate) fn exit(&self) -> Exit {
        match &self.result {
            Ok(done) if done.report.status == TaskStatus::Failed => Exit::TaskFailed,
            Ok(_) => Exit::Succeeded,
            Err(WaitError { kind: WaitErrorKind::TimedOut, last_status: Some(_), .. }) => Exit::TimedOut,
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
            Err(error) => error_text(error),
        };
        let line = format!("{:width$}  {:9}  {detail}", self.task.as_str(), self.state());
        line.trim_end().to_owned()
    }

    /// The object for programs.
    pub(crate) fn json(&self) -> Value {
        let (report, polls, elapsed, request_id) = match &self.result {
            Ok(WaitReport { report, polls, elapsed, .. }) => {
                (Some(report), *polls, *elapsed, report.request_id.clone())
            }
            Err(error) => (None, error.polls, error.elapsed, error.last_request_id.clone()),
        };
        let error = self.result.as_ref().err();
        json!({
            "id": self.task.as_str(),
            "outcome": self.outcome(),
            "state": self.state(),
            "status": report.map(|report| report.status.code()).or(error.and_then(|e| e.last_status).map(TaskStatus::code)),
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
    let order = [Exit::TaskFailed, Exit::CouldNotPoll, Exit::TimedOut];
    order.into_iter().find(|exit| has(*exit)).unwrap_or(Exit::Succeeded)
}

/// The document for programs.
pub(crate) fn document(results: &[TaskResult]) -> Value {
    json!({
        "all_succeeded": results.iter().all(|result| result.state() == "succeeded"),
        "tasks": results.iter().map(TaskResult::json).collect::<Vec<_>>(),
    })
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
