use std::collections::BTreeMap;

use serde::de::value::SeqAccessDeserializer;
use serde::de::{DeserializeOwned, Deserializer, Visitor};
use serde::forward_to_deserialize_any;

use super::Signature;
use crate::model::{Reading, SequenceReader, ValueReader};
use crate::path::Step;
use crate::{ModelError, Value};

/// The arguments of a call, shown to serde as what the model asks for: a sequence in order, or fields by name.
pub(crate) struct Arguments {
    names: Vec<String>,
    values: Vec<Value>,
}

impl Arguments {
    pub(crate) fn new(signature: &Signature, mut values: Vec<Value>) -> Self {
        let rest = values.split_off(signature.parameters.len().min(values.len()));
        let mut names: Vec<_> = signature.parameters.iter().map(|parameter| parameter.name.clone()).collect();
        if let Some(variadic) = &signature.variadic {
            names.push(variadic.name.clone());
            values.push(Value::Tuple(rest));
        }
        Arguments { names, values }
    }

    /// Reads the model of the arguments. Its fields are held to the names of the parameters.
    pub(crate) fn read<T: DeserializeOwned>(self) -> Result<T, ModelError> {
        let by_name: BTreeMap<_, _> = self.names.iter().cloned().zip(self.values.iter().cloned()).collect();
        T::deserialize(ArgumentsReader {
            by_name: &Value::Object(by_name),
            arguments: &self,
            reading: &Reading::of_schema(),
        })
    }
}

struct ArgumentsReader<'r> {
    by_name: &'r Value,
    arguments: &'r Arguments,
    reading: &'r Reading,
}

impl<'r> ArgumentsReader<'r> {
    fn by_name(&self) -> ValueReader<'r> {
        ValueReader::new(self.by_name, self.reading)
    }
}

impl<'de> Deserializer<'de> for ArgumentsReader<'_> {
    type Error = ModelError;

    /// Named, so that an error knows its parameter.
    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ModelError> {
        self.by_name().deserialize_any(visitor)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ModelError> {
        let Arguments { names, values } = self.arguments;
        let name = |index: usize| names.get(index).cloned().map(Step::Attribute);
        SeqAccessDeserializer::new(SequenceReader::new(self.by_name(), values, name)).deserialize_any(visitor)
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, ModelError> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: usize,
        visitor: V,
    ) -> Result<V::Value, ModelError> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, ModelError> {
        self.by_name().deserialize_struct(name, fields, visitor)
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ModelError> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit_struct newtype_struct
        map enum identifier ignored_any
    }
}
