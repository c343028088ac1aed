use std::sync::Arc;

use futures_util::future::AbortHandle;
use tokio::time::Instant;

use super::{
    feed::Feed,
    source::StatusSource,
    wait::{Event, WaitError, WaitErrorKind, Waited},
};
use crate::{
    answer::{Answer, TaskReport, TaskStatus, Trouble},
    planner::{Ending, Reply},
    task::Task,
};

/// One wait as the driver keeps it: whom to ask, whom to tell, and what was said so far. Dropped before its end it says
/// that nobody asks any more.
pub(crate) struct Watching {
    number: u64,
    feed: Feed,
    source: Arc<dyn StatusSource>,
    task: Arc<Task>,
    since: Instant,
    polls: u32,
    call: Option<AbortHandle>,
    report: Option<TaskReport>,
    trouble: Option<Trouble>,
    odd_status: Option<String>,
    request_id: Option<String>,
    ended: bool,
}

impl Watching {
    pub(crate) fn new(number: u64, feed: Feed, source: Arc<dyn StatusSource>, task: Task) -> Self {
        Self {
            number,
            feed,
            source,
            task: Arc::new(task),
            since: Instant::now(),
            polls: 0,
            call: None,
            report: None,
            trouble: None,
            odd_status: None,
            request_id: None,
            ended: false,
        }
    }

    /// A question is about to be sent, and can be called back.
    pub(crate) fn on_asked(&mut self, attempt: u32, call: AbortHandle) {
        self.polls = attempt;
        self.call = Some(call);
        self.feed.tell(Event::Asked(attempt));
    }

    /// Remembers and tells what was answered; what remains is what the planner needs to know.
    pub(crate) fn on_answer(&mut self, answer: Answer) -> Reply {
        self.call = None;
        match answer {
            Answer::Report(report) => self.on_report(report),
            Answer::Unrecognized { value, request_id } => {
                self.trouble = None;
                self.odd_status = Some(value);
                self.request_id = request_id.or(self.request_id.take());
                Reply::Unrecognized
            }
            Answer::Refused { trouble, again } => self.on_trouble(trouble, Reply::Refused { again }),
            Answer::Throttled { trouble, retry_after } => {
                self.on_trouble(trouble, Reply::Throttled { retry_after })
            }
            Answer::NoAnswer { trouble, retry_after } => {
                self.on_trouble(trouble, Reply::NoAnswer { retry_after })
            }
        }
    }

    /// Whether a running task is reported instead of waited for.
    pub(crate) fn ends_with_an_answer(&self) -> bool {
        self.feed.ends_with_an_answer()
    }

    /// Tells how the wait ended.
    pub(crate) fn end(mut self, ending: Ending) {
        let outcome = match ending {
            Ending::Done => match self.report.take() {
                Some(report) => Ok(Waited { report, polls: self.polls, elapsed: self.since.elapsed() }),
                None => Err(self.error(WaitErrorKind::DriverGone)),
            },
            Ending::Unrecognized => {
                let value = self.odd_status.take().unwrap_or_default();
                Err(self.error(WaitErrorKind::Unrecognized { value }))
            }
            Ending::Refused => {
                let trouble = self.trouble.clone().unwrap_or_else(|| Trouble::new("no reason was given"));
                Err(self.error(WaitErrorKind::Refused(trouble)))
            }
            Ending::TimedOut => Err(self.error(WaitErrorKind::TimedOut)),
        };
        self.tell_end(outcome);
    }

    /// Calls the question in flight back.
    pub(crate) fn call_back(&self) {
        if let Some(call) = &self.call {
            call.abort();
        }
    }

    pub(crate) fn number(&self) -> u64 {
        self.number
    }

    pub(crate) fn since(&self) -> Instant {
        self.since
    }

    pub(crate) fn source(&self) -> Arc<dyn StatusSource> {
        self.source.clone()
    }

    pub(crate) fn task(&self) -> Arc<Task> {
        self.task.clone()
    }

    fn on_report(&mut self, report: TaskReport) -> Reply {
        self.trouble = None;
        self.request_id = report.request_id.clone().or(self.request_id.take());
        let reply = if report.status == TaskStatus::Running {
            self.feed.tell(Event::Running(report.clone()));
            Reply::Running
        } else {
            Reply::Ended
        };
        self.report = Some(report);
        reply
    }

    fn on_trouble(&mut self, trouble: Trouble, reply: Reply) -> Reply {
        self.request_id = trouble.request_id.clone().or(self.request_id.take());
        self.feed.tell(Event::Trouble(trouble.clone()));
        self.trouble = Some(trouble);
        reply
    }

    fn error(&self, kind: WaitErrorKind) -> WaitError {
        WaitError {
            task: Task::clone(&self.task),
            kind,
            polls: self.polls,
            elapsed: self.since.elapsed(),
            last_request_id: self.request_id.clone(),
            last_trouble: self.trouble.clone(),
            last_status: self.report.as_ref().map(|report| report.status),
        }
    }

    fn tell_end(&mut self, outcome: Result<Waited, WaitError>) {
        self.ended = true;
        self.feed.tell(Event::Ended(outcome));
    }
}

impl Drop for Watching {
    fn drop(&mut self) {
        if !self.ended {
            self.tell_end(Err(self.error(WaitErrorKind::DriverGone)));
        }
    }
}
