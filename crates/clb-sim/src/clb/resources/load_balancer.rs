//! Load balancers.

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::{Map, Value};

use super::listener::Listener;
use super::target::Backends;
use crate::api_error::ApiError;

/// A load balancer and its listeners.
#[derive(Debug, Clone)]
pub(crate) struct LoadBalancer {
    pub(crate) id: String,
    /// Whether the task that creates it has succeeded.
    pub(crate) is_created: bool,
    /// Unix time of the call that created it; none if it exists from its first mention on.
    pub(crate) created: Option<Duration>,
    /// Fields of `DescribeLoadBalancers` that calls have set.
    pub(crate) attributes: Map<String, Value>,
    pub(crate) listeners: Vec<Listener>,
    /// Ids of deleted listeners and rules.
    deleted: BTreeSet<String>,
}

impl LoadBalancer {
    pub(crate) fn new(id: String, created: Option<Duration>) -> Self {
        let (attributes, listeners, deleted) = Default::default();
        Self { id, is_created: true, created, attributes, listeners, deleted }
    }

    /// A load balancer that exists from its first mention on.
    pub(crate) fn mentioned(id: &str) -> Self {
        Self::new(id.to_owned(), None)
    }

    pub(crate) fn name(&self) -> &str {
        self.attributes.get("LoadBalancerName").and_then(Value::as_str).unwrap_or(&self.id)
    }

    /// A listener to change. An unknown one is added with this protocol unless unknown ids are errors.
    pub(crate) fn listener_mut(
        &mut self,
        id: &str,
        protocol: &str,
        is_strict: bool,
    ) -> Result<&mut Listener, ApiError> {
        if let Some(index) = self.listeners.iter().position(|listener| listener.id == id) {
            return Ok(&mut self.listeners[index]);
        }
        if is_strict || self.deleted.contains(id) || !id.starts_with("lbl-") {
            return Err(listener_not_found(id));
        }
        self.listeners.push(Listener::new(id.to_owned(), protocol, self.free_port()));
        let last = self.listeners.len() - 1;
        Ok(&mut self.listeners[last])
    }

    /// Removes a listener with its rules and targets.
    pub(crate) fn delete_listener(&mut self, id: &str, is_strict: bool) -> Result<(), ApiError> {
        self.listener_mut(id, "TCP", is_strict)?;
        let removed: Vec<Listener> = self.listeners.extract_if(.., |listener| listener.id == id).collect();
        self.mark_deleted(removed.iter().flat_map(Listener::ids));
        Ok(())
    }

    /// Remembers ids of listeners and rules that never exist again.
    pub(crate) fn mark_deleted<'a>(&mut self, ids: impl IntoIterator<Item = &'a str>) {
        self.deleted.extend(ids.into_iter().map(str::to_owned));
    }

    pub(crate) fn is_deleted(&self, id: &str) -> bool {
        self.deleted.contains(id)
    }

    /// All places to which targets are registered.
    pub(crate) fn backends(&self) -> impl Iterator<Item = &Backends> {
        self.listeners.iter().flat_map(Listener::backends)
    }

    pub(crate) fn backends_mut(&mut self) -> impl Iterator<Item = &mut Backends> {
        self.listeners.iter_mut().flat_map(Listener::backends_mut)
    }

    /// Registers the targets that are not yet registered.
    pub(crate) fn register_targets(&mut self, unix: Duration) {
        self.backends_mut().for_each(|backends| backends.register(unix));
    }

    /// A port that no listener has.
    fn free_port(&self) -> i64 {
        let is_free = |port: &i64| self.listeners.iter().all(|listener| listener.port != *port);
        (80..=65_535).find(is_free).unwrap_or(80)
    }
}

fn listener_not_found(id: &str) -> ApiError {
    ApiError::new("InvalidParameter.ListenerIdNotFound", format!("the listener `{id}` does not exist"))
}
