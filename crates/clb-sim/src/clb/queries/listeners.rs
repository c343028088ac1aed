//! `DescribeListeners`.

use serde_json::{Value, json};

use super::{Query, health_check, is_wanted, with_attributes};
use crate::api_error::ApiError;
use crate::clb::changes::Body;
use crate::clb::resources::{Backends, Listener, Resources, Rule, TargetGroup};
use crate::parameters::Parameters;

pub(super) fn describe(query: &mut Query<'_>) -> Result<Body, ApiError> {
    let id = query.parameters.string("LoadBalancerId").unwrap_or_default();
    let load_balancer = query.resources.load_balancer(id)?.clone();
    let chosen = load_balancer.listeners.iter().filter(|listener| is_chosen(query.parameters, listener));
    let listeners: Vec<Value> = chosen.map(|listener| fields(listener, query.resources)).collect();
    Ok(with_attributes(json!({ "TotalCount": listeners.len(), "Listeners": listeners }), &Body::new()))
}

/// Whether `ListenerIds`, `Protocol` and `Port` choose a listener.
pub(super) fn is_chosen(parameters: Parameters<'_>, listener: &Listener) -> bool {
    is_wanted(&parameters.strings("ListenerIds"), &listener.id)
        && parameters.string("Protocol").is_none_or(|protocol| protocol == listener.protocol)
        && parameters.integer("Port").is_none_or(|port| port == listener.port)
}

/// A forwarding rule as `DescribeListeners` and `DescribeRewrite` show it.
pub(super) fn rule_fields(rule: &Rule, listener: &Listener, resources: &Resources) -> Value {
    let rewrite = rule.rewrite.as_ref();
    let target = json!({
        "TargetListenerId": rewrite.map(|rewrite| &rewrite.target_listener),
        "TargetLocationId": rewrite.map(|rewrite| &rewrite.target_rule),
        "RewriteCode": rewrite.map(|rewrite| rewrite.code),
        "TakeUrl": rewrite.map(|rewrite| rewrite.takes_url),
        "RewriteType": rewrite.map(|rewrite| if rewrite.is_automatic { "Auto" } else { "Manual" }),
    });
    let defaults = json!({
        "LocationId": rule.id,
        "ListenerId": listener.id,
        "Domain": rule.domain,
        "Domains": [rule.domain],
        "Url": rule.url,
        "Scheduler": "WRR",
        "SessionExpireTime": 0,
        "Certificate": null,
        "RewriteTarget": target,
        "BeAutoCreated": rewrite.is_some_and(|rewrite| rewrite.is_automatic),
        "TargetGroupList": target_groups(&rule.backends, resources),
    });
    let mut fields = with_attributes(defaults, &rule.attributes);
    fields.insert("HealthCheck".to_owned(), health_check(&rule.attributes));
    Value::Object(fields)
}

fn fields(listener: &Listener, resources: &Resources) -> Value {
    let rules: Vec<Value> =
        listener.rules.iter().map(|rule| rule_fields(rule, listener, resources)).collect();
    let defaults = json!({
        "ListenerId": listener.id,
        "ListenerName": listener.id,
        "Protocol": listener.protocol,
        "Port": listener.port,
        "EndPort": 0,
        "Scheduler": "WRR",
        "SessionExpireTime": 0,
        "SniSwitch": 0,
        "TargetType": "NODE",
        "Certificate": null,
        "Rules": rules,
        "TargetGroupList": target_groups(&listener.backends, resources),
    });
    let mut fields = with_attributes(defaults, &listener.attributes);
    fields.insert("HealthCheck".to_owned(), health_check(&listener.attributes));
    Value::Object(fields)
}

fn target_groups(backends: &Backends, resources: &Resources) -> Value {
    let fields = |(id, weight): &(String, i64)| {
        let name = resources.target_group(id).map(TargetGroup::name);
        json!({ "TargetGroupId": id, "TargetGroupName": name, "Weight": weight })
    };
    backends.groups.iter().map(fields).collect()
}
