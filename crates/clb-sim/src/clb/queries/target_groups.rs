//! `DescribeTargetGroups`, `DescribeTargetGroupList` and `DescribeTargetGroupInstances`.

use serde_json::{Value, json};

use super::targets::target_fields;
use super::{Query, is_wanted, time, with_attributes};
use crate::api_error::ApiError;
use crate::clb::changes::Body;
use crate::clb::resources::{Listener, LoadBalancer, Resources, Route, Target, TargetGroup};

/// `DescribeTargetGroups` shows associations with load balancers, `DescribeTargetGroupList` does not.
pub(super) fn describe(query: &mut Query<'_>, shows_associations: bool) -> Result<Body, ApiError> {
    let ids = query.parameters.strings("TargetGroupIds");
    query.resources.mention(&ids);
    let filters = query.filter_values(&["TargetGroupName", "VpcId", "TargetGroupVpcId"])?;
    let groups = query.resources.target_groups().filter(|group| is_wanted(&ids, &group.id));
    let fields = groups.map(|group| fields(group, query.resources, shows_associations));
    let is_chosen = |fields: &Value| {
        filters.iter().all(|(name, values)| {
            let name = if name.ends_with("VpcId") { "VpcId" } else { name };
            is_wanted(values, fields[name].as_str().unwrap_or_default())
        })
    };
    query.page("TargetGroupSet", fields.filter(is_chosen).collect(), 100)
}

pub(super) fn describe_instances(query: &mut Query<'_>) -> Result<Body, ApiError> {
    let filters = query.filter_values(&["TargetGroupId", "InstanceId"])?;
    let values = |wanted: &str| {
        let filters = filters.iter().filter(|(name, _)| *name == wanted);
        filters.flat_map(|(_, values)| values.iter().copied()).collect::<Vec<_>>()
    };
    let (ids, names) = (values("TargetGroupId"), values("InstanceId"));
    ids.iter().try_for_each(|id| query.resources.require(id))?;
    let groups = query.resources.target_groups().filter(|group| is_wanted(&ids, &group.id));
    let instances =
        groups.flat_map(|group| group.instances.targets.iter().map(move |target| (group, target)));
    let chosen = instances.filter(|(_, target)| is_wanted(&names, &target.name));
    let fields = chosen.map(|(group, target)| instance_fields(group, target)).collect();
    let mut body = query.page("TargetGroupInstanceSet", fields, 100)?;
    if let Some(total) = body.get("TotalCount").cloned() {
        body.insert("RealCount".to_owned(), total);
    }
    Ok(body)
}

fn instance_fields(group: &TargetGroup, target: &Target) -> Value {
    let mut fields = target_fields(target);
    fields["TargetGroupId"] = json!(group.id);
    fields
}

fn fields(group: &TargetGroup, resources: &Resources, shows_associations: bool) -> Value {
    let associations = if shows_associations { associations(group, resources) } else { Vec::new() };
    let defaults = json!({
        "TargetGroupId": group.id,
        "TargetGroupName": group.id,
        "TargetGroupType": "v1",
        "VpcId": "",
        "Port": 0,
        "Protocol": null,
        "CreatedTime": time(group.created),
        "UpdatedTime": time(group.created),
        "AssociatedRuleCount": associations.len(),
        "AssociatedRule": associations,
        "RegisteredInstancesCount": group.instances.targets.len(),
    });
    Value::Object(with_attributes(defaults, &group.attributes))
}

fn associations(group: &TargetGroup, resources: &Resources) -> Vec<Value> {
    let listeners =
        resources.load_balancers().flat_map(|it| it.listeners.iter().map(move |listener| (it, listener)));
    let routes = listeners
        .flat_map(|(it, listener)| listener.routes().into_iter().map(move |route| (it, listener, route)));
    let weights = routes.flat_map(|(it, listener, route)| {
        let own = route.backends.groups.iter().filter(|(id, _)| *id == group.id);
        own.map(move |(_, weight)| association(it, listener, route, *weight))
    });
    weights.collect()
}

fn association(load_balancer: &LoadBalancer, listener: &Listener, route: Route<'_>, weight: i64) -> Value {
    json!({
        "LoadBalancerId": load_balancer.id,
        "LoadBalancerName": load_balancer.name(),
        "ListenerId": listener.id,
        "Protocol": listener.protocol,
        "Port": listener.port,
        "LocationId": route.rule,
        "Domain": route.domain,
        "Url": route.url,
        "Weight": weight,
    })
}
