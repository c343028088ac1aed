//! What a simulator starts with.

use std::time::Duration;

use crate::clock::system_time;
use crate::keys::Key;

/// What a simulator starts with: its time, its keys and the habits of the service.
#[derive(Debug, Clone)]
pub struct Options {
    pub(crate) unix_start: Duration,
    pub(crate) keys: Vec<Key>,
    pub(crate) questions_per_second: Option<u32>,
    pub(crate) action_duration: Duration,
    pub(crate) unknown_task: UnknownTask,
    pub(crate) session_duration: Option<Duration>,
    pub(crate) instance_role: Option<String>,
}

/// How the service answers about a task id that it does not know or has forgotten. The real answer is not documented.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum UnknownTask {
    /// `InvalidParameter`, the documented code that fits best.
    #[default]
    InvalidParameter,
    /// `ResourceNotFound`.
    ResourceNotFound,
}

impl Options {
    /// A simulator whose clock shows this Unix time, in seconds, when it is made.
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
            questions_per_second: Some(20),
            action_duration: Duration::from_secs(5),
            unknown_task: UnknownTask::default(),
            session_duration: None,
            instance_role: None,
        }
    }

    /// Knows this key besides the demo key pair.
    #[must_use]
    pub fn with_key(mut self, key: Key) -> Self {
        self.keys.push(key);
        self
    }

    /// Answers at most so many `DescribeTaskStatus` calls in one second of its clock; `None` lifts the limit.
    /// The default is 20, the documented limit of the service.
    #[must_use]
    pub fn with_questions_per_second(mut self, limit: Option<u32>) -> Self {
        self.questions_per_second = limit;
        self
    }

    /// How long the task of an asynchronous action runs unless scripted otherwise; 5 s by default.
    #[must_use]
    pub fn with_action_duration(mut self, duration: Duration) -> Self {
        self.action_duration = duration;
        self
    }

    /// How a question about an unknown task is answered.
    #[must_use]
    pub fn with_unknown_task(mut self, answer: UnknownTask) -> Self {
        self.unknown_task = answer;
        self
    }

    /// Lets every temporary key live so long, whatever the call for it asks for.
    #[must_use]
    pub fn with_session_duration(mut self, duration: Duration) -> Self {
        self.session_duration = Some(duration);
        self
    }

    /// Instance metadata names this role and gives out its keys; without it there is no role (404).
    #[must_use]
    pub fn with_instance_role(mut self, role: impl Into<String>) -> Self {
        self.instance_role = Some(role.into());
        self
    }
}

impl Default for Options {
    fn default() -> Self {
        Self::starting_now()
    }
}
