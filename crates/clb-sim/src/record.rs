//! What is remembered of calls.

use std::fmt;
use std::time::Duration;

use serde_json::{Map, Value};

/// One call as the simulator saw it.
#[non_exhaustive]
#[derive(Clone, PartialEq)]
pub struct CallRecord {
    /// The action, empty if none was named; `InstanceMetadata` for a look at the metadata service.
    pub action: String,
    /// `X-TC-Region`.
    pub region: Option<String>,
    /// `TaskId` or `DealName`.
    pub task: Option<String>,
    /// When it arrived, since the simulator's start.
    pub at: Duration,
    /// Id of the key that the call was signed with.
    pub secret_id: Option<String>,
    /// `X-TC-RequestClient`.
    pub client: Option<String>,
    /// `X-TC-Language`.
    pub language: Option<String>,
    /// `Host` as it was sent.
    pub host: Option<String>,
    /// The parameters of the action. They may hold secrets, so `Debug` leaves them out.
    pub parameters: Map<String, Value>,
    /// What came of it.
    pub answer: AnswerClass,
    /// `RequestId` of the answer, where it has one.
    pub request_id: Option<String>,
}

/// What came of a call.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AnswerClass {
    /// The action was carried out and answered.
    Answered,
    /// Refused for exceeding a rate limit, the simulator's own or a scripted one.
    Throttled,
    /// Refused with this API error code.
    Refused(String),
    /// Something else than an API answer, or an answer that did not arrive whole: the fault's description.
    Faulty(String),
}

/// One line for people: `1.500s DescribeTaskStatus 1234: answered`.
impl fmt::Display for CallRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.3}s {}", self.at.as_secs_f64(), self.action)?;
        if let Some(task) = &self.task {
            write!(f, " {task}")?;
        }
        write!(f, ": {}", self.answer)
    }
}

impl fmt::Display for AnswerClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Answered => f.write_str("answered"),
            Self::Throttled => f.write_str("throttled"),
            Self::Refused(code) => write!(f, "refused, {code}"),
            Self::Faulty(fault) => write!(f, "faulty, {fault}"),
        }
    }
}

impl fmt::Debug for CallRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CallRecord")
            .field("action", &self.action)
            .field("region", &self.region)
            .field("task", &self.task)
            .field("at", &self.at)
            .field("secret_id", &self.secret_id)
            .field("client", &self.client)
            .field("answer", &self.answer)
            .finish_non_exhaustive()
    }
}
