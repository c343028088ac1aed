use std::{sync::Arc, time::Duration};

use futures_util::future::AbortHandle;
use tokio::{sync::oneshot, time::Instant};

use super::{
    WaitOptions,
    event::{EventSender, WaitEvent},
    source::StatusSource,
    subject::Subject,
    wait::{Hold, WaitError, WaitErrorKind, WaitReport, WaitResult},
};
use crate::{
    planner::{PollResponse, WaitOutcome},
    poll_outcome::{PollError, PollOutcome, TaskReport, TaskStatus},
    task::TaskRef,
};

/// One wait as the driver keeps it: what to poll, whom to tell, and what was reported so far. Dropped before its end, it
/// ends with [`WaitErrorKind::DriverGone`].
pub(super) struct ActiveWait {
    number: u64,
    source: Arc<dyn StatusSource>,
    task: Arc<TaskRef>,
    subject: Subject,
    options: WaitOptions,
    events: EventSender,
    result: Option<oneshot::Sender<WaitResult>>,
    since: Instant,
    polls: u32,
    call: Option<AbortHandle>,
    last_report: Option<TaskReport>,
    last_error: Option<PollError>,
    unrecognized: Option<String>,
    last_request_id: Option<String>,
    /// For how long polls had been held back when the wait began.
    held_before: Duration,
}

impl ActiveWait {
    pub(super) fn new(
        number: u64,
        source: Arc<dyn StatusSource>,
        task: TaskRef,
        options: WaitOptions,
        events: EventSender,
        result: oneshot::Sender<WaitResult>,
    ) -> Self {
        let task = Arc::new(task);
        Self {
            number,
            subject: Subject::new(&source, task.clone()),
            source,
            task,
            options,
            events,
            result: Some(result),
            since: Instant::now(),
            polls: 0,
            call: None,
            last_report: None,
            last_error: None,
            unrecognized: None,
            last_request_id: None,
            held_before: Duration::ZERO,
        }
    }

    /// The driver has taken the wait over.
    pub(super) fn begin(&mut self, held_before: Duration) {
        self.held_before = held_before;
    }

    /// A poll is about to be sent, which perhaps serves other waits, too.
    pub(super) fn on_poll(&mut self) {
        self.polls = self.polls.saturating_add(1);
        self.events.send(WaitEvent::Polled(self.polls));
    }

    /// When the task is polled next.
    pub(super) fn tell_next_poll(&self, pause: Duration) {
        self.events.send(WaitEvent::NextPoll(pause));
    }

    /// How the poll can be aborted, in the wait that sent it.
    pub(super) fn set_call(&mut self, call: AbortHandle) {
        self.call = Some(call);
    }

    /// Remembers and tells a poll's outcome, and gives what the planner needs to know of it.
    pub(super) fn on_outcome(&mut self, outcome: PollOutcome) -> PollResponse {
        self.call = None;
        match outcome {
            PollOutcome::Report(report) => self.on_report(report),
            PollOutcome::Unrecognized { value, request_id } => {
                self.last_error = None;
                self.unrecognized = Some(value);
                self.note_request_id(request_id);
                PollResponse::Unrecognized
            }
            PollOutcome::Rejected { error, retries } => {
                self.on_error(error, WaitEvent::Rejected);
                PollResponse::Rejected { retries }
            }
            PollOutcome::NotSent { error } => {
                self.polls = self.polls.saturating_sub(1);
                self.on_error(error, WaitEvent::Rejected);
                PollResponse::Rejected { retries: 0 }
            }
            PollOutcome::Throttled { error, retry_after } => {
                self.on_error(error, |error| WaitEvent::Throttled { error, retry_after });
                PollResponse::Throttled { retry_after }
            }
            PollOutcome::Transient { error, retry_after } => {
                self.on_error(error, WaitEvent::Transient);
                PollResponse::Transient { retry_after }
            }
        }
    }

    /// Ends the wait. `held_for` and `throttled` say for how long polls have been held back so far, and why at last.
    pub(super) fn complete(
        mut self,
        outcome: WaitOutcome,
        held_for: Duration,
        throttled: Option<&PollError>,
    ) {
        let held_for = held_for.saturating_sub(self.held_before);
        let hold =
            (!held_for.is_zero()).then(|| Box::new(Hold { duration: held_for, error: throttled.cloned() }));
        let result = match outcome {
            WaitOutcome::Completed => match self.last_report.take() {
                Some(report) => Ok(WaitReport { report, polls: self.polls, elapsed: self.since.elapsed() }),
                None => Err(self.error(WaitErrorKind::DriverGone, hold)),
            },
            WaitOutcome::Unrecognized => {
                let value = self.unrecognized.take().unwrap_or_default();
                Err(self.error(WaitErrorKind::Unrecognized { value }, hold))
            }
            WaitOutcome::Rejected => {
                let error = self.last_error.take().unwrap_or_else(|| PollError::new("no reason was given"));
                Err(self.error(WaitErrorKind::Rejected(error), hold))
            }
            WaitOutcome::TimedOut => Err(self.error(WaitErrorKind::TimedOut, hold)),
        };
        self.send_result(result);
    }

    /// Aborts the poll in flight.
    pub(super) fn abort(&self) {
        if let Some(call) = &self.call {
            call.abort();
        }
    }

    pub(super) fn subject(&self) -> &Subject {
        &self.subject
    }

    pub(super) fn number(&self) -> u64 {
        self.number
    }

    pub(super) fn since(&self) -> Instant {
        self.since
    }

    pub(super) fn options(&self) -> WaitOptions {
        self.options
    }

    pub(super) fn source(&self) -> Arc<dyn StatusSource> {
        self.source.clone()
    }

    pub(super) fn task(&self) -> Arc<TaskRef> {
        self.task.clone()
    }

    fn on_report(&mut self, report: TaskReport) -> PollResponse {
        self.last_error = None;
        self.note_request_id(report.request_id.clone());
        let response = if report.status == TaskStatus::Running {
            self.events.send(WaitEvent::Running(report.clone()));
            PollResponse::Running
        } else {
            PollResponse::Completed
        };
        self.last_report = Some(report);
        response
    }

    fn on_error(&mut self, error: PollError, event: impl FnOnce(PollError) -> WaitEvent) {
        self.note_request_id(error.request_id.clone());
        self.events.send(event(error.clone()));
        self.last_error = Some(error);
    }

    fn note_request_id(&mut self, request_id: Option<String>) {
        self.last_request_id = request_id.or(self.last_request_id.take());
    }

    fn error(&self, kind: WaitErrorKind, hold: Option<Box<Hold>>) -> WaitError {
        WaitError {
            task: TaskRef::clone(&self.task),
            kind,
            polls: self.polls,
            elapsed: self.since.elapsed(),
            timeout: self.options.timeout,
            last_request_id: self.last_request_id.clone(),
            last_error: self.last_error.clone(),
            last_status: self.last_report.as_ref().map(|report| report.status),
            hold,
        }
    }

    fn send_result(&mut self, result: WaitResult) {
        let Some(sender) = self.result.take() else { return };
        self.events.send_last(WaitEvent::Completed(result.clone()));
        // A waiter that is gone needs no result.
        let _ = sender.send(result);
    }
}

impl Drop for ActiveWait {
    fn drop(&mut self) {
        if self.result.is_some() {
            self.send_result(Err(self.error(WaitErrorKind::DriverGone, None)));
        }
    }
}
