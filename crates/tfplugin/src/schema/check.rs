use std::collections::BTreeSet;

use thiserror::Error;

use super::attribute::{Attribute, AttributeKind, Nesting};
use super::block::{Block, BlockNesting, NestedBlock};
use crate::AttributePath;

/// A schema that Terraform would refuse, or could not use.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{path}: {problem}")]
pub struct InvalidSchema {
    path: AttributePath,
    problem: &'static str,
}

pub(super) fn block(block: &Block) -> Result<(), InvalidSchema> {
    body(block, &AttributePath::root(), false)
}

pub(super) fn reserved(block: &Block, names: &[&str]) -> Result<(), InvalidSchema> {
    let used =
        block.attributes.iter().map(|each| &each.name).chain(block.blocks.iter().map(|each| &each.name));
    let mut used = used.filter(|name| names.contains(&name.as_str()));
    used.next().map_or(Ok(()), |name| hold(false, &name.as_str().into(), "the name is Terraform's own"))
}

fn body(block: &Block, path: &AttributePath, in_set: bool) -> Result<(), InvalidSchema> {
    let names =
        block.attributes.iter().map(|each| &each.name).chain(block.blocks.iter().map(|each| &each.name));
    distinct(names, path)?;
    block.attributes.iter().try_for_each(|each| attribute(each, path, in_set))?;
    block.blocks.iter().try_for_each(|each| nested_block(each, path, in_set))
}

fn distinct<'a>(names: impl Iterator<Item = &'a String>, path: &AttributePath) -> Result<(), InvalidSchema> {
    let mut seen = BTreeSet::new();
    for name in names {
        let is_new = seen.insert(name);
        hold(is_new, &path.clone().attribute(name), "the name is used twice")?;
    }
    Ok(())
}

fn attribute(attribute: &Attribute, path: &AttributePath, in_set: bool) -> Result<(), InvalidSchema> {
    let path = path.clone().attribute(&attribute.name);
    let Attribute { required, optional, computed, write_only, .. } = *attribute;
    hold(
        is_name(&attribute.name),
        &path,
        "an attribute's name is a-z, 0-9 and _, not starting with a digit",
    )?;
    hold(required || optional || computed, &path, "an attribute is required, optional or computed")?;
    hold(!(required && optional), &path, "an attribute is not required and optional at once")?;
    hold(!(required && computed), &path, "an attribute is not required and computed at once")?;
    hold(!(write_only && computed), &path, "a write-only attribute is not computed")?;
    hold(!(in_set && write_only), &path, "a set has no write-only attributes")?;
    hold(attribute.deprecated.as_deref() != Some(""), &path, "a deprecation says what to use instead")?;
    hold(!attribute.keep || computed, &path, "only a computed attribute keeps its state")?;
    match &attribute.kind {
        AttributeKind::Plain(ty) => hold(!(in_set && ty.has_dynamic()), &path, "a set has no dynamic parts"),
        AttributeKind::Nested(nesting, attributes) => {
            let in_set = in_set || *nesting == Nesting::Set;
            distinct(attributes.iter().map(|each| &each.name), &path)?;
            attributes.iter().try_for_each(|each| self::attribute(each, &path, in_set))
        }
    }
}

fn nested_block(nested: &NestedBlock, path: &AttributePath, in_set: bool) -> Result<(), InvalidSchema> {
    let path = path.clone().attribute(&nested.name);
    let (min, max) = (nested.min, nested.max);
    hold(is_name(&nested.name), &path, "a block's name is a-z, 0-9 and _, not starting with a digit")?;
    match nested.nesting {
        BlockNesting::Single => {
            hold(
                min == max && max <= 1,
                &path,
                "a single block is written at most once, or must be written",
            )?;
        }
        BlockNesting::Group | BlockNesting::Map => {
            hold(min == 0 && max == 0, &path, "a group or map block has no bounds")?;
        }
        BlockNesting::List | BlockNesting::Set => {
            hold(max == 0 || min <= max, &path, "a block's minimum is at most its maximum")?;
        }
    }
    body(&nested.block, &path, in_set || nested.nesting == BlockNesting::Set)
}

/// What both Terraform's rules for blocks and the configuration language's for attributes allow.
fn is_name(name: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    name.bytes().all(allowed) && name.bytes().next().is_some_and(|first| !first.is_ascii_digit())
}

fn hold(holds: bool, path: &AttributePath, problem: &'static str) -> Result<(), InvalidSchema> {
    if holds { Ok(()) } else { Err(InvalidSchema { path: path.clone(), problem }) }
}
