//! What a simulator starts with.

use std::time::Duration;

use crate::clb::BusyResponse;
use crate::clock::system_time;
use crate::key::Key;

/// What a simulator starts with: its time, its keys and the behaviour of the service.
#[derive(Debug, Clone)]
pub struct Options {
    pub(crate) unix_start: Duration,
    pub(crate) keys: Vec<Key>,
    pub(crate) rate_limit: Option<u32>,
    pub(crate) action_duration: Duration,
    pub(crate) unknown_task: UnknownTask,
    pub(crate) session_duration: Option<Duration>,
    pub(crate) instance_role: Option<String>,
    pub(crate) strict_ids: bool,
    pub(crate) busy_response: BusyResponse,
    pub(crate) health_delay: Duration,
}

/// How the service responds to a poll of a task that it does not know or has forgotten. The vendor does not document it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum UnknownTask {
    /// `InvalidParameter`, the best fit among the codes documented for the action.
    #[default]
    InvalidParameter,
    /// `ResourceNotFound`.
    ResourceNotFound,
}

impl Options {
    /// A simulator whose clock shows this Unix time, in seconds, when it is created.
    pub fn starting_at(unix: u64) -> Self {
        Self::starting(Duration::from_secs(unix))
    }

    /// A simulator whose clock shows the real time, which is read once, here.
    pub fn starting_now() -> Self {
        Self::starting(system_time())
    }

    fn starting(unix_start: Duration) -> Self {
        Self {
            unix_start,
            keys: vec![Key::demo()],
            rate_limit: Some(20),
            action_duration: Duration::from_secs(5),
            unknown_task: UnknownTask::default(),
            session_duration: None,
            instance_role: None,
            strict_ids: false,
            busy_response: BusyResponse::default(),
            health_delay: Duration::from_secs(3),
        }
    }

    /// Knows this key besides the demo key pair.
    #[must_use]
    pub fn with_key(mut self, key: Key) -> Self {
        self.keys.push(key);
        self
    }

    /// Accepts at most so many calls of each action in one calendar second of its clock; `None` lifts the limit.
    /// The default is 20, the documented limit. [`Simulator::rate_limit`](crate::Simulator::rate_limit) sets it by action.
    #[must_use]
    pub fn with_rate_limit(mut self, limit: Option<u32>) -> Self {
        self.rate_limit = limit;
        self
    }

    /// How long the task of an asynchronous action runs unless scripted otherwise; 5 s by default.
    #[must_use]
    pub fn with_action_duration(mut self, duration: Duration) -> Self {
        self.action_duration = duration;
        self
    }

    /// How the service responds to a poll of an unknown task.
    #[must_use]
    pub fn with_unknown_task(mut self, response: UnknownTask) -> Self {
        self.unknown_task = response;
        self
    }

    /// Gives every temporary key this lifetime, whatever the call asks for.
    #[must_use]
    pub fn with_session_duration(mut self, duration: Duration) -> Self {
        self.session_duration = Some(duration);
        self
    }

    /// Instance metadata serves the keys of this role; without a role it responds with 404.
    #[must_use]
    pub fn with_instance_role(mut self, role: impl Into<String>) -> Self {
        self.instance_role = Some(role.into());
        self
    }
}

impl Options {
    /// Rejects ids of load balancers, listeners, rules and target groups that no call has created. Without it such a
    /// resource exists from its first mention on, so that an example can use any id. Deleted ids never come back.
    #[must_use]
    pub fn with_strict_ids(mut self) -> Self {
        self.strict_ids = true;
        self
    }

    /// How the service rejects calls about a busy load balancer or target group.
    #[must_use]
    pub fn with_busy_response(mut self, response: BusyResponse) -> Self {
        self.busy_response = response;
        self
    }

    /// How long after its registration a target turns healthy; 3 s by default.
    /// [`Simulator::target_health`](crate::Simulator::target_health) scripts a single target.
    #[must_use]
    pub fn with_health_delay(mut self, delay: Duration) -> Self {
        self.health_delay = delay;
        self
    }
}

impl Default for Options {
    fn default() -> Self {
        Self::starting_now()
    }
}
