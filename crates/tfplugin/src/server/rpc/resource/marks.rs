//! What a schema says about a plan: defaults, values that are known only after the change, and replacement.

use crate::schema::{Attribute, Body, Parts, Schema, change_objects};
use crate::{AttributePath, Plan, Value};

/// Fills in defaults, and if anything changes, makes those computed values unknown that the change may touch.
pub(super) fn prepare(schema: &Schema, plan: &mut Plan<Value>) {
    let Some(planned) = &mut plan.planned else { return };
    change_objects(planned, plan.config.as_ref(), &mut |parts, config| {
        defaults(schema.into(), parts, config);
    });
    if plan.prior.as_ref() == Some(planned) {
        return;
    }
    let updating = plan.prior.is_some();
    let mut mark =
        |parts: &mut Parts, config: Option<&Parts>| unknowns(schema.into(), parts, config, updating);
    change_objects(planned, plan.config.as_ref(), &mut mark);
}

fn defaults(body: Body<'_>, parts: &mut Parts, config: Option<&Parts>) {
    for attribute in body.attributes {
        if let Some(default) = attribute.default.as_ref().filter(|_| is_left_out(attribute, config)) {
            parts.insert(attribute.name.clone(), default.clone());
        }
    }
    for (name, _, body) in body.nested() {
        let config = config.and_then(|config| config.get(name));
        if let Some(part) = parts.get_mut(name) {
            change_objects(part, config, &mut |parts, config| defaults(body, parts, config));
        }
    }
}

fn unknowns(body: Body<'_>, parts: &mut Parts, config: Option<&Parts>, updating: bool) {
    let computed = |attribute: &&Attribute| {
        attribute.computed && attribute.default.is_none() && is_left_out(attribute, config)
    };
    for attribute in body.attributes.iter().filter(computed) {
        let part = parts.entry(attribute.name.clone()).or_default();
        let kept = attribute.keep && updating && !part.is_null();
        if !kept {
            *part = Value::UNKNOWN;
        }
    }
    for (name, attribute, body) in body.nested() {
        let config = config.and_then(|config| config.get(name));
        // What the provider computes as a whole has been dealt with as a whole.
        if attribute.is_some_and(|attribute| attribute.computed) && config.is_none_or(Value::is_null) {
            continue;
        }
        if let Some(part) = parts.get_mut(name) {
            change_objects(part, config, &mut |parts, config| unknowns(body, parts, config, updating));
        }
    }
}

fn is_left_out(attribute: &Attribute, config: Option<&Parts>) -> bool {
    config.and_then(|config| config.get(&attribute.name)).is_none_or(Value::is_null)
}

/// Adds the attributes whose change replaces the object.
pub(super) fn replacements(
    schema: &Schema,
    prior: Option<&Value>,
    planned: &Value,
    found: &mut Vec<AttributePath>,
) {
    let (Some(Value::Object(prior)), Value::Object(planned)) = (prior, planned) else {
        // What is created or deleted replaces nothing.
        return found.clear();
    };
    differing(schema.into(), prior, planned, &AttributePath::root(), found);
    found.sort_unstable();
    found.dedup();
}

fn differing(
    body: Body<'_>,
    prior: &Parts,
    planned: &Parts,
    path: &AttributePath,
    found: &mut Vec<AttributePath>,
) {
    for attribute in body.attributes.iter().filter(|attribute| attribute.replace) {
        if prior.get(&attribute.name) != planned.get(&attribute.name) {
            found.push(path.clone().attribute(&attribute.name));
        }
    }
    for (name, _, body) in body.nested() {
        if let (Some(prior), Some(planned)) = (prior.get(name), planned.get(name)) {
            differing_objects(body, prior, planned, &path.clone().attribute(name), found);
        }
    }
}

fn differing_objects(
    body: Body<'_>,
    prior: &Value,
    planned: &Value,
    path: &AttributePath,
    found: &mut Vec<AttributePath>,
) {
    match (prior, planned) {
        (Value::Object(prior), Value::Object(planned)) => differing(body, prior, planned, path, found),
        (Value::List(prior), Value::List(planned)) if prior.len() == planned.len() => {
            for (index, (prior, planned)) in prior.iter().zip(planned).enumerate() {
                differing_objects(body, prior, planned, &path.clone().index(index), found);
            }
        }
        (Value::Map(prior), Value::Map(planned)) if prior.keys().eq(planned.keys()) => {
            for ((key, prior), planned) in prior.iter().zip(planned.values()) {
                differing_objects(body, prior, planned, &path.clone().key(key), found);
            }
        }
        // Objects that came or went have no counterpart: the whole is what has changed.
        _ if prior != planned && body.find(&|attribute| attribute.replace).is_some() => {
            found.push(path.clone());
        }
        _ => {}
    }
}
