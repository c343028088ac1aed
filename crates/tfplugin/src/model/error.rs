use std::cell::RefCell;
use std::fmt::{self, Display};

use serde::de::{self, Expected, Unexpected};
use serde::ser;

use super::{UNKNOWN, messages};
use crate::path::Step;
use crate::{AttributePath, Diagnostic, Diagnostics};

/// A value does not fit a model, or a model does not make a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModelError {
    path: AttributePath,
    message: String,
    kind: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// The value is another than the model takes.
    Mismatch,
    /// The value is unknown, and the model has no place for that.
    Unknown,
    /// The model has a field that the schema does not have.
    NoSuchAttribute,
    /// The model reads one field under two names.
    Alias,
    /// The value is null, and the model has no place for that.
    Null,
    /// The value is of another type than the model takes, whatever it is.
    Type,
}

const NOT_KNOWN: &str = "the value is not known yet";

thread_local! {
    /// An error on its way through a buffer of serde's, which keeps only the text of errors.
    static PASSED: RefCell<Option<ModelError>> = const { RefCell::new(None) };
}

impl ModelError {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self::of_kind(Kind::Mismatch, message)
    }

    pub(super) fn not_known_yet() -> Self {
        Self::of_kind(Kind::Unknown, NOT_KNOWN)
    }

    /// The model has this field, and the object of the schema no such attribute.
    pub(super) fn no_such_attribute<'a>(field: &str, attributes: impl Iterator<Item = &'a str>) -> Self {
        let similar = attributes.map(|name| (strsim::jaro_winkler(field, name), name));
        let similar =
            similar.max_by(|one, other| one.0.total_cmp(&other.0)).filter(|(score, _)| *score > 0.7);
        let hint = similar.map(|(_, name)| format!("; did you mean `{name}`?")).unwrap_or_default();
        let message = format!("the model has a field `{field}`, and the schema has no such attribute{hint}");
        Self::of_kind(Kind::NoSuchAttribute, message).within(Step::Attribute(field.to_owned()))
    }

    fn of_kind(kind: Kind, message: impl Into<String>) -> Self {
        ModelError { path: AttributePath::root(), message: message.into(), kind }
    }

    pub(crate) fn within(mut self, step: Step) -> Self {
        self.path = self.path.within(step);
        self
    }

    /// Takes the error through a deserializer that knows nothing of paths.
    pub(super) fn pass<E: de::Error>(self) -> E {
        let text = self.to_string();
        PASSED.set(Some(self));
        E::custom(text)
    }

    /// Where in the value it is.
    pub fn path(&self) -> &AttributePath {
        &self.path
    }

    /// Whether the only problem is that the value is unknown where the model has no place for that ([`Attr`](crate::Attr) has).
    pub fn is_unknown(&self) -> bool {
        self.kind == Kind::Unknown
    }

    /// [`is_unknown`](Self::is_unknown) of an error whose type is hidden.
    pub(super) fn is_text_of_unknown(error: &impl Display) -> bool {
        error.to_string().ends_with(NOT_KNOWN)
    }

    /// Whether no value of this type would do.
    pub(super) fn is_of_type(&self) -> bool {
        self.kind == Kind::Type
    }

    /// The message without the path.
    pub(super) fn message(&self) -> &str {
        &self.message
    }

    /// Whether the field is another name of one that was read already.
    pub(super) fn is_of_alias(&self) -> bool {
        self.kind == Kind::Alias
    }

    /// Whether an enum without tags has found no variant for a value.
    pub(super) fn is_of_no_variant(&self) -> bool {
        self.message.starts_with("data did not match any variant of untagged enum")
    }

    /// As a diagnostic on the attribute.
    pub fn into_diagnostics(self, summary: &str) -> Diagnostics {
        if self.kind == Kind::NoSuchAttribute {
            return self.into_bug("Model does not fit the schema");
        }
        // Terraform shows the line of an attribute at the top, and not where in it something is.
        let detail = match self.path.steps() {
            [] | [_] => sentence(&self.message),
            _ => format!("At `{}`: {}.", self.path, self.message),
        };
        Diagnostic::error(summary, detail).at(self.path).into()
    }

    /// As a diagnostic about what the provider itself has made. The path is in the words, too, since Terraform shows none into
    /// what is computed.
    pub(crate) fn into_bug(self, summary: &str) -> Diagnostics {
        let place = if self.path.is_root() { String::new() } else { format!("At `{}`: ", self.path) };
        let hint = match self.kind {
            Kind::Null => "; a field that may be null is an `Attr` or an `Option`",
            _ => "",
        };
        let detail = format!("{}{hint}. This is a bug in the provider.", place + &self.message);
        Diagnostic::error(summary, detail).at(self.path).into()
    }
}

impl Display for ModelError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.path.prefix(), self.message)
    }
}

impl std::error::Error for ModelError {}

impl de::Error for ModelError {
    fn custom<T: Display>(message: T) -> Self {
        let message = message.to_string();
        let passed = PASSED.take().filter(|passed| passed.to_string() == message);
        passed.unwrap_or_else(|| ModelError::new(message))
    }

    fn invalid_type(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        if found == Unexpected::Bytes(UNKNOWN) {
            return Self::not_known_yet();
        }
        let kind = match found {
            Unexpected::Unit | Unexpected::Option => Kind::Null,
            _ => Kind::Type,
        };
        let (expected, found) = (messages::expected(expected), messages::found(found));
        Self::of_kind(kind, format!("expected {expected}, found {found}"))
    }

    fn invalid_value(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        let error = Self::invalid_type(found, expected);
        if error.is_of_type() { ModelError { kind: Kind::Mismatch, ..error } } else { error }
    }

    fn missing_field(field: &'static str) -> Self {
        ModelError::new(format!("the attribute `{field}` is missing"))
    }

    fn duplicate_field(field: &'static str) -> Self {
        Self::of_kind(Kind::Alias, format!("the attribute `{field}` occurs twice"))
    }
}

impl ser::Error for ModelError {
    fn custom<T: Display>(message: T) -> Self {
        ModelError::new(message.to_string())
    }
}

fn sentence(message: &str) -> String {
    let mut letters = message.chars();
    let first = letters.next().map(|letter| letter.to_uppercase().to_string());
    format!("{}{}.", first.unwrap_or_default(), letters.as_str())
}
