//! `DescribeLoadBalancers`.

use serde_json::{Value, json};

use super::{Query, is_wanted, time, with_attributes};
use crate::api_error::ApiError;
use crate::clb::changes::Body;
use crate::clb::resources::LoadBalancer;

const SUPPORTED: [&str; 7] =
    ["LoadBalancerIds", "LoadBalancerType", "LoadBalancerName", "VpcId", "Forward", "Offset", "Limit"];

pub(super) fn describe(query: &mut Query<'_>) -> Result<Body, ApiError> {
    query.reject_unsupported(&SUPPORTED)?;
    let ids = query.parameters.strings("LoadBalancerIds");
    query.resources.mention(&ids);
    let chosen = query.resources.load_balancers().filter(|it| is_wanted(&ids, &it.id));
    let load_balancers = chosen.map(fields).filter(|fields| is_chosen(query, fields)).map(Value::Object);
    query.page("LoadBalancerSet", load_balancers.collect(), 100)
}

fn is_chosen(query: &Query<'_>, fields: &Body) -> bool {
    ["LoadBalancerType", "LoadBalancerName", "VpcId", "Forward"]
        .into_iter()
        .all(|name| query.parameters.get(name).is_none_or(|wanted| fields.get(name) == Some(wanted)))
}

fn fields(load_balancer: &LoadBalancer) -> Body {
    let targets = load_balancer.backends().map(|backends| backends.targets.len()).sum::<usize>();
    let defaults = json!({
        "LoadBalancerId": load_balancer.id,
        "LoadBalancerName": load_balancer.id,
        "LoadBalancerType": "OPEN",
        "Forward": 1,
        "Domain": "",
        "LoadBalancerVips": [address(&load_balancer.id)],
        "Status": u8::from(load_balancer.is_created),
        "CreateTime": time(load_balancer.created),
        "StatusTime": time(load_balancer.created),
        "ProjectId": 0,
        "VpcId": "",
        "SecureGroups": [],
        "Tags": [],
        "AddressIPVersion": "ipv4",
        "ChargeType": "POSTPAID_BY_HOUR",
        "TargetCount": targets,
    });
    with_attributes(defaults, &load_balancer.attributes)
}

/// An address of the documentation block 203.0.113.0/24, made from the id.
fn address(id: &str) -> String {
    let sum = id.bytes().fold(0_u8, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte));
    format!("203.0.113.{}", sum.clamp(1, 254))
}
