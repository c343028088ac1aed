//! What a value holds, shown to serde part by part.

use std::collections::{BTreeMap, btree_map};

use serde::de::value::StrDeserializer;
use serde::de::{DeserializeSeed, IntoDeserializer, MapAccess, SeqAccess};

use super::ModelError;
use super::reader::ValueReader;
use super::reading::Place;
use crate::Value;
use crate::path::Step;

type Attributes = BTreeMap<String, Value>;

/// The elements of a sequence, one after the other.
pub(crate) struct SequenceReader<'r, S> {
    outer: ValueReader<'r>,
    elements: &'r [Value],
    next: usize,
    step: S,
}

impl<'r, S: Fn(usize) -> Option<Step>> SequenceReader<'r, S> {
    /// `step` is the step of a path to an element; those of a set have none.
    pub(crate) fn new(outer: ValueReader<'r>, elements: &'r [Value], step: S) -> Self {
        SequenceReader { outer, elements, next: 0, step }
    }
}

impl<'de, S: Fn(usize) -> Option<Step>> SeqAccess<'de> for SequenceReader<'_, S> {
    type Error = ModelError;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, ModelError> {
        let ValueReader { reading, place: outer, .. } = self.outer;
        while reading.leaves_out(Place { outer, index: self.next }) {
            self.next += 1;
        }
        let Some(element) = self.elements.get(self.next) else { return Ok(None) };
        let place = Place { outer, index: self.next };
        self.next += 1;
        let read = reading.observe(place, || seed.deserialize(self.outer.inner(element, &place)));
        read.map(Some).map_err(|error| (self.step)(place.index).into_iter().fold(error, ModelError::within))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.elements.len().saturating_sub(self.next))
    }
}

/// The entries of an object or map, one after the other.
pub(super) struct EntryReader<'r> {
    outer: ValueReader<'r>,
    entries: btree_map::Iter<'r, String, Value>,
    index: usize,
    current: Entry<'r>,
    step: fn(String) -> Step,
    /// Fields of the model that the object does not have.
    surplus: std::vec::IntoIter<&'static str>,
}

enum Entry<'r> {
    None,
    Of(&'r str, &'r Value),
    /// A field of the model for which there is no attribute.
    Surplus(&'static str),
}

impl<'r> EntryReader<'r> {
    pub(super) fn new(outer: ValueReader<'r>, parts: &'r Attributes, step: fn(String) -> Step) -> Self {
        Self::with_surplus(outer, parts, step, Vec::new())
    }

    /// The attributes of an object for a struct of these fields. What the object does not have is shown as well, and is an error
    /// when serde takes it: an alias of another field it rejects before.
    pub(super) fn of_struct(
        outer: ValueReader<'r>,
        parts: &'r Attributes,
        fields: &'static [&'static str],
    ) -> Self {
        let surplus = fields.iter().copied().filter(|field| !parts.contains_key(*field)).collect();
        EntryReader::with_surplus(outer, parts, Step::Attribute, surplus)
    }

    fn with_surplus(
        outer: ValueReader<'r>,
        parts: &'r Attributes,
        step: fn(String) -> Step,
        surplus: Vec<&'static str>,
    ) -> Self {
        EntryReader {
            outer,
            entries: parts.iter(),
            index: 0,
            current: Entry::None,
            step,
            surplus: surplus.into_iter(),
        }
    }

    fn advance(&mut self) -> Entry<'r> {
        loop {
            let entry = match self.entries.next() {
                Some((name, value)) => Entry::Of(name, value),
                None => self.surplus.next().map_or(Entry::None, Entry::Surplus),
            };
            self.index += 1;
            let place = self.place();
            if matches!(entry, Entry::None) || !self.outer.reading.leaves_out(place) {
                return entry;
            }
        }
    }

    fn place(&self) -> Place<'r> {
        Place { outer: self.outer.place, index: self.index }
    }
}

impl<'de> MapAccess<'de> for EntryReader<'_> {
    type Error = ModelError;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, ModelError> {
        self.current = self.advance();
        let name = match self.current {
            Entry::None => return Ok(None),
            Entry::Of(name, _) => name,
            Entry::Surplus(name) => {
                self.outer.reading.show_surplus(self.place());
                name
            }
        };
        let name: StrDeserializer<'_, ModelError> = name.into_deserializer();
        seed.deserialize(name).map(Some)
    }

    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<T::Value, ModelError> {
        let place = self.place();
        let reading = self.outer.reading;
        match self.current {
            Entry::Of(name, value) => {
                let read = reading.observe(place, || seed.deserialize(self.outer.inner(value, &place)));
                read.map_err(|error| error.within((self.step)(name.to_owned())))
            }
            Entry::Surplus(name) => {
                let attributes = match self.outer.value {
                    Value::Object(parts) => parts.keys().map(String::as_str).collect(),
                    _ => Vec::new(),
                };
                let error = ModelError::no_such_attribute(name, attributes.into_iter());
                reading.observe(place, || Err(error))
            }
            Entry::None => Err(ModelError::new("a value without a name")),
        }
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.entries.size_hint().0)
    }
}
