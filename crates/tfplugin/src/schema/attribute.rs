use std::sync::Arc;

use super::Body;
use super::hook::Hook;
use super::semantic::SemanticEquality;
use crate::{Type, Value};

/// One attribute of a [`Schema`](super::Schema) or [`Block`](super::Block).
///
/// It is [`required`](Self::required), [`optional`](Self::optional), [`computed`](Self::computed), or optional and computed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "the protocol's own flags, set by name")]
pub struct Attribute {
    pub(crate) name: String,
    pub(crate) kind: AttributeKind,
    pub(crate) description: String,
    pub(crate) deprecated: Option<String>,
    pub(crate) required: bool,
    pub(crate) optional: bool,
    pub(crate) computed: bool,
    pub(crate) sensitive: bool,
    pub(crate) write_only: bool,
    pub(crate) requires_replace: bool,
    pub(crate) use_state: bool,
    pub(crate) default: Option<Value>,
    pub(crate) equality: Option<Hook<dyn SemanticEquality>>,
}

/// What an attribute holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AttributeKind {
    /// A value of this type.
    Plain(Type),
    /// Objects with attributes of their own.
    Nested(Nesting, Vec<Attribute>),
}

/// How many objects a nested attribute holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nesting {
    /// One.
    Single,
    /// Any number, in order.
    List,
    /// Any number, without order.
    Set,
    /// Any number, by key.
    Map,
}

impl Attribute {
    /// An attribute of any type.
    pub fn new(name: impl Into<String>, ty: Type) -> Self {
        Self::of_kind(name.into(), AttributeKind::Plain(ty))
    }

    /// A string.
    pub fn string(name: impl Into<String>) -> Self {
        Self::new(name, Type::String)
    }

    /// A number.
    pub fn number(name: impl Into<String>) -> Self {
        Self::new(name, Type::Number)
    }

    /// `true` or `false`.
    pub fn bool(name: impl Into<String>) -> Self {
        Self::new(name, Type::Bool)
    }

    /// A value of any type, which comes with it.
    pub fn dynamic(name: impl Into<String>) -> Self {
        Self::new(name, Type::Dynamic)
    }

    /// A list of this element type.
    pub fn list(name: impl Into<String>, element: Type) -> Self {
        Self::new(name, Type::list(element))
    }

    /// A set of this element type.
    pub fn set(name: impl Into<String>, element: Type) -> Self {
        Self::new(name, Type::set(element))
    }

    /// A map of this element type.
    pub fn map(name: impl Into<String>, element: Type) -> Self {
        Self::new(name, Type::map(element))
    }

    /// Objects with attributes of their own.
    pub fn nested(
        name: impl Into<String>,
        nesting: Nesting,
        attributes: impl IntoIterator<Item = Attribute>,
    ) -> Self {
        Self::of_kind(name.into(), AttributeKind::Nested(nesting, attributes.into_iter().collect()))
    }

    /// The configuration must set it.
    #[must_use]
    pub fn required(mut self) -> Self {
        self.required = true;
        self
    }

    /// The configuration may set it.
    #[must_use]
    pub fn optional(mut self) -> Self {
        self.optional = true;
        self
    }

    /// The provider sets it, where the configuration does not.
    #[must_use]
    pub fn computed(mut self) -> Self {
        self.computed = true;
        self
    }

    /// Terraform does not show its value. It is in the state in clear text all the same.
    #[must_use]
    pub fn sensitive(mut self) -> Self {
        self.sensitive = true;
        self
    }

    /// The value is in the configuration alone, never in plan or state (managed resources, Terraform 1.11).
    #[must_use]
    pub fn write_only(mut self) -> Self {
        self.write_only = true;
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

    /// A changed value replaces the resource instead of updating it.
    ///
    /// Within nested objects, so does one that comes or goes: lists of another length, maps with other keys, and sets that have
    /// other values of it, or more or fewer of the same.
    #[must_use]
    pub fn requires_replace(mut self) -> Self {
        self.requires_replace = true;
        self
    }

    /// An update does not change the value that the provider computed: the plan keeps it instead of making it unknown.
    #[must_use]
    pub fn use_state_for_unknown(mut self) -> Self {
        self.use_state = true;
        self
    }

    /// What a resource's plan holds where the configuration holds nothing; the attribute is optional and computed then.
    #[must_use]
    pub fn default_value(mut self, value: impl Into<Value>) -> Self {
        self.default = Some(value.into());
        self.optional().computed()
    }

    /// Strings that mean the same are no change: the plan keeps the prior one, and a result the planned one.
    ///
    /// In a collection this holds for each element.
    #[must_use]
    pub fn semantic_equality(mut self, equality: impl SemanticEquality) -> Self {
        self.equality = Some(Hook::new(Arc::new(equality)));
        self
    }

    /// Whether the attribute takes one string for the other.
    pub(crate) fn means_the_same(&self, one: &str, other: &str) -> bool {
        one == other || self.equality.as_ref().is_some_and(|equality| equality.is_equal(one, other))
    }

    /// The attributes of its objects, if it is nested.
    pub(crate) fn body(&self) -> Option<Body<'_>> {
        match &self.kind {
            AttributeKind::Nested(_, attributes) => Some(Body { attributes, blocks: &[] }),
            AttributeKind::Plain(_) => None,
        }
    }

    /// The type of its values.
    pub fn ty(&self) -> Type {
        let object =
            |attributes: &[Attribute]| super::object(attributes.iter().map(|each| (&each.name, each.ty())));
        match &self.kind {
            AttributeKind::Plain(ty) => ty.clone(),
            AttributeKind::Nested(Nesting::Single, attributes) => object(attributes),
            AttributeKind::Nested(Nesting::List, attributes) => Type::list(object(attributes)),
            AttributeKind::Nested(Nesting::Set, attributes) => Type::set(object(attributes)),
            AttributeKind::Nested(Nesting::Map, attributes) => Type::map(object(attributes)),
        }
    }

    fn of_kind(name: String, kind: AttributeKind) -> Self {
        Attribute {
            name,
            kind,
            description: String::new(),
            deprecated: None,
            required: false,
            optional: false,
            computed: false,
            sensitive: false,
            write_only: false,
            requires_replace: false,
            use_state: false,
            default: None,
            equality: None,
        }
    }
}
