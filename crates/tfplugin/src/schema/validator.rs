use std::fmt::Display;

use super::NestedBlock;
use crate::{AttributePath, Diagnostic, Diagnostics, Value};

/// Checks a value of a configuration before any model sees it.
///
/// Those of [`validators`](crate::validators) cover what is usual. One's own:
///
/// ```
/// use tfplugin::schema::{Attribute, Subject, Validator};
/// use tfplugin::Diagnostics;
///
/// /// A whole number that can be halved.
/// struct Even;
///
/// impl Validator for Even {
///     fn description(&self) -> String {
///         "an even number".into()
///     }
///
///     fn validate(&self, subject: &Subject<'_>) -> Result<(), Diagnostics> {
///         let number = subject.value().as_number().and_then(tfplugin::Number::as_i64);
///         if number.is_some_and(|number| number % 2 == 0) { Ok(()) } else { Err(subject.reject(self.description())) }
///     }
/// }
///
/// let replicas = Attribute::number("replicas").required().validate(Even);
/// ```
pub trait Validator: Send + Sync + 'static {
    /// What it demands, as the end of a sentence that begins with "must be": "an even number".
    fn description(&self) -> String;

    /// Checks a value that is known and not null. Parts of it may be unknown or null.
    fn validate(&self, subject: &Subject<'_>) -> Result<(), Diagnostics>;
}

/// What a [`Validator`] checks: a value, and where in the configuration it is.
#[derive(Clone, Debug)]
pub struct Subject<'a> {
    value: &'a Value,
    path: AttributePath,
    is_secret: bool,
    blocks: &'a [NestedBlock],
}

impl<'a> Subject<'a> {
    /// A value at the root; the server makes its own, so this is for tests.
    pub fn new(value: &'a Value) -> Self {
        Subject { value, path: AttributePath::root(), is_secret: false, blocks: &[] }
    }

    /// A value of a configuration. One that is sensitive stays out of errors.
    pub(super) fn of(value: &'a Value, path: AttributePath, is_secret: bool) -> Self {
        Subject { value, path, is_secret, blocks: &[] }
    }

    /// The same, and sensitive if that is so.
    pub(super) fn secret(self, is_secret: bool) -> Self {
        Subject { is_secret: self.is_secret || is_secret, ..self }
    }

    /// An object in which these are blocks.
    pub(super) fn with_blocks(self, blocks: &'a [NestedBlock]) -> Self {
        Subject { blocks, ..self }
    }

    /// Another value that belongs to this one.
    pub fn with<'b>(&self, value: &'b Value, path: AttributePath) -> Subject<'b> {
        Subject { value, path, is_secret: self.is_secret, blocks: &[] }
    }

    /// Whether this is a block of the object: not written, it is empty instead of null.
    pub(crate) fn is_block(&self, name: &str) -> bool {
        self.blocks.iter().any(|block| block.name == name)
    }

    /// The value.
    pub fn value(&self) -> &'a Value {
        self.value
    }

    /// Where it is.
    pub fn path(&self) -> &AttributePath {
        &self.path
    }

    /// The elements of a list, set or map, each with its place. Those that are null or unknown are left out.
    pub fn elements(&self) -> Vec<Subject<'a>> {
        let places: Vec<(AttributePath, &'a Value)> = match self.value.plain() {
            Value::List(elements) | Value::Tuple(elements) => elements
                .iter()
                .enumerate()
                .map(|(index, each)| (self.path.clone().index(index), each))
                .collect(),
            Value::Set(elements) => elements.iter().map(|each| (self.element_path(each), each)).collect(),
            Value::Map(parts) | Value::Object(parts) => {
                parts.iter().map(|(key, each)| (self.path.clone().key(key), each)).collect()
            }
            _ => Vec::new(),
        };
        let known = places.into_iter().filter(|(_, each)| !each.is_null() && !each.is_unknown());
        known.map(|(path, value)| self.with(value, path)).collect()
    }

    /// An error that names the place, what it must be, and what it is unless that is sensitive.
    pub fn reject(&self, demand: impl Display) -> Diagnostics {
        let found = match self.value.plain() {
            _ if self.is_secret => String::new(),
            Value::String(_) | Value::Number(_) | Value::Bool(_) => format!(", found {}", self.value),
            _ => String::new(),
        };
        self.error(format!("must be {demand}{found}"))
    }

    /// An error about the whole value, as a sentence that begins with its place.
    pub fn error(&self, problem: impl Display) -> Diagnostics {
        let place = if self.path.is_root() { "The configuration".into() } else { format!("`{}`", self.path) };
        Diagnostic::error("Invalid value", format!("{place} {problem}.")).at(&self.path).into()
    }

    fn element_path(&self, element: &Value) -> AttributePath {
        if self.is_secret { self.path.clone() } else { self.path.clone().element(element.clone()) }
    }
}
