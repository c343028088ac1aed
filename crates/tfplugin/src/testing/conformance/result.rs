//! What an operation leaves behind is known, and as it was planned.

use super::{NULL, Violations};
use crate::path::Step;
use crate::schema::{Attributes, BlockNesting, Body, Schema, change_objects};
use crate::value::refinement::Refinement;
use crate::{AttributePath, Diagnostic, Diagnostics, Type, Value};

const INVALID_OBJECT: &str = "Provider produced invalid object";

/// Holds the state after a change to its plan.
pub(in super::super) fn applied(schema: &Schema, planned: &Value, state: &Value) -> Result<(), Diagnostics> {
    known(schema, state, "Provider returned invalid result object after apply")?;
    stored(schema, state)?;
    let mut violations = Violations::new(schema, "Provider produced inconsistent result after apply");
    let state = with_blocks(schema, planned, state.clone());
    let mut differences = Vec::new();
    compare(planned, &state, &AttributePath::root(), &mut differences);
    for Difference { path, planned, state } in differences {
        violations.report(&path, "It is not as planned", &[("planned", planned), ("now", state)]);
    }
    violations.found.into_result()
}

/// Holds a state to what can be stored at all.
pub(in super::super) fn stored(schema: &Schema, state: &Value) -> Result<(), Diagnostics> {
    known(schema, state, INVALID_OBJECT)?;
    let mut violations = Violations::new(schema, INVALID_OBJECT);
    if let Value::Object(parts) = state {
        violations.body.visit(parts, &AttributePath::root(), &mut |attribute, value, path| {
            if attribute.write_only && !value.is_null() {
                violations.report(path, "A write-only value is null in the state", &[]);
            }
        });
    }
    violations.found.into_result()
}

/// Holds the plan that is made when everything is known to the one before: what was known stays.
pub(in super::super) fn final_plan(
    schema: &Schema,
    planned: &Value,
    last: &Value,
) -> Result<(), Diagnostics> {
    let mut violations = Violations::new(schema, "Provider produced inconsistent final plan");
    let mut differences = Vec::new();
    compare(planned, last, &AttributePath::root(), &mut differences);
    for Difference { path, planned, state } in differences {
        let what = "It was planned otherwise while something was unknown";
        violations.report(&path, what, &[("planned", planned), ("now", state)]);
    }
    violations.found.into_result()
}

/// Holds what a data source has read.
pub(in super::super) fn found(schema: &Schema, state: &Value) -> Result<(), Diagnostics> {
    if state.is_null() {
        let detail = "What a data source reads is an object, or an error.";
        return Err(Diagnostic::error("Provider produced null object", detail).into());
    }
    known(schema, state, INVALID_OBJECT)
}

fn known(schema: &Schema, state: &Value, summary: &'static str) -> Result<(), Diagnostics> {
    let mut violations = Violations::new(schema, summary);
    if let Some(path) = state.first_unknown() {
        violations.report(&path, "The result is unknown", &[]);
    }
    violations.found.into_result()
}

/// Terraform takes null for what it planned of list, set and map blocks.
fn with_blocks(schema: &Schema, planned: &Value, mut state: Value) -> Value {
    change_objects(&mut state, Some(planned), &mut |parts, planned| restore(schema.into(), parts, planned));
    state
}

fn restore(body: Body<'_>, parts: &mut Attributes, planned: Option<&Attributes>) {
    for nested in body.blocks {
        let planned = planned.and_then(|planned| planned.get(&nested.name));
        let Some(part) = parts.get_mut(&nested.name) else { continue };
        let is_collection = !matches!(nested.nesting, BlockNesting::Single | BlockNesting::Group);
        if is_collection && part.is_null() {
            *part = planned.unwrap_or(&NULL).clone();
        }
        let body = Body::from(&nested.block);
        change_objects(part, planned, &mut |parts, planned| restore(body, parts, planned));
    }
}

/// Where a state is not what was planned.
struct Difference<'a> {
    path: AttributePath,
    planned: &'a Value,
    state: &'a Value,
}

fn compare<'a>(planned: &'a Value, state: &'a Value, path: &AttributePath, found: &mut Vec<Difference<'a>>) {
    let mut each = |pairs: Vec<(Step, &'a Value, &'a Value)>| {
        for (step, planned, state) in pairs {
            compare(planned, state, &path.clone().step(step), found);
        }
        true
    };
    let agree = match (planned, state) {
        (Value::Unknown(certain), state) => certain.as_deref().is_none_or(|certain| admits(certain, state)),
        (Value::Dynamic(planned), Value::Dynamic(state)) => {
            compare(&planned.1, &state.1, path, found);
            planned.0 == Type::Dynamic || planned.0 == state.0 || planned.1.is_unknown()
        }
        (Value::List(planned), Value::List(state)) | (Value::Tuple(planned), Value::Tuple(state))
            if planned.len() == state.len() =>
        {
            let steps = (0..planned.len()).map(Step::Index);
            each(
                steps
                    .zip(planned)
                    .zip(state)
                    .map(|((step, planned), state)| (step, planned, state))
                    .collect(),
            )
        }
        (Value::Map(planned), Value::Map(state)) if planned.keys().eq(state.keys()) => {
            each(beside(planned, state, Step::Key))
        }
        (Value::Object(planned), Value::Object(state)) if planned.keys().eq(state.keys()) => {
            each(beside(planned, state, Step::Attribute))
        }
        (Value::Set(planned), Value::Set(state)) => correlate(planned, state),
        (planned, state) => planned == state,
    };
    if !agree {
        found.push(Difference { path: path.clone(), planned, state });
    }
}

fn beside<'a>(
    planned: &'a Attributes,
    state: &'a Attributes,
    step: fn(String) -> Step,
) -> Vec<(Step, &'a Value, &'a Value)> {
    planned
        .iter()
        .zip(state.values())
        .map(|((name, planned), state)| (step(name.clone()), planned, state))
        .collect()
}

/// Whether each element has one like it on the other side. There may be fewer, when unknown ones turn out to be equal.
fn correlate(planned: &[Value], state: &[Value]) -> bool {
    let alike = |planned: &Value, state: &Value| {
        let mut found = Vec::new();
        compare(planned, state, &AttributePath::root(), &mut found);
        found.is_empty()
    };
    state.len() <= planned.len()
        && planned.iter().all(|planned| state.iter().any(|state| alike(planned, state)))
        && state.iter().all(|state| planned.iter().any(|planned| alike(planned, state)))
}

/// Whether the value is one of those that were still possible.
fn admits(certain: &Refinement, value: &Value) -> bool {
    let long_enough = |length: usize| {
        let length = length as u64;
        certain.min_length.is_none_or(|min| min <= length)
            && certain.max_length.is_none_or(|max| length <= max)
    };
    match value.plain() {
        Value::Null => certain.null != Some(false),
        _ if certain.null == Some(true) => false,
        Value::String(text) => certain.prefix.as_deref().is_none_or(|prefix| text.starts_with(prefix)),
        Value::Number(number) => {
            certain.lower.as_ref().is_none_or(|(lower, equal)| number > lower || *equal && number == lower)
                && certain
                    .upper
                    .as_ref()
                    .is_none_or(|(upper, equal)| number < upper || *equal && number == upper)
        }
        Value::List(elements) | Value::Set(elements) => long_enough(elements.len()),
        Value::Map(parts) => long_enough(parts.len()),
        _ => true,
    }
}
