//! `DescribeTargets`.

use serde_json::{Value, json};

use super::listeners::is_chosen;
use super::{Query, time, with_attributes};
use crate::api_error::ApiError;
use crate::clb::changes::Body;
use crate::clb::resources::{Backends, Listener, Target};

pub(super) fn describe(query: &mut Query<'_>) -> Result<Body, ApiError> {
    query.reject_unsupported(&["LoadBalancerId", "ListenerIds", "Protocol", "Port"])?;
    let id = query.parameters.string("LoadBalancerId").unwrap_or_default();
    let parameters = query.parameters;
    let listeners = query.resources.load_balancer(id)?.listeners.iter();
    let listeners: Vec<Value> = listeners.filter(|it| is_chosen(parameters, it)).map(fields).collect();
    Ok(with_attributes(json!({ "Listeners": listeners }), &Body::new()))
}

fn fields(listener: &Listener) -> Value {
    let rule = |rule: &crate::clb::resources::Rule| {
        json!({
            "LocationId": rule.id, "Domain": rule.domain, "Url": rule.url, "Targets": targets(&rule.backends),
        })
    };
    json!({
        "ListenerId": listener.id,
        "Protocol": listener.protocol,
        "Port": listener.port,
        "EndPort": 0,
        "Rules": listener.rules.iter().map(rule).collect::<Vec<_>>(),
        "Targets": targets(&listener.backends),
    })
}

fn targets(backends: &Backends) -> Vec<Value> {
    backends.targets.iter().map(target_fields).collect()
}

/// A target as `DescribeTargets` and `DescribeTargetGroupInstances` show it.
pub(super) fn target_fields(target: &Target) -> Value {
    let (kind, id) = if target.is_instance() { ("CVM", target.name.as_str()) } else { ("ENI", "") };
    json!({
        "Type": kind,
        "InstanceId": id,
        "InstanceName": id,
        "Port": target.port,
        "Weight": target.weight,
        "PublicIpAddresses": [],
        "PrivateIpAddresses": [target.address()],
        "RegisteredTime": time(target.registered),
        "EniId": null,
    })
}
