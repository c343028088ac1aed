use std::{fmt, time::Duration};

/// The status of a task, as documented. Anything else is [`Answer::Unrecognized`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TaskStatus {
    /// The task is done.
    Succeeded = 0,
    /// The task has ended without doing what it should.
    Failed = 1,
    /// The task goes on.
    Running = 2,
}

/// What the service says about a task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaskReport {
    /// The status.
    pub status: TaskStatus,
    /// The reason of a failure, if the service gives one.
    pub message: Option<String>,
    /// The load balancers that the task made; mostly empty.
    pub load_balancer_ids: Vec<String>,
    /// The id of the question (not of the task), which the vendor's support asks for.
    pub request_id: Option<String>,
}

/// Why a question went unanswered or was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    /// The service's error code, if it came that far.
    pub code: Option<String>,
    /// What happened, for people.
    pub message: String,
    /// The id of the question, if the service gave one.
    pub request_id: Option<String>,
}

/// What one question about a task came back with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// A documented status.
    Report(TaskReport),
    /// An answer whose status is null, missing, no integer, or not documented. It ends the wait: never success.
    Unrecognized {
        /// The status as JSON text, as received, or `missing`.
        value: String,
        /// The id of the question.
        request_id: Option<String>,
    },
    /// An error about this task or these credentials.
    Refused {
        /// What the service said.
        trouble: Trouble,
        /// How many more times to ask before it is final; 0: final at once.
        again: u32,
    },
    /// The service's limit was hit. Slows everything down, never ends a wait.
    Throttled {
        /// What the service said.
        trouble: Trouble,
        /// How long the service asks to be left alone, if it does.
        retry_after: Option<Duration>,
    },
    /// No usable answer: network trouble, a time-out, a server error. Asked again until the wait's timeout.
    NoAnswer {
        /// What happened.
        trouble: Trouble,
        /// How long the service asks to be left alone, if it does.
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

impl Trouble {
    /// Trouble without a code: something that happened on the way.
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
impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.code {
            Some(code) => write!(f, "{code}: {}", self.message),
            None => f.write_str(&self.message),
        }
    }
}

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
    fn trouble_reads_code_first() {
        let coded = Trouble { code: Some("InternalError".into()), ..Trouble::new("try later") };
        assert_eq!(coded.to_string(), "InternalError: try later");
        assert_eq!(Trouble::new("connection reset").to_string(), "connection reset");
    }
}
