//! Records of calls.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use serde_json::{Map, Value};

/// One call as the simulator saw it.
#[non_exhaustive]
#[derive(Clone)]
pub struct CallRecord {
    /// The action, empty if none was named; `InstanceMetadata` for a request to the metadata service.
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
    /// The request as it arrived. It may hold secrets, so `Debug` leaves it out.
    pub request: Arc<http::Request<Bytes>>,
    /// Whether the service executed the action, also if its response was lost.
    pub accepted: bool,
    /// What the simulator did with it.
    pub outcome: CallOutcome,
    /// `RequestId` of the response, if it has one.
    pub request_id: Option<String>,
}

/// What the simulator did with a call.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CallOutcome {
    /// The service executed the action and responded.
    Accepted,
    /// The service repeated the response to an earlier call with the same `ClientToken`.
    Repeated,
    /// Rejected for exceeding a rate limit, the simulator's own or a scripted one.
    Throttled,
    /// Rejected with this API error code.
    Rejected(String),
    /// Not a response of the API, or one that was not delivered whole: the description of the fault.
    Faulty(String),
}

/// One line for people: `1.500s DescribeTaskStatus 1234: accepted`.
impl fmt::Display for CallRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.3}s {}", self.at.as_secs_f64(), self.action)?;
        if let Some(task) = &self.task {
            write!(f, " {task}")?;
        }
        write!(f, ": {}", self.outcome)
    }
}

impl fmt::Display for CallOutcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Accepted => f.write_str("accepted"),
            Self::Repeated => f.write_str("repeated"),
            Self::Throttled => f.write_str("throttled"),
            Self::Rejected(code) => write!(f, "rejected, {code}"),
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
            .field("accepted", &self.accepted)
            .field("outcome", &self.outcome)
            .finish_non_exhaustive()
    }
}
