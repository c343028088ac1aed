//! Tests the reader and the writer with values that other programs have written.
//!
//! Real programs sent the bytes of `vectors.json`: Terraform 1.11.4 and 1.15.5 to a provider that logged its
//! requests, a provider made with HashiCorp's Go SDK and framework in its responses, and the Python package `tf`. Python's
//! `msgpack` gives their meaning. In `json`, numbers beyond `i64` and fractions are strings, an unknown value is
//! `{"unknown": {...}}` with its refinements, and a dynamic value is `{"type": ..., "value": ...}`. Where we write a value in
//! another form than the sender, `rewritten` says what differs; everything else comes out byte for byte.

use std::collections::BTreeSet;

use serde::Deserialize;
use serde_json::Value as Json;

use super::{json, msgpack};
use crate::{Number, Refinement, Type, Value};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Vector {
    from: String,
    r#type: Json,
    msgpack: String,
    json: Json,
    note: String,
    rewritten: Option<String>,
}

fn vectors() -> Vec<Vector> {
    serde_json::from_slice(include_bytes!("vectors.json")).unwrap()
}

impl Vector {
    fn ty(&self) -> Type {
        ty(&self.r#type)
    }

    fn bytes(&self) -> Vec<u8> {
        let byte = |place| u8::from_str_radix(&self.msgpack[place..place + 2], 16).unwrap();
        (0..self.msgpack.len()).step_by(2).map(byte).collect()
    }

    fn value(&self) -> Value {
        value(&self.json, &self.ty())
    }

    fn name(&self) -> String {
        format!("{}: {} ({}), {}", self.from, self.note, self.r#type, self.msgpack)
    }
}

fn ty(json: &Json) -> Type {
    Type::from_json(json.to_string().as_bytes()).unwrap()
}

fn value(json: &Json, ty: &Type) -> Value {
    if let Some(refinements) = json.get("unknown") {
        return Value::Unknown(refinement(refinements).boxed());
    }
    match (json, ty) {
        (Json::Null, _) => Value::Null,
        (Json::Bool(flag), Type::Bool) => Value::Bool(*flag),
        (Json::String(text), Type::String) => Value::String(text.clone()),
        (_, Type::Number) => Value::Number(number(json)),
        (Json::Array(parts), Type::List(of)) => {
            Value::List(parts.iter().map(|part| value(part, of)).collect())
        }
        (Json::Array(parts), Type::Set(of)) => Value::set(parts.iter().map(|part| value(part, of))),
        (Json::Array(parts), Type::Tuple(of)) => {
            Value::Tuple(parts.iter().zip(of).map(|(part, of)| value(part, of)).collect())
        }
        (Json::Object(parts), Type::Map(of)) => {
            Value::Map(parts.iter().map(|(key, part)| (key.clone(), value(part, of))).collect())
        }
        (Json::Object(parts), Type::Object(of)) => {
            Value::object(parts.iter().map(|(name, part)| (name, value(part, &of[name]))))
        }
        (Json::Object(parts), Type::Dynamic) => {
            let ty = self::ty(&parts["type"]);
            let value = value(&parts["value"], &ty);
            Value::Dynamic(Box::new((ty, value)))
        }
        _ => panic!("{json} is no {ty}"),
    }
}

fn number(json: &Json) -> Number {
    match json.as_str() {
        Some("inf") => f64::INFINITY.try_into().unwrap(),
        Some(text) => text.parse().unwrap(),
        None => json.as_i64().unwrap().into(),
    }
}

fn refinement(json: &Json) -> Refinement {
    let bound = |name| json.get(name).map(|bound| (number(&bound[0]), bound[1].as_bool().unwrap()));
    let length = |name| json.get(name).map(|length| length.as_u64().unwrap());
    Refinement {
        null: json.get("null").map(|null| null.as_bool().unwrap()),
        prefix: json.get("prefix").map(|prefix| prefix.as_str().unwrap().to_owned()),
        lower: bound("lower"),
        upper: bound("upper"),
        min_length: length("min_length"),
        max_length: length("max_length"),
    }
}

#[test]
fn every_vector_reads_as_it_was_meant() {
    for vector in vectors() {
        let read = msgpack::decode(&vector.bytes(), &vector.ty());
        assert_eq!(read, Ok(vector.value()), "{}", vector.name());
    }
}

#[test]
fn we_write_what_others_write() {
    for vector in vectors() {
        let (value, sent) = (vector.value(), vector.bytes());
        let written = msgpack::encode(&value);
        assert_eq!(written == sent, vector.rewritten.is_none(), "{}: {written:02x?}", vector.name());
        assert_eq!(msgpack::decode(&written, &vector.ty()), Ok(value), "{}", vector.name());
    }
}

#[test]
fn json_means_the_same() {
    let infinity = Value::Number(f64::INFINITY.try_into().unwrap());
    let known = |vector: &Vector| vector.value().is_wholly_known() && vector.value() != infinity;
    for vector in vectors().into_iter().filter(known) {
        let read = json::decode(vector.json.to_string().as_bytes(), &vector.ty());
        assert_eq!(read, Ok(vector.value()), "{}", vector.name());
    }
}

#[test]
fn no_vector_is_there_twice() {
    let vectors = vectors();
    let distinct: BTreeSet<_> = vectors.iter().map(|vector| (vector.ty(), vector.bytes())).collect();
    assert_eq!(distinct.len(), vectors.len());
}
