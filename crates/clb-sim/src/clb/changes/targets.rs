//! Targets of listeners and rules.

use serde_json::json;

use super::{Body, Change, body};
use crate::api_error::ApiError;
use crate::clb::listener_path::ListenerPath;
use crate::clb::resources::{Backends, Target};
use crate::parameters::Parameters;

pub(super) fn register(change: &mut Change<'_>) -> Result<Body, ApiError> {
    let targets = targets(change.parameters)?;
    let backends = change.path().backends(change.resources)?;
    backends.add_all(targets);
    Ok(Body::new())
}

pub(super) fn deregister(change: &mut Change<'_>) -> Result<Body, ApiError> {
    let targets = targets(change.parameters)?;
    let backends = change.path().backends(change.resources)?;
    backends.remove_all(&targets);
    Ok(Body::new())
}

pub(super) fn set_weight(change: &mut Change<'_>) -> Result<Body, ApiError> {
    let targets = targets(change.parameters)?;
    let is_strict = change.resources.is_strict;
    let backends = change.path().backends(change.resources)?;
    targets.iter().try_for_each(|target| set_weight_of(backends, target, is_strict))?;
    Ok(Body::new())
}

pub(super) fn set_port(change: &mut Change<'_>) -> Result<Body, ApiError> {
    let targets = targets(change.parameters)?;
    let port = change.parameters.integer("NewPort").unwrap_or_default();
    let is_strict = change.resources.is_strict;
    let backends = change.path().backends(change.resources)?;
    targets.iter().try_for_each(|target| set_port_of(backends, target, port, is_strict))?;
    Ok(Body::new())
}

pub(super) fn register_batch(change: &mut Change<'_>) -> Result<Body, ApiError> {
    batch(change, Backends::add)
}

pub(super) fn deregister_batch(change: &mut Change<'_>) -> Result<Body, ApiError> {
    batch(change, |backends, target| backends.remove_all(&[target]))
}

pub(super) fn set_weights(change: &mut Change<'_>) -> Result<Body, ApiError> {
    let is_strict = change.resources.is_strict;
    for rule in change.parameters.structures("ModifyList") {
        let targets = targets(rule)?;
        let path = ListenerPath::within(change.parameters, rule);
        let backends = path.backends(change.resources)?;
        targets.iter().try_for_each(|target| set_weight_of(backends, target, is_strict))?;
    }
    Ok(Body::new())
}

/// Changes the weight of a target. An unregistered one is registered unless unknown ids are errors.
pub(super) fn set_weight_of(
    backends: &mut Backends,
    target: &Target,
    is_strict: bool,
) -> Result<(), ApiError> {
    find(backends, target, is_strict)?.weight = target.weight;
    Ok(())
}

/// Changes the port of a target. An unregistered one is registered unless unknown ids are errors.
pub(super) fn set_port_of(
    backends: &mut Backends,
    target: &Target,
    port: i64,
    is_strict: bool,
) -> Result<(), ApiError> {
    find(backends, target, is_strict)?.port = port;
    Ok(())
}

/// The targets of a call. `Weight` beside the list is for those without a weight of their own.
pub(super) fn targets(fields: Parameters<'_>) -> Result<Vec<Target>, ApiError> {
    let name = if fields.get("TargetGroupInstances").is_some() { "TargetGroupInstances" } else { "Targets" };
    let weight = fields.integer("Weight");
    let targets = fields.structures(name).map(|target| Target::read(target, weight));
    targets.enumerate().map(|(index, target)| checked(target, &format!("{name}.{index}"))).collect()
}

fn checked(target: Target, path: &str) -> Result<Target, ApiError> {
    if target.name.is_empty() {
        return Err(ApiError::missing_parameter(&format!("{path}.InstanceId")));
    }
    let is_valid = (0..=100).contains(&target.weight) && (1..=65_535).contains(&target.port);
    let range =
        || ApiError::new("InvalidParameterValue.Range", "weights are from 0 to 100, ports from 1 to 65535");
    if is_valid { Ok(target) } else { Err(range()) }
}

fn find<'a>(
    backends: &'a mut Backends,
    target: &Target,
    is_strict: bool,
) -> Result<&'a mut Target, ApiError> {
    if !is_strict {
        let unregistered = backends.find_mut(target).is_none();
        if unregistered {
            backends.add(target.clone());
        }
    }
    let message = || format!("`{}` port {} is not registered", target.name, target.port);
    backends.find_mut(target).ok_or_else(|| ApiError::new("InvalidParameter", message()))
}

/// Changes targets of several listeners; the response lists the listeners for which it did not work.
fn batch(change: &mut Change<'_>, apply: impl Fn(&mut Backends, Target)) -> Result<Body, ApiError> {
    let mut failed = Vec::new();
    for (index, fields) in change.parameters.structures("Targets").enumerate() {
        let target = checked(Target::read(fields, None), &format!("Targets.{index}"))?;
        let path = ListenerPath::within(change.parameters, fields);
        match path.backends(change.resources) {
            Ok(backends) => apply(backends, target),
            Err(_) if failed.contains(&path.listener) => {}
            Err(_) => failed.push(path.listener),
        }
    }
    let message = if failed.is_empty() { "" } else { "some listeners do not exist" };
    Ok(body([("FailListenerIdSet", json!(failed)), ("Message", json!(message))]))
}
