//! Load balancers.

use serde_json::json;
use uuid::Uuid;

use super::{Body, Change, body, set_attributes};
use crate::api_error::ApiError;
use crate::clb::resources::{LoadBalancer, new_id};

/// The parameters that `DescribeLoadBalancers` returns under the same names.
const ATTRIBUTES: [&str; 13] = [
    "LoadBalancerName",
    "LoadBalancerType",
    "Forward",
    "VpcId",
    "SubnetId",
    "ProjectId",
    "AddressIPVersion",
    "VipIsp",
    "Tags",
    "SnatPro",
    "SlaType",
    "LoadBalancerPassToTarget",
    "Egress",
];

/// At most so many load balancers are created by one call, as documented.
const MOST_AT_ONCE: i64 = 20;

pub(super) fn create(change: &mut Change<'_>) -> Result<Body, ApiError> {
    let kind = change.parameters.string("LoadBalancerType").unwrap_or_default();
    if !["OPEN", "INTERNAL"].contains(&kind) {
        return Err(ApiError::invalid_value("LoadBalancerType", "OPEN or INTERNAL"));
    }
    let number = change.parameters.integer("Number").unwrap_or(1);
    if !(1..=MOST_AT_ONCE).contains(&number) {
        return Err(ApiError::new("InvalidParameterValue.Range", "`Number` is not from 1 to 20"));
    }
    let ids: Vec<String> = (0..number).map(|_| new_id("lb")).collect();
    for id in &ids {
        let mut load_balancer = LoadBalancer::new(id.clone(), Some(change.unix));
        set_attributes(&mut load_balancer.attributes, change.parameters, &ATTRIBUTES);
        change.resources.add_load_balancer(load_balancer);
    }
    let mut response = order();
    response.insert("LoadBalancerIds".to_owned(), json!(ids));
    Ok(response)
}

pub(super) fn delete(change: &mut Change<'_>) -> Result<Body, ApiError> {
    let ids = change.parameters.strings("LoadBalancerIds");
    ids.into_iter().try_for_each(|id| change.resources.delete(id))?;
    Ok(Body::new())
}

pub(super) fn modify(change: &mut Change<'_>) -> Result<Body, ApiError> {
    let parameters = change.parameters;
    let names = ["LoadBalancerName", "TargetRegionInfo", "LoadBalancerPassToTarget", "SnatPro"];
    set_attributes(&mut change.load_balancer()?.attributes, parameters, &names);
    Ok(order())
}

pub(super) fn set_security_groups(change: &mut Change<'_>) -> Result<Body, ApiError> {
    let groups = json!(change.parameters.strings("SecurityGroups"));
    change.load_balancer()?.attributes.insert("SecureGroups".to_owned(), groups);
    Ok(Body::new())
}

pub(super) fn set_project(change: &mut Change<'_>) -> Result<Body, ApiError> {
    let parameters = change.parameters;
    for id in parameters.strings("LoadBalancerIds") {
        let load_balancer = change.resources.load_balancer_mut(id)?;
        set_attributes(&mut load_balancer.attributes, parameters, &["ProjectId"]);
    }
    Ok(Body::new())
}

/// The response of an action that places an order.
pub(super) fn order() -> Body {
    body([("DealName", json!(Uuid::new_v4().simple().to_string()))])
}
