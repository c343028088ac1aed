//! A plan keeps what is configured and sets what is computed.

use super::part::Part;
use super::{NULL, Violations};
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
    let mut violations = Violations::new(schema, INVALID_PLAN);
    object(&mut violations, schema.into(), Part { prior, config, planned }, &AttributePath::root());
    violations.found.into_result()
}

/// Holds an opened ephemeral resource to its configuration: the rules are those of a creation's plan.
pub(in super::super) fn opened(schema: &Schema, config: &Value, state: &Value) -> Result<(), Diagnostics> {
    let mut violations = Violations::new(schema, "Provider produced invalid ephemeral resource instance");
    let part = Part { prior: &NULL, config, planned: state };
    object(&mut violations, schema.into(), part, &AttributePath::root());
    if let Some(path) = state.first_unknown() {
        violations.report(&path, "The result is unknown", &[]);
    }
    violations.found.into_result()
}

/// Holds what a data source has read to its configuration, by the rules of a creation's plan. Terraform lets such a result pass, and
/// shows people a data source that is not what they wrote.
pub(in super::super) fn repeated(schema: &Schema, config: &Value, state: &Value) -> Result<(), Diagnostics> {
    let mut violations = Violations::new(schema, "Provider contradicts the configuration of a data source");
    let part = Part { prior: &NULL, config, planned: state };
    object(&mut violations, schema.into(), part, &AttributePath::root());
    violations.found.into_result()
}

/// Holds the paths that require replacement to the schema.
pub(in super::super) fn replacements(
    schema: &Schema,
    ty: &Type,
    paths: &[AttributePath],
) -> Result<(), Diagnostics> {
    let mut violations = Violations::new(schema, INVALID_PLAN);
    for path in paths.iter().filter(|path| !exists(ty, path.steps())) {
        violations.report(path, "Replacement is required because of an attribute that does not exist", &[]);
    }
    violations.found.into_result()
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

fn object(violations: &mut Violations<'_>, body: Body<'_>, part: Part<'_>, path: &AttributePath) {
    match (part.config.is_null(), part.planned.is_null()) {
        (false, true) => violations.report(path, "It is configured and not there", &[]),
        (true, false) => violations.report(path, "It is there and not configured", &[]),
        (true, true) => {}
        (false, false) => {
            attributes(violations, body, part, path);
            for nested in body.blocks {
                let step = Step::Attribute(nested.name.clone());
                block(violations, nested, part.at(&step), &path.clone().step(step));
            }
        }
    }
}

fn attributes(violations: &mut Violations<'_>, body: Body<'_>, part: Part<'_>, path: &AttributePath) {
    for each in body.attributes {
        let step = Step::Attribute(each.name.clone());
        attribute(violations, each, part.at(&step), &path.clone().step(step));
    }
}

fn attribute(violations: &mut Violations<'_>, attribute: &Attribute, part: Part<'_>, path: &AttributePath) {
    if attribute.write_only {
        if !part.planned.is_null() {
            violations.report(path, "A write-only value is null in the plan", &[]);
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
            violations.report(path, what, &part.values());
        }
        AttributeKind::Nested(_, attributes) if !part.planned.is_null() && !part.planned.is_unknown() => {
            let body = Body { attributes, blocks: &[] };
            for (part, path) in counterparts(violations, part, path) {
                self::attributes(violations, body, part, &path);
            }
        }
        _ => violations.report(path, "It is not as configured", &part.values()),
    }
}

fn block(violations: &mut Violations<'_>, nested: &NestedBlock, part: Part<'_>, path: &AttributePath) {
    let body = Body::from(&nested.block);
    if part.planned.is_null() && nested.nesting != BlockNesting::Single {
        return violations.report(path, "Blocks that are not there are empty, not null", &[]);
    }
    if part.is_as_configured() {
        return;
    }
    if part.config.is_unknown() || part.planned.is_unknown() {
        return violations.report(path, "It is not as configured", &part.values());
    }
    match nested.nesting {
        // Elements have no counterparts, so that Terraform trusts the provider.
        BlockNesting::Set => {}
        BlockNesting::Single | BlockNesting::Group => object(violations, body, part, path),
        BlockNesting::List | BlockNesting::Map => {
            for (part, path) in counterparts(violations, part, path) {
                object(violations, body, part, &path);
            }
        }
    }
}

/// The objects of a nested value, beside those that are configured: as many as these, and under the same keys. The elements of
/// a set have no counterparts.
fn counterparts<'a>(
    violations: &mut Violations<'_>,
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
        violations.report(path, "It has other elements than configured", &part.values());
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
