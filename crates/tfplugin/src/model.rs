//! Converts between [`Value`] and the models of a provider, with serde.

use std::cell::RefCell;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::{Diagnostics, Value};

mod access;
mod attr;
mod error;
mod fields;
mod messages;
mod reader;
mod reading;
mod restore;
#[cfg(test)]
mod tests;
mod value;
mod writer;

pub(crate) use access::SequenceReader;
pub use attr::Attr;
pub use error::ModelError;
pub(crate) use fields::Fields;
pub(crate) use reader::{ValueReader, kind};
pub(crate) use reading::{Reading, read_all, read_all_freely};
pub(crate) use restore::Restoring;

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
#[expect(
    clippy::needless_pass_by_value,
    reason = "as serde_json's, so that `from_value(identity)?` reads well"
)]
pub fn from_value<T: DeserializeOwned>(value: Value) -> Result<T, ModelError> {
    reading::read_freely(&value)
}

/// Converts one model into another, such as one whose values are all known or optional:
///
/// ```
/// use serde::{Deserialize, Serialize};
/// use tfplugin::{Attr, convert};
///
/// #[derive(Serialize)]
/// struct ServerModel {
///     name: Attr<String>,
///     size: Attr<u32>,
///     id: Attr<String>,
/// }
///
/// #[derive(Deserialize)]
/// struct Wanted {
///     name: String,
///     size: Option<u32>,
/// }
///
/// let planned = ServerModel { name: "web".into(), size: Attr::Null, id: Attr::Unknown };
/// let wanted: Wanted = convert(&planned)?;
/// assert_eq!((wanted.name.as_str(), wanted.size), ("web", None));
/// # Ok::<(), tfplugin::ModelError>(())
/// ```
pub fn convert<T: DeserializeOwned>(model: &impl Serialize) -> Result<T, ModelError> {
    from_value(to_value(model)?)
}

/// Makes a value of a model: structs become objects, sequences lists. Its schema turns them into what they are meant to be.
pub fn to_value<T: Serialize + ?Sized>(model: &T) -> Result<Value, ModelError> {
    model.serialize(writer::ValueWriter)
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

/// What an unknown value is while serde keeps it in a buffer, as for untagged enums: bytes that are no UTF-8, hence no string.
const UNKNOWN: &[u8] = b"\xff$tfplugin::Unknown";

const INVALID_CONFIGURATION: &str = "Invalid configuration";

/// A configuration to work with.
pub(crate) fn configuration<T: DeserializeOwned>(config: &Value) -> Result<T, Diagnostics> {
    read_all(config).map_err(|errors| diagnostics(errors, INVALID_CONFIGURATION))
}

/// A state, which the provider itself has made.
pub(crate) fn read_state<T: DeserializeOwned>(state: &Value, summary: &str) -> Result<T, Diagnostics> {
    read_all(state).map_err(|errors| errors.into_iter().flat_map(|error| error.into_bug(summary)).collect())
}

/// What is wrong with the known parts of a configuration, as the model sees it.
pub(crate) fn configuration_errors<T: DeserializeOwned>(config: &Value) -> Diagnostics {
    once_known::<T>(config, INVALID_CONFIGURATION).err().unwrap_or_default()
}

/// A configuration to check: none while it holds an unknown value that the model has no place for. It will be checked when
/// that value is known.
pub(crate) fn for_validation<T: DeserializeOwned>(config: &Value) -> Result<Option<T>, Diagnostics> {
    once_known(config, INVALID_CONFIGURATION)
}

/// The model, or none if it does not accept an unknown value. Known values are checked in either case.
pub(crate) fn once_known<T: DeserializeOwned>(
    value: &Value,
    summary: &str,
) -> Result<Option<T>, Diagnostics> {
    let errors = match read_all(value) {
        Ok(model) => return Ok(Some(model)),
        Err(errors) => errors,
    };
    let (unknown, wrong): (Vec<_>, Vec<_>) = errors.into_iter().partition(ModelError::is_unknown);
    if wrong.is_empty() {
        let paths = unknown.iter().map(|error| error.path().to_string()).collect::<Vec<_>>().join(", ");
        tracing::debug!(unknown = paths, "left out for now: the model has no place for an unknown value");
        return Ok(None);
    }
    Err(diagnostics(wrong, summary))
}

fn diagnostics(errors: Vec<ModelError>, summary: &str) -> Diagnostics {
    errors.into_iter().flat_map(|error| error.into_diagnostics(summary)).collect()
}
