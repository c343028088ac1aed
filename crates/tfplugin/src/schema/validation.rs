//! Checks a configuration against its schema, before any model sees it: everything that is known, all errors at once.

use super::absent_blocks::absent;
use super::hook::Hook;
use super::walk::Body;
use super::{Attribute, Block, NestedBlock, Schema, Subject, Validator};
use crate::path::Step;
use crate::{AttributePath, Diagnostic, Diagnostics, Value};

/// What the schema says against this configuration.
pub(crate) fn validate(schema: &Schema, config: &Value) -> Diagnostics {
    let mut found = Diagnostics::new();
    let subject = Subject::of(config, AttributePath::root(), false);
    block(&schema.block, &subject, &mut found);
    found
}

fn block(block: &Block, subject: &Subject<'_>, found: &mut Diagnostics) {
    let Value::Object(parts) = subject.value() else { return };
    attributes(&block.attributes, subject, found);
    for nested in &block.blocks {
        if let Some(part) = parts.get(&nested.name) {
            nested_block(nested, &subject.with(part, subject.path().clone().attribute(&nested.name)), found);
        }
    }
    run(&block.validators, &subject.clone().with_blocks(&block.blocks), found);
}

fn nested_block(nested: &NestedBlock, subject: &Subject<'_>, found: &mut Diagnostics) {
    if subject.value().is_null() || subject.value().is_unknown() || *subject.value() == absent(nested) {
        return;
    }
    let subject = subject.clone().secret(is_partly_secret((&nested.block).into()));
    run(&nested.validators, &subject, found);
    for object in objects_of(&subject) {
        block(&nested.block, &object, found);
    }
}

fn attributes(attributes: &[Attribute], subject: &Subject<'_>, found: &mut Diagnostics) {
    let Value::Object(parts) = subject.value() else { return };
    for each in attributes {
        if let Some(part) = parts.get(&each.name) {
            attribute(each, &subject.with(part, subject.path().clone().attribute(&each.name)), found);
        }
    }
}

fn attribute(attribute: &Attribute, subject: &Subject<'_>, found: &mut Diagnostics) {
    if let Some(misplaced) = misplaced(attribute, subject.value()) {
        found.push(misplaced.at(subject.path()));
        return;
    }
    if subject.value().is_null() || subject.value().is_unknown() {
        return;
    }
    let is_secret =
        attribute.sensitive || attribute.write_only || attribute.body().is_some_and(is_partly_secret);
    let subject = subject.clone().secret(is_secret);
    run(&attribute.validators, &subject, found);
    let Some(body) = attribute.body() else { return };
    for object in objects_of(&subject) {
        attributes(body.attributes, &object, found);
        run(&attribute.object_validators, &object, found);
    }
}

/// An object with a sensitive part is not shown whole.
fn is_partly_secret(body: Body<'_>) -> bool {
    body.find(&|attribute| attribute.sensitive || attribute.write_only).is_some()
}

fn objects_of<'a>(subject: &Subject<'a>) -> Vec<Subject<'a>> {
    if matches!(subject.value(), Value::Object(_)) { vec![subject.clone()] } else { subject.elements() }
}

fn run(validators: &[Hook<dyn Validator>], subject: &Subject<'_>, found: &mut Diagnostics) {
    for validator in validators {
        found.take(validator.validate(subject));
    }
}

/// Terraform passes on null for a required attribute, where it is written, and values for attributes that only the provider
/// sets: no model need think of either.
fn misplaced(attribute: &Attribute, value: &Value) -> Option<Diagnostic> {
    let Attribute { name, required, optional, .. } = attribute;
    if *required && value.is_null() {
        let detail = format!("`{name}` is required, and cannot be null.");
        return Some(Diagnostic::error("Missing value", detail));
    }
    if !required && !optional && !value.is_null() {
        let detail = format!("The provider sets `{name}`. Remove it from the configuration.");
        return Some(Diagnostic::error("Read-only attribute", detail));
    }
    None
}

/// The diagnostics in the order in which the schema names what they point at.
pub(crate) fn in_schema_order(schema: &Schema, found: Diagnostics) -> Diagnostics {
    let mut found: Vec<_> = found.into_iter().collect();
    found.sort_by_cached_key(|diagnostic| position(schema.into(), diagnostic.path().steps()));
    found.into_iter().collect()
}

/// The place of a path: of each step, which attribute, block or element it leads to.
fn position(body: Body<'_>, steps: &[Step]) -> Vec<(usize, Option<String>)> {
    let mut position = Vec::new();
    let mut body = Some(body);
    for step in steps {
        let (index, key) = match step {
            Step::Attribute(name) => {
                let index = body.and_then(|body| body.position(name));
                body = body
                    .and_then(|body| body.nested().find(|(nested, ..)| nested == name))
                    .map(|(.., body)| body);
                (index.unwrap_or(usize::MAX), None)
            }
            Step::Index(index) => (*index, None),
            Step::Key(key) => (0, Some(key.clone())),
            Step::Element(element) => (0, Some(element.to_string())),
        };
        position.push((index, key));
    }
    position
}
