use crate::Value;
use crate::schema::{Body, Parts, Schema, change_objects};

/// The state that Terraform proposes: what the configuration says, and where it says nothing about a computed value, what was
/// there before.
pub(super) fn propose(schema: &Schema, prior: &Value, config: Value) -> Value {
    let mut proposed = config;
    change_objects(&mut proposed, Some(prior), &mut |parts, prior| keep(schema.into(), parts, prior));
    proposed
}

fn keep(body: Body<'_>, parts: &mut Parts, prior: Option<&Parts>) {
    for attribute in body.attributes.iter().filter(|attribute| attribute.computed) {
        let part = parts.entry(attribute.name.clone()).or_default();
        if part.is_null() {
            *part = prior.and_then(|prior| prior.get(&attribute.name)).cloned().unwrap_or_default();
        }
    }
    for (name, _, body) in body.nested() {
        let prior = prior.and_then(|prior| prior.get(name));
        if let Some(part) = parts.get_mut(name) {
            change_objects(part, prior, &mut |parts, prior| keep(body, parts, prior));
        }
    }
}
