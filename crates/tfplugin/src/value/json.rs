//! Values in JSON, typed by a schema: stored state, and what a client may send instead of MessagePack.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::encoding::{Depth, InvalidEncoding};
use super::msgpack::insert_once;
use super::normalized;
use crate::{Type, Value};

/// Reads one value of this type, and nothing after it. An attribute that the text leaves out is null, unless the text brings
/// the type as well.
pub(crate) fn decode(bytes: &[u8], ty: &Type) -> Result<Value, InvalidEncoding> {
    read(bytes, ty, Surplus::Refused)
}

/// Reads a stored state. Attributes that the type no longer has are dropped.
pub(crate) fn decode_state(bytes: &[u8], ty: &Type) -> Result<Value, InvalidEncoding> {
    read(bytes, ty, Surplus::Dropped)
}

/// What becomes of attributes that the type does not have.
#[derive(Clone, Copy, PartialEq)]
enum Surplus {
    Refused,
    Dropped,
}

/// What becomes of attributes that the text leaves out.
#[derive(Clone, Copy)]
enum Missing {
    Null,
    /// Where the type is in the text as well: a few bytes for a wide type and a few for each empty object would take memory
    /// by the product of both.
    Refused,
}

fn read(bytes: &[u8], ty: &Type, surplus: Surplus) -> Result<Value, InvalidEncoding> {
    let raw: &RawValue = parse(std::str::from_utf8(bytes).map_err(|_| InvalidEncoding::NotUtf8)?)?;
    Reader { surplus, missing: Missing::Null }.value(raw, ty, Depth::default())
}

/// Texts stay raw until their type is known, so that numbers keep every digit.
#[derive(Clone, Copy)]
struct Reader {
    surplus: Surplus,
    missing: Missing,
}

impl Reader {
    fn value(self, raw: &RawValue, ty: &Type, depth: Depth) -> Result<Value, InvalidEncoding> {
        let depth = depth.deeper()?;
        let text = raw.get();
        match ty {
            _ if text == "null" => Ok(Value::Null),
            Type::Bool => parse(text).map(Value::Bool),
            Type::String => parse::<String>(text).map(Value::from),
            Type::Number if text.starts_with('"') => Ok(Value::Number(parse::<String>(text)?.parse()?)),
            Type::Number => Ok(Value::Number(text.parse()?)),
            Type::List(of) => self.elements(text, of, depth).map(Value::List),
            Type::Set(of) => self.elements(text, of, depth).map(Value::set),
            Type::Map(of) => self.map(text, of, depth),
            Type::Object(of) => self.object(text, of, depth),
            Type::Tuple(of) => self.tuple(text, of, depth),
            Type::Dynamic => self.dynamic(text, depth),
        }
    }

    fn elements(self, text: &str, of: &Type, depth: Depth) -> Result<Vec<Value>, InvalidEncoding> {
        let elements: Vec<&RawValue> = parse(text)?;
        elements.into_iter().map(|raw| self.value(raw, of, depth)).collect()
    }

    fn tuple(self, text: &str, of: &[Type], depth: Depth) -> Result<Value, InvalidEncoding> {
        let elements: Vec<&RawValue> = parse(text)?;
        if elements.len() != of.len() {
            let (expected, found) = (of.len(), elements.len());
            return Err(InvalidEncoding::unexpected(
                format!("a tuple of {expected}"),
                format!("one of {found}"),
            ));
        }
        let elements = elements.into_iter().zip(of).map(|(raw, ty)| self.value(raw, ty, depth));
        elements.collect::<Result<_, _>>().map(Value::Tuple)
    }

    fn map(self, text: &str, of: &Type, depth: Depth) -> Result<Value, InvalidEncoding> {
        let mut parts = BTreeMap::new();
        for (key, raw) in entries(text)? {
            insert_once(&mut parts, normalized(key), self.value(raw, of, depth)?)?;
        }
        Ok(Value::Map(parts))
    }

    fn object(self, text: &str, of: &BTreeMap<String, Type>, depth: Depth) -> Result<Value, InvalidEncoding> {
        let mut parts = BTreeMap::new();
        for (name, raw) in entries(text)? {
            match of.get(&name) {
                Some(ty) => insert_once(&mut parts, name, self.value(raw, ty, depth)?)?,
                None if self.surplus == Surplus::Dropped => {}
                None => return Err(InvalidEncoding::SurplusAttribute(name)),
            }
        }
        let missing = of.keys().find(|name| !parts.contains_key(*name));
        if let (Missing::Refused, Some(name)) = (self.missing, missing) {
            return Err(InvalidEncoding::MissingAttribute(name.clone()));
        }
        for name in of.keys() {
            parts.entry(name.clone()).or_default();
        }
        Ok(Value::Object(parts))
    }

    fn dynamic(self, text: &str, depth: Depth) -> Result<Value, InvalidEncoding> {
        let typed: BTreeMap<_, _> = entries(text)?.into_iter().collect();
        let part = |name: &str| typed.get(name).ok_or_else(|| InvalidEncoding::MissingAttribute(name.into()));
        let ty = Type::from_json(part("type")?.get().as_bytes())?;
        let value = Reader { missing: Missing::Refused, ..self }.value(part("value")?, &ty, depth)?;
        Ok(Value::Dynamic(Box::new((ty, value))))
    }
}

fn parse<'a, T: Deserialize<'a>>(text: &'a str) -> Result<T, InvalidEncoding> {
    serde_json::from_str(text).map_err(|error| InvalidEncoding::Json(error.to_string()))
}

fn entries(text: &str) -> Result<Vec<(String, &RawValue)>, InvalidEncoding> {
    parse(text).map(|Entries(entries)| entries)
}

/// A JSON object with whatever keys it has, twice if they are there twice.
struct Entries<'a>(Vec<(String, &'a RawValue)>);

impl<'de> Deserialize<'de> for Entries<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(EntriesVisitor)
    }
}

struct EntriesVisitor;

impl<'de> Visitor<'de> for EntriesVisitor {
    type Value = Entries<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Entries<'de>, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = map.next_entry()? {
            entries.push(entry);
        }
        Ok(Entries(entries))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ty() -> Type {
        Type::object([
            ("any", Type::Dynamic),
            ("map", Type::map(Type::Bool)),
            ("number", Type::Number),
            ("set", Type::set(Type::String)),
            ("tuple", Type::Tuple(vec![Type::Number, Type::String])),
        ])
    }

    #[track_caller]
    fn check(text: &str, expected: &[(&str, Value)]) {
        let mut whole: BTreeMap<_, _> =
            ["any", "map", "number", "set", "tuple"].map(|name| (name, Value::Null)).into();
        whole.extend(expected.iter().cloned());
        assert_eq!(decode(text.as_bytes(), &ty()), Ok(Value::object(whole)));
    }

    #[track_caller]
    fn refuse(text: &str, error: &str) {
        let refused = decode(text.as_bytes(), &ty()).unwrap_err().to_string();
        assert!(refused.contains(error), "{refused}");
    }

    #[test]
    fn reads_what_the_type_says() {
        check("{}", &[]);
        check(r#"{"set":["b","a","b"]}"#, &[("set", Value::set(["a".into(), "b".into()]))]);
        check(r#"{"tuple":[1,"x"]}"#, &[("tuple", Value::Tuple(vec![1.into(), "x".into()]))]);
        let typed = Value::Dynamic(Box::new((Type::list(Type::Number), Value::List(vec![1.into()]))));
        check(r#"{"any":{"value":[1],"type":["list","number"]}}"#, &[("any", typed)]);
    }

    #[test]
    fn keys_are_composed() {
        let composed = Value::Map([("\u{e9}".to_owned(), true.into())].into());
        check(r#"{"map":{"e\u0301":true}}"#, &[("map", composed)]);
        refuse(r#"{"map":{"e\u0301":true,"\u00e9":true}}"#, "occurs twice");
    }

    #[test]
    fn numbers_keep_every_digit() {
        for text in ["12345678901234567890.123456789", "\"12345678901234567890.123456789\""] {
            let number: crate::Number = text.trim_matches('"').parse().unwrap();
            check(&format!(r#"{{"number":{text}}}"#), &[("number", number.into())]);
        }
    }

    #[test]
    fn refuses_what_is_not_of_the_type() {
        refuse(r#"{"map":{"a":true,"a":false}}"#, r#"the key "a" occurs twice"#);
        refuse(r#"{"odd":1}"#, r#"there is no attribute "odd""#);
        refuse(r#"{"tuple":[1]}"#, "expected a tuple of 2, found one of 1");
        refuse(r#"{"number":true}"#, "not a number");
        refuse(r#"{"any":{"type":"string"}}"#, r#"the attribute "value" is missing"#);
        refuse("{} {}", "trailing characters");
        refuse("[", "EOF");
    }

    #[test]
    fn an_object_that_brings_its_type_has_every_attribute() {
        let object = (Type::object([("a", Type::Bool)]), Value::object([("a", Value::Null)]));
        let whole = r#"{"any":{"value":{"a":null},"type":["object",{"a":"bool"}]}}"#;
        check(whole, &[("any", Value::Dynamic(Box::new(object)))]);
        let missing = r#"the attribute "a" is missing"#;
        refuse(r#"{"any":{"value":{},"type":["object",{"a":"bool"}]}}"#, missing);
        refuse(r#"{"any":{"value":[{}],"type":["list",["object",{"a":"bool"}]]}}"#, missing);
    }

    #[test]
    fn depth_is_bounded() {
        let nested = |levels| {
            let ty = (0..levels).fold(Type::Bool, |ty, _| Type::list(ty));
            decode(format!("{}true{}", "[".repeat(levels), "]".repeat(levels)).as_bytes(), &ty)
        };
        assert!(nested(99).is_ok());
        assert_eq!(nested(100), Err(InvalidEncoding::TooDeep));
        assert!(decode("[".repeat(1_000_000).as_bytes(), &Type::list(Type::Bool)).is_err());
    }

    #[test]
    fn a_stored_state_may_hold_attributes_of_yesterday() {
        let state = decode_state(br#"{"gone":1,"here":true}"#, &Type::object([("here", Type::Bool)]));
        assert_eq!(state, Ok(Value::object([("here", true.into())])));
    }
}
