use std::collections::BTreeMap;

use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::*;
use crate::schema::{Nesting, semantic};
use crate::{Attr, from_value, to_value};

#[derive(Deserialize, Serialize)]
struct Model {
    ratio: Attr<f64>,
    single: Option<f32>,
    policy: Option<String>,
    rules: Attr<Vec<Rule>>,
    set: Attr<Vec<Rule>>,
    any: Option<Vec<f64>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
}

#[derive(Deserialize, Serialize)]
struct Rule {
    port: Attr<u16>,
}

fn schema() -> Schema {
    let rule = || [Attribute::number("port").optional(), Attribute::string("id").optional().computed()];
    Schema::new("")
        .attribute(Attribute::number("ratio").optional())
        .attribute(Attribute::number("single").optional())
        .attribute(Attribute::string("policy").optional().semantic_equality(semantic::Json))
        .attribute(Attribute::nested("rules", Nesting::List, rule()).optional())
        .attribute(Attribute::nested("set", Nesting::Set, rule()).optional())
        .attribute(Attribute::dynamic("any").optional())
        .attribute(Attribute::string("note").optional())
        .attribute(Attribute::string("colour").optional())
        .attribute(Attribute::string("id").computed())
}

type Given<'a> = &'a [(&'a str, Value)];

fn value(parts: Given<'_>) -> Value {
    schema().ty().conform(Value::object(parts.iter().cloned())).unwrap()
}

/// Reads the model, changes it, and puts back what it could not hold.
fn through<M: DeserializeOwned + Serialize>(parts: Given<'_>, change: impl Fn(&mut M)) -> Value {
    let original = value(parts);
    let mut model: M = from_value(original.clone()).unwrap();
    let unchanged = to_value(&model).unwrap();
    change(&mut model);
    let fields = Fields::of::<M>(&schema().ty());
    let fields = if fields.is_flattened { Fields::of_written(&unchanged) } else { fields };
    let restored = Restoring::plan(&fields).restore(&schema(), &original, to_value(&model).unwrap());
    schema().ty().conform(restored).unwrap()
}

#[track_caller]
fn check(parts: Given<'_>, change: impl Fn(&mut Model), expected: Given<'_>) {
    assert_eq!(through(parts, change), value(expected));
}

fn number(text: &str) -> Value {
    Value::Number(text.parse().unwrap())
}

const THIRD: &str = "0.33333333333333333333333333333333333333";

#[test]
fn a_number_that_reads_back_as_the_same_float_keeps_its_digits() {
    let given = [
        ("ratio", number(THIRD)),
        ("single", number(THIRD)),
        ("any", Value::dynamic(Value::List(vec![number(THIRD)]))),
    ];
    check(&given, |_| {}, &given);
    check(&given, |model| model.ratio = Attr::Known(1.0 / 3.0), &given);
    let changed = [("ratio", number("0.3333333")), given[1].clone(), given[2].clone()];
    check(&given, |model| model.ratio = Attr::Known(0.333_333_3), &changed);
    let wide = [("ratio", number("9007199254740993"))];
    check(&wide, |_| {}, &wide);
}

#[test]
fn what_a_model_does_not_name_stays() {
    let given = [("colour", "blue".into()), ("note", "a".into()), ("id", Value::UNKNOWN)];
    check(&given, |model| model.ratio = Attr::Known(1.0), &[&given[..], &[("ratio", 1.into())]].concat());
    check(&given, |model| model.note = None, &[given[0].clone(), given[2].clone()]);
}

fn rule(port: i64, id: &str) -> Value {
    Value::object([("port", port.into()), ("id", id.into())])
}

#[test]
fn what_a_model_does_not_name_stays_with_its_element() {
    let given = |name: &'static str, rules: &[Value]| [(name, Value::List(rules.to_vec()))];
    let (a, b, none) = (rule(1, "a"), rule(2, "b"), Value::object([("port", 3.into()), ("id", Value::Null)]));
    for (name, rules) in
        [("rules", |model: &mut Model| &mut model.rules), ("set", |model: &mut Model| &mut model.set)]
            as [(_, fn(&mut Model) -> &mut Attr<Vec<Rule>>); 2]
    {
        let new = || Rule { port: Attr::Known(3) };
        let before = given(name, &[a.clone(), b.clone()]);
        check(&before, |_| {}, &before);
        let push = |model: &mut Model| {
            if let Attr::Known(rules) = rules(model) {
                rules.insert(0, new());
            }
        };
        check(&before, push, &given(name, &[none.clone(), a.clone(), b.clone()]));
        let remove = |model: &mut Model| {
            if let Attr::Known(rules) = rules(model) {
                rules.remove(0);
            }
        };
        check(&before, remove, &given(name, std::slice::from_ref(&b)));
    }
}

#[test]
fn a_string_that_means_the_same_keeps_its_form() {
    let given = [("policy", r#"{ "a": 1 }"#.into())];
    check(&given, |model| model.policy = Some(r#"{"a":1}"#.into()), &given);
    check(&given, |model| model.policy = Some("{}".into()), &[("policy", "{}".into())]);
}

#[test]
fn a_flattened_model_says_nothing_of_what_it_does_not_name() {
    #[derive(Deserialize, Serialize)]
    struct Flat {
        #[serde(flatten)]
        all: BTreeMap<String, Value>,
    }
    let given = [("colour", "blue".into()), ("ratio", number(THIRD)), ("id", Value::UNKNOWN)];
    assert_eq!(through::<Flat>(&given, |_| {}), value(&given));
    let gone = through::<Flat>(&given, |model| drop(model.all.remove("colour")));
    assert_eq!(gone.get("colour"), Some(&Value::Null));
}

#[test]
fn a_flattened_struct_keeps_what_it_does_not_name() {
    #[derive(Deserialize, Serialize)]
    struct Outer {
        ratio: Attr<f64>,
        #[serde(flatten)]
        inner: Inner,
    }
    #[derive(Deserialize, Serialize)]
    struct Inner {
        #[serde(skip_serializing_if = "Option::is_none")]
        note: Option<String>,
        rules: Attr<Vec<Rule>>,
    }
    let rules = |port: i64| Value::List(vec![Value::object([("port", port.into()), ("id", "r-1".into())])]);
    let given = |note: Value, port: i64| {
        let others = [("colour", "blue".into()), ("ratio", number(THIRD)), ("id", Value::UNKNOWN)];
        others.into_iter().chain([("note", note), ("rules", rules(port))]).collect::<Vec<_>>()
    };
    let before = given("x".into(), 1);
    assert_eq!(through::<Outer>(&before, |_| {}), value(&before));
    let changed = through::<Outer>(&before, |model| {
        model.inner.note = None;
        model.inner.rules = Attr::Known(vec![Rule { port: Attr::Known(2) }]);
    });
    assert_eq!(changed, value(&given(Value::Null, 2)));
}

#[test]
fn a_collection_that_is_unknown_in_part_stays_as_it_is() {
    let original = Value::List(vec!["a".into(), Value::UNKNOWN]);
    let restoring = Restoring { unnamed: Unnamed::None, with_unknown: true };
    assert_eq!(restoring.part(Part::Unspecified, &original, Value::UNKNOWN), original);
}
