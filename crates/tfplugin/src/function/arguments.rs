use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{Deserializer, Visitor};
use serde::forward_to_deserialize_any;

use super::Signature;
use crate::model::{EntryReader, SequenceReader};
use crate::path::Step;
use crate::{ModelError, Value};

/// The arguments of a call, shown to serde as what the model asks for: a sequence in order, or fields by name.
pub(crate) struct Arguments(Vec<(String, Value)>);

impl Arguments {
    pub(crate) fn new(signature: &Signature, mut values: Vec<Value>) -> Self {
        let rest = values.split_off(signature.parameters.len().min(values.len()));
        let names = signature.parameters.iter().map(|parameter| parameter.name.clone());
        let mut arguments: Vec<_> = names.zip(values).collect();
        if let Some(variadic) = &signature.variadic {
            arguments.push((variadic.name.clone(), Value::Tuple(rest)));
        }
        Arguments(arguments)
    }
}

impl<'de> Deserializer<'de> for Arguments {
    type Error = ModelError;

    /// Named, so that an error knows its parameter.
    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ModelError> {
        MapAccessDeserializer::new(EntryReader::new(self.0, Step::Attribute)).deserialize_any(visitor)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ModelError> {
        SeqAccessDeserializer::new(SequenceReader::named(self.0)).deserialize_any(visitor)
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

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ModelError> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit_struct newtype_struct
        map struct enum identifier ignored_any
    }
}
