//! Watching one task until it has ended, the time is over or Terraform is interrupted.

use std::time::Duration;

use clb_api::clb_task::{
    Event, Task, TaskReport, TaskStatus, Trouble, Wait, WaitError, WaitErrorKind, Waited,
};
use tfplugin::Context;
use tokio::time::Instant;

/// A task that was watched: what was seen, and how the watching ended.
#[derive(Clone, Debug)]
pub(crate) struct Watched {
    pub(crate) task: Task,
    pub(crate) progress: Progress,
    pub(crate) ending: Ending,
}

/// What was seen of a task.
#[derive(Clone, Debug, Default)]
pub(crate) struct Progress {
    /// How many questions were sent.
    pub(crate) polls: u32,
    /// How long it was watched.
    pub(crate) elapsed: Duration,
    /// The last status that the service answered.
    pub(crate) status: Option<TaskStatus>,
    /// The id of the last question that the service gave one to.
    pub(crate) request_id: Option<String>,
    /// The last question that was refused or not answered.
    pub(crate) trouble: Option<Trouble>,
}

/// How watching a task ended.
#[derive(Clone, Debug)]
pub(crate) enum Ending {
    /// The task has ended, or the one look that was wanted has been answered.
    Answered(TaskReport),
    /// The service answered with a status that is not documented: its JSON text, or `missing`.
    Unrecognized(String),
    /// The service does not answer questions about this task, or none of ours.
    Refused(Trouble),
    /// The time was over.
    TimedOut,
    /// Terraform was told to stop.
    Interrupted,
    /// Nobody asks any more, which only a dying process sees.
    Abandoned,
}

/// Waits for the task, or until the user presses Ctrl-C.
pub(crate) async fn watch(task: Task, mut wait: Wait, context: &Context) -> Watched {
    let started = Instant::now();
    let mut progress = Progress::default();
    let ending = loop {
        let event = tokio::select! {
            biased;
            () = context.cancelled() => break Ending::Interrupted,
            event = wait.next_event() => event,
        };
        match event {
            Some(Event::Ended(outcome)) => break progress.end(outcome),
            Some(event) => progress.note(event),
            None => break Ending::Abandoned,
        }
    };
    progress.elapsed = started.elapsed();
    Watched { task, progress, ending }
}

impl Progress {
    fn note(&mut self, event: Event) {
        match event {
            Event::Asked(polls) => self.polls = polls,
            Event::Running(report) => {
                self.status = Some(report.status);
                self.request_id = report.request_id.or_else(|| self.request_id.take());
            }
            Event::Trouble(trouble) => {
                self.request_id = trouble.request_id.clone().or_else(|| self.request_id.take());
                self.trouble = Some(trouble);
            }
            _ => {}
        }
    }

    /// Takes over what the waiter knows, which is never less than what its events told.
    fn end(&mut self, outcome: Result<Waited, WaitError>) -> Ending {
        match outcome {
            Ok(Waited { report, polls, .. }) => {
                (self.polls, self.status) = (polls, Some(report.status));
                self.request_id = report.request_id.clone().or_else(|| self.request_id.take());
                Ending::Answered(report)
            }
            Err(WaitError { kind, polls, last_request_id, last_trouble, last_status, .. }) => {
                (self.polls, self.status) = (polls, last_status);
                self.request_id = last_request_id.or_else(|| self.request_id.take());
                self.trouble = last_trouble.or_else(|| self.trouble.take());
                kind.into()
            }
        }
    }
}

impl From<WaitErrorKind> for Ending {
    fn from(kind: WaitErrorKind) -> Self {
        match kind {
            WaitErrorKind::TimedOut => Self::TimedOut,
            WaitErrorKind::Unrecognized { value } => Self::Unrecognized(value),
            WaitErrorKind::Refused(trouble) => Self::Refused(trouble),
            _ => Self::Abandoned,
        }
    }
}
