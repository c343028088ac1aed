//! Shows a value to serde, so that models are deserialized from it.

use serde::de::value::StrDeserializer;
use serde::de::{Deserializer, IntoDeserializer, Visitor};

use super::access::{EntryReader, SequenceReader};
use super::attr::ATTR;
use super::reading::{Place, Reading};
use super::{ModelError, UNKNOWN, VALUE, pass_value};
use crate::path::Step;
use crate::{Number, Value};

/// One value on its way into a model.
#[derive(Clone, Copy)]
pub(crate) struct ValueReader<'r> {
    pub(super) value: &'r Value,
    pub(super) reading: &'r Reading,
    pub(super) place: Option<&'r Place<'r>>,
    /// Whether its objects are as a schema has them, and thus have every attribute.
    of_schema: bool,
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

impl<'r> ValueReader<'r> {
    pub(crate) fn new(value: &'r Value, reading: &'r Reading) -> Self {
        ValueReader { value, reading, place: None, of_schema: reading.of_schema }
    }

    /// A value inside this one.
    pub(super) fn inner(self, value: &'r Value, place: &'r Place<'r>) -> Self {
        ValueReader { value, place: Some(place), ..self }
    }

    /// Without the wrapper of a dynamic attribute, whose value no schema describes.
    fn plain(self) -> Self {
        match self.value {
            Value::Dynamic(typed) => ValueReader { value: &typed.1, of_schema: false, ..self }.plain(),
            _ => self,
        }
    }

    fn known(self) -> Result<Self, ModelError> {
        if self.value.is_unknown() { Err(ModelError::not_known_yet()) } else { Ok(self) }
    }

    fn number(self) -> Option<&'r Number> {
        match self.value.plain() {
            Value::Number(number) => Some(number),
            _ => None,
        }
    }

    /// Shows what is there.
    fn show<'de, V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ModelError> {
        let reader = self.plain();
        match reader.value {
            Value::Null => visitor.visit_unit(),
            Value::Unknown(_) => Err(ModelError::not_known_yet()),
            Value::Bool(value) => visitor.visit_bool(*value),
            Value::String(text) => visitor.visit_str(text),
            Value::Number(number) => match (number.as_i64(), number.as_u64()) {
                (Some(whole), _) => visitor.visit_i64(whole),
                (None, Some(whole)) => visitor.visit_u64(whole),
                (None, None) => visitor.visit_f64(number.to_f64()),
            },
            Value::List(elements) | Value::Tuple(elements) => {
                visitor.visit_seq(SequenceReader::new(reader, elements, |index| Some(Step::Index(index))))
            }
            Value::Set(elements) => visitor.visit_seq(SequenceReader::new(reader, elements, |_| None)),
            Value::Map(parts) => visitor.visit_map(EntryReader::new(reader, parts, Step::Key)),
            Value::Object(parts) => visitor.visit_map(EntryReader::new(reader, parts, Step::Attribute)),
            Value::Dynamic(_) => Err(ModelError::new("a dynamic value within itself")),
        }
    }

    /// A float that is one: neither too large for its type, nor so small that nothing is left of it.
    fn float<T: Into<f64> + Copy>(self, nearest: fn(&Number) -> T) -> Result<Option<T>, ModelError> {
        let Some(number) = self.number() else { return Ok(None) };
        let float: f64 = nearest(number).into();
        let is_lost =
            float.is_infinite() && !number.is_infinite() || float == 0.0 && number.as_i64() != Some(0);
        if is_lost {
            let bits = 8 * size_of::<T>();
            return Err(ModelError::new(format!("the number does not fit a {bits}-bit float")));
        }
        Ok(Some(nearest(number)))
    }
}

/// Types that say what they are: no unknown value is one of them.
macro_rules! typed {
    ($($method:ident)*) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ModelError> {
            self.known()?.show(visitor)
        })*
    };
}

impl<'de> Deserializer<'de> for ValueReader<'_> {
    type Error = ModelError;

    /// For types that take what comes. Those that serde buffers, as for untagged enums, take bytes as well: an unknown value
    /// passes the buffer as bytes of ours.
    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ModelError> {
        if !self.value.is_unknown() {
            return self.show(visitor);
        }
        self.reading.has_buffered_unknown.set(true);
        visitor.visit_bytes(UNKNOWN).map_err(|_: ModelError| ModelError::not_known_yet())
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ModelError> {
        if self.value.is_null() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, ModelError> {
        match name {
            VALUE => {
                pass_value(self.value.clone());
                visitor.visit_unit()
            }
            ATTR if self.value.is_unknown() => visitor.visit_unit(),
            ATTR if self.value.is_null() => visitor.visit_none(),
            ATTR => visitor.visit_some(self),
            _ => visitor.visit_newtype_struct(self),
        }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, ModelError> {
        let reader = self.plain();
        match reader.value {
            Value::Object(parts) if reader.of_schema => {
                visitor.visit_map(EntryReader::of_struct(reader, parts, fields))
            }
            _ => self.known()?.show(visitor),
        }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, ModelError> {
        match self.value.plain() {
            Value::String(variant) => {
                let variant: StrDeserializer<'_, ModelError> = variant.as_str().into_deserializer();
                visitor.visit_enum(variant)
            }
            Value::Unknown(_) => Err(ModelError::not_known_yet()),
            other => Err(ModelError::new(format!("expected a string, found {}", kind(other)))),
        }
    }

    fn deserialize_f32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ModelError> {
        match self.float(Number::to_f32)? {
            Some(float) => visitor.visit_f32(float),
            None => self.known()?.show(visitor),
        }
    }

    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ModelError> {
        match self.float(Number::to_f64)? {
            Some(float) => visitor.visit_f64(float),
            None => self.known()?.show(visitor),
        }
    }

    fn deserialize_i128<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ModelError> {
        match self.number().and_then(|number| number.to_string().parse().ok()) {
            Some(whole) => visitor.visit_i128(whole),
            None => self.known()?.show(visitor),
        }
    }

    fn deserialize_u128<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ModelError> {
        match self.number().and_then(|number| number.to_string().parse().ok()) {
            Some(whole) => visitor.visit_u128(whole),
            None => self.known()?.show(visitor),
        }
    }

    /// An object without attributes is a model without fields, `()` included.
    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ModelError> {
        match self.value {
            Value::Object(parts) if parts.is_empty() => visitor.visit_unit(),
            _ => self.known()?.show(visitor),
        }
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, ModelError> {
        self.known()?.show(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: usize,
        visitor: V,
    ) -> Result<V::Value, ModelError> {
        self.known()?.show(visitor)
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, ModelError> {
        self.known()?.show(visitor)
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ModelError> {
        visitor.visit_unit()
    }

    typed! {
        deserialize_bool deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_u8 deserialize_u16
        deserialize_u32 deserialize_u64 deserialize_char deserialize_str deserialize_string deserialize_bytes
        deserialize_byte_buf deserialize_seq deserialize_map deserialize_identifier
    }
}
