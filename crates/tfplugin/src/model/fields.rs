//! What a model names of its schema, found by reading a sample of each type into it.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use serde::de::value::StrDeserializer;
use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, IntoDeserializer, MapAccess, SeqAccess, Unexpected,
    Visitor,
};
use serde::forward_to_deserialize_any;

use super::attr::ATTR;
use super::{ModelError, VALUE, pass_value};
use crate::{Type, Value};

/// The fields of a model. Elements of collections share those of one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a finding of its own")]
pub struct Fields {
    /// Whether a struct is read here, so that it is certain which attributes it names.
    pub(crate) is_struct: bool,
    /// Whether serde flattens one struct into another here or further in: which attributes those name, only what they write can
    /// tell.
    pub(crate) is_flattened: bool,
    /// Whether an unknown value has a place here.
    pub(crate) holds_unknown: bool,
    /// Whether null has a place here.
    pub(crate) holds_null: bool,
    /// What is wrong about the type of the field, if it is another than that of the attribute.
    pub(crate) wrong_type: Option<String>,
    /// How many elements a tuple has that is read here.
    pub(crate) tuple_of: Option<usize>,
    /// The attributes that it names.
    pub(crate) named: BTreeMap<String, Fields>,
    /// Fields for which there is no attribute, with what is wrong about them.
    pub(crate) surplus: BTreeMap<String, ModelError>,
}

impl Fields {
    /// The fields of `T`, which is to hold values of this type.
    pub fn of<T: DeserializeOwned>(ty: &Type) -> Fields {
        let mut probe = Probe::default();
        while let Err(error) = T::deserialize(Sample { ty, path: Vec::new(), probe: &probe }) {
            let failed = probe.failed.take().unwrap_or_default();
            let surplus = probe.surplus.take();
            let is_new = match surplus {
                Some(alias) if error.is_of_alias() => probe.left_out.insert(alias),
                _ => !failed.is_empty() && probe.left_out.insert(failed),
            };
            if !is_new {
                break;
            }
        }
        probe.found.into_inner()
    }

    /// The attributes that a model names that has written this.
    pub(crate) fn of_written(written: &Value) -> Fields {
        let mut fields = Fields::default();
        fields.add_written(written);
        fields
    }

    fn add_written(&mut self, written: &Value) {
        match written {
            Value::Object(parts) | Value::Map(parts) => {
                self.is_struct = true;
                for (name, part) in parts {
                    self.named.entry(name.clone()).or_default().add_written(part);
                }
            }
            Value::List(elements) | Value::Set(elements) | Value::Tuple(elements) => {
                for element in elements {
                    self.add_written(element);
                }
            }
            _ => {}
        }
    }

    fn at(&mut self, path: &[String]) -> &mut Fields {
        path.iter().fold(self, |fields, name| fields.named.entry(name.clone()).or_default())
    }
}

/// Several readings, each of which leaves out what has failed before: not every type takes a sample.
#[derive(Default)]
struct Probe {
    found: RefCell<Fields>,
    left_out: BTreeSet<Vec<String>>,
    failed: RefCell<Option<Vec<String>>>,
    surplus: RefCell<Option<Vec<String>>>,
}

impl Probe {
    /// Here, and hence in all that this is within.
    fn note_flattened(&self, path: &[String]) {
        for length in 0..=path.len() {
            self.note(&path[..length], |fields| fields.is_flattened = true);
        }
    }

    fn note(&self, path: &[String], note: impl FnOnce(&mut Fields)) {
        note(self.found.borrow_mut().at(path));
    }

    fn observe<T>(&self, path: &[String], read: Result<T, ModelError>) -> Result<T, ModelError> {
        read.inspect_err(|error| {
            let mut failed = self.failed.borrow_mut();
            if failed.as_ref().is_none_or(|inner| !inner.starts_with(path)) {
                if error.is_of_type() {
                    self.note(path, |fields| fields.wrong_type = Some(error.message().to_owned()));
                }
                *failed = Some(path.to_vec());
            }
        })
    }
}

/// A sample of a type.
struct Sample<'p> {
    ty: &'p Type,
    path: Vec<String>,
    probe: &'p Probe,
}

impl<'p> Sample<'p> {
    fn of(&self, ty: &'p Type) -> Self {
        Sample { ty, path: self.path.clone(), probe: self.probe }
    }

    fn is_left_out(&self) -> bool {
        self.probe.left_out.contains(&self.path)
    }
}

impl<'de> Deserializer<'de> for Sample<'_> {
    type Error = ModelError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ModelError> {
        match self.ty {
            Type::String => visitor.visit_str("sample"),
            Type::Number => visitor.visit_u64(1),
            Type::Bool => visitor.visit_bool(true),
            Type::List(of) | Type::Set(of) => {
                visitor.visit_seq(Elements::new(&self, std::slice::from_ref(of.as_ref())))
            }
            Type::Tuple(of) => visitor.visit_seq(Elements::new(&self, of)),
            Type::Map(of) => visitor.visit_map(Entry { sample: Some(self.of(of)) }),
            // What takes an object for anything but a struct keeps its names to itself.
            Type::Object(_) | Type::Dynamic => visitor.visit_unit(),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ModelError> {
        self.probe.note(&self.path, |fields| fields.holds_null = true);
        if self.is_left_out() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, ModelError> {
        if name == ATTR || name == VALUE {
            self.probe.note(&self.path, |fields| (fields.holds_unknown, fields.holds_null) = (true, true));
        }
        match name {
            VALUE => {
                pass_value(Value::Null);
                visitor.visit_unit()
            }
            ATTR if self.is_left_out() => visitor.visit_none(),
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
        let attributes = match self.ty {
            Type::Object(attributes) => attributes,
            Type::List(_) | Type::Set(_) | Type::Tuple(_) => {
                return Err(serde::de::Error::invalid_type(Unexpected::Seq, &visitor));
            }
            _ => return self.deserialize_any(visitor),
        };
        self.probe.note(&self.path, |found| found.is_struct = true);
        visitor.visit_map(StructFields::new(&self, attributes, fields))
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ModelError> {
        match self.ty {
            Type::Object(_) => Err(serde::de::Error::invalid_type(Unexpected::Map, &visitor)),
            _ => self.deserialize_any(visitor),
        }
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value, ModelError> {
        self.probe.note(&self.path, |fields| fields.tuple_of = Some(len));
        self.deserialize_any(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        len: usize,
        visitor: V,
    ) -> Result<V::Value, ModelError> {
        self.deserialize_tuple(len, visitor)
    }

    /// A struct that is read as a map has another flattened into it.
    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ModelError> {
        let expected: &dyn serde::de::Expected = &visitor;
        if matches!(self.ty, Type::Object(_)) && expected.to_string().starts_with("struct ") {
            self.probe.note_flattened(&self.path);
        }
        self.deserialize_any(visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, ModelError> {
        let variant: StrDeserializer<'_, ModelError> =
            variants.first().copied().unwrap_or_default().into_deserializer();
        visitor.visit_enum(variant)
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ModelError> {
        visitor.visit_unit()
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ModelError> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit_struct identifier
    }
}

/// One sample of each element type.
struct Elements<'p> {
    of: Vec<Sample<'p>>,
}

impl<'p> Elements<'p> {
    fn new(outer: &Sample<'p>, types: &'p [Type]) -> Self {
        Elements { of: types.iter().rev().map(|ty| outer.of(ty)).collect() }
    }
}

impl<'de> SeqAccess<'de> for Elements<'_> {
    type Error = ModelError;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, ModelError> {
        self.of.pop().map(|sample| seed.deserialize(sample)).transpose()
    }
}

/// One entry of a map.
struct Entry<'p> {
    sample: Option<Sample<'p>>,
}

impl<'de> MapAccess<'de> for Entry<'_> {
    type Error = ModelError;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, ModelError> {
        let key: StrDeserializer<'_, ModelError> = "sample".into_deserializer();
        self.sample.is_some().then(|| seed.deserialize(key)).transpose()
    }

    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<T::Value, ModelError> {
        match self.sample.take() {
            Some(sample) => seed.deserialize(sample),
            None => Err(ModelError::new("a value without a key")),
        }
    }
}

/// The fields of a struct: those that have an attribute, then those that have none.
struct StructFields<'s, 'p> {
    sample: &'s Sample<'p>,
    attributes: &'p BTreeMap<String, Type>,
    fields: std::vec::IntoIter<&'static str>,
    current: &'static str,
}

impl<'s, 'p> StructFields<'s, 'p> {
    fn new(
        sample: &'s Sample<'p>,
        attributes: &'p BTreeMap<String, Type>,
        fields: &'static [&'static str],
    ) -> Self {
        let mut fields = fields.to_vec();
        fields.sort_by_key(|field| !attributes.contains_key(*field));
        StructFields { sample, attributes, fields: fields.into_iter(), current: "" }
    }

    fn path(&self, field: &str) -> Vec<String> {
        [self.sample.path.as_slice(), &[field.to_owned()]].concat()
    }
}

impl<'de> MapAccess<'de> for StructFields<'_, '_> {
    type Error = ModelError;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, ModelError> {
        let probe = self.sample.probe;
        let next = self.fields.by_ref().find(|field| {
            let path = [self.sample.path.as_slice(), &[(*field).to_owned()]].concat();
            !probe.left_out.contains(&path)
        });
        let Some(field) = next else { return Ok(None) };
        if !self.attributes.contains_key(field) {
            *probe.surplus.borrow_mut() = Some(self.path(field));
        }
        self.current = field;
        let name: StrDeserializer<'_, ModelError> = field.into_deserializer();
        seed.deserialize(name).map(Some)
    }

    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<T::Value, ModelError> {
        let field = self.current;
        let (path, probe) = (self.path(field), self.sample.probe);
        let Some(ty) = self.attributes.get(field) else {
            let error = ModelError::no_such_attribute(field, self.attributes.keys().map(String::as_str));
            probe
                .note(&self.sample.path, |found| drop(found.surplus.insert(field.to_owned(), error.clone())));
            return probe.observe(&path, Err(error));
        };
        probe.note(&path, |_| {});
        let read = seed.deserialize(Sample { ty, path: path.clone(), probe });
        probe.observe(&path, read)
    }
}
