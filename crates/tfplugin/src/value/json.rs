//! Values in JSON, typed by a schema: stored state, and what a client may send instead of MessagePack.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::error::Category;
use serde_json::value::RawValue;

use super::encoding::{Depth, InvalidEncodingError, InvalidValueError};
use super::msgpack::insert_once;
use super::normalized;
use crate::path::Step;
use crate::{Number, Type, Value};

/// Reads one value of this type, and nothing after it. An attribute that the JSON leaves out is null, unless the JSON brings
/// the type as well.
pub(crate) fn decode(bytes: &[u8], ty: &Type) -> Result<Value, InvalidValueError> {
    read(bytes, ty, Source::Client)
}

/// Reads a stored state. Attributes that the type no longer has are dropped, and what was a number or a bool when it was stored
/// may be a string now, or the other way round, as HashiCorp's SDK reads them.
pub(crate) fn decode_state(bytes: &[u8], ty: &Type) -> Result<Value, InvalidValueError> {
    read(bytes, ty, Source::State)
}

/// Reads JSON without a known type, digit for digit.
pub(crate) fn decode_untyped(bytes: &[u8]) -> Result<Value, InvalidValueError> {
    let text = std::str::from_utf8(bytes).map_err(|_| InvalidEncodingError::NotUtf8)?;
    untyped(parse(text, "a value")?, Depth::default())
}

fn untyped(raw: &RawValue, depth: Depth) -> Result<Value, InvalidValueError> {
    let depth = depth.deeper()?;
    let text = raw.get();
    Ok(match kind(text) {
        _ if text == "null" => Value::Null,
        "a bool" => Value::Bool(text == "true"),
        "a string" => Value::string(parse::<String>(text, "a string")?),
        "a list" => {
            let elements = parse::<Vec<&RawValue>>(text, "a list")?.into_iter().enumerate();
            let element =
                |(index, raw)| untyped(raw, depth).map_err(|error| error.within(Step::Index(index)));
            Value::Tuple(elements.map(element).collect::<Result<_, _>>()?)
        }
        "an object" => {
            let mut parts = BTreeMap::new();
            for (name, raw) in entries(text)? {
                let part =
                    untyped(raw, depth).map_err(|error| error.within(Step::Attribute(name.clone())))?;
                insert_once(&mut parts, name, part)?;
            }
            Value::Object(parts)
        }
        _ => Value::Number(number(text)?),
    })
}

/// Where the JSON comes from.
#[derive(Clone, Copy, PartialEq)]
enum Source {
    Client,
    State,
}

/// What becomes of attributes that the JSON leaves out.
#[derive(Clone, Copy)]
enum Missing {
    Null,
    /// Where the type is in the JSON as well: a few bytes for a wide type and a few for each empty object would take memory
    /// by the product of both.
    Rejected,
}

fn read(bytes: &[u8], ty: &Type, source: Source) -> Result<Value, InvalidValueError> {
    let raw: &RawValue =
        parse(std::str::from_utf8(bytes).map_err(|_| InvalidEncodingError::NotUtf8)?, "a value")?;
    Reader { source, missing: Missing::Null }.value(raw, ty, Depth::default())
}

/// JSON stays raw until their type is known, so that numbers keep every digit.
#[derive(Clone, Copy)]
struct Reader {
    source: Source,
    missing: Missing,
}

impl Reader {
    fn value(self, raw: &RawValue, ty: &Type, depth: Depth) -> Result<Value, InvalidValueError> {
        let depth = depth.deeper()?;
        let text = raw.get();
        match ty {
            _ if text == "null" => Ok(Value::Null),
            Type::Bool => Ok(Value::Bool(self.bool(text)?)),
            Type::String => Ok(Value::string(self.string(text)?)),
            Type::Number => Ok(Value::Number(number(text)?)),
            Type::List(of) => self.list(text, of, depth),
            Type::Set(of) => self.set(text, of, depth),
            Type::Map(of) => self.map(text, of, depth),
            Type::Object(of) => self.object(text, of, depth),
            Type::Tuple(of) => self.tuple(text, of, depth),
            Type::Dynamic => self.dynamic(text, depth),
        }
    }

    fn bool(self, text: &str) -> Result<bool, InvalidEncodingError> {
        match text {
            r#""true""# if self.source == Source::State => Ok(true),
            r#""false""# if self.source == Source::State => Ok(false),
            text => parse(text, "a bool"),
        }
    }

    fn string(self, text: &str) -> Result<String, InvalidEncodingError> {
        let converts = self.source == Source::State && !text.starts_with(['"', '[', '{']);
        if converts { Ok(text.to_owned()) } else { parse(text, "a string") }
    }

    fn list(self, text: &str, of: &Type, depth: Depth) -> Result<Value, InvalidValueError> {
        let elements: Vec<&RawValue> = parse(text, "a list")?;
        let elements =
            elements.into_iter().enumerate().map(|(index, raw)| self.element(index, raw, of, depth));
        elements.collect::<Result<_, _>>().map(Value::List)
    }

    fn set(self, text: &str, of: &Type, depth: Depth) -> Result<Value, InvalidValueError> {
        let elements: Vec<&RawValue> = parse(text, "a list")?;
        let elements = elements.into_iter().map(|raw| self.value(raw, of, depth));
        elements.collect::<Result<Vec<_>, _>>().map(Value::set)
    }

    fn tuple(self, text: &str, of: &[Type], depth: Depth) -> Result<Value, InvalidValueError> {
        let elements: Vec<&RawValue> = parse(text, "a list")?;
        if elements.len() != of.len() {
            return Err(InvalidEncodingError::tuple(of.len(), elements.len()).into());
        }
        let elements = elements.into_iter().zip(of).enumerate();
        let elements = elements.map(|(index, (raw, ty))| self.element(index, raw, ty, depth));
        elements.collect::<Result<_, _>>().map(Value::Tuple)
    }

    fn element(
        self,
        index: usize,
        raw: &RawValue,
        ty: &Type,
        depth: Depth,
    ) -> Result<Value, InvalidValueError> {
        self.value(raw, ty, depth).map_err(|error| error.within(Step::Index(index)))
    }

    fn map(self, text: &str, of: &Type, depth: Depth) -> Result<Value, InvalidValueError> {
        let mut parts = BTreeMap::new();
        for (key, raw) in entries(text)? {
            let key = normalized(key);
            let part = self.value(raw, of, depth).map_err(|error| error.within(Step::Key(key.clone())))?;
            insert_once(&mut parts, key, part)?;
        }
        Ok(Value::Map(parts))
    }

    fn object(
        self,
        text: &str,
        of: &BTreeMap<String, Type>,
        depth: Depth,
    ) -> Result<Value, InvalidValueError> {
        let mut parts = BTreeMap::new();
        for (name, raw) in entries(text)? {
            match of.get(&name) {
                Some(ty) => {
                    let part = self.value(raw, ty, depth);
                    let part = part.map_err(|error| error.within(Step::Attribute(name.clone())))?;
                    insert_once(&mut parts, name, part)?;
                }
                None if self.source == Source::State => {}
                None => return Err(InvalidEncodingError::SurplusAttribute(name).into()),
            }
        }
        let missing = of.keys().find(|name| !parts.contains_key(*name));
        if let (Missing::Rejected, Some(name)) = (self.missing, missing) {
            return Err(InvalidEncodingError::MissingAttribute(name.clone()).into());
        }
        for name in of.keys() {
            parts.entry(name.clone()).or_default();
        }
        Ok(Value::Object(parts))
    }

    fn dynamic(self, text: &str, depth: Depth) -> Result<Value, InvalidValueError> {
        let typed: BTreeMap<_, _> = entries(text)?.into_iter().collect();
        let part =
            |name: &str| typed.get(name).ok_or_else(|| InvalidEncodingError::MissingAttribute(name.into()));
        let ty = Type::from_json(part("type")?.get().as_bytes())?;
        let value = Reader { missing: Missing::Rejected, ..self }.value(part("value")?, &ty, depth)?;
        Ok(Value::Dynamic(Box::new((ty, value))))
    }
}

/// The JSON as a `T`. It may hold a secret: an error does not quote it.
fn parse<'a, T: Deserialize<'a>>(text: &'a str, expected: &str) -> Result<T, InvalidEncodingError> {
    serde_json::from_str(text).map_err(|error| match error.classify() {
        Category::Data => InvalidEncodingError::unexpected(expected, kind(text)),
        _ => InvalidEncodingError::Json(error.to_string()),
    })
}

fn number(text: &str) -> Result<Number, InvalidEncodingError> {
    if text.starts_with('"') {
        let quoted: String = parse(text, "a number")?;
        return quoted.parse().map_err(|_| InvalidEncodingError::unexpected("a number", "a string"));
    }
    match kind(text) {
        "a number" => Ok(text.parse()?),
        other => Err(InvalidEncodingError::unexpected("a number", other)),
    }
}

fn kind(text: &str) -> &'static str {
    match text.as_bytes().first() {
        Some(b'"') => "a string",
        Some(b'[') => "a list",
        Some(b'{') => "an object",
        Some(b't' | b'f') => "a bool",
        _ => "a number",
    }
}

fn entries(text: &str) -> Result<Vec<(String, &RawValue)>, InvalidEncodingError> {
    parse(text, "an object").map(|Entries(entries)| entries)
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
    fn reject(text: &str, error: &str) {
        let rejected = decode(text.as_bytes(), &ty()).unwrap_err().to_string();
        assert!(rejected.contains(error), "{rejected}");
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
        reject(r#"{"map":{"e\u0301":true,"\u00e9":true}}"#, "occurs twice");
    }

    #[test]
    fn a_text_without_a_type_is_what_it_shows() {
        let read = decode_untyped(br#"{"a":[null,true,"x",0.10000000000000000001],"b":{}}"#).unwrap();
        let exact = Value::Number("0.10000000000000000001".parse().unwrap());
        let list = Value::Tuple(vec![Value::Null, true.into(), "x".into(), exact]);
        assert_eq!(read, Value::object([("a", list), ("b", Value::Object(BTreeMap::new()))]));
        assert_eq!(
            decode_untyped(br#"{"a":1,"a":2}"#).unwrap_err().to_string(),
            r#"the key "a" occurs twice"#
        );
        assert!(decode_untyped("[".repeat(200).as_bytes()).is_err());
    }

    #[test]
    fn numbers_keep_every_digit() {
        for text in ["12345678901234567890.123456789", "\"12345678901234567890.123456789\""] {
            let number: crate::Number = text.trim_matches('"').parse().unwrap();
            check(&format!(r#"{{"number":{text}}}"#), &[("number", number.into())]);
        }
    }

    #[test]
    fn rejects_what_is_not_of_the_type() {
        reject(r#"{"map":{"a":true,"a":false}}"#, r#"the key "a" occurs twice"#);
        reject(r#"{"odd":1}"#, r#"there is no attribute "odd""#);
        reject(r#"{"tuple":[1]}"#, "expected a tuple of 2, found one of 1");
        reject(r#"{"number":true}"#, "number: expected a number, found a bool");
        reject(r#"{"number":"s3cret"}"#, "number: expected a number, found a string");
        reject(r#"{"number":1e999999999}"#, "not a number");
        reject(r#"{"any":{"type":"string"}}"#, r#"the attribute "value" is missing"#);
        reject("{} {}", "trailing characters");
        reject(r#"{"set":"s3cret"}"#, "set: expected a list, found a string");
        reject(r#"{"set":["\ud800"]}"#, "hex escape");
        reject("[", "EOF");
    }

    #[test]
    fn an_object_that_brings_its_type_has_every_attribute() {
        let object = (Type::object([("a", Type::Bool)]), Value::object([("a", Value::Null)]));
        let whole = r#"{"any":{"value":{"a":null},"type":["object",{"a":"bool"}]}}"#;
        check(whole, &[("any", Value::Dynamic(Box::new(object)))]);
        let missing = r#"the attribute "a" is missing"#;
        reject(r#"{"any":{"value":{},"type":["object",{"a":"bool"}]}}"#, missing);
        reject(r#"{"any":{"value":[{}],"type":["list",["object",{"a":"bool"}]]}}"#, missing);
    }

    #[test]
    fn depth_is_bounded() {
        let nested = |levels| {
            let ty = (0..levels).fold(Type::Bool, |ty, _| Type::list(ty));
            decode(format!("{}true{}", "[".repeat(levels), "]".repeat(levels)).as_bytes(), &ty)
        };
        assert!(nested(99).is_ok());
        assert_eq!(nested(100).unwrap_err().problem, InvalidEncodingError::TooDeep);
        assert!(decode("[".repeat(1_000_000).as_bytes(), &Type::list(Type::Bool)).is_err());
    }

    #[test]
    fn a_stored_state_may_hold_attributes_of_yesterday() {
        let state = decode_state(br#"{"gone":1,"here":true}"#, &Type::object([("here", Type::Bool)]));
        assert_eq!(state, Ok(Value::object([("here", true.into())])));
    }

    #[test]
    fn a_stored_state_may_hold_primitives_of_yesterday() {
        let ty = Type::object([("flag", Type::Bool), ("port", Type::String), ("open", Type::String)]);
        let stored = br#"{"flag":"true","port":8.50,"open":false}"#;
        let read = Value::object([("flag", true.into()), ("port", "8.50".into()), ("open", "false".into())]);
        assert_eq!(decode_state(stored, &ty), Ok(read));
        assert_eq!(decode(stored, &ty).unwrap_err().path, "flag".into());
        let list = decode_state(br#"{"port":[]}"#, &ty).unwrap_err();
        assert!(list.to_string().starts_with("port: expected a string, found a list"), "{list}");
    }

    #[test]
    fn an_error_says_where_it_is() {
        reject(r#"{"map":{"a":true,"b":1}}"#, r#"map["b"]: expected a bool, found a number"#);
        reject(r#"{"tuple":["x","y"]}"#, "tuple[0]: expected a number, found a string");
    }
}
