//! Waiting for one task until it completes, the timeout passes or Terraform is interrupted.

use std::time::Duration;

use clb_api::clb_task::{
    Hold, PollError, TaskRef, TaskReport, TaskStatus, Wait, WaitError, WaitErrorKind, WaitEvent, WaitReport,
    WaitResult,
};
use tfplugin::Context;
use tokio::time::Instant;
use tracing::warn;

use crate::open_tasks::OpenTasks;
use crate::provider_data::ProviderData;

/// The result of waiting for a task: what was seen, and how the wait ended.
#[derive(Clone, Debug)]
pub(crate) struct TaskResult {
    pub(crate) task: TaskRef,
    pub(crate) progress: Progress,
    pub(crate) outcome: TaskOutcome,
}

/// What was seen of a task.
#[derive(Clone, Debug, Default)]
pub(crate) struct Progress {
    /// The number of polls that were sent.
    pub(crate) polls: u32,
    /// How long the wait has taken.
    pub(crate) elapsed: Duration,
    /// The last status that the service reported.
    pub(crate) status: Option<TaskStatus>,
    /// The RequestId of the last response that has one.
    pub(crate) request_id: Option<String>,
    /// The error of the last poll that failed.
    pub(crate) error: Option<PollError>,
    /// Whether the service throttled the last poll.
    pub(crate) throttled: bool,
    /// How long throttled responses, to polls of whatever task, kept this task from being polled.
    pub(crate) hold: Option<Hold>,
}

/// How the wait for a task ended.
#[derive(Clone, Debug)]
pub(crate) enum TaskOutcome {
    /// The task has completed, or the single poll that was wanted has reported its status.
    Reported(TaskReport),
    /// The service reported a status that is not documented: its JSON text, or `missing`.
    Unrecognized(String),
    /// The service rejects polls of this task, or all of our requests.
    Rejected(PollError),
    /// The timeout passed.
    TimedOut,
    /// Terraform was told to stop.
    Interrupted,
    /// The waiter has stopped, which only a process that ends sees.
    Abandoned,
}

/// Waits for the task, or until the user presses Ctrl-C. `open` learns of errors on the way.
pub(crate) async fn wait(
    task: TaskRef,
    mut wait: Wait,
    context: &Context<ProviderData>,
    open: &OpenTasks,
) -> TaskResult {
    let (started, mut events) = (Instant::now(), wait.events());
    let mut progress = Progress::default();
    let outcome = loop {
        let event = tokio::select! {
            biased;
            () = context.cancelled() => break TaskOutcome::Interrupted,
            event = events.next() => event,
        };
        match event {
            Some(WaitEvent::Completed(result)) => break progress.complete(result),
            Some(event) => {
                report_error(&task, &event, open);
                progress.record(event);
            }
            None => break TaskOutcome::Abandoned,
        }
    };
    progress.elapsed = started.elapsed();
    TaskResult { task, progress, outcome }
}

/// Shows an error that does not end the wait: throttling in the log, any in the operation's progress.
fn report_error(task: &TaskRef, event: &WaitEvent, open: &OpenTasks) {
    match event {
        WaitEvent::Throttled { error, .. } => {
            warn!(%task, code = error.code, request_id = error.request_id, "the service throttled a poll");
            open.failed(error);
        }
        WaitEvent::Transient(error) => open.failed(error),
        _ => {}
    }
}

impl Progress {
    pub(crate) fn record(&mut self, event: WaitEvent) {
        self.throttled = match event {
            WaitEvent::Polled(_) => self.throttled,
            _ => matches!(event, WaitEvent::Throttled { .. }),
        };
        match event {
            WaitEvent::Polled(polls) => self.polls = polls,
            WaitEvent::Running(report) => {
                self.status = Some(report.status);
                self.request_id = report.request_id.or_else(|| self.request_id.take());
            }
            WaitEvent::Rejected(error) | WaitEvent::Throttled { error, .. } | WaitEvent::Transient(error) => {
                self.request_id = error.request_id.clone().or_else(|| self.request_id.take());
                self.error = Some(error);
            }
            _ => {}
        }
    }

    /// Takes what the waiter knows, which is never less than its events told.
    pub(crate) fn complete(&mut self, result: WaitResult) -> TaskOutcome {
        match result {
            Ok(WaitReport { report, polls, .. }) => {
                (self.polls, self.status) = (polls, Some(report.status));
                self.request_id = report.request_id.clone().or_else(|| self.request_id.take());
                TaskOutcome::Reported(report)
            }
            Err(WaitError { kind, polls, last_request_id, last_error, last_status, hold, .. }) => {
                (self.polls, self.status) = (polls, last_status);
                self.request_id = last_request_id.or_else(|| self.request_id.take());
                self.error = last_error.or_else(|| self.error.take());
                self.hold = hold.map(|hold| *hold);
                kind.into()
            }
        }
    }
}

impl From<WaitErrorKind> for TaskOutcome {
    fn from(kind: WaitErrorKind) -> Self {
        match kind {
            WaitErrorKind::TimedOut => Self::TimedOut,
            WaitErrorKind::Unrecognized { value } => Self::Unrecognized(value),
            WaitErrorKind::Rejected(error) => Self::Rejected(error),
            _ => Self::Abandoned,
        }
    }
}
