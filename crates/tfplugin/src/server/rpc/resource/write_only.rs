//! Write-only values: in the configuration, and nowhere else.

use crate::schema::{Attributes, Body, Schema, change_objects};
use crate::{AttributePath, Diagnostic, Diagnostics, Value};

/// The value with its write-only attributes null, as plans and states must have them.
pub(super) fn without(schema: &Schema, mut value: Value) -> Value {
    change_objects(&mut value, None, &mut |parts, _| clear(schema.into(), parts));
    value
}

fn clear(body: Body<'_>, parts: &mut Attributes) {
    for attribute in body.attributes.iter().filter(|attribute| attribute.write_only) {
        parts.insert(attribute.name.clone(), Value::Null);
    }
    for (name, _, body) in body.nested() {
        if let Some(part) = parts.get_mut(name) {
            change_objects(part, None, &mut |parts, _| clear(body, parts));
        }
    }
}

/// An older client would store a write-only value.
pub(super) fn reject(schema: &Schema, config: &Value) -> Result<(), Diagnostics> {
    let Value::Object(parts) = config else { return Ok(()) };
    let mut found = Diagnostics::new();
    Body::from(schema).visit(parts, &AttributePath::root(), &mut |attribute, value, path| {
        if attribute.write_only && !value.is_null() {
            let detail =
                "This version of Terraform does not support write-only values. Use Terraform 1.11 or newer.";
            found.push(Diagnostic::error("Write-only value not supported", detail).at(path));
        }
    });
    found.into_result()
}
