use std::collections::BTreeSet;

use thiserror::Error;

use super::attribute::{Attribute, AttributeKind, Nesting, UseState};
use super::block::{Block, BlockNesting, NestedBlock};
use super::default_value::DefaultValue;
use super::identity::IdentityAttribute;
use super::walk::Body;
use crate::{AttributePath, Type};

/// A schema that Terraform would reject, or could not use.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{}{problem}", .path.prefix())]
pub struct SchemaError {
    path: AttributePath,
    problem: &'static str,
}

const ATTRIBUTE_NAME: &str = "an attribute's name is a-z, 0-9 and _, not starting with a digit";

pub(super) fn block(block: &Block) -> Result<(), SchemaError> {
    body(block, &AttributePath::root(), false)
}

pub(super) fn reserved(block: &Block, reserved: &[&str]) -> Result<(), SchemaError> {
    let found = names(block).find(|name| reserved.contains(&name.as_str()));
    ensure_nowhere(found.map(|name| name.as_str().into()), "the name is Terraform's own")
}

pub(super) fn nothing_write_only(block: &Block) -> Result<(), SchemaError> {
    let found = Body::from(block).find(&|attribute| attribute.write_only);
    ensure_nowhere(found, "only resources and actions have write-only attributes")
}

pub(super) fn nothing_planned(block: &Block) -> Result<(), SchemaError> {
    let found = Body::from(block).find(&|attribute| {
        attribute.default.is_some()
            || attribute.replacement.may_be()
            || attribute.use_state != UseState::Never
    });
    ensure_nowhere(found, "only a resource is planned, with defaults, replacements and kept values")
}

pub(super) fn identity(attributes: &[IdentityAttribute]) -> Result<(), SchemaError> {
    let root = AttributePath::root();
    ensure(!attributes.is_empty(), &root, "an identity has attributes")?;
    distinct(attributes.iter().map(|each| &each.name), &root)?;
    attributes.iter().try_for_each(|each| {
        let path = root.clone().attribute(&each.name);
        ensure(is_name(&each.name), &path, ATTRIBUTE_NAME)?;
        let element = if let Type::List(element) = &each.ty { element.as_ref() } else { &each.ty };
        let plain = matches!(element, Type::String | Type::Number | Type::Bool);
        ensure(plain, &path, "an identity holds strings, numbers, bools and lists of these")
    })
}

fn body(block: &Block, path: &AttributePath, in_set: bool) -> Result<(), SchemaError> {
    distinct(names(block), path)?;
    block.attributes.iter().try_for_each(|each| attribute(each, path, in_set))?;
    block.blocks.iter().try_for_each(|each| nested_block(each, path, in_set))
}

fn names(block: &Block) -> impl Iterator<Item = &String> {
    block.attributes.iter().map(|each| &each.name).chain(block.blocks.iter().map(|each| &each.name))
}

fn distinct<'a>(names: impl Iterator<Item = &'a String>, path: &AttributePath) -> Result<(), SchemaError> {
    let mut seen = BTreeSet::new();
    for name in names {
        let is_new = seen.insert(name);
        ensure(is_new, &path.clone().attribute(name), "the name is used twice")?;
    }
    Ok(())
}

fn attribute(attribute: &Attribute, path: &AttributePath, in_set: bool) -> Result<(), SchemaError> {
    let path = path.clone().attribute(&attribute.name);
    let Attribute { required, optional, computed, write_only, .. } = *attribute;
    ensure(is_name(&attribute.name), &path, ATTRIBUTE_NAME)?;
    ensure(required || optional || computed, &path, "an attribute is required, optional or computed")?;
    ensure(!(required && optional), &path, "an attribute is not required and optional at once")?;
    ensure(!(required && computed), &path, "an attribute is not required and computed at once")?;
    ensure(!(write_only && computed), &path, "a write-only attribute is not computed")?;
    ensure(!(in_set && write_only), &path, "a set has no write-only attributes")?;
    ensure(attribute.deprecated.as_deref() != Some(""), &path, "a deprecation says what to use instead")?;
    ensure(
        attribute.use_state == UseState::Never || computed,
        &path,
        "only a computed attribute keeps its state",
    )?;
    match &attribute.default {
        Some(DefaultValue::Fixed(default)) => {
            ensure(
                attribute.ty().conform(default.clone()).is_ok(),
                &path,
                "a default is of its attribute's type",
            )?;
        }
        Some(DefaultValue::Environment(_)) => {
            ensure(attribute.ty() == Type::String, &path, "a default from the environment is a string")?;
        }
        Some(DefaultValue::Computed(_)) | None => {}
    }
    match &attribute.kind {
        AttributeKind::Plain(ty) => {
            ensure(!(in_set && ty.has_dynamic() || set_of_dynamic(ty)), &path, "a set has no dynamic parts")
        }
        AttributeKind::Nested(nesting, attributes) => {
            let in_set = in_set || *nesting == Nesting::Set;
            distinct(attributes.iter().map(|each| &each.name), &path)?;
            attributes.iter().try_for_each(|each| self::attribute(each, &path, in_set))
        }
    }
}

fn nested_block(nested: &NestedBlock, path: &AttributePath, in_set: bool) -> Result<(), SchemaError> {
    let path = path.clone().attribute(&nested.name);
    let (min, max) = (nested.min, nested.max);
    ensure(is_name(&nested.name), &path, "a block's name is a-z, 0-9 and _, not starting with a digit")?;
    match nested.nesting {
        BlockNesting::Single => {
            ensure(
                min == max && max <= 1,
                &path,
                "a single block is written at most once, or must be written",
            )?;
        }
        BlockNesting::Group | BlockNesting::Map => {
            ensure(min == 0 && max == 0, &path, "a group or map block has no bounds")?;
        }
        BlockNesting::List | BlockNesting::Set => {
            ensure(max == 0 || min <= max, &path, "a block's minimum is at most its maximum")?;
        }
    }
    let is_collection = matches!(nested.nesting, BlockNesting::List | BlockNesting::Map);
    let dynamic = is_collection && nested.block.ty().has_dynamic();
    // Terraform sends such blocks as tuples and objects, whose type no schema can tell.
    ensure(!dynamic, &path, "a list or map block has no dynamic parts; nested attributes may")?;
    body(&nested.block, &path, in_set || nested.nesting == BlockNesting::Set)
}

fn set_of_dynamic(ty: &Type) -> bool {
    match ty {
        Type::Set(element) => element.has_dynamic(),
        Type::List(element) | Type::Map(element) => set_of_dynamic(element),
        Type::Object(attributes) => attributes.values().any(set_of_dynamic),
        Type::Tuple(elements) => elements.iter().any(set_of_dynamic),
        Type::String | Type::Number | Type::Bool | Type::Dynamic => false,
    }
}

/// What both Terraform's rules for blocks and the configuration language's for attributes allow.
pub(crate) fn is_name(name: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    name.bytes().all(allowed) && name.bytes().next().is_some_and(|first| !first.is_ascii_digit())
}

fn ensure_nowhere(found: Option<AttributePath>, problem: &'static str) -> Result<(), SchemaError> {
    found.map_or(Ok(()), |path| Err(SchemaError { path, problem }))
}

fn ensure(holds: bool, path: &AttributePath, problem: &'static str) -> Result<(), SchemaError> {
    if holds { Ok(()) } else { Err(SchemaError { path: path.clone(), problem }) }
}

#[cfg(test)]
mod tests {
    use crate::Type;
    use crate::schema::{Attribute, Block, IdentityAttribute, IdentitySchema, NestedBlock, Nesting, Schema};

    #[track_caller]
    fn reject(schema: &Schema, message: &str) {
        assert_eq!(schema.check().unwrap_err().to_string(), message);
    }

    #[track_caller]
    fn reject_attribute(attribute: Attribute, problem: &str) {
        reject(&Schema::new("").attribute(attribute), &format!("a: {problem}"));
    }

    #[track_caller]
    fn reject_block(block: NestedBlock, message: &str) {
        reject(&Schema::new("").block(block), message);
    }

    fn text() -> Attribute {
        Attribute::string("a")
    }

    #[test]
    fn an_attribute_is_set_by_one_side_or_by_both() {
        reject_attribute(text(), "an attribute is required, optional or computed");
        reject_attribute(text().required().optional(), "an attribute is not required and optional at once");
        reject_attribute(text().required().computed(), "an attribute is not required and computed at once");
        assert!(Schema::new("").attribute(text().optional().computed()).check().is_ok());
    }

    #[test]
    fn flags_that_contradict_each_other_are_rejected() {
        reject_attribute(text().computed().write_only(), "a write-only attribute is not computed");
        reject_attribute(text().optional().deprecated(""), "a deprecation says what to use instead");
        reject_attribute(
            text().optional().use_state_for_unknown(),
            "only a computed attribute keeps its state",
        );
        reject_attribute(text().default_value(1), "a default is of its attribute's type");
    }

    #[test]
    fn names_are_what_the_language_can_write() {
        for name in ["", "1a", "A", "a-b", "ä"] {
            let schema = Schema::new("").attribute(Attribute::string(name).optional());
            assert!(schema.check().is_err(), "{name:?}");
        }
        let twice = Schema::new("").attribute(text().optional()).block(NestedBlock::list("a", Block::new()));
        reject(&twice, "a: the name is used twice");
    }

    #[test]
    fn a_set_has_neither_dynamic_nor_write_only_parts() {
        let nested = |inner: Attribute| Attribute::nested("s", Nesting::Set, [inner]).optional();
        let dynamic = Schema::new("").attribute(nested(Attribute::list("a", Type::Dynamic).optional()));
        reject(&dynamic, "s.a: a set has no dynamic parts");
        let write_only = Schema::new("").attribute(nested(text().optional().write_only()));
        reject(&write_only, "s.a: a set has no write-only attributes");
        reject_attribute(Attribute::set("a", Type::Dynamic).optional(), "a set has no dynamic parts");
        let block = Block::new().attribute(Attribute::dynamic("a").optional());
        reject_block(NestedBlock::set("s", block.clone()), "s.a: a set has no dynamic parts");
        let message = "b: a list or map block has no dynamic parts; nested attributes may";
        reject_block(NestedBlock::list("b", block.clone()), message);
        assert!(Schema::new("").block(NestedBlock::single("b", block)).check().is_ok());
    }

    #[test]
    fn an_identity_is_of_plain_values_with_names_of_their_own() {
        let check = |name: &str, ty: &Type| {
            let twice = [name, "id"].map(|name| IdentityAttribute::required(name, ty.clone()));
            IdentitySchema::new(twice).check().map_err(|error| error.to_string())
        };
        assert_eq!(check("region", &Type::String), Ok(()));
        assert_eq!(check("zones", &Type::list(Type::Number)), Ok(()));
        assert_eq!(check("id", &Type::String), Err("id: the name is used twice".into()));
        let plain = "an identity holds strings, numbers, bools and lists of these";
        assert_eq!(check("tags", &Type::set(Type::String)), Err(format!("tags: {plain}")));
        let empty = IdentitySchema::new([]).check().unwrap_err();
        assert_eq!(empty.to_string(), "an identity has attributes");
    }

    #[test]
    fn blocks_have_the_bounds_of_their_kind() {
        let single = NestedBlock::single("b", Block::new());
        assert!(Schema::new("").block(single.clone().required()).check().is_ok());
        let message = "b: a single block is written at most once, or must be written";
        reject_block(single.items(0, 1), message);
        reject_block(
            NestedBlock::map("b", Block::new()).items(0, 1),
            "b: a group or map block has no bounds",
        );
        let list = NestedBlock::list("b", Block::new());
        reject_block(list.clone().items(2, 1), "b: a block's minimum is at most its maximum");
        assert!(Schema::new("").block(list.items(2, 0)).check().is_ok());
    }
}
