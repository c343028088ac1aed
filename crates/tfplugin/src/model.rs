//! Between [`Value`] and the models of a provider, by serde.

use std::cell::RefCell;
use std::fmt::{self, Display};

use serde::de::{
    self, Deserialize, DeserializeOwned, Deserializer, Expected, MapAccess, SeqAccess, Unexpected, Visitor,
};
use serde::ser::{self, Serialize, SerializeMap, Serializer};

use crate::path::Step;
use crate::{AttributePath, Diagnostic, Diagnostics, Number, Value};

mod attr;
mod messages;
mod reader;
#[cfg(test)]
mod tests;
mod writer;

pub use attr::Attr;
pub(crate) use reader::{EntryReader, SequenceReader, kind};

/// A value does not fit a model, or a model does not make a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModelError {
    path: AttributePath,
    message: String,
    unknown: bool,
}

/// Reads a model from a value.
///
/// ```
/// use serde::Deserialize;
/// use tfplugin::{Attr, Value, from_value};
///
/// #[derive(Deserialize)]
/// struct Server {
///     name: String,
///     port: Attr<u16>,
/// }
///
/// let server: Server = from_value(Value::object([("name", "web".into()), ("port", Value::UNKNOWN)]))?;
/// assert_eq!((server.name.as_str(), server.port), ("web", Attr::Unknown));
/// # Ok::<(), tfplugin::ModelError>(())
/// ```
pub fn from_value<T: DeserializeOwned>(value: Value) -> Result<T, ModelError> {
    T::deserialize(reader::ValueReader(value))
}

/// Makes a value of a model: structs become objects, sequences lists. Its schema turns them into what they are meant to be.
pub fn to_value<T: Serialize + ?Sized>(model: &T) -> Result<Value, ModelError> {
    model.serialize(writer::ValueWriter)
}

impl ModelError {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        ModelError { path: AttributePath::root(), message: message.into(), unknown: false }
    }

    fn not_known_yet() -> Self {
        ModelError { unknown: true, ..Self::new("the value is not known yet") }
    }

    pub(crate) fn within(mut self, step: Step) -> Self {
        self.path = self.path.within(step);
        self
    }

    /// Where in the value it is.
    pub fn path(&self) -> &AttributePath {
        &self.path
    }

    /// Whether the only trouble is that the value is unknown where the model has no place for that ([`Attr`] has).
    pub fn is_unknown(&self) -> bool {
        self.unknown
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
        ModelError::new(message.to_string())
    }

    fn invalid_type(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        let (expected, found) = (messages::expected(expected), messages::found(found));
        ModelError::new(format!("expected {expected}, found {found}"))
    }

    fn invalid_value(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::invalid_type(found, expected)
    }
}

impl ser::Error for ModelError {
    fn custom<T: Display>(message: T) -> Self {
        ModelError::new(message.to_string())
    }
}

impl ModelError {
    /// As a diagnostic on the attribute.
    pub fn into_diagnostics(self, summary: &str) -> Diagnostics {
        Diagnostic::error(summary, sentence(&self.message)).at(self.path).into()
    }

    /// As a diagnostic about what the provider itself has made. The path is in the words, too, since Terraform shows none into
    /// what is computed.
    pub(crate) fn into_bug(self, summary: &str) -> Diagnostics {
        let place = if self.path.is_root() { String::new() } else { format!("At `{}`: ", self.path) };
        let detail = format!("{}. This is a bug in the provider.", place + &self.message);
        Diagnostic::error(summary, detail).at(self.path).into()
    }
}

fn sentence(message: &str) -> String {
    let mut letters = message.chars();
    let first = letters.next().map(|letter| letter.to_uppercase().to_string());
    format!("{}{}.", first.unwrap_or_default(), letters.as_str())
}

/// The name under which [`Value`] asks our reader and writer to hand it over untouched.
const VALUE: &str = "$tfplugin::Value";

thread_local! {
    /// A value on its way between [`Value`]'s serde implementations and our reader and writer, which know no other way
    /// to pass a type of ours through serde's data model. It stays here only within one call.
    static PASSED: RefCell<Option<Value>> = const { RefCell::new(None) };
}

fn pass_value(value: Value) {
    PASSED.set(Some(value));
}

fn take_passed_value() -> Option<Value> {
    PASSED.take()
}

impl<'de> Deserialize<'de> for Value {
    /// From our own reader exactly; from other formats what they show: objects, tuples, primitives.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_newtype_struct(VALUE, ValueVisitor)
    }
}

struct ValueVisitor;

impl<'de> Visitor<'de> for ValueVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(take_passed_value().unwrap_or_default())
    }

    fn visit_none<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Number::from(value).into())
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Value, E> {
        Number::try_from(value).map(Value::Number).map_err(E::custom)
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(text.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Value, A::Error> {
        let mut tuple = Vec::new();
        while let Some(element) = elements.next_element()? {
            tuple.push(element);
        }
        Ok(Value::Tuple(tuple))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut object = Vec::<(String, Value)>::new();
        while let Some(entry) = entries.next_entry()? {
            object.push(entry);
        }
        Ok(Value::object(object))
    }
}

impl Serialize for Value {
    /// To our own writer exactly; to other formats what they can hold: an unknown value becomes null.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        pass_value(self.clone());
        let result = serializer.serialize_newtype_struct(VALUE, &Natural(self));
        take_passed_value();
        result
    }
}

struct Natural<'a>(&'a Value);

impl Serialize for Natural<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::Null | Value::Unknown(_) => serializer.serialize_unit(),
            Value::Bool(value) => serializer.serialize_bool(*value),
            Value::String(text) => serializer.serialize_str(text),
            Value::Number(number) => natural_number(number, serializer),
            Value::List(elements) | Value::Set(elements) | Value::Tuple(elements) => {
                serializer.collect_seq(elements.iter().map(Natural))
            }
            Value::Map(parts) | Value::Object(parts) => {
                let mut map = serializer.serialize_map(Some(parts.len()))?;
                for (name, part) in parts {
                    map.serialize_entry(name, &Natural(part))?;
                }
                map.end()
            }
            Value::Dynamic(typed) => Natural(&typed.1).serialize(serializer),
        }
    }
}

fn natural_number<S: Serializer>(number: &Number, serializer: S) -> Result<S::Ok, S::Error> {
    match (number.as_i64(), number.as_u64()) {
        (Some(whole), _) => serializer.serialize_i64(whole),
        (None, Some(whole)) => serializer.serialize_u64(whole),
        (None, None) => serializer.serialize_f64(number.to_f64()),
    }
}

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Value::deserialize(deserializer)?.into_plain() {
            Value::Number(number) => Ok(number),
            other => {
                Err(de::Error::custom(format_args!("expected a number, found {}", reader::kind(&other))))
            }
        }
    }
}

impl Serialize for Number {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Value::Number(self.clone()).serialize(serializer)
    }
}

/// A configuration to work with.
pub(crate) fn configuration<T: DeserializeOwned>(config: Value) -> Result<T, Diagnostics> {
    from_value(config).map_err(|error| error.into_diagnostics("Invalid configuration"))
}

/// A configuration to check: none while it holds an unknown value that the model has no place for. It will be checked when
/// that value is known.
pub(crate) fn for_validation<T: DeserializeOwned>(config: Value) -> Result<Option<T>, Diagnostics> {
    once_known(config, "Invalid configuration")
}

/// A model, or none while it has no place for a value that is unknown.
pub(crate) fn once_known<T: DeserializeOwned>(value: Value, misfit: &str) -> Result<Option<T>, Diagnostics> {
    match from_value(value) {
        Ok(model) => Ok(Some(model)),
        Err(error) if error.is_unknown() => {
            tracing::debug!(unknown = %error.path(), "left out for now: the model has no place for an unknown value");
            Ok(None)
        }
        Err(error) => Err(error.into_diagnostics(misfit)),
    }
}
