use std::collections::BTreeMap;

use unicode_normalization::{UnicodeNormalization, is_nfc_quick};

use crate::path::Step;
use crate::{AttributePath, ModelError, Number, Type};

pub(crate) mod conform;
mod convert;
mod display;
pub(crate) mod encoding;
pub(crate) mod json;
pub(crate) mod msgpack;
pub(crate) mod number;
#[cfg(test)]
mod properties;
pub(crate) mod refinement;
pub(crate) mod types;
#[cfg(test)]
mod vectors;

pub use refinement::Refinement;

/// One value as Terraform knows it.
///
/// Models made with serde rarely need it; a field of this type takes whatever is there, unknown or not, and is what a
/// [`Type::Dynamic`] attribute is read into.
///
/// Equal values compare equal: numbers by value, strings and keys in Unicode's composed form (NFC), sets sorted.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Value {
    /// No value.
    #[default]
    Null,
    /// A value that will be known later, with what is certain about it already.
    Unknown(Option<Box<Refinement>>),
    /// `true` or `false`.
    Bool(bool),
    /// A string. Make it with [`Value::string`], which normalises.
    String(String),
    /// A number of any size.
    Number(Number),
    /// Elements of one type in their order.
    List(Vec<Value>),
    /// Elements of one type, without order or repetition. Make it with [`Value::set`], which sorts.
    Set(Vec<Value>),
    /// Elements of one type by key. [`Type::conform`] normalises the keys.
    Map(BTreeMap<String, Value>),
    /// Attributes, each of its own type.
    Object(BTreeMap<String, Value>),
    /// Elements, each of its own type.
    Tuple(Vec<Value>),
    /// A value of a [`Type::Dynamic`] attribute, with the type it came with.
    Dynamic(Box<(Type, Value)>),
}

impl Value {
    /// An unknown value of which nothing more is certain.
    pub const UNKNOWN: Value = Value::Unknown(None);

    /// A string in Unicode's composed form, as Terraform keeps it.
    pub fn string(text: impl Into<String>) -> Value {
        Value::String(normalized(text.into()))
    }

    /// A set of these elements, sorted and each kept once. Elements that are not wholly known are all kept: they may turn out
    /// to differ.
    pub fn set(elements: impl IntoIterator<Item = Value>) -> Value {
        let mut elements: Vec<_> = elements.into_iter().collect();
        elements.sort_unstable();
        elements.dedup_by(|one, other| one == other && one.is_wholly_known());
        Value::Set(elements)
    }

    /// An object of these attributes.
    pub fn object<K: Into<String>>(attributes: impl IntoIterator<Item = (K, Value)>) -> Value {
        Value::Object(attributes.into_iter().map(|(name, value)| (name.into(), value)).collect())
    }

    /// A value of a dynamic attribute, with the type that it shows by itself.
    pub fn dynamic(value: Value) -> Value {
        Value::Dynamic(Box::new((Type::of(&value), value)))
    }

    /// Reads JSON with the type that it shows by itself, digit for digit: objects, tuples, strings, numbers and bools.
    ///
    /// ```
    /// use tfplugin::Value;
    ///
    /// let value = Value::from_json(r#"{"ports": [80, 443]}"#)?;
    /// assert_eq!(value.get("ports"), Some(&Value::Tuple(vec![80.into(), 443.into()])));
    /// # Ok::<(), tfplugin::ModelError>(())
    /// ```
    pub fn from_json(text: &str) -> Result<Value, ModelError> {
        json::decode_untyped(text.as_bytes()).map_err(|error| ModelError::new(error.to_string()))
    }

    /// Without the wrapper of a dynamic attribute, if there is one.
    pub fn plain(&self) -> &Value {
        match self {
            Value::Dynamic(typed) => typed.1.plain(),
            other => other,
        }
    }

    /// [`plain`](Self::plain) by value.
    #[must_use]
    pub fn into_plain(self) -> Value {
        match self {
            Value::Dynamic(typed) => typed.1.into_plain(),
            other => other,
        }
    }

    /// Whether there is no value.
    pub fn is_null(&self) -> bool {
        matches!(self.plain(), Value::Null)
    }

    /// Whether the value itself is unknown. Parts of a known value may be unknown.
    pub fn is_unknown(&self) -> bool {
        matches!(self.plain(), Value::Unknown(_))
    }

    /// Whether neither the value nor any part of it is unknown.
    pub fn is_wholly_known(&self) -> bool {
        self.first_unknown().is_none()
    }

    /// The same with null wherever something is unknown.
    #[must_use]
    pub(crate) fn without_unknowns(self) -> Value {
        let each =
            |elements: Vec<Value>| elements.into_iter().map(Value::without_unknowns).collect::<Vec<_>>();
        let named = |parts: BTreeMap<String, Value>| {
            parts.into_iter().map(|(name, part)| (name, part.without_unknowns())).collect::<BTreeMap<_, _>>()
        };
        match self {
            Value::Unknown(_) => Value::Null,
            Value::List(elements) => Value::List(each(elements)),
            Value::Set(elements) => Value::set(each(elements)),
            Value::Tuple(elements) => Value::Tuple(each(elements)),
            Value::Map(parts) => Value::Map(named(parts)),
            Value::Object(parts) => Value::Object(named(parts)),
            Value::Dynamic(typed) => Value::Dynamic(Box::new((typed.0, typed.1.without_unknowns()))),
            known => known,
        }
    }

    /// Where the first unknown part is.
    pub fn first_unknown(&self) -> Option<AttributePath> {
        let within = |(step, part): (Option<Step>, &Value)| {
            part.first_unknown().map(|path| step.into_iter().fold(path, AttributePath::within))
        };
        match self {
            Value::Unknown(_) => Some(AttributePath::root()),
            Value::Null | Value::Bool(_) | Value::String(_) | Value::Number(_) => None,
            Value::List(elements) | Value::Tuple(elements) => elements
                .iter()
                .enumerate()
                .map(|(index, part)| (Some(Step::Index(index)), part))
                .find_map(within),
            Value::Set(elements) => elements.iter().map(|part| (None, part)).find_map(within),
            Value::Map(parts) => {
                parts.iter().map(|(key, part)| (Some(Step::Key(key.clone())), part)).find_map(within)
            }
            Value::Object(parts) => {
                parts.iter().map(|(name, part)| (Some(Step::Attribute(name.clone())), part)).find_map(within)
            }
            Value::Dynamic(typed) => typed.1.first_unknown(),
        }
    }

    /// The text, if this is a known string.
    pub fn as_str(&self) -> Option<&str> {
        match self.plain() {
            Value::String(text) => Some(text),
            _ => None,
        }
    }

    /// The number, if this is a known one.
    pub fn as_number(&self) -> Option<&Number> {
        match self.plain() {
            Value::Number(number) => Some(number),
            _ => None,
        }
    }

    /// The bool, if this is a known one.
    pub fn as_bool(&self) -> Option<bool> {
        match self.plain() {
            Value::Bool(value) => Some(*value),
            _ => None,
        }
    }

    /// The elements, if this is a known list, set or tuple.
    pub fn elements(&self) -> Option<&[Value]> {
        match self.plain() {
            Value::List(elements) | Value::Set(elements) | Value::Tuple(elements) => Some(elements),
            _ => None,
        }
    }

    /// The attributes or map elements by name, if this is a known object or map.
    pub fn entries(&self) -> Option<&BTreeMap<String, Value>> {
        match self.plain() {
            Value::Map(parts) | Value::Object(parts) => Some(parts),
            _ => None,
        }
    }

    /// The attribute or map element of this name, if there is one.
    pub fn get(&self, name: &str) -> Option<&Value> {
        match self.plain() {
            Value::Map(parts) | Value::Object(parts) => parts.get(name),
            _ => None,
        }
    }
}

pub(crate) fn normalized(text: String) -> String {
    if text.is_ascii() || is_nfc_quick(text.chars()) == unicode_normalization::IsNormalized::Yes {
        return text;
    }
    text.nfc().collect()
}
