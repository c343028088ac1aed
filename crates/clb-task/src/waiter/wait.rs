use std::{
    fmt,
    future::Future,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use tokio::sync::oneshot;

use super::{Registration, WaitEvents};
use crate::{
    poll_outcome::{PollError, TaskReport, TaskStatus},
    task::TaskRef,
};

/// Waiting for one task: a future of the result. What happens on the way is told by [`events`](Self::events).
///
/// Waiting continues whether or not this is polled. Dropping it ends the wait at once, whatever is in flight.
#[derive(Debug)]
#[must_use = "dropping it ends the wait"]
pub struct Wait {
    result: oneshot::Receiver<WaitResult>,
    events: WaitEvents,
    _registration: Option<Registration>,
}

/// How a wait ended.
pub type WaitResult = Result<WaitReport, WaitError>;

/// A task that has completed (or, without [`wait_for_completion`](crate::WaitOptions::wait_for_completion), the first
/// report about it). Whether a failed task is an error is the caller's decision.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct WaitReport {
    /// What the service reported.
    pub report: TaskReport,
    /// How many polls were sent.
    pub polls: u32,
    /// How long the wait took.
    pub elapsed: Duration,
}

/// A wait that ended although the task was not seen to complete.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct WaitError {
    /// The task.
    pub task: TaskRef,
    /// What ended the wait.
    pub kind: WaitErrorKind,
    /// How many polls were sent.
    pub polls: u32,
    /// How long the wait took.
    pub elapsed: Duration,
    /// How long the wait could take.
    pub timeout: Duration,
    /// The `RequestId` of the last poll that the service gave one to.
    pub last_request_id: Option<String>,
    /// The error of the last poll, if that brought no status.
    pub last_error: Option<PollError>,
    /// The last status that was reported.
    pub last_status: Option<TaskStatus>,
    /// Whether throttled responses, to polls of whatever task, kept this task from being polled.
    pub hold: Option<Box<Hold>>,
}

/// How long throttled responses held all polls back during a wait.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Hold {
    /// For how long, in all.
    pub duration: Duration,
    /// What the service said when it throttled last, if it said that to a poll of this runtime.
    pub error: Option<PollError>,
}

/// What ended a wait.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum WaitErrorKind {
    /// The timeout came first. The task may still be running.
    TimedOut,
    /// A status that is not documented.
    Unrecognized {
        /// The status as JSON text, or `missing`.
        value: String,
    },
    /// The service rejected the poll: the task or the credentials. Without any poll, the source could not send one.
    Rejected(PollError),
    /// Nothing polls any more: the runtime has ended, or there was none.
    DriverGone,
}

impl Wait {
    pub(super) fn new(
        result: oneshot::Receiver<WaitResult>,
        events: WaitEvents,
        registration: Option<Registration>,
    ) -> Self {
        Self { result, events, _registration: registration }
    }

    /// What happens from the start of the wait to its end. The events can be taken once; after that there are none.
    ///
    /// ```
    /// # use clb_task::{PollOutcome, StatusSource, TaskRef, TaskReport, TaskStatus, async_trait};
    /// # struct Service;
    /// # #[async_trait]
    /// # impl StatusSource for Service {
    /// #     async fn poll_once(&self, _: &TaskRef) -> PollOutcome {
    /// #         let status = TaskStatus::Succeeded;
    /// #         PollOutcome::Report(TaskReport { status, message: None, load_balancer_ids: vec![], request_id: None })
    /// #     }
    /// # }
    /// use std::sync::Arc;
    /// use clb_task::{TaskId, WaitEvent, WaitOptions, Waiter, WaiterOptions};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let waiter = Waiter::new(WaiterOptions::default());
    /// let mut wait = waiter.wait(Arc::new(Service), TaskId::parse("4a1d3c8e")?, WaitOptions::default());
    /// let mut events = wait.events();
    /// assert_eq!(events.next().await, Some(WaitEvent::Polled(1)));
    /// assert!(matches!(events.next().await, Some(WaitEvent::Completed(Ok(_)))));
    /// assert_eq!(events.next().await, None);
    /// assert_eq!(wait.await?.polls, 1);
    /// # Ok(())
    /// # }
    /// ```
    pub fn events(&mut self) -> WaitEvents {
        std::mem::replace(&mut self.events, WaitEvents::taken())
    }
}

impl Future for Wait {
    type Output = WaitResult;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<WaitResult> {
        let result = std::task::ready!(Pin::new(&mut self.result).poll(cx));
        Poll::Ready(result.expect("the driver sends a result before it ends"))
    }
}

impl fmt::Display for WaitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { task, polls, timeout, .. } = self;
        match &self.kind {
            WaitErrorKind::TimedOut => {
                write!(f, "task {task} did not complete within {timeout:?} ({polls} polls)")?;
                self.hold.as_ref().map_or(Ok(()), |hold| hold.write_beside(self.last_error.as_ref(), f))
            }
            WaitErrorKind::Unrecognized { value } => {
                write!(f, "task {task} has the undocumented status {value}")
            }
            WaitErrorKind::Rejected(_) if *polls == 0 => write!(f, "no poll of task {task} could be sent"),
            WaitErrorKind::Rejected(_) => write!(f, "the poll of task {task} was rejected"),
            WaitErrorKind::DriverGone => {
                write!(f, "task {task} is not polled any more: the runtime has ended")
            }
        }
    }
}

impl fmt::Display for Hold {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "throttled responses held all polls back for {:.1?}", self.duration)?;
        self.error.as_ref().map_or(Ok(()), |error| write!(f, ", the last: {error}"))
    }
}

impl Hold {
    /// The hold in the text of an error whose source is `source`: its message is not repeated.
    fn write_beside(&self, source: Option<&PollError>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let error = self.error.clone().filter(|error| Some(error) != source);
        write!(f, "; {}", Self { duration: self.duration, error })
    }
}

impl std::error::Error for WaitError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.kind {
            WaitErrorKind::Rejected(error) => Some(error),
            _ => self.last_error.as_ref().map(|error| error as _),
        }
    }
}
