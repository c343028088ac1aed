use std::{fmt, time::Duration};

/// The status of a task, as documented. Any other value is [`PollOutcome::Unrecognized`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TaskStatus {
    /// The task has completed and did what it should.
    Succeeded = 0,
    /// The task has completed without doing what it should.
    Failed = 1,
    /// The task has not completed yet.
    Running = 2,
}

/// What the service reports about a task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaskReport {
    /// The status.
    pub status: TaskStatus,
    /// The reason of a failure, if the service gives one.
    pub message: Option<String>,
    /// The load balancers that the task created; mostly empty.
    pub load_balancer_ids: Vec<String>,
    /// The `RequestId` of the poll (not of the task), which the vendor's support asks for.
    pub request_id: Option<String>,
}

/// Why a poll brought no status.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PollError {
    /// The service's error code, if the service responded with one.
    pub code: Option<String>,
    /// What happened, for people.
    pub message: String,
    /// The `RequestId` of the poll, if the service gave one.
    pub request_id: Option<String>,
}

/// The outcome of one poll.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PollOutcome {
    /// A documented status.
    Report(TaskReport),
    /// A response whose status is null, missing, no integer, or not documented. It ends the wait: never success.
    Unrecognized {
        /// The status as JSON text, as received, or `missing`.
        value: String,
        /// The `RequestId` of the poll.
        request_id: Option<String>,
    },
    /// An error about this task or these credentials.
    Rejected {
        /// What the service said.
        error: PollError,
        /// How many more polls may follow before the error is final; 0: final at once.
        retries: u32,
    },
    /// No request was sent, because of how the source is configured, and none will be. It ends the wait and counts as no
    /// poll.
    NotSent {
        /// What is missing or wrong.
        error: PollError,
    },
    /// The service's rate limit was exceeded. It slows down all polls and never ends a wait.
    Throttled {
        /// What the service said.
        error: PollError,
        /// For how long the service wants no request, if it says so.
        retry_after: Option<Duration>,
    },
    /// An error that may pass: the network, a timeout, a server error. The task is polled again until the wait's timeout.
    Transient {
        /// What happened.
        error: PollError,
        /// For how long the service wants no request, if it says so.
        retry_after: Option<Duration>,
    },
}

impl TaskStatus {
    /// The status of the service's number; none for numbers that are not documented.
    pub fn from_code(code: i64) -> Option<Self> {
        match code {
            0 => Some(Self::Succeeded),
            1 => Some(Self::Failed),
            2 => Some(Self::Running),
            _ => None,
        }
    }

    /// The service's number.
    pub fn code(self) -> i64 {
        self as i64
    }

    /// `succeeded`, `failed` or `running`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::Running => "running",
        }
    }
}

impl PollError {
    /// An error without a code: the service did not respond with one.
    pub fn new(message: impl Into<String>) -> Self {
        Self { code: None, message: message.into(), request_id: None }
    }
}

impl fmt::Display for TaskStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// `CODE: message`, or the message alone.
impl fmt::Display for PollError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.code {
            Some(code) => write!(f, "{code}: {}", self.message),
            None => f.write_str(&self.message),
        }
    }
}

impl std::error::Error for PollError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_documented_numbers_are_a_status() {
        for code in 0..=2 {
            assert_eq!(TaskStatus::from_code(code).map(TaskStatus::code), Some(code));
        }
        for code in [-1, 3, 7, i64::MAX, i64::MIN] {
            assert_eq!(TaskStatus::from_code(code), None);
        }
    }

    #[test]
    fn an_error_reads_code_first() {
        let coded = PollError { code: Some("InternalError".into()), ..PollError::new("try later") };
        assert_eq!(coded.to_string(), "InternalError: try later");
        assert_eq!(PollError::new("connection reset").to_string(), "connection reset");
    }
}
