use std::collections::BTreeMap;
use std::fmt;

use serde_json::{Value as Json, json};
use thiserror::Error;

use crate::Value;

/// The type of an attribute, a function's parameter or a value.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Type {
    /// A string.
    String,
    /// A number of any size.
    Number,
    /// `true` or `false`.
    Bool,
    /// Elements of one type in their order.
    List(Box<Type>),
    /// Elements of one type, without order or repetition.
    Set(Box<Type>),
    /// Elements of one type by key.
    Map(Box<Type>),
    /// Attributes, each of its own type.
    Object(BTreeMap<String, Type>),
    /// Elements, each of its own type.
    Tuple(Vec<Type>),
    /// Any type: it comes with each value.
    Dynamic,
}

/// A type's JSON form could not be read.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("not a type: {0}")]
pub struct InvalidTypeError(String);

/// Deeper types than this are rejected: no real one comes near, and reading them must not exhaust the stack.
const DEEPEST: usize = 64;

impl Type {
    /// A list of this element type.
    pub fn list(element: Type) -> Type {
        Type::List(Box::new(element))
    }

    /// A set of this element type.
    pub fn set(element: Type) -> Type {
        Type::Set(Box::new(element))
    }

    /// A map of this element type.
    pub fn map(element: Type) -> Type {
        Type::Map(Box::new(element))
    }

    /// An object of these attributes.
    pub fn object<K: Into<String>>(attributes: impl IntoIterator<Item = (K, Type)>) -> Type {
        Type::Object(attributes.into_iter().map(|(name, ty)| (name.into(), ty)).collect())
    }

    /// The type that a value shows by itself. Empty collections have dynamic elements, nulls are dynamic.
    pub fn of(value: &Value) -> Type {
        let first = |elements: &[Value]| elements.first().map_or(Type::Dynamic, Type::of);
        match value {
            Value::Null | Value::Unknown(_) | Value::Dynamic(_) => Type::Dynamic,
            Value::Bool(_) => Type::Bool,
            Value::String(_) => Type::String,
            Value::Number(_) => Type::Number,
            Value::List(elements) => Type::list(first(elements)),
            Value::Set(elements) => Type::set(first(elements)),
            Value::Map(parts) => Type::map(parts.values().next().map_or(Type::Dynamic, Type::of)),
            Value::Object(parts) => Type::object(parts.iter().map(|(name, part)| (name, Type::of(part)))),
            Value::Tuple(elements) => Type::Tuple(elements.iter().map(Type::of).collect()),
        }
    }

    /// Whether the type, or a part of it, is dynamic.
    pub fn has_dynamic(&self) -> bool {
        match self {
            Type::Dynamic => true,
            Type::String | Type::Number | Type::Bool => false,
            Type::List(element) | Type::Set(element) | Type::Map(element) => element.has_dynamic(),
            Type::Object(attributes) => attributes.values().any(Type::has_dynamic),
            Type::Tuple(elements) => elements.iter().any(Type::has_dynamic),
        }
    }

    /// Reads the JSON form, such as `["list","string"]`.
    pub fn from_json(bytes: &[u8]) -> Result<Type, InvalidTypeError> {
        let json = serde_json::from_slice(bytes).map_err(|error| InvalidTypeError(error.to_string()))?;
        parse(&json, 0)
    }

    /// The JSON form, such as `["list","string"]`.
    pub fn to_json(&self) -> String {
        self.json().to_string()
    }

    fn json(&self) -> Json {
        match self {
            Type::String => json!("string"),
            Type::Number => json!("number"),
            Type::Bool => json!("bool"),
            Type::Dynamic => json!("dynamic"),
            Type::List(element) => json!(["list", element.json()]),
            Type::Set(element) => json!(["set", element.json()]),
            Type::Map(element) => json!(["map", element.json()]),
            Type::Object(attributes) => {
                let attributes: serde_json::Map<_, _> =
                    attributes.iter().map(|(name, ty)| (name.clone(), ty.json())).collect();
                json!(["object", attributes])
            }
            Type::Tuple(elements) => json!(["tuple", elements.iter().map(Type::json).collect::<Vec<_>>()]),
        }
    }
}

impl fmt::Display for Type {
    /// As a configuration writes it, such as `list(string)`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Type::String => f.write_str("string"),
            Type::Number => f.write_str("number"),
            Type::Bool => f.write_str("bool"),
            Type::Dynamic => f.write_str("any"),
            Type::List(element) => write!(f, "list({element})"),
            Type::Set(element) => write!(f, "set({element})"),
            Type::Map(element) => write!(f, "map({element})"),
            Type::Object(_) => f.write_str("object"),
            Type::Tuple(_) => f.write_str("tuple"),
        }
    }
}

fn parse(json: &Json, depth: usize) -> Result<Type, InvalidTypeError> {
    let invalid = || InvalidTypeError(json.to_string());
    if depth > DEEPEST {
        return Err(InvalidTypeError("nested too deeply".into()));
    }
    let deeper = |json| parse(json, depth + 1);
    match json {
        Json::String(name) => primitive(name).ok_or_else(invalid),
        Json::Array(parts) => match parts.as_slice() {
            [Json::String(kind), element] if kind == "list" => Ok(Type::list(deeper(element)?)),
            [Json::String(kind), element] if kind == "set" => Ok(Type::set(deeper(element)?)),
            [Json::String(kind), element] if kind == "map" => Ok(Type::map(deeper(element)?)),
            [Json::String(kind), Json::Array(elements)] if kind == "tuple" => {
                Ok(Type::Tuple(elements.iter().map(deeper).collect::<Result<_, _>>()?))
            }
            // A third element names the attributes that may be left out; a value still carries them all.
            [Json::String(kind), Json::Object(attributes)]
            | [Json::String(kind), Json::Object(attributes), Json::Array(_)]
                if kind == "object" =>
            {
                let attributes = attributes.iter().map(|(name, ty)| Ok((name.clone(), deeper(ty)?)));
                Ok(Type::Object(attributes.collect::<Result<_, _>>()?))
            }
            _ => Err(invalid()),
        },
        _ => Err(invalid()),
    }
}

fn primitive(name: &str) -> Option<Type> {
    match name {
        "string" => Some(Type::String),
        "number" => Some(Type::Number),
        "bool" => Some(Type::Bool),
        "dynamic" => Some(Type::Dynamic),
        _ => None,
    }
}
