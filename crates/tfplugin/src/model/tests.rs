use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroU64;

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
fn reject<const N: usize>(parts: [(&str, Value); N], message: &str) -> ModelError {
    let rejected = from_value::<Model>(object(parts)).unwrap_err();
    assert_eq!(rejected.to_string(), message);
    rejected
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
    reject([("level", "low".into())], "level: unknown variant `low`, expected `very_high`");
    reject([("level", true.into())], "level: expected a string, found a bool");
}

#[test]
fn errors_name_the_place_however_deep() {
    let rule = |from: Value| Value::object([("from", from)]);
    let rules = Value::List(vec![rule(1.into()), rule(256.into())]);
    reject([("rules", rules)], "rules[1].from: expected a whole number from 0 to 255, found 256");
    let tags = Value::Map([("env".to_owned(), true.into())].into());
    reject([("tags", tags)], r#"tags["env"]: expected a string, found a bool"#);
    let zones = Value::Set(vec![1.into()]);
    reject([("zones", zones)], "zones: expected a string, found 1");
    reject(
        [("port", Value::Number("1.5".parse().unwrap()))],
        "port: expected a whole number from 0 to 65535, found 1.5",
    );
    reject([("exact", true.into())], "exact: expected a number, found a bool");
}

#[test]
fn a_text_that_does_not_fit_is_not_repeated() {
    reject([("port", "s3cret".into())], "port: expected a whole number from 0 to 65535, found a string");
}

#[test]
fn an_object_without_attributes_needs_no_model() {
    assert_eq!(from_value(Value::Object(BTreeMap::new())), Ok(()));
    assert!(from_value::<()>(object([])).is_err());
}

#[test]
fn an_unknown_value_where_there_is_no_place_for_it_is_told_from_other_errors() {
    assert!(reject([("name", Value::UNKNOWN)], "name: the value is not known yet").is_unknown());
    assert!(!reject([("name", Value::Null)], "name: expected a string, found null").is_unknown());
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
fn whole_numbers_may_exclude_zero() {
    let check = |number: Value, found: &str| {
        let message = format!("expected a whole number, 1 or more, found {found}");
        assert_eq!(from_value::<NonZeroU64>(number).unwrap_err().to_string(), message);
    };
    check(0.into(), "0");
    check(Value::Number("1.5".parse().unwrap()), "1.5");
    check(Value::Number("-1".parse().unwrap()), "-1");
    assert_eq!(from_value(Value::from(1)), Ok(NonZeroU64::MIN));
}

#[test]
fn floats_are_written_as_the_decimals_they_show() {
    assert_eq!(to_value(&0.1_f64), Ok(Value::Number("0.1".parse().unwrap())));
    assert_eq!(to_value(&0.1_f32), Ok(Value::Number("0.1".parse().unwrap())));
    assert_eq!(from_value::<f64>(Value::Number("0.1".parse().unwrap())), Ok(0.1));
    assert!(to_value(&f64::NAN).is_err());
}

#[test]
fn a_number_that_a_float_cannot_hold_is_rejected() {
    let read = |text: &str| {
        from_value::<f64>(Value::Number(text.parse().unwrap())).map_err(|error| error.to_string())
    };
    assert_eq!(read("1e308"), Ok(1e308));
    assert_eq!(read("-0.0"), Ok(0.0));
    for text in ["1e400", "-1e400", "1e-400"] {
        assert_eq!(read(text), Err("the number does not fit a 64-bit float".into()), "{text}");
    }
    let single = from_value::<f32>(Value::Number("1e39".parse().unwrap()));
    assert_eq!(single.unwrap_err().to_string(), "the number does not fit a 32-bit float");
    assert_eq!(from_value::<f32>(Value::Number("16777217".parse().unwrap())), Ok(16_777_216.0));
    let infinite = Value::Number(Number::try_from(f64::INFINITY).unwrap());
    assert_eq!(from_value(infinite), Ok(f64::INFINITY));
}

#[derive(Debug, Deserialize, PartialEq, Serialize)]
#[serde(untagged)]
enum Source {
    Image { image: Attr<String>, exact: Number },
    Copy { of: Attr<u32>, any: Value },
}

#[derive(Debug, Deserialize, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
enum Target {
    Disk { size: Attr<u16> },
    Share { path: String },
}

#[derive(Debug, Deserialize, PartialEq, Serialize)]
struct Flattened {
    #[serde(flatten)]
    inner: Rule,
    any: Value,
    exact: Number,
}

#[test]
fn unknown_values_pass_the_buffers_of_serde() {
    let one = Number::from(1);
    let image = Value::object([("image", Value::UNKNOWN), ("exact", 1.into())]);
    assert_eq!(from_value(image), Ok(Source::Image { image: Attr::Unknown, exact: one.clone() }));
    let copy = Value::object([("of", Value::Null), ("any", Value::UNKNOWN)]);
    assert_eq!(from_value(copy), Ok(Source::Copy { of: Attr::Null, any: Value::UNKNOWN }));
    let disk = Value::object([("kind", "disk".into()), ("size", Value::UNKNOWN)]);
    assert_eq!(from_value(disk.clone()), Ok(Target::Disk { size: Attr::Unknown }));
    assert_eq!(to_value(&Target::Disk { size: Attr::Unknown }), Ok(disk));
    let flat = Value::object([("from", Value::UNKNOWN), ("any", Value::UNKNOWN), ("exact", 1.into())]);
    let expected = Flattened { inner: Rule { from: Attr::Unknown }, any: Value::UNKNOWN, exact: one };
    assert_eq!(from_value(flat), Ok(expected));
}

#[test]
fn an_unknown_value_without_a_place_in_a_buffer_is_told_from_other_errors() {
    let read = |parts: [(&str, Value); 2]| from_value::<Target>(Value::object(parts)).unwrap_err();
    let share = read([("kind", "share".into()), ("path", Value::UNKNOWN)]);
    assert!(share.is_unknown(), "{share}");
    assert!(!read([("kind", "share".into()), ("path", 1.into())]).is_unknown());
    let exact = [("image", "a".into()), ("exact", Value::UNKNOWN)];
    assert!(from_value::<Vec<Source>>(Value::List(vec![Value::object(exact)])).unwrap_err().is_unknown());
    let wrong =
        from_value::<Target>(Value::object([("kind", "disk".into()), ("size", 65_536.into())])).unwrap_err();
    assert_eq!(wrong.to_string(), "expected a whole number from 0 to 65535, found 65536");
}

#[derive(Debug, Deserialize)]
#[expect(dead_code, reason = "read for what is wrong with it")]
struct Strict {
    name: String,
    port: u16,
    #[serde(alias = "comment")]
    note: Option<String>,
    nest: Vec<Inner>,
}

#[derive(Debug, Deserialize)]
#[expect(dead_code, reason = "read for what is wrong with it")]
struct Inner {
    port: u16,
    level: Option<Level>,
}

fn strict<const N: usize>(parts: [(&str, Value); N]) -> Vec<String> {
    let mut all: BTreeMap<_, _> =
        [("name", "a".into()), ("port", 1.into()), ("note", Value::Null), ("nest", Value::List(vec![]))]
            .into();
    all.extend(parts);
    let errors = super::read_all::<Strict>(&Value::object(all)).err().unwrap_or_default();
    errors.iter().map(ToString::to_string).collect()
}

#[test]
fn all_errors_of_a_model_are_found_at_once() {
    let inner = |port: i64, level: &str| Value::object([("port", port.into()), ("level", level.into())]);
    let nest = Value::List(vec![inner(70_000, "low"), inner(1, "very_high"), inner(-1, "very_high")]);
    let found = strict([("name", Value::UNKNOWN), ("nest", nest), ("port", 65_536.into())]);
    let range = "expected a whole number from 0 to 65535, found";
    let expected = [
        "name: the value is not known yet".to_owned(),
        "nest[0].level: unknown variant `low`, expected `very_high`".to_owned(),
        format!("nest[0].port: {range} 70000"),
        format!("nest[2].port: {range} -1"),
        format!("port: {range} 65536"),
    ];
    assert_eq!(strict([]), [""; 0]);
    assert_eq!(found, expected);
}

#[derive(Debug, Deserialize)]
#[expect(dead_code, reason = "read for what is wrong with it")]
struct Misspelt {
    name: String,
    nmae: Option<String>,
    nest: Vec<MisspeltInner>,
}

#[derive(Debug, Deserialize)]
#[expect(dead_code, reason = "read for what is wrong with it")]
struct MisspeltInner {
    prot: Option<u16>,
}

#[test]
fn a_field_without_an_attribute_is_an_error_that_says_so() {
    let nest = Value::List(vec![Value::object([("port", 1.into())])]);
    let value = Value::object([("name", "a".into()), ("nest", nest)]);
    let errors: Vec<_> =
        super::read_all::<Misspelt>(&value).unwrap_err().iter().map(ToString::to_string).collect();
    let what = |field: &str, name: &str| {
        format!(
            "the model has a field `{field}`, and the schema has no such attribute; did you mean `{name}`?"
        )
    };
    assert_eq!(
        errors,
        [format!("nest[0].prot: {}", what("prot", "port")), format!("nmae: {}", what("nmae", "name"))]
    );
    // Values that are made by hand need not be whole.
    assert!(from_value::<Misspelt>(value).is_ok());
}

#[test]
fn the_fields_of_a_model_are_found_without_a_value() {
    let inner = Type::object([("port", Type::Number)]);
    let ty = Type::object([("name", Type::String), ("nest", Type::list(inner)), ("more", Type::Bool)]);
    let fields = super::Fields::of::<Misspelt>(&ty);
    assert_eq!(fields.named.keys().collect::<Vec<_>>(), ["name", "nest"]);
    assert_eq!(fields.surplus.keys().collect::<Vec<_>>(), ["nmae"]);
    assert_eq!(fields.named["nest"].surplus.keys().collect::<Vec<_>>(), ["prot"]);
    let ty = Type::object([
        ("name", Type::String),
        ("port", Type::Number),
        ("note", Type::String),
        ("nest", Type::list(Type::object([("port", Type::Number), ("level", Type::String)]))),
    ]);
    let fields = super::Fields::of::<Strict>(&ty);
    assert_eq!(
        fields.surplus.len() + fields.named["nest"].surplus.len(),
        0,
        "an alias is no field of its own"
    );
    assert!(fields.is_struct && fields.named["nest"].is_struct && !fields.named["name"].holds_unknown);
}

#[derive(Debug, Deserialize)]
#[expect(dead_code, reason = "read for its fields")]
struct Choosy {
    address: std::net::IpAddr,
    backup: Attr<std::net::IpAddr>,
    rest: Option<BTreeMap<String, Rule>>,
    absent: Option<u8>,
}

#[test]
fn fields_that_take_no_sample_hide_no_others() {
    let rule = Type::object([("from", Type::Number)]);
    let ty = Type::object([("address", Type::String), ("backup", Type::String), ("rest", Type::map(rule))]);
    let fields = super::Fields::of::<Choosy>(&ty);
    assert_eq!(fields.named.keys().collect::<Vec<_>>(), ["address", "backup", "rest"]);
    assert_eq!(fields.surplus.keys().collect::<Vec<_>>(), ["absent"]);
    assert!(fields.named["backup"].holds_unknown && fields.named["rest"].named["from"].holds_unknown);
}

#[test]
fn a_collection_with_an_unknown_element_is_unknown_unless_its_elements_may_be() {
    let list = || Value::List(vec!["a".into(), Value::UNKNOWN]);
    assert_eq!(from_value::<Attr<Vec<String>>>(list()), Ok(Attr::Unknown));
    assert_eq!(from_value::<Attr<BTreeSet<String>>>(list()), Ok(Attr::Unknown));
    let elements = vec![Attr::Known("a".to_owned()), Attr::Unknown];
    assert_eq!(from_value::<Attr<Vec<Attr<String>>>>(list()), Ok(Attr::Known(elements)));
    assert!(from_value::<Vec<String>>(list()).unwrap_err().is_unknown());
    let wrong = from_value::<Attr<Vec<String>>>(Value::List(vec![1.into()]));
    assert_eq!(wrong.unwrap_err().to_string(), "[0]: expected a string, found 1");
}
