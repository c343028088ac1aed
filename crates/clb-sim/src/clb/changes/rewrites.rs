//! Redirections between rules.

use serde_json::Value;

use super::listeners::check_port;
use super::{Body, Change};
use crate::api_error::ApiError;
use crate::clb::listener_path::ListenerPath;
use crate::clb::resources::{Listener, Rewrite, Rule, new_id};
use crate::parameters::Parameters;

/// The documented default of `RewriteCode`.
const DEFAULT_CODE: i64 = 301;

/// Redirects every domain of an HTTPS listener of port 443 from an HTTP listener of port 80, which is created if missing.
pub(super) fn create_automatic(change: &mut Change<'_>) -> Result<Body, ApiError> {
    let domains = change.parameters.strings("Domains");
    let codes: Vec<_> = change.parameters.list("RewriteCodes").filter_map(Value::as_i64).collect();
    let target = change.path().listener_of(change.resources, "HTTPS")?.clone();
    let wanted = |rule: &&Rule| domains.is_empty() || domains.contains(&rule.domain.as_str());
    let sources = &mut http_listener(change)?.rules;
    for (index, rule) in target.rules.iter().filter(wanted).enumerate() {
        let rewrite = Rewrite {
            target_listener: target.id.clone(),
            target_rule: rule.id.clone(),
            code: codes.get(index).copied().unwrap_or(DEFAULT_CODE),
            takes_url: true,
            is_automatic: true,
        };
        match sources.iter_mut().find(|source| (&source.domain, &source.url) == (&rule.domain, &rule.url)) {
            Some(source) => source.rewrite = Some(rewrite),
            None => sources.push(Rule { rewrite: Some(rewrite), ..Rule::new(&rule.domain, &rule.url) }),
        }
    }
    Ok(Body::new())
}

pub(super) fn create_manual(change: &mut Change<'_>) -> Result<Body, ApiError> {
    let target = change.parameters.string("TargetListenerId").unwrap_or_default();
    for info in change.parameters.structures("RewriteInfos") {
        let rewrite = Rewrite {
            target_listener: target.to_owned(),
            target_rule: info.string("TargetLocationId").unwrap_or_default().to_owned(),
            code: info.integer("RewriteCode").unwrap_or(DEFAULT_CODE),
            takes_url: info.boolean("TakeUrl").unwrap_or(true),
            is_automatic: false,
        };
        let end = ListenerPath { listener: target, ..source(change, info) }.to_rule(&rewrite.target_rule);
        end.rule(change.resources)?;
        source(change, info).rule(change.resources)?.rewrite = Some(rewrite);
    }
    Ok(Body::new())
}

pub(super) fn delete(change: &mut Change<'_>) -> Result<Body, ApiError> {
    for info in change.parameters.structures("RewriteInfos") {
        let rule = source(change, info).rule(change.resources)?;
        if rule.rewrite.take().is_none() && change.resources.is_strict {
            return Err(ApiError::new(
                "InvalidParameter.SomeRewriteNotFound",
                "there is no such redirection",
            ));
        }
    }
    Ok(Body::new())
}

/// The path to the rule from which is redirected.
fn source<'a>(change: &Change<'a>, info: Parameters<'a>) -> ListenerPath<'a> {
    let listener = change.parameters.string("SourceListenerId").unwrap_or_default();
    let path = ListenerPath { listener, rule: None, ..change.path() };
    path.to_rule(info.string("SourceLocationId").unwrap_or_default())
}

/// The HTTP listener of port 80, which is created if it is missing.
fn http_listener<'a>(change: &'a mut Change<'_>) -> Result<&'a mut Listener, ApiError> {
    let load_balancer = change.load_balancer()?;
    let is_http = |listener: &Listener| (listener.protocol.as_str(), listener.port) == ("HTTP", 80);
    if !load_balancer.listeners.iter().any(is_http) {
        check_port(load_balancer, "HTTP", 80)?;
        load_balancer.listeners.push(Listener::new(new_id("lbl"), "HTTP", 80));
    }
    let index = load_balancer.listeners.iter().position(is_http).unwrap_or_default();
    Ok(&mut load_balancer.listeners[index])
}
