//! Between [`Value`] and what Rust has of its own.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use crate::{Number, Value};

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Value::Bool(value)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Value::string(text)
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Value::string(text)
    }
}

impl From<Number> for Value {
    fn from(value: Number) -> Self {
        Value::Number(value)
    }
}

macro_rules! from_whole {
    ($($whole:ty)*) => {
        $(impl From<$whole> for Value {
            fn from(value: $whole) -> Self {
                Value::Number(value.into())
            }
        })*
    };
}

from_whole! { i32 i64 u32 u64 }

impl From<f64> for Value {
    /// The shortest decimal that reads back as the float. NaN is null, as in JSON.
    fn from(float: f64) -> Self {
        Number::try_from(float).map_or(Value::Null, Value::Number)
    }
}

impl<T: Into<Value>> From<Option<T>> for Value {
    /// Null if there is none.
    fn from(value: Option<T>) -> Self {
        value.map_or(Value::Null, Into::into)
    }
}

impl<T: Into<Value>> From<Vec<T>> for Value {
    /// A list, which its schema may make a set or tuple.
    fn from(elements: Vec<T>) -> Self {
        Value::List(elements.into_iter().map(Into::into).collect())
    }
}

impl<T: Into<Value>> From<BTreeMap<String, T>> for Value {
    /// A map, which its schema may make an object.
    fn from(parts: BTreeMap<String, T>) -> Self {
        Value::Map(parts.into_iter().map(|(key, part)| (key, part.into())).collect())
    }
}

impl From<Json> for Value {
    /// Arrays become tuples, and objects objects, since their parts may be of any type.
    fn from(json: Json) -> Self {
        match json {
            Json::Null => Value::Null,
            Json::Bool(value) => value.into(),
            Json::String(text) => text.into(),
            Json::Number(number) => number.to_string().parse().map_or(Value::Null, Value::Number),
            Json::Array(elements) => Value::Tuple(elements.into_iter().map(Value::from).collect()),
            Json::Object(parts) => {
                Value::object(parts.into_iter().map(|(name, part)| (name, Value::from(part))))
            }
        }
    }
}

impl From<Value> for Json {
    /// What JSON can hold: what is unknown becomes null, and a number that is no integer of 64 bits the nearest float.
    fn from(value: Value) -> Self {
        serde_json::to_value(value).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values_are_made_of_what_rust_has() {
        assert_eq!(Value::from(0.1), Value::Number("0.1".parse().unwrap()));
        assert_eq!(Value::from(f64::NAN), Value::Null);
        assert_eq!(Value::from(Some("a")), "a".into());
        assert_eq!(Value::from(None::<String>), Value::Null);
        assert_eq!(Value::from(vec![1_u64, 2]), Value::List(vec![1.into(), 2.into()]));
        let map = BTreeMap::from([("a".to_owned(), true)]);
        assert_eq!(Value::from(map).get("a"), Some(&true.into()));
    }

    #[test]
    fn json_goes_both_ways() {
        let json = json!({"a": [1, "x", null, true, 0.5], "b": {}, "c": u64::MAX});
        let value = Value::from(json.clone());
        assert_eq!(value.get("a").and_then(Value::elements).map(<[_]>::len), Some(5));
        assert_eq!(Json::from(value), json);
        assert_eq!(Json::from(Value::List(vec![Value::UNKNOWN])), json!([null]));
    }
}
