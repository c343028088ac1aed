use std::sync::Arc;

use super::Attribute;
use super::hook::Hook;
use super::validator::Validator;
use crate::Type;

/// Attributes and nested blocks that belong together: the body of a [`Schema`](super::Schema) or [`NestedBlock`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Block {
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) blocks: Vec<NestedBlock>,
    pub(crate) description: String,
    pub(crate) deprecated: Option<String>,
    pub(crate) validators: Vec<Hook<dyn Validator>>,
}

/// A block within a block, written `name { ... }`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NestedBlock {
    pub(crate) name: String,
    pub(crate) nesting: BlockNesting,
    pub(crate) block: Block,
    pub(crate) min: u32,
    pub(crate) max: u32,
    pub(crate) validators: Vec<Hook<dyn Validator>>,
}

/// How often a nested block is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BlockNesting {
    /// At most once.
    Single,
    /// At most once; left out it still is an object, of nulls.
    Group,
    /// Any number of times, in order.
    List,
    /// Any number of times, without order.
    Set,
    /// Any number of times, each with a label.
    Map,
}

impl Block {
    /// A block without attributes.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds an attribute.
    #[must_use]
    pub fn attribute(mut self, attribute: Attribute) -> Self {
        self.attributes.push(attribute);
        self
    }

    /// Adds a nested block.
    #[must_use]
    pub fn block(mut self, block: NestedBlock) -> Self {
        self.blocks.push(block);
        self
    }

    /// What it is for, in Markdown.
    #[must_use]
    pub fn description(mut self, markdown: impl Into<String>) -> Self {
        self.description = markdown.into();
        self
    }

    /// Terraform warns where it is used; the message names the replacement.
    #[must_use]
    pub fn deprecated(mut self, message: impl Into<String>) -> Self {
        self.deprecated = Some(message.into());
        self
    }

    /// Holds the attributes and blocks to a rule, such as [`conflicting`](crate::validators::conflicting).
    #[must_use]
    pub fn validate(mut self, validator: impl Validator) -> Self {
        self.validators.push(Hook::new(Arc::new(validator)));
        self
    }

    /// The type of its values: an object of all attributes and blocks.
    pub fn ty(&self) -> Type {
        let attributes = self.attributes.iter().map(|each| (&each.name, each.ty()));
        super::object(attributes.chain(self.blocks.iter().map(|each| (&each.name, each.ty()))))
    }
}

impl NestedBlock {
    /// Written at most once.
    pub fn single(name: impl Into<String>, block: Block) -> Self {
        Self::new(name.into(), BlockNesting::Single, block)
    }

    /// Written at most once; left out it still is an object, of nulls.
    pub fn group(name: impl Into<String>, block: Block) -> Self {
        Self::new(name.into(), BlockNesting::Group, block)
    }

    /// Written any number of times, in order.
    pub fn list(name: impl Into<String>, block: Block) -> Self {
        Self::new(name.into(), BlockNesting::List, block)
    }

    /// Written any number of times, without order.
    pub fn set(name: impl Into<String>, block: Block) -> Self {
        Self::new(name.into(), BlockNesting::Set, block)
    }

    /// Written any number of times, each with a label.
    pub fn map(name: impl Into<String>, block: Block) -> Self {
        Self::new(name.into(), BlockNesting::Map, block)
    }

    /// A single block that must be written.
    #[must_use]
    pub fn required(self) -> Self {
        self.items(1, 1)
    }

    /// How often a list or set block is written; a maximum of 0 is none.
    #[must_use]
    pub fn items(mut self, min: u32, max: u32) -> Self {
        (self.min, self.max) = (min, max);
        self
    }

    /// Holds all of these blocks together to a rule, such as [`unique`](crate::validators::unique).
    #[must_use]
    pub fn validate(mut self, validator: impl Validator) -> Self {
        self.validators.push(Hook::new(Arc::new(validator)));
        self
    }

    /// The type of its values.
    pub fn ty(&self) -> Type {
        let object = self.block.ty();
        match self.nesting {
            BlockNesting::Single | BlockNesting::Group => object,
            BlockNesting::List => Type::list(object),
            BlockNesting::Set => Type::set(object),
            BlockNesting::Map => Type::map(object),
        }
    }

    fn new(name: String, nesting: BlockNesting, block: Block) -> Self {
        NestedBlock { name, nesting, block, min: 0, max: 0, validators: Vec::new() }
    }
}
