use std::sync::Arc;

use super::Body;
use super::default_value::{DefaultValue, Others};
use super::hook::Hook;
use super::replacement::{AttributeChange, Replacement};
use super::semantic::SemanticEquality;
use super::validator::Validator;
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
    pub(crate) replacement: Replacement,
    pub(crate) use_state: UseState,
    pub(crate) default: Option<DefaultValue>,
    pub(crate) equality: Option<Hook<dyn SemanticEquality>>,
    pub(crate) validators: Vec<Hook<dyn Validator>>,
    /// Of the objects of a nested attribute.
    pub(crate) object_validators: Vec<Hook<dyn Validator>>,
}

/// Whether an update keeps the computed value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum UseState {
    Never,
    Always,
    NonNull,
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

    /// Terraform does not show its value. The state still has the value in clear text.
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
        self.replacement = Replacement::Always;
        self
    }

    /// A changed value replaces the resource if this holds of the change. A planned value may be unknown.
    ///
    /// An element of a set has no counterpart: there every change replaces.
    ///
    /// ```
    /// use tfplugin::schema::Attribute;
    ///
    /// // A disk can grow in place, and not shrink.
    /// let size = Attribute::number("size")
    ///     .required()
    ///     .requires_replace_if(|change| change.planned().as_number() < change.prior().as_number());
    /// ```
    #[must_use]
    pub fn requires_replace_if(
        mut self,
        holds: impl Fn(&AttributeChange<'_>) -> bool + Send + Sync + 'static,
    ) -> Self {
        self.replacement = Replacement::If(Hook::new(Arc::new(holds)));
        self
    }

    /// An update does not change the value that the provider computed, null included: the plan keeps it instead of making it
    /// unknown.
    #[must_use]
    pub fn use_state_for_unknown(mut self) -> Self {
        self.use_state = UseState::Always;
        self
    }

    /// [`use_state_for_unknown`](Self::use_state_for_unknown) of a value that is not null. What was null may be set by an update.
    #[must_use]
    pub fn use_non_null_state_for_unknown(mut self) -> Self {
        self.use_state = UseState::NonNull;
        self
    }

    /// What a resource's plan holds where the configuration holds nothing; the attribute is optional and computed then.
    #[must_use]
    pub fn default_value(self, value: impl Into<Value>) -> Self {
        self.defaulted(DefaultValue::Fixed(value.into()))
    }

    /// [`default_value`](Self::default_value) from a variable of the provider's environment; null if it is not set.
    #[must_use]
    pub fn default_from_env(self, variable: impl Into<String>) -> Self {
        self.defaulted(DefaultValue::Environment(variable.into()))
    }

    /// [`default_value`](Self::default_value) from the other attributes of the same object, those before this one with their
    /// defaults. Where another is unknown, so should be the default.
    ///
    /// ```
    /// use tfplugin::{Attr, Value};
    /// use tfplugin::schema::Attribute;
    ///
    /// let title = Attribute::string("title").default_with(|others| match others.read("name") {
    ///     Attr::Known(name) => Value::from(format!("Server {}", name.as_str().unwrap_or_default())),
    ///     Attr::Null => Value::Null,
    ///     Attr::Unknown => Value::UNKNOWN,
    /// });
    /// ```
    #[must_use]
    pub fn default_with(self, default: impl Fn(&Others<'_>) -> Value + Send + Sync + 'static) -> Self {
        self.defaulted(DefaultValue::Computed(Hook::new(Arc::new(default))))
    }

    fn defaulted(mut self, default: DefaultValue) -> Self {
        self.default = Some(default);
        self.optional().computed()
    }

    /// Holds a configured value to a rule, such as [`between`](crate::validators::between). What is null or unknown is not checked.
    #[must_use]
    pub fn validate(mut self, validator: impl Validator) -> Self {
        self.validators.push(Hook::new(Arc::new(validator)));
        self
    }

    /// Holds each object of a nested attribute to a rule, such as [`conflicting`](crate::validators::conflicting).
    #[must_use]
    pub fn validate_objects(mut self, validator: impl Validator) -> Self {
        self.object_validators.push(Hook::new(Arc::new(validator)));
        self
    }

    /// Strings that mean the same are no change: the plan keeps the prior one, and a result the planned one.
    ///
    /// In a collection this holds for each element.
    #[must_use]
    pub fn semantic_equality(mut self, equality: impl SemanticEquality) -> Self {
        self.equality = Some(Hook::new(Arc::new(equality)));
        self
    }

    /// Whether neither configuration nor schema say what it is, so that it is unknown before it is made.
    pub(crate) fn is_set_by_provider_alone(&self) -> bool {
        self.computed && !self.optional && self.default.is_none()
    }

    /// Whether the attribute takes one string for the other.
    pub(crate) fn means_the_same(&self, one: &str, other: &str) -> bool {
        one == other || self.equality.as_ref().is_some_and(|equality| equality.is_equal(one, other))
    }

    /// [`means_the_same`](Self::means_the_same) of whole values: of their strings, element by element.
    pub(crate) fn means_the_same_value(&self, one: &Value, other: &Value) -> bool {
        let all = |one: &[Value], other: &[Value]| {
            one.len() == other.len()
                && one.iter().zip(other).all(|(one, other)| self.means_the_same_value(one, other))
        };
        self.equality.is_some()
            && match (one, other) {
                (Value::String(one), Value::String(other)) => self.means_the_same(one, other),
                (Value::List(one), Value::List(other)) => all(one, other),
                (Value::Set(one), Value::Set(other)) => {
                    let has = |one: &Value| other.iter().any(|other| self.means_the_same_value(one, other));
                    one.len() == other.len() && one.iter().all(has)
                }
                (Value::Map(one), Value::Map(other)) => {
                    let mut values = one.values().zip(other.values());
                    one.keys().eq(other.keys())
                        && values.all(|(one, other)| self.means_the_same_value(one, other))
                }
                (one, other) => one == other,
            }
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
            replacement: Replacement::Never,
            use_state: UseState::Never,
            default: None,
            equality: None,
            validators: Vec::new(),
            object_validators: Vec::new(),
        }
    }
}
