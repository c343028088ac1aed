//! What holds for every value that was read, whatever the bytes.

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash as _, Hasher as _};

use tfplugin::fuzzing::{from_json, from_msgpack, from_state, to_msgpack};
use tfplugin::{Number, Refinement, Type, Value, from_value, to_value};

/// The bytes in memory that a byte of a message may become. The worst is an object of one attribute with an empty name,
/// three bytes long: it takes a whole node of a tree.
pub const GROWTH: usize = 400;

/// A value of this type is one in every way.
pub fn value(value: &Value, ty: &Type) {
    let again = from_msgpack(&to_msgpack(value), ty).expect("what is written can be read");
    assert_eq!(plainer(&again), plainer(value));
    assert_eq!(from_msgpack(&to_msgpack(&again), ty), Ok(again));
    assert_eq!(ty.conform(value.clone()).as_ref(), Ok(value));
    assert_eq!(to_value(value).as_ref(), Ok(value));
    assert_eq!(from_value::<Value>(value.clone()).as_ref(), Ok(value));
    assert!(value.cmp(&value.clone()).is_eq() && hash(value) == hash(&value.clone()));
    assert_eq!(value.first_unknown().is_none(), value.is_wholly_known());
    shown(value);
    dynamic(value);
    if let Some(text) = json(value) {
        assert_eq!(from_json(text.as_bytes(), ty).as_ref(), Ok(value), "{text}");
        assert_eq!(from_state(text.as_bytes(), ty).as_ref(), Ok(value), "{text}");
    }
}

/// Whatever a provider returns, what is made of it is of its type or an error.
pub fn conformed(loose: Value, ty: &Type) {
    if let Ok(conformed) = ty.conform(loose) {
        let read = from_msgpack(&to_msgpack(&conformed), ty).expect("what conforms can be read");
        assert_eq!(plainer(&read), plainer(&conformed));
        assert_eq!(ty.conform(conformed.clone()), Ok(conformed));
    }
}

/// Other formats can show it, and other models reject it politely.
fn shown(value: &Value) {
    let text = serde_json::to_string(value).expect("JSON takes every value");
    let _ = serde_json::from_str::<serde_json::Value>(&text);
    let _ = from_value::<serde_json::Value>(value.clone());
    let _ = from_value::<Vec<Option<f64>>>(value.clone()).map_err(|error| error.to_string());
    let _ = format!("{value:?}");
}

/// It fits an attribute of any type.
fn dynamic(value: &Value) {
    let typed = Type::Dynamic.conform(value.clone()).expect("anything is dynamic");
    match from_msgpack(&to_msgpack(&typed), &Type::Dynamic) {
        Ok(read) => assert_eq!(plainer(&read), plainer(&typed)),
        // The wrapper is one level more.
        Err(error) => assert!(error.contains("nested too deeply"), "{error}"),
    }
}

/// Without refinements: one that is too long is not written.
fn plainer(value: &Value) -> Value {
    let each = |elements: &[Value]| elements.iter().map(plainer).collect::<Vec<_>>();
    match value {
        Value::Unknown(Some(refinement)) if long(refinement) => Value::UNKNOWN,
        Value::List(elements) => Value::List(each(elements)),
        Value::Set(elements) => Value::set(each(elements)),
        Value::Tuple(elements) => Value::Tuple(each(elements)),
        Value::Map(parts) => {
            Value::Map(parts.iter().map(|(key, part)| (key.clone(), plainer(part))).collect())
        }
        Value::Object(parts) => Value::object(parts.iter().map(|(key, part)| (key, plainer(part)))),
        Value::Dynamic(typed) => Value::Dynamic(Box::new((typed.0.clone(), plainer(&typed.1)))),
        other => other.clone(),
    }
}

fn long(refinement: &Refinement) -> bool {
    let digits =
        |bound: &Option<(Number, bool)>| bound.as_ref().map_or(0, |(number, _)| number.to_string().len());
    let prefix = refinement.prefix.as_ref().map_or(0, String::len);
    prefix + digits(&refinement.lower) + digits(&refinement.upper) > 900
}

fn hash(value: &Value) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

/// The JSON that means this value, to the last digit; none if a part is unknown or infinite.
pub fn json(value: &Value) -> Option<String> {
    let text = |text: &str| serde_json::to_string(text).ok();
    let all = |elements: &[Value]| Some(elements.iter().map(json).collect::<Option<Vec<_>>>()?.join(","));
    Some(match value {
        Value::Null => "null".into(),
        Value::Unknown(_) => return None,
        Value::Number(number) if number.is_infinite() => return None,
        Value::Bool(value) => value.to_string(),
        Value::String(string) => text(string)?,
        Value::Number(number) => number.to_string(),
        Value::List(elements) | Value::Set(elements) | Value::Tuple(elements) => {
            format!("[{}]", all(elements)?)
        }
        Value::Map(parts) | Value::Object(parts) => {
            let parts = parts.iter().map(|(name, part)| Some(format!("{}:{}", text(name)?, json(part)?)));
            format!("{{{}}}", parts.collect::<Option<Vec<_>>>()?.join(","))
        }
        Value::Dynamic(typed) => {
            format!(r#"{{"value":{},"type":{}}}"#, json(&typed.1)?, typed.0.to_json())
        }
    })
}

/// The memory that a value holds.
pub fn held(value: &Value) -> usize {
    size_of::<Value>() + within(value)
}

fn within(value: &Value) -> usize {
    match value {
        Value::Null | Value::Unknown(None) | Value::Bool(_) => 0,
        Value::Unknown(Some(refinement)) => {
            size_of::<Refinement>() + refinement.prefix.as_ref().map_or(0, String::len)
        }
        Value::String(text) => text.len(),
        Value::Number(number) => number.to_string().len(),
        Value::List(elements) | Value::Set(elements) | Value::Tuple(elements) => {
            elements.iter().map(held).sum()
        }
        Value::Map(parts) | Value::Object(parts) => {
            let node = 11 * (size_of::<Value>() + size_of::<String>()) + 16;
            let parts: usize = parts.iter().map(|(name, part)| name.len() + within(part)).sum::<usize>()
                + parts.len().div_ceil(6) * node;
            parts
        }
        Value::Dynamic(typed) => size_of::<(Type, Value)>() + within(&typed.1),
    }
}

/// The most attributes that an object of this type has: JSON may leave them all out, and each becomes null.
pub fn widest(ty: &Type) -> usize {
    match ty {
        Type::String | Type::Number | Type::Bool | Type::Dynamic => 0,
        Type::List(of) | Type::Set(of) | Type::Map(of) => widest(of),
        Type::Tuple(of) => of.iter().map(widest).max().unwrap_or(0),
        Type::Object(of) => of.len().max(of.values().map(widest).max().unwrap_or(0)),
    }
}
