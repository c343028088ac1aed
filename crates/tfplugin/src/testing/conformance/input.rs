//! What a test gives must be what Terraform could give.

use super::Violations;
use crate::schema::{Attributes, Block, BlockNesting, NestedBlock, Schema, objects};
use crate::{AttributePath, Diagnostic, Diagnostics, Type, Value};

const MISFIT: &str = "The configuration does not fit the schema";

/// The value as one of this type.
pub(in super::super) fn fit(what: &str, value: Value, ty: &Type) -> Result<Value, Diagnostics> {
    let fitted = ty.conform(value);
    fitted.map_err(|error| error.into_diagnostics(&format!("The {what} does not fit the schema")))
}

/// Holds a configuration to what Terraform asks of one before the provider sees it: an object, with as many blocks as the schema
/// wants. The types have been checked already, and the rest is checked by the provider.
pub(in super::super) fn configured(schema: &Schema, config: &Value) -> Result<(), Diagnostics> {
    let mut violations = Violations::new(schema, MISFIT);
    let root = AttributePath::root();
    let Value::Object(parts) = config else {
        violations.report(&root, "Expected an object", &[]);
        return violations.found.into_result();
    };
    blocks(&mut violations, &schema.block, parts, &root);
    violations.found.into_result()
}

/// Terraform does not ask for this before everything is known.
pub(in super::super) fn fully_known(what: &str, value: &Value) -> Result<(), Diagnostics> {
    let Some(path) = value.first_unknown() else { return Ok(()) };
    let detail = format!("Terraform comes this far only with a {what} that is wholly known.");
    Err(Diagnostic::error(format!("The {what} has an unknown value"), detail).at(path).into())
}

fn blocks(violations: &mut Violations<'_>, block: &Block, parts: &Attributes, path: &AttributePath) {
    for nested in &block.blocks {
        let path = path.clone().attribute(&nested.name);
        let Some(part) = parts.get(&nested.name).filter(|part| !part.is_unknown()) else { continue };
        count(violations, nested, part, &path);
        for (parts, path) in objects(part, &path) {
            blocks(violations, &nested.block, parts, &path);
        }
    }
}

fn count(violations: &mut Violations<'_>, nested: &NestedBlock, part: &Value, path: &AttributePath) {
    let count = match part {
        Value::List(elements) | Value::Set(elements) => elements.len(),
        _ => usize::from(!part.is_null()),
    };
    let (min, max) = (nested.min as usize, nested.max as usize);
    if count < min {
        violations.report(path, &format!("Expected at least {min} of these blocks, found {count}"), &[]);
    }
    let is_collection = matches!(nested.nesting, BlockNesting::List | BlockNesting::Set);
    if is_collection && max != 0 && count > max {
        violations.report(path, &format!("Expected at most {max} of these blocks, found {count}"), &[]);
    }
}
