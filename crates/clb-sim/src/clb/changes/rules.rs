//! Forwarding rules and their domains.

use serde_json::json;

use super::{Body, Change, body, certificate, set_attributes};
use crate::api_error::ApiError;
use crate::clb::resources::{Rule, RuleName};
use crate::parameters::Parameters;

/// The parameters that `DescribeListeners` returns under the same names.
const ATTRIBUTES: [&str; 9] = [
    "SessionExpireTime",
    "HealthCheck",
    "Scheduler",
    "ForwardType",
    "DefaultServer",
    "Http2",
    "TargetType",
    "Domains",
    "CookieName",
];

pub(super) fn create(change: &mut Change<'_>) -> Result<Body, ApiError> {
    let parameters = change.parameters;
    let listener = change.path().listener_of(change.resources, "HTTP")?;
    if !listener.has_rules() {
        let message = format!("a listener of protocol {} has no rules", listener.protocol);
        return Err(ApiError::new("InvalidParameter.ProtocolCheckFailed", message));
    }
    let mut ids = Vec::new();
    for fields in parameters.structures("Rules") {
        let rule = new_rule(fields);
        if listener.rules.iter().any(|known| (&known.domain, &known.url) == (&rule.domain, &rule.url)) {
            let message = format!("there is a rule for `{}{}` already", rule.domain, rule.url);
            return Err(ApiError::new("InvalidParameterValue.Duplicate", message));
        }
        ids.push(rule.id.clone());
        listener.rules.push(rule);
    }
    if ids.is_empty() {
        return Err(ApiError::invalid_value("Rules", "a list of at least one rule"));
    }
    Ok(body([("LocationIds", json!(ids))]))
}

pub(super) fn modify(change: &mut Change<'_>) -> Result<Body, ApiError> {
    let parameters = change.parameters;
    // `Url` is the new one here, so only the id names the rule.
    let rule = change.path().rule(change.resources)?;
    set_rule(rule, parameters);
    if let Some(url) = parameters.string("Url") {
        url.clone_into(&mut rule.url);
    }
    Ok(Body::new())
}

/// Changes all rules of a domain.
pub(super) fn modify_domain(change: &mut Change<'_>) -> Result<Body, ApiError> {
    let parameters = change.parameters;
    let domain = parameters.string("Domain").unwrap_or_default();
    let is_strict = change.resources.is_strict;
    let listener = change.path().listener(change.resources)?;
    if !listener.rules.iter().any(|rule| rule.domain == domain) {
        let url = listener.rules.first().map_or("/", |rule| &rule.url).to_owned();
        listener.rule_mut(RuleName::Path { domain, url: &url }, is_strict)?;
    }
    for rule in listener.rules.iter_mut().filter(|rule| rule.domain == domain) {
        set_rule(rule, parameters);
        let new =
            parameters.string("NewDomain").or_else(|| parameters.strings("NewDomains").first().copied());
        if let Some(new) = new {
            new.clone_into(&mut rule.domain);
        }
    }
    Ok(Body::new())
}

/// Deletes rules by id, or by domain and URL; without a URL all rules of the domain.
pub(super) fn delete(change: &mut Change<'_>) -> Result<Body, ApiError> {
    let parameters = change.parameters;
    let ids = parameters.strings("LocationIds");
    let (domain, url) = (parameters.string("Domain"), parameters.string("Url"));
    if ids.is_empty() && domain.is_none() {
        return Err(ApiError::missing_parameter("LocationIds"));
    }
    let path = change.path();
    ids.iter().try_for_each(|id| path.to_rule(id).rule(change.resources).map(drop))?;
    let is_named = |rule: &mut Rule| match domain {
        _ if ids.contains(&rule.id.as_str()) => true,
        Some(domain) => rule.domain == domain && url.is_none_or(|url| rule.url == url),
        None => false,
    };
    let rules = &mut path.listener_of(change.resources, "HTTP")?.rules;
    let removed: Vec<Rule> = rules.extract_if(.., is_named).collect();
    if removed.is_empty() && change.resources.is_strict {
        return Err(ApiError::new("InvalidParameter.LocationNotFound", "there is no such rule"));
    }
    change.load_balancer()?.mark_deleted(removed.iter().map(|rule| rule.id.as_str()));
    Ok(Body::new())
}

fn new_rule(fields: Parameters<'_>) -> Rule {
    let domains = fields.strings("Domains");
    let domain = fields.string("Domain").or(domains.first().copied()).unwrap_or_default();
    let mut rule = Rule::new(domain, fields.string("Url").unwrap_or("/"));
    set_rule(&mut rule, fields);
    rule
}

fn set_rule(rule: &mut Rule, fields: Parameters<'_>) {
    set_attributes(&mut rule.attributes, fields, &ATTRIBUTES);
    if let Some(certificate) = certificate(fields) {
        rule.attributes.insert("Certificate".to_owned(), certificate);
    }
}
