//! Listeners and their forwarding rules.

use serde_json::{Map, Value};

use super::new_id;
use super::target::Backends;
use crate::api_error::ApiError;

/// A listener: of layer 4 with targets of its own, of layer 7 with rules.
#[derive(Debug, Clone)]
pub(crate) struct Listener {
    pub(crate) id: String,
    pub(crate) protocol: String,
    pub(crate) port: i64,
    /// Fields of `DescribeListeners` that calls have set.
    pub(crate) attributes: Map<String, Value>,
    pub(crate) rules: Vec<Rule>,
    /// Targets and target groups of a listener of layer 4.
    pub(crate) backends: Backends,
}

/// A forwarding rule.
#[derive(Debug, Clone)]
pub(crate) struct Rule {
    pub(crate) id: String,
    pub(crate) domain: String,
    pub(crate) url: String,
    /// Fields of `DescribeListeners` that calls have set.
    pub(crate) attributes: Map<String, Value>,
    pub(crate) backends: Backends,
    pub(crate) rewrite: Option<Rewrite>,
}

/// A redirection from one rule to another.
#[derive(Debug, Clone)]
pub(crate) struct Rewrite {
    pub(crate) target_listener: String,
    pub(crate) target_rule: String,
    pub(crate) code: i64,
    pub(crate) takes_url: bool,
    pub(crate) is_automatic: bool,
}

/// Where a listener forwards to: by a rule, or itself with empty fields.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Route<'a> {
    /// Id of the rule.
    pub(crate) rule: &'a str,
    pub(crate) domain: &'a str,
    pub(crate) url: &'a str,
    pub(crate) attributes: &'a Map<String, Value>,
    pub(crate) backends: &'a Backends,
}

impl Listener {
    pub(crate) fn new(id: String, protocol: &str, port: i64) -> Self {
        let (attributes, rules, backends) = Default::default();
        Self { id, protocol: protocol.to_owned(), port, attributes, rules, backends }
    }

    /// Whether it forwards by rules.
    pub(crate) fn has_rules(&self) -> bool {
        ["HTTP", "HTTPS"].contains(&self.protocol.as_str())
    }

    /// The routes of its rules, or its own if it has none.
    pub(crate) fn routes(&self) -> Vec<Route<'_>> {
        if self.has_rules() {
            return self.rules.iter().map(Rule::route).collect();
        }
        let (attributes, backends) = (&self.attributes, &self.backends);
        vec![Route { rule: "", domain: "", url: "", attributes, backends }]
    }

    /// Whether listeners of these protocols cannot share a port: UDP and the others can.
    pub(crate) fn conflicts_with(&self, protocol: &str) -> bool {
        let is_udp = |protocol: &str| ["UDP", "QUIC"].contains(&protocol);
        is_udp(&self.protocol) == is_udp(protocol)
    }

    /// Its own id and those of its rules.
    pub(crate) fn ids(&self) -> impl Iterator<Item = &str> {
        self.rules.iter().map(|rule| rule.id.as_str()).chain([self.id.as_str()])
    }

    pub(crate) fn backends(&self) -> impl Iterator<Item = &Backends> {
        self.rules.iter().map(|rule| &rule.backends).chain([&self.backends])
    }

    pub(crate) fn backends_mut(&mut self) -> impl Iterator<Item = &mut Backends> {
        self.rules.iter_mut().map(|rule| &mut rule.backends).chain([&mut self.backends])
    }

    /// A rule to change, by id, or by domain and URL. An unknown one is added unless unknown ids are errors.
    pub(crate) fn rule_mut(&mut self, name: RuleName<'_>, is_strict: bool) -> Result<&mut Rule, ApiError> {
        if let Some(index) = self.rules.iter().position(|rule| name.matches(rule)) {
            return Ok(&mut self.rules[index]);
        }
        if is_strict {
            return Err(rule_not_found(name));
        }
        self.rules.push(name.rule());
        let last = self.rules.len() - 1;
        Ok(&mut self.rules[last])
    }
}

impl Rule {
    pub(crate) fn new(domain: &str, url: &str) -> Self {
        let (attributes, backends, rewrite) = Default::default();
        let (domain, url) = (domain.to_owned(), url.to_owned());
        Self { id: new_id("loc"), domain, url, attributes, backends, rewrite }
    }

    fn route(&self) -> Route<'_> {
        let Self { id, domain, url, attributes, backends, .. } = self;
        Route { rule: id, domain, url, attributes, backends }
    }
}

/// How a call names a rule.
#[derive(Debug, Clone, Copy)]
pub(crate) enum RuleName<'a> {
    Id(&'a str),
    Path { domain: &'a str, url: &'a str },
}

impl RuleName<'_> {
    fn matches(self, rule: &Rule) -> bool {
        match self {
            Self::Id(id) => rule.id == id,
            Self::Path { domain, url } => rule.domain == domain && rule.url == url,
        }
    }

    fn rule(self) -> Rule {
        match self {
            Self::Id(id) => Rule { id: id.to_owned(), ..Rule::new("", "/") },
            Self::Path { domain, url } => Rule::new(domain, url),
        }
    }
}

fn rule_not_found(name: RuleName<'_>) -> ApiError {
    let text = match name {
        RuleName::Id(id) => format!("the rule `{id}` does not exist"),
        RuleName::Path { domain, url } => format!("there is no rule for `{domain}{url}`"),
    };
    ApiError::new("InvalidParameter.LocationNotFound", text)
}
