//! What a task is, what the service says about it, and what a question can come back with.

use std::{fmt, str::FromStr, time::Duration};

/// The id of a task: the `RequestId` that the asynchronous call answered.
///
/// Ids look like UUIDs, but nothing promises it; any 1 to 128 visible ASCII characters are taken.
///
/// ```
/// use clb_task::TaskId;
///
/// let id = TaskId::parse("4a1d3c8e-0c6f-4f7b-9d55-9a3c2a1b7e10")?;
/// assert_eq!(id.as_str().len(), 36);
/// assert!(TaskId::parse("two words").is_err());
/// # Ok::<(), clb_task::InvalidTask>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TaskId(Box<str>);

/// The name of an order (`DealName`), which prepaid calls answer in place of a task id. Same alphabet as [`TaskId`].
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DealName(Box<str>);

/// What one asks about: `DescribeTaskStatus` takes a task id or an order name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Task {
    /// A task by the id of the call that started it.
    Id(TaskId),
    /// A task by its order.
    Deal(DealName),
}

/// Text that cannot be a task id or an order name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidTask {
    /// Nothing at all.
    #[error("a task id or order name has at least one character")]
    Empty,
    /// More than 128 characters.
    #[error("a task id or order name has at most 128 characters, not {0}")]
    TooLong(usize),
    /// A space, a control character, or one outside ASCII.
    #[error(
        "a task id or order name is made of visible ASCII characters, not {character:?} at position {position}"
    )]
    Character {
        /// The character.
        character: char,
        /// Where it is, in characters from 1.
        position: usize,
    },
}

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

impl TaskId {
    /// Checks a task id: 1 to 128 visible ASCII characters.
    pub fn parse(text: &str) -> Result<Self, InvalidTask> {
        checked(text).map(Self)
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl DealName {
    /// Checks an order name: 1 to 128 visible ASCII characters.
    pub fn parse(text: &str) -> Result<Self, InvalidTask> {
        checked(text).map(Self)
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Task {
    /// The id or the name as text.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Id(id) => id.as_str(),
            Self::Deal(name) => name.as_str(),
        }
    }
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

impl FromStr for TaskId {
    type Err = InvalidTask;

    fn from_str(text: &str) -> Result<Self, InvalidTask> {
        Self::parse(text)
    }
}

impl FromStr for DealName {
    type Err = InvalidTask;

    fn from_str(text: &str) -> Result<Self, InvalidTask> {
        Self::parse(text)
    }
}

impl From<TaskId> for Task {
    fn from(id: TaskId) -> Self {
        Self::Id(id)
    }
}

impl From<DealName> for Task {
    fn from(name: DealName) -> Self {
        Self::Deal(name)
    }
}

impl fmt::Display for TaskId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for DealName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for Task {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
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

fn checked(text: &str) -> Result<Box<str>, InvalidTask> {
    let length = text.chars().count();
    if length == 0 {
        return Err(InvalidTask::Empty);
    }
    if length > 128 {
        return Err(InvalidTask::TooLong(length));
    }
    match text.chars().enumerate().find(|(_, c)| !c.is_ascii_graphic()) {
        Some((index, character)) => Err(InvalidTask::Character { character, position: index + 1 }),
        None => Ok(text.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Result<(), InvalidTask>) {
        assert_eq!(TaskId::parse(text).map(|id| assert_eq!(id.as_str(), text)), expected);
        assert_eq!(DealName::parse(text).map(|name| assert_eq!(name.to_string(), text)), expected);
    }

    #[test]
    fn ids_are_visible_ascii_of_bounded_length() {
        check("4a1d3c8e-0c6f-4f7b-9d55-9a3c2a1b7e10", Ok(()));
        check("!~", Ok(()));
        check(&"x".repeat(128), Ok(()));
        check(&"x".repeat(129), Err(InvalidTask::TooLong(129)));
        check("", Err(InvalidTask::Empty));
        check("a b", Err(InvalidTask::Character { character: ' ', position: 2 }));
        check("ab\n", Err(InvalidTask::Character { character: '\n', position: 3 }));
        check("é", Err(InvalidTask::Character { character: 'é', position: 1 }));
    }

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
