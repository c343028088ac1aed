use std::time::Duration;

use crate::{policy::PollPolicy, rate::RequestRate};

/// The time since the planner was made. It may be years.
pub type Elapsed = Duration;

/// What holds for all tasks of a planner.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PlannerOptions {
    /// What the service allows, all tasks together; 0.95 of it is used.
    pub requests_per_second: RequestRate,
    /// How long one question may take.
    pub request_timeout: Duration,
}

/// One watched task, opaque and never reused. Tasks registered later are greater.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key(pub(super) u64);

/// How a task is to be watched.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Watch {
    /// When it is asked about again after it was seen running.
    pub policy: PollPolicy,
    /// When the wait ends at the latest, as a time since the planner was made.
    pub deadline: Elapsed,
}

/// What the driver does next. It may not grow: a driver that skips a step hangs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Ask about a task, and answer with [`Planner::on_reply`](super::Planner::on_reply) or
    /// [`cancel`](super::Planner::cancel).
    Ask {
        /// The task.
        key: Key,
        /// The number of the question about this task, from 1.
        attempt: u32,
        /// When to give up on this question, and report [`Reply::NoAnswer`].
        answer_by: Elapsed,
    },
    /// A task is no longer watched.
    Ended {
        /// The task.
        key: Key,
        /// Why.
        ending: Ending,
    },
    /// Nothing to do before this time, unless a reply or a new task comes first.
    WaitUntil(Elapsed),
    /// Nothing to do before a reply or a new task comes.
    Idle,
}

/// What came back, as far as it matters to the plan; what was said stays with the driver.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reply {
    /// The task goes on.
    Running,
    /// The task has ended, well or not.
    Ended,
    /// The status is not documented.
    Unrecognized,
    /// An error about this task. It is final if it comes more than `again` times without an answer "running" in between:
    /// that answer shows that the service knows the task and the asker, so that a later refusal is a new matter.
    Refused {
        /// How many more times to ask.
        again: u32,
    },
    /// The service's limit was hit.
    Throttled {
        /// How long the service asks to be left alone.
        retry_after: Option<Duration>,
    },
    /// Nothing usable came back.
    NoAnswer {
        /// How long the service asks to be left alone.
        retry_after: Option<Duration>,
    },
}

/// How watching a task ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// The task has ended.
    Done,
    /// Its status is not documented.
    Unrecognized,
    /// The service does not answer questions about it.
    Refused,
    /// The deadline came first.
    TimedOut,
}

impl Default for PlannerOptions {
    /// 20 questions a second, 10 s for each.
    fn default() -> Self {
        Self { requests_per_second: RequestRate::default(), request_timeout: Duration::from_secs(10) }
    }
}
