//! Scripts of tasks.

use std::time::Duration;

use serde_json::Value;

/// Script of a task: how long it runs, how it completes, and when the service forgets it.
///
/// ```
/// # use std::time::Duration;
/// # use clb_sim::TaskScript;
/// let done = TaskScript::runs_for_polls(3).then_succeeds().with_load_balancers(["lb-1"]);
/// let failed = TaskScript::runs_for(Duration::from_secs(2)).then_fails("the port is taken");
/// let odd = TaskScript::runs_for_polls(0).then_reports(7);
/// assert!(done != failed && failed != odd);
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct TaskScript {
    pub(crate) duration: TaskDuration,
    pub(crate) outcome: TaskOutcome,
    pub(crate) load_balancers: Vec<String>,
    pub(crate) forgotten_after: Option<Duration>,
}

/// A task whose duration is known and whose outcome is not: one of the `then_…` methods makes it a [`TaskScript`].
#[derive(Debug, Clone, PartialEq)]
#[must_use]
pub struct RunningTask(TaskDuration);

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum TaskDuration {
    Time(Duration),
    Polls(u64),
    Forever,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum TaskOutcome {
    Succeeds,
    Fails(String),
    Reports(Value),
    OmitsStatus,
}

impl TaskScript {
    /// Runs for so long, counted from when the script is given to the simulator or its action is called.
    pub fn runs_for(duration: Duration) -> RunningTask {
        RunningTask(TaskDuration::Time(duration))
    }

    /// Reports running to so many polls; the next poll reports the outcome.
    pub fn runs_for_polls(polls: u64) -> RunningTask {
        RunningTask(TaskDuration::Polls(polls))
    }

    /// Completes before the first poll.
    pub fn already_complete() -> RunningTask {
        RunningTask(TaskDuration::Polls(0))
    }

    /// Never completes.
    pub fn runs_forever() -> Self {
        RunningTask(TaskDuration::Forever).then_succeeds()
    }

    /// Reports these load balancers once it has succeeded.
    #[must_use]
    pub fn with_load_balancers<T: Into<String>>(mut self, ids: impl IntoIterator<Item = T>) -> Self {
        self.load_balancers = ids.into_iter().map(Into::into).collect();
        self
    }

    /// The service forgets the task so long after it completes. A task that runs for a number of polls completes at
    /// the first poll that reports its outcome.
    #[must_use]
    pub fn forgotten_after(mut self, duration: Duration) -> Self {
        self.forgotten_after = Some(duration);
        self
    }
}

impl RunningTask {
    /// Succeeds: status 0.
    #[must_use]
    pub fn then_succeeds(self) -> TaskScript {
        self.then(TaskOutcome::Succeeds)
    }

    /// Fails: status 1 and this reason. An empty reason is left out of the response.
    #[must_use]
    pub fn then_fails(self, message: impl Into<String>) -> TaskScript {
        self.then(TaskOutcome::Fails(message.into()))
    }

    /// Completes with a status that is not documented: any JSON value, such as `7`, `-1`, `1.5`, `"0"` or null.
    #[must_use]
    pub fn then_reports(self, status: impl Into<Value>) -> TaskScript {
        self.then(TaskOutcome::Reports(status.into()))
    }

    /// Completes with a response that has no status.
    #[must_use]
    pub fn then_omits_status(self) -> TaskScript {
        self.then(TaskOutcome::OmitsStatus)
    }

    fn then(self, outcome: TaskOutcome) -> TaskScript {
        TaskScript { duration: self.0, outcome, load_balancers: Vec::new(), forgotten_after: None }
    }
}
