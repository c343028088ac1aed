use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::{Attr, ModelError, Number, Type, Value, from_value, to_value};

#[derive(Debug, Default, Deserialize, PartialEq, Serialize)]
struct Model {
    name: String,
    port: Attr<u16>,
    #[serde(default)]
    rules: Vec<Rule>,
    tags: Option<BTreeMap<String, String>>,
    zones: BTreeSet<String>,
    any: Value,
    exact: Option<Number>,
    level: Option<Level>,
}

#[derive(Debug, Deserialize, PartialEq, Serialize)]
struct Rule {
    from: Attr<u8>,
}

#[derive(Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Level {
    VeryHigh,
}

fn object<const N: usize>(parts: [(&str, Value); N]) -> Value {
    let all =
        ["name", "port", "rules", "tags", "zones", "any", "exact", "level"].map(|name| (name, Value::Null));
    let mut whole: BTreeMap<_, _> = all.into();
    whole.extend([
        ("name", "a".into()),
        ("rules", Value::List(Vec::new())),
        ("zones", Value::Set(Vec::new())),
    ]);
    whole.extend(parts);
    Value::object(whole)
}

fn model() -> Model {
    Model { name: "a".into(), ..Model::default() }
}

#[track_caller]
fn check<const N: usize>(parts: [(&str, Value); N], expected: &Model) {
    assert_eq!(from_value(object(parts)).as_ref(), Ok(expected));
}

#[track_caller]
fn refuse<const N: usize>(parts: [(&str, Value); N], message: &str) -> ModelError {
    let refused = from_value::<Model>(object(parts)).unwrap_err();
    assert_eq!(refused.to_string(), message);
    refused
}

#[test]
fn an_attr_tells_known_null_and_unknown_apart() {
    check([], &model());
    check([("port", 80.into())], &Model { port: Attr::Known(80), ..model() });
    check([("port", Value::UNKNOWN)], &Model { port: Attr::Unknown, ..model() });
}

#[test]
fn anything_fits_a_value_and_every_number_a_number() {
    let dynamic = Value::dynamic(Value::Set(vec!["x".into()]));
    check([("any", dynamic.clone())], &Model { any: dynamic, ..model() });
    check([("any", Value::UNKNOWN)], &Model { any: Value::UNKNOWN, ..model() });
    let exact: Number = "0.1000000000000000055511151231257827".parse().unwrap();
    check([("exact", exact.clone().into())], &Model { exact: Some(exact), ..model() });
}

#[test]
fn texts_may_be_variants() {
    check([("level", "very_high".into())], &Model { level: Some(Level::VeryHigh), ..model() });
    refuse([("level", "low".into())], "level: unknown variant `low`, expected `very_high`");
    refuse([("level", true.into())], "level: expected a string, found a bool");
}

#[test]
fn errors_name_the_place_however_deep() {
    let rule = |from: Value| Value::object([("from", from)]);
    let rules = Value::List(vec![rule(1.into()), rule(256.into())]);
    refuse([("rules", rules)], "rules[1].from: expected a whole number from 0 to 255, found 256");
    let tags = Value::Map([("env".to_owned(), true.into())].into());
    refuse([("tags", tags)], r#"tags["env"]: expected a string, found a bool"#);
    let zones = Value::Set(vec![1.into()]);
    refuse([("zones", zones)], "zones: expected a string, found 1");
    refuse(
        [("port", Value::Number("1.5".parse().unwrap()))],
        "port: expected a whole number from 0 to 65535, found 1.5",
    );
    refuse([("exact", true.into())], "exact: expected a number, found a bool");
}

#[test]
fn a_text_that_does_not_fit_is_not_repeated() {
    refuse([("port", "s3cret".into())], "port: expected a whole number from 0 to 65535, found a string");
}

#[test]
fn an_object_without_attributes_needs_no_model() {
    assert_eq!(from_value(Value::Object(BTreeMap::new())), Ok(()));
    assert!(from_value::<()>(object([])).is_err());
}

#[test]
fn an_unknown_value_where_there_is_no_place_for_it_is_told_from_other_errors() {
    assert!(refuse([("name", Value::UNKNOWN)], "name: the value is not known yet").is_unknown());
    assert!(!refuse([("name", Value::Null)], "name: expected a string, found null").is_unknown());
}

#[test]
fn a_model_is_written_as_it_was_read() {
    let whole = Model {
        port: Attr::Unknown,
        rules: vec![Rule { from: Attr::Known(1) }],
        tags: Some([("a".to_owned(), "b".to_owned())].into()),
        any: Value::dynamic(Value::Tuple(vec![1.into(), Value::UNKNOWN])),
        exact: Some(2.into()),
        level: Some(Level::VeryHigh),
        ..model()
    };
    let written = to_value(&whole).unwrap();
    assert_eq!(written.get("any"), Some(&whole.any));
    assert_eq!(from_value(written), Ok(whole));
}

/// A configuration within a result, as serde flattens it.
#[derive(Debug, Deserialize, PartialEq, Serialize)]
struct Flat {
    #[serde(flatten)]
    inner: Rule,
    id: Attr<String>,
    extra: Value,
}

/// Serde buffers what it flattens, and only knows its own kinds of values: `Attr`, `Number` and `Value` lose there what those
/// cannot say.
#[test]
fn flattened_models_keep_what_is_known() {
    let flat = Flat { inner: Rule { from: Attr::Known(3) }, id: Attr::Null, extra: Value::Null };
    let written = to_value(&flat).unwrap();
    assert_eq!(written.get("from"), Some(&3.into()));
    assert_eq!(from_value(written), Ok(flat));
}

#[test]
fn other_formats_show_a_value_for_what_it_is() {
    let read: Value = serde_json::from_str(r#"{"a":[1,"x",null,true,0.5]}"#).unwrap();
    let half = Value::Number("0.5".parse().unwrap());
    let tuple = Value::Tuple(vec![1.into(), "x".into(), Value::Null, true.into(), half]);
    assert_eq!(read, Value::object([("a", tuple)]));
    assert_eq!(serde_json::to_string(&read).unwrap(), r#"{"a":[1,"x",null,true,0.5]}"#);
    let typed = Value::Dynamic(Box::new((Type::String, "s".into())));
    assert_eq!(serde_json::to_string(&[typed, Value::UNKNOWN]).unwrap(), r#"["s",null]"#);
}

#[test]
fn whole_numbers_may_be_wider_than_any_other() {
    for number in [i128::MIN, 0, i128::MAX] {
        assert_eq!(from_value(to_value(&number).unwrap()), Ok(number));
    }
    assert_eq!(from_value(to_value(&u128::MAX).unwrap()), Ok(u128::MAX));
    let half = Value::Number("0.5".parse().unwrap());
    assert_eq!(from_value::<i128>(half).unwrap_err().to_string(), "expected a whole number, found 0.5");
}

#[test]
fn floats_are_written_as_the_decimals_they_show() {
    assert_eq!(to_value(&0.1_f64), Ok(Value::Number("0.1".parse().unwrap())));
    assert_eq!(to_value(&0.1_f32), Ok(Value::Number("0.1".parse().unwrap())));
    assert_eq!(from_value::<f64>(Value::Number("0.1".parse().unwrap())), Ok(0.1));
    assert!(to_value(&f64::NAN).is_err());
}
