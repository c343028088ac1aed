//! Puts back into what a model has written what it could not hold: the attributes that it does not name, the digits that its
//! floats do not have, and strings that mean the same.

use super::Fields;
use crate::Value;
use crate::schema::{Attribute, Attributes as Parts, Body, Schema};

#[cfg(test)]
mod tests;

/// Which attributes a written object may lack although they have values.
#[derive(Clone, Copy)]
pub(crate) enum Unnamed<'a> {
    /// Whatever it lacks: a result repeats its configuration.
    All,
    /// Those that the model has no field for.
    Beside(&'a Fields),
    /// None: nothing is known about the model here.
    None,
}

impl<'a> Unnamed<'a> {
    fn beside(fields: &'a Fields) -> Self {
        if fields.is_struct || !fields.named.is_empty() { Unnamed::Beside(fields) } else { Unnamed::None }
    }

    fn is_unnamed(self, name: &str) -> bool {
        match self {
            Unnamed::All => true,
            Unnamed::Beside(fields) => fields.is_struct && !fields.named.contains_key(name),
            Unnamed::None => false,
        }
    }

    fn is_of_structs(self) -> bool {
        match self {
            Unnamed::All => true,
            Unnamed::Beside(fields) => fields.is_struct,
            Unnamed::None => false,
        }
    }

    fn within(self, name: &str) -> Self {
        match self {
            Unnamed::Beside(fields) => fields.named.get(name).map_or(Unnamed::None, Unnamed::beside),
            other => other,
        }
    }
}

/// How a written value is taken for the original one.
#[derive(Clone, Copy)]
pub(crate) struct Restoring<'a> {
    unnamed: Unnamed<'a>,
    /// Whether unknown values are put back as well, as a plan has them.
    with_unknown: bool,
}

impl<'a> Restoring<'a> {
    /// Of a plan that the model has changed.
    pub(crate) fn plan(fields: &'a Fields) -> Self {
        Restoring { unnamed: Unnamed::beside(fields), with_unknown: true }
    }

    /// Of a state that the model has made of another.
    pub(crate) fn state(fields: &'a Fields) -> Self {
        Restoring { unnamed: Unnamed::beside(fields), with_unknown: false }
    }

    /// Of a result that repeats its configuration, by a model of its own.
    pub(crate) fn result() -> Self {
        Restoring { unnamed: Unnamed::All, with_unknown: false }
    }

    /// The written value of a schema with what `original`, which the model was read from, has and it lacks.
    pub(crate) fn restore(self, schema: &Schema, original: &Value, written: Value) -> Value {
        self.part(Part::Objects(schema.into()), original, written)
    }

    /// Whether the model has changed nothing of `original`, as far as it can tell.
    pub(crate) fn is_unchanged(self, schema: &Schema, original: &Value, written: &Value) -> bool {
        self.is_same(Part::Objects(schema.into()), original, written)
    }

    fn within(self, name: &str) -> Self {
        Restoring { unnamed: self.unnamed.within(name), ..self }
    }

    /// Whether the written object lacks this attribute because the model does not name it.
    fn is_left_out(self, name: &str, original: &Value) -> bool {
        self.unnamed.is_unnamed(name) && (self.with_unknown || original.is_wholly_known())
    }

    fn part(self, part: Part<'_>, original: &Value, written: Value) -> Value {
        let written = self.as_object(original, written);
        if self.is_same(part, original, &written) {
            return original.clone();
        }
        match (original, written) {
            (Value::Object(original), Value::Object(written)) => {
                Value::Object(self.object(part, original, written))
            }
            (Value::Map(original), Value::Map(written)) => Value::Map(
                written.into_iter().map(|(key, after)| self.entry(part, original, key, after)).collect(),
            ),
            (Value::List(original) | Value::Tuple(original), Value::List(written)) => {
                Value::List(self.elements(part, original, written))
            }
            (Value::List(original) | Value::Tuple(original), Value::Tuple(written)) => {
                Value::Tuple(self.elements(part, original, written))
            }
            (Value::Set(original), Value::List(written) | Value::Set(written) | Value::Tuple(written)) => {
                Value::List(self.matched(part, original, written))
            }
            (_, written) => written,
        }
    }

    /// Flattened structs are written as maps.
    fn as_object(self, original: &Value, written: Value) -> Value {
        match (original, written) {
            (Value::Object(_), Value::Map(parts)) if self.unnamed.is_of_structs() => Value::Object(parts),
            (_, written) => written,
        }
    }

    fn entry(self, part: Part<'_>, original: &Parts, key: String, written: Value) -> (String, Value) {
        let restored = match original.get(&key) {
            Some(original) => self.part(part, original, written),
            None => written,
        };
        (key, restored)
    }

    fn object(self, part: Part<'_>, original: &Parts, mut written: Parts) -> Parts {
        for (name, original) in original {
            let restored = match written.remove(name) {
                Some(written) => self.within(name).part(part.at(name), original, written),
                None if self.is_left_out(name, original) => original.clone(),
                None => continue,
            };
            written.insert(name.clone(), restored);
        }
        written
    }

    /// Element by element, where none came or went.
    fn elements(self, part: Part<'_>, original: &[Value], written: Vec<Value>) -> Vec<Value> {
        if original.len() != written.len() {
            return self.matched(part, original, written);
        }
        original.iter().zip(written).map(|(original, written)| self.part(part, original, written)).collect()
    }

    /// Each element by the original that it is the same as, if there is one.
    fn matched(self, part: Part<'_>, original: &[Value], written: Vec<Value>) -> Vec<Value> {
        let mut rest: Vec<_> = original.iter().collect();
        let each = |written: Value| match rest.iter().position(|each| self.is_same(part, each, &written)) {
            Some(place) => rest.remove(place).clone(),
            None => written,
        };
        written.into_iter().map(each).collect()
    }

    /// Whether the model would have written this, had it changed nothing of the original.
    fn is_same(self, part: Part<'_>, original: &Value, written: &Value) -> bool {
        match (original, written) {
            (Value::Dynamic(original), Value::Dynamic(written)) => {
                original.0 == written.0 && self.is_same(part, &original.1, &written.1)
            }
            (Value::Dynamic(original), written) => self.is_same(part, &original.1, written),
            (Value::Number(original), Value::Number(written)) => written.was(original),
            (Value::String(original), Value::String(written)) => part.means_the_same(original, written),
            (Value::Object(original), Value::Object(written)) => self.is_same_object(part, original, written),
            (Value::Object(original), Value::Map(written)) if self.unnamed.is_of_structs() => {
                self.is_same_object(part, original, written)
            }
            (
                Value::Map(original) | Value::Object(original),
                Value::Map(written) | Value::Object(written),
            ) => {
                let mut values = original.values().zip(written.values());
                original.keys().eq(written.keys())
                    && values.all(|(original, written)| self.is_same(part, original, written))
            }
            (
                Value::List(original) | Value::Tuple(original),
                Value::List(written) | Value::Set(written) | Value::Tuple(written),
            ) => {
                original.len() == written.len()
                    && original
                        .iter()
                        .zip(written)
                        .all(|(original, written)| self.is_same(part, original, written))
            }
            (Value::Set(original), Value::List(written) | Value::Set(written) | Value::Tuple(written)) => {
                self.is_same_set(part, original, written)
            }
            (Value::Unknown(_), Value::Unknown(_)) => self.with_unknown,
            // A model that has no place for what is unknown within takes the whole for unknown.
            (original, Value::Unknown(_)) => self.with_unknown && !original.is_wholly_known(),
            (original, written) => original == written,
        }
    }

    fn is_same_object(self, part: Part<'_>, original: &Parts, written: &Parts) -> bool {
        let has_same = |(name, original): (&String, &Value)| match written.get(name) {
            Some(written) => self.within(name).is_same(part.at(name), original, written),
            None => original.is_null() || self.is_left_out(name, original),
        };
        original.iter().all(has_same) && written.keys().all(|name| original.contains_key(name))
    }

    fn is_same_set(self, part: Part<'_>, original: &[Value], written: &[Value]) -> bool {
        let mut rest: Vec<_> = original.iter().collect();
        let take = |written: &Value| {
            let place = rest.iter().position(|original| self.is_same(part, original, written));
            place.map(|place| rest.remove(place)).is_some()
        };
        original.len() == written.len() && written.iter().all(take)
    }
}

/// What the schema says of a value.
#[derive(Clone, Copy)]
enum Part<'a> {
    Objects(Body<'a>),
    Attribute(&'a Attribute),
    Unspecified,
}

impl<'a> Part<'a> {
    fn at(self, name: &str) -> Part<'a> {
        let body = match self {
            Part::Objects(body) => body,
            Part::Attribute(attribute) => match attribute.body() {
                Some(body) => body,
                None => return self,
            },
            Part::Unspecified => return self,
        };
        let attribute = body.attributes.iter().find(|each| each.name == name).map(Part::Attribute);
        let block = || {
            body.blocks.iter().find(|each| each.name == name).map(|each| Part::Objects((&each.block).into()))
        };
        attribute.or_else(block).unwrap_or(Part::Unspecified)
    }

    fn means_the_same(self, original: &str, written: &str) -> bool {
        original == written
            || matches!(self, Part::Attribute(attribute) if attribute.means_the_same(original, written))
    }
}
