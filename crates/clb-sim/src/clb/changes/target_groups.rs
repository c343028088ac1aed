//! Target groups, their instances and associations.

use serde_json::json;

use super::targets::{set_port_of, set_weight_of, targets};
use super::{Body, Change, body, set_attributes};
use crate::api_error::ApiError;
use crate::clb::listener_path::ListenerPath;
use crate::clb::resources::{Backends, LoadBalancer, Resources, TargetGroup, new_id};
use crate::parameters::Parameters;

/// The parameters that `DescribeTargetGroups` returns under the same names.
const ATTRIBUTES: [&str; 11] = [
    "TargetGroupName",
    "VpcId",
    "Port",
    "Protocol",
    "HealthCheck",
    "ScheduleAlgorithm",
    "Weight",
    "FullListenSwitch",
    "KeepaliveEnable",
    "SessionExpireTime",
    "IpVersion",
];

pub(super) fn create(change: &mut Change<'_>) -> Result<Body, ApiError> {
    let mut group = TargetGroup::new(new_id("lbtg"), Some(change.unix));
    set_attributes(&mut group.attributes, change.parameters, &ATTRIBUTES);
    if let Some(kind) = change.parameters.get("Type") {
        group.attributes.insert("TargetGroupType".to_owned(), kind.clone());
    }
    if let Some(tags) = change.parameters.get("Tags") {
        group.attributes.insert("Tag".to_owned(), tags.clone());
    }
    group.instances.add_all(targets(change.parameters)?);
    let id = group.id.clone();
    change.resources.add_target_group(group);
    Ok(body([("TargetGroupId", json!(id))]))
}

pub(super) fn modify(change: &mut Change<'_>) -> Result<Body, ApiError> {
    let parameters = change.parameters;
    set_attributes(&mut group(change)?.attributes, parameters, &ATTRIBUTES);
    Ok(Body::new())
}

pub(super) fn delete(change: &mut Change<'_>) -> Result<Body, ApiError> {
    for id in change.parameters.strings("TargetGroupIds") {
        if is_associated(change.resources, id) {
            let message = format!("`{id}` is associated with a listener or rule");
            return Err(ApiError::new("ResourceInUse", message));
        }
        change.resources.delete(id)?;
    }
    Ok(Body::new())
}

pub(super) fn register(change: &mut Change<'_>) -> Result<Body, ApiError> {
    let targets = targets(change.parameters)?;
    let instances = &mut group(change)?.instances;
    instances.add_all(targets);
    Ok(Body::new())
}

pub(super) fn deregister(change: &mut Change<'_>) -> Result<Body, ApiError> {
    let targets = targets(change.parameters)?;
    let instances = &mut group(change)?.instances;
    instances.remove_all(&targets);
    Ok(Body::new())
}

pub(super) fn set_weight(change: &mut Change<'_>) -> Result<Body, ApiError> {
    let targets = targets(change.parameters)?;
    let is_strict = change.resources.is_strict;
    let instances = &mut group(change)?.instances;
    targets.iter().try_for_each(|target| set_weight_of(instances, target, is_strict))?;
    Ok(Body::new())
}

pub(super) fn set_port(change: &mut Change<'_>) -> Result<Body, ApiError> {
    let targets = targets(change.parameters)?;
    let new = |fields: Parameters<'_>| fields.integer("NewPort");
    let ports: Vec<_> = change.parameters.structures("TargetGroupInstances").map(new).collect();
    let is_strict = change.resources.is_strict;
    let instances = &mut group(change)?.instances;
    for (target, port) in targets.into_iter().zip(ports) {
        let port = port.ok_or_else(|| ApiError::missing_parameter("TargetGroupInstances.0.NewPort"))?;
        set_port_of(instances, &target, port, is_strict)?;
    }
    Ok(Body::new())
}

pub(super) fn associate(change: &mut Change<'_>) -> Result<Body, ApiError> {
    for association in change.parameters.structures("Associations") {
        let id = association.string("TargetGroupId").unwrap_or_default();
        change.resources.target_group_mut(id)?;
        let groups = &mut ListenerPath::of(association).backends(change.resources)?.groups;
        groups.retain(|(known, _)| known != id);
        groups.push((id.to_owned(), association.integer("Weight").unwrap_or(10)));
    }
    Ok(Body::new())
}

pub(super) fn disassociate(change: &mut Change<'_>) -> Result<Body, ApiError> {
    for association in change.parameters.structures("Associations") {
        let id = association.string("TargetGroupId").unwrap_or_default();
        change.resources.target_group_mut(id)?;
        let backends: &mut Backends = ListenerPath::of(association).backends(change.resources)?;
        backends.groups.retain(|(known, _)| known != id);
    }
    Ok(Body::new())
}

fn group<'a>(change: &'a mut Change<'_>) -> Result<&'a mut TargetGroup, ApiError> {
    change.resources.target_group_mut(change.parameters.string("TargetGroupId").unwrap_or_default())
}

fn is_associated(resources: &Resources, id: &str) -> bool {
    let mut backends = resources.load_balancers().flat_map(LoadBalancer::backends);
    backends.any(|backends| backends.groups.iter().any(|(group, _)| group == id))
}
