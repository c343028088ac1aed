//! `DescribeTargetHealth`.

use serde_json::{Value, json};

use super::{Query, health_check, is_wanted, with_attributes};
use crate::api_error::ApiError;
use crate::clb::changes::Body;
use crate::clb::resources::{Backends, Listener, LoadBalancer, Route, Target};

/// At most so many load balancers are described by one call, as documented.
const MOST_LOAD_BALANCERS: usize = 30;

pub(super) fn describe(query: &mut Query<'_>) -> Result<Body, ApiError> {
    let ids = query.parameters.strings("LoadBalancerIds");
    if ids.is_empty() || ids.len() > MOST_LOAD_BALANCERS {
        return Err(ApiError::new("InvalidParameterValue.Length", "`LoadBalancerIds` has 1 to 30 ids"));
    }
    ids.iter().try_for_each(|id| query.resources.require(id))?;
    let chosen = query.resources.load_balancers().filter(|it| is_wanted(&ids, &it.id));
    let load_balancers: Vec<Value> = chosen.map(|it| load_balancer_health(query, it)).collect();
    Ok(with_attributes(json!({ "LoadBalancers": load_balancers }), &Body::new()))
}

fn load_balancer_health(query: &Query<'_>, load_balancer: &LoadBalancer) -> Value {
    let wanted = query.parameters.strings("ListenerIds");
    let listeners = load_balancer.listeners.iter().filter(|it| is_wanted(&wanted, &it.id));
    json!({
        "LoadBalancerId": load_balancer.id,
        "LoadBalancerName": load_balancer.name(),
        "Listeners": listeners.map(|it| listener_health(query, it)).collect::<Vec<_>>(),
    })
}

/// A listener of layer 4 has one rule with empty fields.
fn listener_health(query: &Query<'_>, listener: &Listener) -> Value {
    let wanted = query.parameters.strings("LocationIds");
    let routes = listener.routes().into_iter().filter(|it| it.rule.is_empty() || is_wanted(&wanted, it.rule));
    json!({
        "ListenerId": listener.id,
        "ListenerName": listener.attributes.get("ListenerName").unwrap_or(&json!(listener.id)),
        "Protocol": listener.protocol,
        "Port": listener.port,
        "Rules": routes.map(|it| route_health(query, it)).collect::<Vec<_>>(),
    })
}

fn route_health(query: &Query<'_>, route: Route<'_>) -> Value {
    json!({
        "LocationId": route.rule,
        "Domain": route.domain,
        "Url": route.url,
        "RuleId": "",
        "Targets": targets_health(query, route.backends, checks_are_on(route.attributes)),
    })
}

fn targets_health(query: &Query<'_>, backends: &Backends, checks_are_on: bool) -> Vec<Value> {
    let own = backends.targets.iter().map(|target| (target, ""));
    let groups = backends.groups.iter().filter_map(|(id, _)| query.resources.target_group(id));
    let shared =
        groups.flat_map(|group| group.instances.targets.iter().map(|target| (target, group.id.as_str())));
    own.chain(shared).map(|(target, group)| target_health(query, target, group, checks_are_on)).collect()
}

fn target_health(query: &Query<'_>, target: &Target, group: &str, checks_are_on: bool) -> Value {
    let detail = if checks_are_on { query.health.detail(target, query.unix) } else { "Close" };
    json!({
        "IP": target.address(),
        "Port": target.port,
        "HealthStatus": detail == "Alive",
        "TargetId": if target.is_instance() { target.name.as_str() } else { "" },
        "HealthStatusDetail": detail,
        "TargetGroupId": group,
        "Weight": target.weight,
    })
}

fn checks_are_on(attributes: &Body) -> bool {
    health_check(attributes)["HealthSwitch"] != json!(0)
}
