//! Target groups.

use std::time::Duration;

use serde_json::{Map, Value};

use super::target::Backends;

/// A group of targets that listeners and rules share.
#[derive(Debug, Clone)]
pub(crate) struct TargetGroup {
    pub(crate) id: String,
    /// Unix time of the call that created it; none if it exists from its first mention on.
    pub(crate) created: Option<Duration>,
    /// Fields of `DescribeTargetGroups` that calls have set.
    pub(crate) attributes: Map<String, Value>,
    pub(crate) instances: Backends,
}

impl TargetGroup {
    pub(crate) fn new(id: String, created: Option<Duration>) -> Self {
        let (attributes, instances) = Default::default();
        Self { id, created, attributes, instances }
    }

    /// A target group that exists from its first mention on.
    pub(crate) fn mentioned(id: &str) -> Self {
        Self::new(id.to_owned(), None)
    }

    pub(crate) fn name(&self) -> &str {
        self.attributes.get("TargetGroupName").and_then(Value::as_str).unwrap_or(&self.id)
    }

    /// Registers the instances that are not yet registered.
    pub(crate) fn register_targets(&mut self, unix: Duration) {
        self.instances.register(unix);
    }
}
