use crate::Value;
use crate::schema::{Computed, Schema};

/// The state that Terraform proposes: what the configuration says, and where it says nothing about a computed value, what was
/// there before. Terraform knows no defaults, and neither does a schema that was read from the provider.
pub(super) fn propose(schema: &Schema, prior: &Value, config: Value) -> Value {
    crate::schema::propose(schema.into(), Some(prior), config, Computed::Kept)
}
