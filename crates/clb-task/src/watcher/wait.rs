use std::{
    fmt,
    future::Future,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use futures_util::{Stream, StreamExt};

use super::{Registration, feed::Listener};
use crate::{
    answer::{TaskReport, TaskStatus, Trouble},
    task::Task,
};

/// Waiting for one task: a future of its outcome, and a stream of what happens on the way.
///
/// Dropping it stops the waiting at once, whatever is in flight. The wait goes on while nobody looks at it; a reader that
/// falls behind misses old events, never the last.
#[derive(Debug)]
#[must_use = "dropping it stops the waiting"]
pub struct Wait {
    listener: Listener,
    outcome: Option<Result<Waited, WaitError>>,
    _registration: Option<Registration>,
}

/// What happens while a task is waited for.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Event {
    /// A question was sent: the first, the second, ...
    Asked(u32),
    /// The task goes on.
    Running(TaskReport),
    /// A question was refused or went unanswered.
    Trouble(Trouble),
    /// The last event.
    Ended(Result<Waited, WaitError>),
}

/// A task that has ended (or, after [`Wait::until_answered`], the first answer about it). Whether a failed task is an
/// error is for the caller to decide.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waited {
    /// What the service said.
    pub report: TaskReport,
    /// How many questions were sent.
    pub polls: u32,
    /// How long it took.
    pub elapsed: Duration,
}

/// A wait that ended without the task having ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaitError {
    /// The task.
    pub task: Task,
    /// What ended the wait.
    pub kind: WaitErrorKind,
    /// How many questions were sent.
    pub polls: u32,
    /// How long it took.
    pub elapsed: Duration,
    /// The id of the last question that the service gave one to.
    pub last_request_id: Option<String>,
    /// The last trouble, if the last question came to nothing.
    pub last_trouble: Option<Trouble>,
    /// The last status that was answered.
    pub last_status: Option<TaskStatus>,
}

/// What ended a wait.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum WaitErrorKind {
    /// The time was over. The task may still be running.
    TimedOut,
    /// A status that is not documented.
    Unrecognized {
        /// The status as JSON text, or `missing`.
        value: String,
    },
    /// The service does not answer questions about this task, or not to this asker.
    Refused(Trouble),
    /// Nobody asks any more: the runtime has ended, or there was none.
    DriverGone,
}

impl Wait {
    pub(crate) fn new(listener: Listener, registration: Option<Registration>) -> Self {
        Self { listener, outcome: None, _registration: registration }
    }

    /// Ends with the first answered question: a task that goes on is reported as running instead of waited for.
    pub fn until_answered(self) -> Self {
        self.listener.end_with_an_answer();
        self
    }

    /// The next event, for those without `StreamExt` at hand; none after [`Event::Ended`].
    pub async fn next_event(&mut self) -> Option<Event> {
        self.next().await
    }
}

impl Future for Wait {
    type Output = Result<Waited, WaitError>;

    /// Passes over the events that are left. After the end it gives the outcome again.
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        loop {
            if let Some(outcome) = &self.outcome {
                return Poll::Ready(outcome.clone());
            }
            std::task::ready!(self.as_mut().poll_next(cx));
        }
    }
}

impl Stream for Wait {
    type Item = Event;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Event>> {
        if self.outcome.is_some() {
            return Poll::Ready(None);
        }
        let event = std::task::ready!(self.listener.poll(cx));
        if let Event::Ended(outcome) = &event {
            self.outcome = Some(outcome.clone());
        }
        Poll::Ready(Some(event))
    }
}

impl fmt::Display for WaitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { task, polls, elapsed, .. } = self;
        match &self.kind {
            WaitErrorKind::TimedOut => {
                write!(f, "task {task} did not end within {elapsed:.1?} ({polls} questions)")
            }
            WaitErrorKind::Unrecognized { value } => {
                write!(f, "task {task} has the undocumented status {value}")
            }
            WaitErrorKind::Refused(trouble) => {
                write!(f, "the question about task {task} was refused: {trouble}")
            }
            WaitErrorKind::DriverGone => {
                write!(f, "nobody asks about task {task} any more: the runtime is gone")
            }
        }
    }
}

impl std::error::Error for WaitError {}
