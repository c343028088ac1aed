//! A plan keeps what is configured and sets what is computed.

use super::part::Part;
use super::{Held, NULL};
use crate::path::Step;
use crate::schema::{Attribute, AttributeKind, BlockNesting, Body, NestedBlock, Schema};
use crate::{AttributePath, Diagnostics, Type, Value};

const INVALID_PLAN: &str = "Provider produced invalid plan";

/// Holds a plan to the configuration.
pub(in super::super) fn planned(
    schema: &Schema,
    prior: &Value,
    config: &Value,
    planned: &Value,
) -> Result<(), Diagnostics> {
    let mut held = Held::new(schema, INVALID_PLAN);
    object(&mut held, schema.into(), Part { prior, config, planned }, &AttributePath::root());
    held.found.into_result()
}

/// Holds an opened ephemeral resource to its configuration: the rules are those of a creation's plan.
pub(in super::super) fn opened(schema: &Schema, config: &Value, state: &Value) -> Result<(), Diagnostics> {
    let mut held = Held::new(schema, "Provider produced invalid ephemeral resource instance");
    let part = Part { prior: &NULL, config, planned: state };
    object(&mut held, schema.into(), part, &AttributePath::root());
    if let Some(path) = state.first_unknown() {
        held.refuse(&path, "The result is unknown", &[]);
    }
    held.found.into_result()
}

/// Holds the paths that require replacement to the schema.
pub(in super::super) fn replacements(
    schema: &Schema,
    ty: &Type,
    paths: &[AttributePath],
) -> Result<(), Diagnostics> {
    let mut held = Held::new(schema, INVALID_PLAN);
    for path in paths.iter().filter(|path| !exists(ty, path.steps())) {
        held.refuse(path, "Replacement is required because of an attribute that does not exist", &[]);
    }
    held.found.into_result()
}

fn exists(ty: &Type, steps: &[Step]) -> bool {
    let [step, rest @ ..] = steps else { return true };
    match (ty, step) {
        (Type::Object(parts), Step::Attribute(name)) => parts.get(name).is_some_and(|ty| exists(ty, rest)),
        (Type::List(of), Step::Index(_)) | (Type::Map(of), Step::Key(_)) => exists(of, rest),
        (Type::Tuple(of), Step::Index(index)) => of.get(*index).is_some_and(|ty| exists(ty, rest)),
        (Type::Dynamic, _) => true,
        _ => false,
    }
}

fn object(held: &mut Held<'_>, body: Body<'_>, part: Part<'_>, path: &AttributePath) {
    match (part.config.is_null(), part.planned.is_null()) {
        (false, true) => held.refuse(path, "It is configured and not there", &[]),
        (true, false) => held.refuse(path, "It is there and not configured", &[]),
        (true, true) => {}
        (false, false) => {
            attributes(held, body, part, path);
            for nested in body.blocks {
                let step = Step::Attribute(nested.name.clone());
                block(held, nested, part.at(&step), &path.clone().step(step));
            }
        }
    }
}

fn attributes(held: &mut Held<'_>, body: Body<'_>, part: Part<'_>, path: &AttributePath) {
    for each in body.attributes {
        let step = Step::Attribute(each.name.clone());
        attribute(held, each, part.at(&step), &path.clone().step(step));
    }
}

fn attribute(held: &mut Held<'_>, attribute: &Attribute, part: Part<'_>, path: &AttributePath) {
    if attribute.write_only {
        if !part.planned.is_null() {
            held.refuse(path, "A write-only value is null in the plan", &[]);
        }
        return;
    }
    let is_configured = !part.config.is_null();
    let is_the_providers = attribute.computed && !(attribute.optional && is_configured);
    if part.is_as_configured() || part.is_kept() || is_the_providers {
        return;
    }
    match &attribute.kind {
        _ if !is_configured => {
            let what = "It is set though it is not computed";
            held.refuse(path, what, &part.values());
        }
        AttributeKind::Nested(_, attributes) if !part.planned.is_null() && !part.planned.is_unknown() => {
            let body = Body { attributes, blocks: &[] };
            for (part, path) in counterparts(held, part, path) {
                self::attributes(held, body, part, &path);
            }
        }
        _ => held.refuse(path, "It is not as configured", &part.values()),
    }
}

fn block(held: &mut Held<'_>, nested: &NestedBlock, part: Part<'_>, path: &AttributePath) {
    let body = Body::from(&nested.block);
    if part.planned.is_null() && nested.nesting != BlockNesting::Single {
        return held.refuse(path, "Blocks that are not there are empty, not null", &[]);
    }
    if part.is_as_configured() {
        return;
    }
    if part.config.is_unknown() || part.planned.is_unknown() {
        return held.refuse(path, "It is not as configured", &part.values());
    }
    match nested.nesting {
        // Elements have no counterparts, so that Terraform trusts the provider.
        BlockNesting::Set => {}
        BlockNesting::Single | BlockNesting::Group => object(held, body, part, path),
        BlockNesting::List | BlockNesting::Map => {
            for (part, path) in counterparts(held, part, path) {
                object(held, body, part, &path);
            }
        }
    }
}

/// The objects of a nested value, beside those that are configured: as many as these, and under the same keys. The elements of
/// a set have no counterparts.
fn counterparts<'a>(
    held: &mut Held<'_>,
    part: Part<'a>,
    path: &AttributePath,
) -> Vec<(Part<'a>, AttributePath)> {
    let (steps, is_complete): (Vec<_>, _) = match (part.planned, part.config) {
        (Value::Object(_), _) => return vec![(part, path.clone())],
        (Value::List(planned), Value::List(config)) => {
            ((0..planned.len()).map(Step::Index).collect(), planned.len() == config.len())
        }
        (Value::Map(planned), Value::Map(config)) => {
            (planned.keys().cloned().map(Step::Key).collect(), planned.keys().eq(config.keys()))
        }
        (Value::Set(planned), Value::Set(config)) => (Vec::new(), may_be_as_many(planned, config)),
        (Value::Set(_), Value::Unknown(_)) => (Vec::new(), true),
        _ => (Vec::new(), false),
    };
    if !is_complete {
        held.refuse(path, "It has other elements than configured", &part.values());
        return Vec::new();
    }
    steps.into_iter().map(|step| (part.at(&step), path.clone().step(step))).collect()
}

/// Elements that are not known yet may turn out to be the same.
fn may_be_as_many(planned: &[Value], config: &[Value]) -> bool {
    let least = |set: &[Value]| {
        let known = set.iter().all(Value::is_wholly_known);
        if known { set.len() } else { set.len().min(1) }
    };
    least(planned) <= config.len() && least(config) <= planned.len()
}
