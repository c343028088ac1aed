//! What a schema says about a plan: defaults, values that are known only after the change, and replacement.

use super::plan::Proposal;
use super::write_only;
use crate::schema::{Attribute, Attributes, Body, Schema, UnsetComputed, proposed_state};
use crate::{AttributePath, Value};

/// Fills in defaults, and if anything changes, makes those computed values unknown that the change may touch. What Terraform
/// proposes only says whether there is to be an object: see [`proposed_state`].
///
/// Gives the state in which no computed value changes.
pub(super) fn prepare(schema: &Schema, plan: &mut Proposal) -> Value {
    let (Some(planned), Some(config)) = (&mut plan.planned, &plan.config) else { return Value::Null };
    let prior = plan.prior.as_ref();
    let proposed = |computed| {
        write_only::without(schema, proposed_state(schema.into(), prior, config.clone(), computed))
    };
    let unchanged = proposed(UnsetComputed::Prior);
    *planned = if prior == Some(&unchanged) { unchanged.clone() } else { proposed(UnsetComputed::Unknown) };
    unchanged
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
    prior: &Attributes,
    planned: &Attributes,
    path: &AttributePath,
    found: &mut Vec<AttributePath>,
) {
    for attribute in body.attributes {
        let part = |parts: &Attributes| parts.get(&attribute.name).cloned().unwrap_or_default();
        if attribute.replacement.may_be() && attribute.replacement.is_due(&part(prior), &part(planned)) {
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
        (Value::Set(prior), Value::Set(planned))
            if decisive_elements(body, prior) == decisive_elements(body, planned) => {}
        // Objects that came or went have no counterpart: the whole is what has changed.
        _ if prior != planned && body.find(&|attribute| attribute.replacement.may_be()).is_some() => {
            found.push(path.clone());
        }
        _ => {}
    }
}

/// What of a value, if it changes, replaces the object. A set is that of all its elements, of which several may agree in this.
fn decisive(body: Body<'_>, value: &Value) -> Value {
    match value {
        Value::Object(parts) => Value::Object(decisive_parts(body, parts)),
        Value::List(elements) => Value::List(elements.iter().map(|each| decisive(body, each)).collect()),
        Value::Set(elements) => Value::List(decisive_elements(body, elements)),
        Value::Map(parts) => {
            Value::Map(parts.iter().map(|(key, part)| (key.clone(), decisive(body, part))).collect())
        }
        other => other.clone(),
    }
}

fn decisive_elements(body: Body<'_>, elements: &[Value]) -> Vec<Value> {
    let mut elements: Vec<_> = elements.iter().map(|each| decisive(body, each)).collect();
    elements.sort_unstable();
    elements
}

fn decisive_parts(body: Body<'_>, parts: &Attributes) -> Attributes {
    let replaces = |attribute: &Attribute| attribute.replacement.may_be();
    let nested = body.nested().filter(|(.., body)| body.find(&replaces).is_some());
    let nested = nested.map(|(name, _, body)| (name, parts.get(name).map(|part| decisive(body, part))));
    let whole = body.attributes.iter().filter(|each| replaces(each));
    let whole = whole.map(|each| (each.name.as_str(), parts.get(&each.name).cloned()));
    nested.chain(whole).map(|(name, part)| (name.to_owned(), part.unwrap_or_default())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::{Block, NestedBlock, Nesting};

    fn attributes() -> [Attribute; 2] {
        [Attribute::string("name").required().requires_replace(), Attribute::string("note").optional()]
    }

    /// Elements such as `a` or `a:note`.
    fn elements(texts: &[&str]) -> Value {
        let element = |text: &&str| {
            let (name, note) =
                text.split_once(':').map_or((*text, Value::Null), |(name, note)| (name, note.into()));
            Value::object([("name", name.into()), ("note", note)])
        };
        Value::List(texts.iter().map(element).collect())
    }

    #[track_caller]
    fn compare(schema: &Schema, prior: Value, planned: Value, expected: &[AttributePath]) {
        let value = |part| schema.ty().conform(Value::object([("a", part)])).unwrap();
        let mut found = Vec::new();
        replacements(schema, Some(&value(prior)), &value(planned), &mut found);
        assert_eq!(found, expected);
    }

    #[track_caller]
    fn check(nesting: Nesting, prior: &[&str], planned: &[&str], expected: &[AttributePath]) {
        let schema = Schema::new("").attribute(Attribute::nested("a", nesting, attributes()).optional());
        compare(&schema, elements(prior), elements(planned), expected);
    }

    #[test]
    fn a_set_is_replaced_for_other_values_of_what_requires_it() {
        let whole = [AttributePath::from("a")];
        check(Nesting::Set, &["a", "b"], &["b:new", "a"], &[]);
        check(Nesting::Set, &["a:x", "b:y"], &["a:y", "b:x"], &[]);
        check(Nesting::Set, &["a", "b"], &["a", "c"], &whole);
        check(Nesting::Set, &["a", "b"], &["a"], &whole);
        check(Nesting::Set, &["a:x", "a:y"], &["a:x"], &whole);
        check(Nesting::Set, &["a:x", "a:y", "b"], &["a:x", "b:x", "b:y"], &whole);
    }

    #[test]
    fn a_change_replaces_if_its_condition_holds() {
        let size = Attribute::number("a").required();
        let shrinks =
            size.requires_replace_if(|change| change.planned().as_number() < change.prior().as_number());
        let schema = Schema::new("").attribute(shrinks);
        compare(&schema, 10.into(), 20.into(), &[]);
        compare(&schema, 10.into(), 5.into(), &["a".into()]);
        compare(&schema, 10.into(), 10.into(), &[]);
    }

    #[test]
    fn a_list_is_replaced_where_it_differs_or_as_a_whole() {
        check(Nesting::List, &["a", "b"], &["a:new", "b"], &[]);
        check(
            Nesting::List,
            &["a", "b"],
            &["a", "c"],
            &[AttributePath::from("a").index(1).attribute("name")],
        );
        check(Nesting::List, &["a", "b"], &["a"], &["a".into()]);
    }

    #[test]
    fn a_set_is_compared_as_deep_as_it_goes() {
        let block = attributes().into_iter().fold(Block::new(), Block::attribute);
        let inner =
            Block::new().attribute(Attribute::string("note").optional()).block(NestedBlock::set("b", block));
        let schema = Schema::new("").block(NestedBlock::set("a", inner));
        let outer = |note: &str, inner: &[&str]| {
            Value::List(vec![Value::object([("note", note.into()), ("b", elements(inner))])])
        };
        compare(&schema, outer("x", &["a", "b"]), outer("y", &["b:new", "a"]), &[]);
        compare(&schema, outer("x", &["a", "b"]), outer("x", &["a", "c"]), &["a".into()]);
    }

    #[test]
    fn a_set_without_anything_that_requires_it_replaces_nothing() {
        let note = [Attribute::string("note").optional()];
        let schema = Schema::new("").attribute(Attribute::nested("a", Nesting::Set, note).optional());
        let noted = |note: &str| Value::object([("note", note.into())]);
        compare(&schema, Value::List(vec![noted("x")]), Value::List(vec![noted("y"), noted("z")]), &[]);
        compare(&schema, Value::List(vec![noted("x")]), Value::Null, &[]);
    }

    #[test]
    fn a_set_that_is_not_known_yet_may_be_another() {
        let schema = Schema::new("").attribute(Attribute::nested("a", Nesting::Set, attributes()).optional());
        compare(&schema, elements(&["a"]), Value::UNKNOWN, &["a".into()]);
    }
}
