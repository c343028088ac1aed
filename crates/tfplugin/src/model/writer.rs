use std::collections::BTreeMap;
use std::fmt::Display;

use serde::ser::{self, Impossible, Serialize, Serializer};

use super::attr::ATTR;
use super::{ModelError, VALUE, take_passed_value};
use crate::path::Step;
use crate::{Number, Value};

/// Makes a value of what serde shows.
pub(super) struct ValueWriter;

type Written = Result<Value, ModelError>;

impl Serializer for ValueWriter {
    type Ok = Value;
    type Error = ModelError;
    type SerializeSeq = SequenceWriter;
    type SerializeTuple = SequenceWriter;
    type SerializeTupleStruct = SequenceWriter;
    type SerializeTupleVariant = Impossible<Value, ModelError>;
    type SerializeMap = EntryWriter;
    type SerializeStruct = EntryWriter;
    type SerializeStructVariant = Impossible<Value, ModelError>;

    fn serialize_bool(self, value: bool) -> Written {
        Ok(value.into())
    }

    fn serialize_i8(self, value: i8) -> Written {
        self.serialize_i64(value.into())
    }

    fn serialize_i16(self, value: i16) -> Written {
        self.serialize_i64(value.into())
    }

    fn serialize_i32(self, value: i32) -> Written {
        self.serialize_i64(value.into())
    }

    fn serialize_i64(self, value: i64) -> Written {
        Ok(value.into())
    }

    fn serialize_u8(self, value: u8) -> Written {
        self.serialize_u64(value.into())
    }

    fn serialize_u16(self, value: u16) -> Written {
        self.serialize_u64(value.into())
    }

    fn serialize_u32(self, value: u32) -> Written {
        self.serialize_u64(value.into())
    }

    fn serialize_u64(self, value: u64) -> Written {
        Ok(Number::from(value).into())
    }

    fn serialize_i128(self, value: i128) -> Written {
        value.to_string().parse().map(Value::Number).map_err(ser::Error::custom)
    }

    fn serialize_u128(self, value: u128) -> Written {
        value.to_string().parse().map(Value::Number).map_err(ser::Error::custom)
    }

    fn serialize_f32(self, value: f32) -> Written {
        Number::from_f32(value).map(Value::Number).map_err(ser::Error::custom)
    }

    fn serialize_f64(self, value: f64) -> Written {
        Number::from_f64(value).map(Value::Number).map_err(ser::Error::custom)
    }

    fn serialize_char(self, value: char) -> Written {
        Ok(Value::string(value))
    }

    fn serialize_str(self, text: &str) -> Written {
        Ok(text.into())
    }

    fn serialize_bytes(self, _: &[u8]) -> Written {
        Err(ModelError::new("bytes are no value of Terraform; encode them as a string"))
    }

    fn serialize_none(self) -> Written {
        Ok(Value::Null)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Written {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Written {
        Ok(Value::Null)
    }

    fn serialize_unit_struct(self, name: &'static str) -> Written {
        Ok(if name == ATTR { Value::UNKNOWN } else { Value::Null })
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Written {
        Ok(variant.into())
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, name: &'static str, value: &T) -> Written {
        match take_passed_value() {
            Some(passed) if name == VALUE => Ok(passed),
            _ => value.serialize(self),
        }
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Written {
        Ok(Value::object([(variant, value.serialize(self)?)]))
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<SequenceWriter, ModelError> {
        Ok(SequenceWriter { written: Vec::new(), tuple: false })
    }

    fn serialize_tuple(self, _: usize) -> Result<SequenceWriter, ModelError> {
        Ok(SequenceWriter { written: Vec::new(), tuple: true })
    }

    fn serialize_tuple_struct(self, _: &'static str, length: usize) -> Result<SequenceWriter, ModelError> {
        self.serialize_tuple(length)
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleVariant, ModelError> {
        Err(ModelError::new("an enum variant with several fields is no value of Terraform"))
    }

    fn serialize_map(self, _: Option<usize>) -> Result<EntryWriter, ModelError> {
        Ok(EntryWriter { written: BTreeMap::new(), key: String::new(), object: false })
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<EntryWriter, ModelError> {
        Ok(EntryWriter { written: BTreeMap::new(), key: String::new(), object: true })
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeStructVariant, ModelError> {
        Err(ModelError::new("an enum variant with fields is no value of Terraform"))
    }

    fn collect_str<T: Display + ?Sized>(self, value: &T) -> Written {
        Ok(Value::string(value.to_string()))
    }
}

pub(super) struct SequenceWriter {
    written: Vec<Value>,
    tuple: bool,
}

impl SequenceWriter {
    fn push<T: Serialize + ?Sized>(&mut self, element: &T) -> Result<(), ModelError> {
        let index = self.written.len();
        self.written.push(element.serialize(ValueWriter).map_err(|error| error.within(Step::Index(index)))?);
        Ok(())
    }

    fn finish(self) -> Value {
        if self.tuple { Value::Tuple(self.written) } else { Value::List(self.written) }
    }
}

impl ser::SerializeSeq for SequenceWriter {
    type Ok = Value;
    type Error = ModelError;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, element: &T) -> Result<(), ModelError> {
        self.push(element)
    }

    fn end(self) -> Written {
        Ok(self.finish())
    }
}

impl ser::SerializeTuple for SequenceWriter {
    type Ok = Value;
    type Error = ModelError;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, element: &T) -> Result<(), ModelError> {
        self.push(element)
    }

    fn end(self) -> Written {
        Ok(self.finish())
    }
}

impl ser::SerializeTupleStruct for SequenceWriter {
    type Ok = Value;
    type Error = ModelError;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, element: &T) -> Result<(), ModelError> {
        self.push(element)
    }

    fn end(self) -> Written {
        Ok(self.finish())
    }
}

pub(super) struct EntryWriter {
    written: BTreeMap<String, Value>,
    key: String,
    object: bool,
}

impl EntryWriter {
    fn insert<T: Serialize + ?Sized>(&mut self, name: String, part: &T) -> Result<(), ModelError> {
        let step = if self.object { Step::Attribute } else { Step::Key };
        let part = part.serialize(ValueWriter).map_err(|error| error.within(step(name.clone())))?;
        self.written.insert(name, part);
        Ok(())
    }

    fn finish(self) -> Value {
        if self.object { Value::Object(self.written) } else { Value::Map(self.written) }
    }
}

impl ser::SerializeMap for EntryWriter {
    type Ok = Value;
    type Error = ModelError;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), ModelError> {
        self.key = match key.serialize(ValueWriter)? {
            Value::String(text) => text,
            Value::Number(number) => number.to_string(),
            _ => return Err(ModelError::new("the keys of a map are strings")),
        };
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, part: &T) -> Result<(), ModelError> {
        let key = std::mem::take(&mut self.key);
        self.insert(key, part)
    }

    fn end(self) -> Written {
        Ok(self.finish())
    }
}

impl ser::SerializeStruct for EntryWriter {
    type Ok = Value;
    type Error = ModelError;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        name: &'static str,
        part: &T,
    ) -> Result<(), ModelError> {
        self.insert(name.to_owned(), part)
    }

    /// A field that serde leaves out for now is null, unlike one that the model does not have.
    fn skip_field(&mut self, name: &'static str) -> Result<(), ModelError> {
        self.insert(name.to_owned(), &Value::Null)
    }

    fn end(self) -> Written {
        Ok(self.finish())
    }
}
