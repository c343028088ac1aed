//! The rules, case by case. Nearly all were tried on Terraform 1.11.4.

use super::{applied, configured, fit, found, opened, planned, replacements, stored};
use crate::schema::{Attribute, Block, NestedBlock, Nesting, Schema};
use crate::{AttributePath, Diagnostics, Refinement, Type, Value};

mod plans;
mod results;

/// One attribute or block of every sort, by short names.
fn schema() -> Schema {
    let inner = || {
        [
            Attribute::string("name").required(),
            Attribute::string("id").optional().computed(),
            Attribute::string("note").optional(),
        ]
    };
    let nested = |name: &str, nesting| Attribute::nested(name, nesting, inner()).optional();
    let block = || inner().into_iter().fold(Block::new(), Block::attribute);
    Schema::new("")
        .attribute(Attribute::string("given").optional())
        .attribute(Attribute::string("either").optional().computed())
        .attribute(Attribute::string("made").computed())
        .attribute(Attribute::string("secret").optional().sensitive())
        .attribute(Attribute::string("unseen").optional().write_only())
        .attribute(Attribute::set("words", Type::String).optional())
        .attribute(nested("list", Nesting::List))
        .attribute(nested("set", Nesting::Set))
        .attribute(nested("map", Nesting::Map))
        .attribute(nested("free", Nesting::List).computed())
        .block(NestedBlock::list("rule", block()).items(0, 2))
        .block(NestedBlock::set("tag", block()))
        .block(NestedBlock::single("one", block()))
}

type Attributes<'a> = &'a [(&'a str, Value)];

fn value(parts: Attributes<'_>) -> Value {
    let parts = [("rule", list([])), ("tag", list([]))].into_iter().chain(parts.iter().cloned());
    schema().ty().conform(Value::object(parts)).unwrap()
}

fn list<const N: usize>(elements: [Value; N]) -> Value {
    Value::List(elements.into())
}

fn named(name: &str) -> Value {
    Value::object([("name", name.into())])
}

fn with(name: &str, more: &str, value: impl Into<Value>) -> Value {
    Value::object([("name", name.into()), (more, value.into())])
}

#[track_caller]
fn reject(result: Result<(), Diagnostics>, text: &str) {
    assert_eq!(result.unwrap_err().to_string(), text);
}

fn plan(prior: Attributes<'_>, config: Attributes<'_>, after: Attributes<'_>) -> Result<(), Diagnostics> {
    planned(&schema(), &value(prior), &value(config), &value(after))
}

#[track_caller]
fn reject_plan(config: Attributes<'_>, after: Attributes<'_>, text: &str) {
    reject(plan(&[], config, after), &format!("Provider produced invalid plan {text}"));
}

#[track_caller]
fn reject_result(planned: Attributes<'_>, state: Attributes<'_>, text: &str) {
    let result = applied(&schema(), &value(planned), &value(state));
    reject(result, &format!("Provider produced inconsistent result after apply {text}"));
}

#[track_caller]
fn accept_result(planned: Attributes<'_>, state: Attributes<'_>) {
    assert_eq!(applied(&schema(), &value(planned), &value(state)), Ok(()));
}

#[track_caller]
fn reject_config(config: Attributes<'_>, text: &str) {
    let config = fit("configuration", Value::object(config.iter().cloned()), &schema().ty());
    let result = config.and_then(|config| configured(&schema(), &config));
    reject(result, &format!("The configuration does not fit the schema {text}"));
}

#[test]
fn a_configuration_is_an_object_of_the_schema() {
    reject_config(&[("absent", "a".into())], "(absent): The schema has no such attribute.");
    reject_config(&[("given", true.into())], "(given): Expected string, found a bool.");
    reject(
        configured(&schema(), &Value::Null),
        "The configuration does not fit the schema: Expected an object.",
    );
}

#[test]
fn a_configuration_has_as_many_blocks_as_allowed() {
    let three = list([named("a"), named("b"), named("c")]);
    reject_config(&[("rule", three)], "(rule): Expected at most 2 of these blocks, found 3.");
    let schema = Schema::new("").block(NestedBlock::single("one", Block::new()).required());
    let text =
        "The configuration does not fit the schema (one): Expected at least 1 of these blocks, found 0.";
    reject(configured(&schema, &Value::object([("one", Value::Null)])), text);
}
