//! Schemas by plain builders: what a provider tells Terraform about its configuration and state.

use std::collections::BTreeMap;

use crate::Type;

mod absent_blocks;
mod accessors;
mod attribute;
mod block;
mod default_value;
mod hook;
mod identity;
mod proposed_state;
mod replacement;
mod rules;
pub mod semantic;
mod set_elements;
mod validation;
mod validator;
mod walk;

pub(crate) use absent_blocks::fill_absent_blocks;
pub use attribute::{Attribute, AttributeKind, Nesting};
pub use block::{Block, BlockNesting, NestedBlock};
pub use default_value::Others;
pub use identity::{IdentityAttribute, IdentitySchema};
pub(crate) use proposed_state::{UnsetComputed, proposed_state};
pub use replacement::AttributeChange;
pub use rules::SchemaError;
pub(crate) use rules::is_name;
pub(crate) use validation::{in_schema_order, validate};
pub use validator::{Subject, Validator};
#[cfg(feature = "testing")]
pub(crate) use walk::objects;
pub(crate) use walk::{Attributes, Body, change_objects};

/// The shape of the configuration, and of the state, of a provider, data source, resource, ephemeral resource or action.
///
/// ```
/// use tfplugin::Type;
/// use tfplugin::schema::{Attribute, Block, NestedBlock, Schema};
///
/// let schema = Schema::new("Reads a server.")
///     .attribute(Attribute::string("name").required().description("The server's name."))
///     .attribute(Attribute::list("addresses", Type::String).computed().description("Its addresses."))
///     .block(NestedBlock::single("timeouts", Block::new().attribute(Attribute::string("read").optional())));
/// schema.check()?;
/// # Ok::<(), tfplugin::schema::SchemaError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Schema {
    pub(crate) version: i64,
    pub(crate) block: Block,
}

impl Schema {
    /// A schema without attributes; the description is Markdown.
    pub fn new(description: impl Into<String>) -> Self {
        Schema { version: 0, block: Block::new().description(description) }
    }

    /// The version that a resource's state is stored with; 0 at first. A higher one makes older state go through
    /// [`Resource::upgrade`](crate::Resource::upgrade).
    #[must_use]
    pub fn version(mut self, version: u32) -> Self {
        self.version = version.into();
        self
    }

    /// Adds an attribute.
    #[must_use]
    pub fn attribute(mut self, attribute: Attribute) -> Self {
        self.block = self.block.attribute(attribute);
        self
    }

    /// Adds several attributes.
    #[must_use]
    pub fn attributes(self, attributes: impl IntoIterator<Item = Attribute>) -> Self {
        attributes.into_iter().fold(self, Schema::attribute)
    }

    /// Adds a nested block. Prefer nested attributes in new schemas; use blocks to keep an older syntax.
    #[must_use]
    pub fn block(mut self, block: NestedBlock) -> Self {
        self.block = self.block.block(block);
        self
    }

    /// Holds the whole to a rule, such as [`exactly_one_of`](crate::validators::exactly_one_of) some attributes.
    #[must_use]
    pub fn validate(mut self, validator: impl Validator) -> Self {
        self.block = self.block.validate(validator);
        self
    }

    /// Marks the whole as deprecated; the message names the replacement.
    #[must_use]
    pub fn deprecated(mut self, message: impl Into<String>) -> Self {
        self.block = self.block.deprecated(message);
        self
    }

    /// Whether Terraform would accept it: every rule that a client enforces, and names it could not use.
    pub fn check(&self) -> Result<(), SchemaError> {
        rules::block(&self.block)
    }

    /// Whether none of these names is used at the top.
    pub(crate) fn check_reserved(&self, names: &[&str]) -> Result<(), SchemaError> {
        rules::reserved(&self.block, names)
    }

    /// Whether nothing of it is write-only, for kinds of things that know no such attributes.
    pub(crate) fn check_nothing_write_only(&self) -> Result<(), SchemaError> {
        rules::nothing_write_only(&self.block)
    }

    /// Whether nothing of it is for a plan, for kinds of things that have none.
    pub(crate) fn check_nothing_planned(&self) -> Result<(), SchemaError> {
        rules::nothing_planned(&self.block)
    }

    /// The type of a value of this schema: an object of all attributes and blocks.
    pub fn ty(&self) -> Type {
        self.block.ty()
    }
}

fn object<'a>(parts: impl Iterator<Item = (&'a String, Type)>) -> Type {
    Type::Object(parts.map(|(name, ty)| (name.clone(), ty)).collect::<BTreeMap<_, _>>())
}
