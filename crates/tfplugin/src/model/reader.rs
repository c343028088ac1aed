use std::str::FromStr;

use serde::de::value::StringDeserializer;
use serde::de::{DeserializeSeed, Deserializer, IntoDeserializer, MapAccess, SeqAccess, Visitor};
use serde::forward_to_deserialize_any;

use super::attr::ATTR;
use super::{ModelError, VALUE, pass_value};
use crate::Value;
use crate::path::Step;

/// Shows a value to serde.
pub(super) struct ValueReader(pub(super) Value);

impl ValueReader {
    /// A whole number that may be wider than those that serde knows by default.
    fn whole<T: FromStr>(&self) -> Option<T> {
        match self.0.plain() {
            Value::Number(number) => number.to_string().parse().ok(),
            _ => None,
        }
    }
}

/// What a value is called in messages.
pub(crate) fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Unknown(_) => "an unknown value",
        Value::Bool(_) => "a bool",
        Value::String(_) => "a string",
        Value::Number(_) => "a number",
        Value::List(_) | Value::Tuple(_) => "a list",
        Value::Set(_) => "a set",
        Value::Map(_) => "a map",
        Value::Object(_) => "an object",
        Value::Dynamic(typed) => kind(&typed.1),
    }
}

impl<'de> Deserializer<'de> for ValueReader {
    type Error = ModelError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ModelError> {
        match self.0 {
            Value::Null => visitor.visit_unit(),
            Value::Unknown(_) => Err(ModelError::not_known_yet()),
            Value::Bool(value) => visitor.visit_bool(value),
            Value::String(text) => visitor.visit_string(text),
            Value::Number(number) => match (number.as_i64(), number.as_u64()) {
                (Some(whole), _) => visitor.visit_i64(whole),
                (None, Some(whole)) => visitor.visit_u64(whole),
                (None, None) => visitor.visit_f64(number.to_f64()),
            },
            Value::List(elements) | Value::Tuple(elements) => {
                visitor.visit_seq(SequenceReader::of_list(elements))
            }
            Value::Set(elements) => visitor.visit_seq(SequenceReader::of_set(elements)),
            Value::Map(parts) => visitor.visit_map(EntryReader::new(parts, Step::Key)),
            Value::Object(parts) => visitor.visit_map(EntryReader::new(parts, Step::Attribute)),
            Value::Dynamic(typed) => ValueReader(typed.1).deserialize_any(visitor),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ModelError> {
        if self.0.is_null() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, ModelError> {
        match name {
            VALUE => {
                pass_value(self.0);
                visitor.visit_unit()
            }
            ATTR if self.0.is_unknown() => visitor.visit_unit(),
            _ => visitor.visit_newtype_struct(self),
        }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, ModelError> {
        match self.0.into_plain() {
            Value::String(variant) => {
                let variant: StringDeserializer<ModelError> = variant.into_deserializer();
                visitor.visit_enum(variant)
            }
            Value::Unknown(_) => Err(ModelError::not_known_yet()),
            other => Err(ModelError::new(format!("expected a string, found {}", kind(&other)))),
        }
    }

    fn deserialize_i128<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ModelError> {
        match self.whole() {
            Some(whole) => visitor.visit_i128(whole),
            None => self.deserialize_any(visitor),
        }
    }

    fn deserialize_u128<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ModelError> {
        match self.whole() {
            Some(whole) => visitor.visit_u128(whole),
            None => self.deserialize_any(visitor),
        }
    }

    /// An object without attributes is a model without fields, `()` included.
    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ModelError> {
        match self.0 {
            Value::Object(parts) if parts.is_empty() => visitor.visit_unit(),
            other => ValueReader(other).deserialize_any(visitor),
        }
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ModelError> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 u8 u16 u32 u64 f32 f64 char str string bytes byte_buf unit_struct seq tuple
        tuple_struct map struct identifier
    }
}

/// The elements of a sequence, one after the other.
pub(crate) struct SequenceReader {
    rest: std::vec::IntoIter<(Option<Step>, Value)>,
}

impl SequenceReader {
    /// Elements of a set have no place that a path could name.
    fn of_set(elements: Vec<Value>) -> Self {
        Self::at(elements.into_iter().map(|element| (None, element)))
    }

    fn of_list(elements: Vec<Value>) -> Self {
        Self::at(elements.into_iter().enumerate().map(|(index, element)| (Some(Step::Index(index)), element)))
    }

    /// Elements whose step in a path is a name all the same.
    pub(crate) fn named(elements: Vec<(String, Value)>) -> Self {
        Self::at(elements.into_iter().map(|(name, element)| (Some(Step::Attribute(name)), element)))
    }

    fn at(elements: impl Iterator<Item = (Option<Step>, Value)>) -> Self {
        SequenceReader { rest: elements.collect::<Vec<_>>().into_iter() }
    }
}

impl<'de> SeqAccess<'de> for SequenceReader {
    type Error = ModelError;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, ModelError> {
        let Some((step, element)) = self.rest.next() else { return Ok(None) };
        let element = seed.deserialize(ValueReader(element)).map(Some);
        element.map_err(|error| step.into_iter().fold(error, ModelError::within))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.rest.len())
    }
}

/// The parts of an object or map, one after the other.
pub(crate) struct EntryReader<I> {
    rest: I,
    current: Option<(String, Value)>,
    step: fn(String) -> Step,
}

impl<I: Iterator<Item = (String, Value)>> EntryReader<I> {
    pub(crate) fn new(parts: impl IntoIterator<IntoIter = I>, step: fn(String) -> Step) -> Self {
        EntryReader { rest: parts.into_iter(), current: None, step }
    }
}

impl<'de, I: Iterator<Item = (String, Value)>> MapAccess<'de> for EntryReader<I> {
    type Error = ModelError;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, ModelError> {
        self.current = self.rest.next();
        let Some((name, _)) = &self.current else { return Ok(None) };
        let name: StringDeserializer<ModelError> = name.clone().into_deserializer();
        seed.deserialize(name).map(Some)
    }

    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<T::Value, ModelError> {
        let (name, value) = self.current.take().unwrap_or_default();
        seed.deserialize(ValueReader(value)).map_err(|error| error.within((self.step)(name)))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.rest.size_hint().0)
    }
}
