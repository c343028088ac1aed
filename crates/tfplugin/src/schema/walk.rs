//! Walks through a value along its schema.

use std::collections::BTreeMap;

use super::absent_blocks::absent;
use super::{Attribute, AttributeKind, Block, BlockNesting, NestedBlock, Schema};
use crate::path::Step;
use crate::{AttributePath, Value};

/// The attributes of an object, by name.
pub(crate) type Attributes = BTreeMap<String, Value>;

/// What an object consists of: the body of a block, or the attributes of a nested attribute.
#[derive(Clone, Copy)]
pub(crate) struct Body<'a> {
    pub(crate) attributes: &'a [Attribute],
    pub(crate) blocks: &'a [NestedBlock],
}

impl<'a> Body<'a> {
    /// The bodies of everything nested in this one, by name, with the attribute if it is one.
    pub(crate) fn nested(self) -> impl Iterator<Item = (&'a str, Option<&'a Attribute>, Body<'a>)> {
        let attributes = self.attributes.iter().filter_map(|each| match &each.kind {
            AttributeKind::Nested(_, attributes) => {
                Some((each.name.as_str(), Some(each), Body { attributes, blocks: &[] }))
            }
            AttributeKind::Plain(_) => None,
        });
        attributes.chain(self.blocks.iter().map(|each| (each.name.as_str(), None, Body::from(&each.block))))
    }

    /// The place of this attribute or block among all.
    pub(super) fn position(self, name: &str) -> Option<usize> {
        let attributes = self.attributes.iter().map(|each| &each.name);
        attributes.chain(self.blocks.iter().map(|each| &each.name)).position(|each| each == name)
    }

    /// Where the first attribute is, here or in anything nested, for which it holds.
    pub(crate) fn find(self, holds: &impl Fn(&Attribute) -> bool) -> Option<AttributePath> {
        let here = self.attributes.iter().find(|each| holds(each)).map(|each| each.name.as_str().into());
        let within = |(name, _, body): (&str, _, Body<'_>)| {
            body.find(holds).map(|path| path.within(Step::Attribute(name.to_owned())))
        };
        here.or_else(|| self.nested().find_map(within))
    }

    /// Whether the configuration leaves the group out: Terraform then sends an object of nulls.
    fn is_left_out_group(self, name: &str, parts: &Attributes) -> bool {
        let group = self.blocks.iter().find(|each| each.name == name && each.nesting == BlockNesting::Group);
        group.is_some_and(|group| parts.get(name) == Some(&absent(group)))
    }

    /// Shows every attribute that is there, outer ones first.
    pub(crate) fn visit(
        self,
        parts: &Attributes,
        path: &AttributePath,
        seen: &mut dyn FnMut(&Attribute, &Value, &AttributePath),
    ) {
        for attribute in self.attributes {
            if let Some(part) = parts.get(&attribute.name) {
                seen(attribute, part, &path.clone().attribute(&attribute.name));
            }
        }
        for (name, _, body) in self.nested().filter(|(name, ..)| !self.is_left_out_group(name, parts)) {
            let path = path.clone().attribute(name);
            for (object, path) in parts.get(name).map(|part| objects(part, &path)).into_iter().flatten() {
                body.visit(object, &path, seen);
            }
        }
    }
}

impl<'a> From<&'a Block> for Body<'a> {
    fn from(block: &'a Block) -> Self {
        Body { attributes: &block.attributes, blocks: &block.blocks }
    }
}

impl<'a> From<&'a Schema> for Body<'a> {
    fn from(schema: &'a Schema) -> Self {
        Body::from(&schema.block)
    }
}

/// The objects that a nested value holds, with their paths. Elements of a set have none of their own.
pub(crate) fn objects<'a>(value: &'a Value, path: &AttributePath) -> Vec<(&'a Attributes, AttributePath)> {
    let object = |(value, path): (&'a Value, AttributePath)| match value {
        Value::Object(parts) => Some((parts, path)),
        _ => None,
    };
    match value {
        Value::Object(parts) => vec![(parts, path.clone())],
        Value::List(elements) => {
            let placed = elements.iter().enumerate().map(|(index, each)| (each, path.clone().index(index)));
            placed.filter_map(object).collect()
        }
        Value::Set(elements) => elements.iter().map(|each| (each, path.clone())).filter_map(object).collect(),
        Value::Map(parts) => {
            parts.iter().map(|(key, each)| (each, path.clone().key(key))).filter_map(object).collect()
        }
        _ => Vec::new(),
    }
}

/// Changes every object that a nested value holds, each beside its counterpart in another value. The elements of a set have
/// none.
pub(crate) fn change_objects(
    value: &mut Value,
    other: Option<&Value>,
    change: &mut impl FnMut(&mut Attributes, Option<&Attributes>),
) {
    change_beside(value, other, &|elements, _| vec![None; elements.len()], change);
}

/// [`change_objects`], where `counterparts` tells for each element of a set the place of its counterpart.
pub(super) fn change_beside(
    value: &mut Value,
    other: Option<&Value>,
    counterparts: &impl Fn(&[Value], &[Value]) -> Vec<Option<usize>>,
    change: &mut impl FnMut(&mut Attributes, Option<&Attributes>),
) {
    match (value, other) {
        (Value::Object(parts), other) => change(parts, other.and_then(parts_of)),
        (Value::List(elements), other) => {
            for (index, element) in elements.iter_mut().enumerate() {
                change_beside(
                    element,
                    other.and_then(|other| element_of(other, index)),
                    counterparts,
                    change,
                );
            }
        }
        (Value::Map(parts), other) => {
            for (key, part) in parts.iter_mut() {
                change_beside(part, other.and_then(|other| part_of(other, key)), counterparts, change);
            }
        }
        (set @ Value::Set(_), other) => {
            let Value::Set(mut elements) = std::mem::take(set) else { return };
            let others = match other {
                Some(Value::Set(others)) => others.as_slice(),
                _ => &[],
            };
            let places = counterparts(&elements, others);
            for (element, place) in elements.iter_mut().zip(places) {
                change_beside(element, place.and_then(|place| others.get(place)), counterparts, change);
            }
            *set = Value::set(elements);
        }
        _ => {}
    }
}

fn element_of(list: &Value, index: usize) -> Option<&Value> {
    match list {
        Value::List(elements) => elements.get(index),
        _ => None,
    }
}

fn part_of<'a>(map: &'a Value, key: &str) -> Option<&'a Value> {
    match map {
        Value::Map(parts) => parts.get(key),
        _ => None,
    }
}

fn parts_of(value: &Value) -> Option<&Attributes> {
    match value {
        Value::Object(parts) => Some(parts),
        _ => None,
    }
}
