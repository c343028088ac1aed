//! How calls name listeners and rules.

use super::resources::{Backends, Listener, Resources, Rule, RuleName};
use crate::api_error::ApiError;
use crate::parameters::Parameters;

/// The path to a listener or to a rule of it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ListenerPath<'a> {
    pub(crate) load_balancer: &'a str,
    pub(crate) listener: &'a str,
    pub(crate) rule: Option<RuleName<'a>>,
}

impl<'a> ListenerPath<'a> {
    /// The path in a call about one listener.
    pub(crate) fn of(parameters: Parameters<'a>) -> Self {
        Self::within(parameters, parameters)
    }

    /// The path in an element of a list, in a call about one load balancer.
    pub(crate) fn within(parameters: Parameters<'a>, element: Parameters<'a>) -> Self {
        let path = |domain| RuleName::Path { domain, url: element.string("Url").unwrap_or("/") };
        Self {
            load_balancer: parameters.string("LoadBalancerId").unwrap_or_default(),
            listener: element.string("ListenerId").unwrap_or_default(),
            rule: element
                .string("LocationId")
                .map(RuleName::Id)
                .or_else(|| element.string("Domain").map(path)),
        }
    }

    pub(crate) fn to_rule(self, id: &'a str) -> Self {
        Self { rule: Some(RuleName::Id(id)), ..self }
    }

    /// The listener; an unknown one is added unless unknown ids are errors.
    pub(crate) fn listener(self, resources: &mut Resources) -> Result<&mut Listener, ApiError> {
        let protocol = if self.rule.is_some() { "HTTP" } else { "TCP" };
        self.listener_of(resources, protocol)
    }

    /// The listener; an unknown one is added with this protocol unless unknown ids are errors.
    pub(crate) fn listener_of<'r>(
        self,
        resources: &'r mut Resources,
        protocol: &str,
    ) -> Result<&'r mut Listener, ApiError> {
        let is_strict = resources.is_strict;
        resources.load_balancer_mut(self.load_balancer)?.listener_mut(self.listener, protocol, is_strict)
    }

    /// The rule; an unknown one is added unless unknown ids are errors.
    pub(crate) fn rule(self, resources: &mut Resources) -> Result<&mut Rule, ApiError> {
        let name = self.rule.ok_or_else(|| ApiError::missing_parameter("LocationId"))?;
        let load_balancer = resources.load_balancer_mut(self.load_balancer)?;
        let is_deleted = matches!(name, RuleName::Id(id) if load_balancer.is_deleted(id));
        let is_strict = resources.is_strict || is_deleted;
        self.listener(resources)?.rule_mut(name, is_strict)
    }

    /// The targets of the rule, or of the listener if it has no rules.
    pub(crate) fn backends(self, resources: &mut Resources) -> Result<&mut Backends, ApiError> {
        if self.rule.is_some() || self.listener(resources)?.has_rules() {
            return Ok(&mut self.rule(resources)?.backends);
        }
        Ok(&mut self.listener(resources)?.backends)
    }
}
