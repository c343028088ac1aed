//! Checks a configuration against its schema, before any model sees it: everything that is known, all errors at once.

use super::walk::Body;
use super::{Attribute, Schema};
use crate::path::Step;
use crate::{AttributePath, Diagnostic, Diagnostics, Value};

/// What the schema says against this configuration.
pub(crate) fn validate(schema: &Schema, config: &Value) -> Diagnostics {
    let mut found = Diagnostics::new();
    if let Value::Object(parts) = config {
        Body::from(schema).visit(parts, &AttributePath::root(), &mut |attribute, value, path| {
            if let Some(misplaced) = misplaced(attribute, value) {
                found.push(misplaced.at(path));
            }
        });
    }
    found
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
        };
        position.push((index, key));
    }
    position
}
