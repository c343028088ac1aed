//! Between our types and the protocol's messages, which stay inside.

use tfplugin_proto::tfplugin6 as proto;

use crate::path::Step;
use crate::value::{json, msgpack};
use crate::{AttributePath, Diagnostic, Diagnostics, Severity, Type, Value};

#[cfg(feature = "testing")]
mod read_schema;
mod schema;

pub(crate) use schema::MARKDOWN;

/// Reads a value that the client sent for this type; left out, it is null.
pub(crate) fn read(value: Option<&proto::DynamicValue>, ty: &Type) -> Result<Value, Diagnostics> {
    let Some(value) = value else { return Ok(Value::Null) };
    let read = match (value.msgpack.as_slice(), value.json.as_slice()) {
        ([], []) => return Ok(Value::Null),
        ([], text) => json::decode(text, ty),
        (bytes, _) => msgpack::decode(bytes, ty),
    };
    read.map_err(|error| {
        let detail = format!("Terraform and the provider disagree about a value: {}.", error.problem);
        Diagnostic::error("Value could not be read", detail).at(error.path).into()
    })
}

/// Makes what a provider returned a value of this type.
pub(crate) fn conform(value: Value, ty: &Type) -> Result<Value, Diagnostics> {
    let conformed = ty.conform(value);
    conformed.map_err(|error| error.into_bug("Provider returned a value that its schema does not allow"))
}

/// Writes what a provider returned as a value of this type.
pub(crate) fn write(value: Value, ty: &Type) -> Result<proto::DynamicValue, Diagnostics> {
    Ok(encode(&conform(value, ty)?))
}

/// [`write`], where nothing may be left unknown.
pub(crate) fn write_known(value: Value, ty: &Type) -> Result<proto::DynamicValue, Diagnostics> {
    encode_known(&conform(value, ty)?)
}

/// Writes a value that is one of its type.
pub(crate) fn encode(value: &Value) -> proto::DynamicValue {
    proto::DynamicValue { msgpack: msgpack::encode(value), json: Vec::new() }
}

/// [`encode`], where nothing may be left unknown.
pub(crate) fn encode_known(value: &Value) -> Result<proto::DynamicValue, Diagnostics> {
    let Some(path) = value.first_unknown() else { return Ok(encode(value)) };
    // In words as well: Terraform shows no path into what is computed.
    let what = if path.is_root() { "the result".to_owned() } else { format!("`{path}`") };
    let detail = format!("The provider has not said what {what} is. This is a bug in the provider.");
    Err(Diagnostic::error("Provider returned an unknown value", detail).at(path).into())
}

pub(crate) fn path(path: &AttributePath) -> Option<proto::AttributePath> {
    let steps = path.steps().iter().map_while(step).collect();
    (!path.is_root()).then_some(proto::AttributePath { steps })
}

/// None of an element of a set, which the protocol has no step to.
fn step(step: &Step) -> Option<proto::attribute_path::Step> {
    use proto::attribute_path::step::Selector;
    let selector = match step {
        Step::Attribute(name) => Selector::AttributeName(name.clone()),
        Step::Key(key) => Selector::ElementKeyString(key.clone()),
        Step::Index(index) => Selector::ElementKeyInt(i64::try_from(*index).unwrap_or(i64::MAX)),
        Step::Element(_) => return None,
    };
    Some(proto::attribute_path::Step { selector: Some(selector) })
}

impl From<Diagnostic> for proto::Diagnostic {
    fn from(diagnostic: Diagnostic) -> Self {
        let severity = match diagnostic.severity() {
            Severity::Error => proto::diagnostic::Severity::Error,
            Severity::Warning => proto::diagnostic::Severity::Warning,
        };
        proto::Diagnostic {
            severity: severity.into(),
            summary: diagnostic.summary().to_owned(),
            detail: diagnostic.detail().to_owned(),
            attribute: path(diagnostic.path()),
        }
    }
}
