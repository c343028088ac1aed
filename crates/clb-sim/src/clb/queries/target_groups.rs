//! `DescribeTargetGroups`, `DescribeTargetGroupList` and `DescribeTargetGroupInstances`.

use serde_json::{Value, json};

use super::targets::target_fields;
use super::{Query, is_wanted, time, with_attributes};
use crate::api_error::ApiError;
use crate::clb::changes::Body;
use crate::clb::resources::{Resources, TargetGroup};

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
    let values =
        |wanted| filters.iter().filter(move |(name, _)| *name == wanted).flat_map(|(_, values)| values);
    let groups: Vec<String> = values("TargetGroupId").map(|id| (*id).to_owned()).collect();
    let instances: Vec<String> = values("InstanceId").map(|id| (*id).to_owned()).collect();
    groups.iter().try_for_each(|id| query.resources.require(id))?;
    let wanted: Vec<&str> = groups.iter().map(String::as_str).collect();
    let wanted_instances: Vec<&str> = instances.iter().map(String::as_str).collect();
    let groups = query.resources.target_groups().filter(|group| is_wanted(&wanted, &group.id));
    let all: Vec<Value> = groups
        .flat_map(|group| group.instances.targets.iter().map(move |target| (group, target)))
        .filter(|(_, target)| is_wanted(&wanted_instances, &target.name))
        .map(|(group, target)| {
            let mut fields = target_fields(target);
            fields["TargetGroupId"] = json!(group.id);
            fields
        })
        .collect();
    let mut body = query.page("TargetGroupInstanceSet", all, 100)?;
    if let Some(total) = body.get("TotalCount").cloned() {
        body.insert("RealCount".to_owned(), total);
    }
    Ok(body)
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
    let mut associations = Vec::new();
    for load_balancer in resources.load_balancers() {
        for listener in &load_balancer.listeners {
            let own = [("", "", "", &listener.backends)].into_iter();
            let rules = listener
                .rules
                .iter()
                .map(|it| (it.id.as_str(), it.domain.as_str(), it.url.as_str(), &it.backends));
            for (rule, domain, url, backends) in own.chain(rules) {
                let weights = backends.groups.iter().filter(|(id, _)| *id == group.id);
                associations.extend(weights.map(|(_, weight)| {
                    json!({
                        "LoadBalancerId": load_balancer.id, "LoadBalancerName": load_balancer.name(),
                        "ListenerId": listener.id, "Protocol": listener.protocol, "Port": listener.port,
                        "LocationId": rule, "Domain": domain, "Url": url, "Weight": weight,
                    })
                }));
            }
        }
    }
    associations
}
