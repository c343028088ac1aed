use std::time::Duration;

use crate::{policy::PollPolicy, rate::RequestRate};

/// The time since the planner was made. It may be years.
pub type Elapsed = Duration;

/// What holds for all waits of a planner.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PlannerOptions {
    /// What the service allows, all tasks together; 0.95 of it is used.
    pub requests_per_second: RequestRate,
    /// How long one poll may take.
    pub request_timeout: Duration,
}

/// One planned wait, opaque and never reused. Later waits have greater keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key(pub(super) u64);

/// A wait as the planner sees it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PlannedWait {
    /// When the task is polled again after it was seen running.
    pub policy: PollPolicy,
    /// When the wait ends at the latest, as a time since the planner was made.
    pub deadline: Elapsed,
}

/// What the driver does next. It may not grow: a driver that skips a step hangs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Poll a task, and report with [`Planner::on_response`](super::Planner::on_response) or
    /// [`cancel`](super::Planner::cancel).
    Poll {
        /// The wait.
        key: Key,
        /// The number of the poll of this wait, from 1.
        attempt: u32,
        /// When to give this poll up and report [`PollResponse::Transient`].
        deadline: Elapsed,
    },
    /// A wait completes.
    Completed {
        /// The wait.
        key: Key,
        /// Why.
        outcome: WaitOutcome,
    },
    /// Nothing to do before this time, unless a response or a new wait comes first.
    WaitUntil(Elapsed),
    /// Nothing to do before a response or a new wait comes.
    Idle,
}

/// A poll's outcome as far as it matters to the plan; the details stay with the driver.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PollResponse {
    /// The task is running.
    Running,
    /// The task has completed, succeeded or failed.
    Completed,
    /// The status is not documented.
    Unrecognized,
    /// An error about this task. It is final if it comes more than `retries` times without a response "running" in between:
    /// that response shows that the service knows the task and the caller, so that a later error is a new matter.
    Rejected {
        /// How many more polls may follow.
        retries: u32,
    },
    /// The service's rate limit was exceeded.
    Throttled {
        /// For how long the service wants no request.
        retry_after: Option<Duration>,
    },
    /// An error that may pass.
    Transient {
        /// For how long the service wants no request.
        retry_after: Option<Duration>,
    },
}

/// How a wait ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WaitOutcome {
    /// The task has completed.
    Completed,
    /// The task's status is not documented.
    Unrecognized,
    /// The service rejected the poll for good.
    Rejected,
    /// The deadline came first.
    TimedOut,
}

impl Default for PlannerOptions {
    /// 20 requests a second, 10 s for each.
    fn default() -> Self {
        Self { requests_per_second: RequestRate::default(), request_timeout: Duration::from_secs(10) }
    }
}
