use std::collections::HashMap;
use std::sync::Arc;

use tfplugin_proto::tfplugin6 as proto;

use super::{About, Plugin};
use crate::codec::MARKDOWN;
use crate::path::Step;
use crate::{
    AttributePath, Diagnostic, Diagnostics, Parameter, ResultExt as _, Severity, Signature, Value, codec,
};

pub(super) async fn all(
    plugin: Arc<Plugin>,
    _: proto::get_functions::Request,
) -> proto::get_functions::Response {
    let (functions, diagnostics) =
        plugin.call("GetFunctions", About::Provider).run(async { Ok(signatures(&plugin)) }).await;
    proto::get_functions::Response { functions: functions.unwrap_or_default(), diagnostics }
}

pub(super) fn signatures(plugin: &Plugin) -> HashMap<String, proto::Function> {
    let functions = plugin.registry().functions.iter();
    functions.map(|(name, entry)| (name.clone(), (&entry.object.signature()).into())).collect()
}

pub(super) async fn call(
    plugin: Arc<Plugin>,
    request: proto::call_function::Request,
) -> proto::call_function::Response {
    let call = plugin.call("CallFunction", About::Function(&request.name));
    let mut signature = None;
    let called = call.observed(async {
        let entry = plugin.registry().functions.get(&request.name)?;
        let signature = signature.insert(entry.object.signature());
        let arguments = arguments(signature, &request.arguments)?;
        let output = entry.object.call(arguments, &call.context).await?;
        codec::write(output, &signature.output)
    });
    let called = called.await;
    let warnings = call.context.take_warnings();
    match called {
        Ok(output) => {
            // The protocol has no place for them.
            for warning in &warnings {
                tracing::warn!(function = request.name, "{warning}");
            }
            proto::call_function::Response { result: Some(output), error: None }
        }
        Err(errors) => {
            let error = error(&errors.into_iter().chain(warnings).collect(), signature.as_ref());
            proto::call_function::Response { result: None, error: Some(error) }
        }
    }
}

fn arguments(signature: &Signature, sent: &[proto::DynamicValue]) -> Result<Vec<Value>, Diagnostics> {
    if sent.len() < signature.parameters.len() {
        let detail =
            format!("The function takes {} arguments and got {}.", signature.parameters.len(), sent.len());
        return Err(Diagnostic::error("Too few arguments", detail).into());
    }
    let read = |(index, value)| match signature.parameter_at(index) {
        Some(parameter) => codec::read(Some(value), &parameter.ty).at(path(signature, index, parameter)),
        None => Err(Diagnostic::error("Too many arguments", "").into()),
    };
    sent.iter().enumerate().map(read).collect()
}

/// Where an argument is, as [`argument`] reads it back.
fn path(signature: &Signature, index: usize, parameter: &Parameter) -> AttributePath {
    let path = AttributePath::from(parameter.name.as_str());
    match index.checked_sub(signature.parameters.len()) {
        Some(further) => path.index(further),
        None => path,
    }
}

/// Functions have one error, in one text, perhaps about one argument.
fn error(errors: &Diagnostics, signature: Option<&Signature>) -> proto::FunctionError {
    let texts: Vec<_> = errors.iter().map(text).collect();
    let argument = signature.and_then(|signature| errors.iter().find_map(|each| argument(each, signature)));
    // Terraform ends the sentence itself.
    let text = texts.join("\n").trim_end_matches('.').to_owned();
    proto::FunctionError { text, function_argument: argument }
}

fn text(diagnostic: &Diagnostic) -> String {
    let kind = if diagnostic.severity() == Severity::Warning { "Warning: " } else { "" };
    match diagnostic.detail() {
        "" => format!("{kind}{}", diagnostic.summary()),
        detail => format!("{kind}{}: {detail}", diagnostic.summary()),
    }
}

/// The place among the arguments that the path points at.
fn argument(diagnostic: &Diagnostic, signature: &Signature) -> Option<i64> {
    let mut steps = diagnostic.path().steps().iter();
    let Some(Step::Attribute(name)) = steps.next() else { return None };
    let place = match signature.parameters.iter().position(|parameter| parameter.name == *name) {
        Some(place) => place,
        None if signature.variadic.as_ref()?.name == *name => match steps.next() {
            Some(Step::Index(further)) => signature.parameters.len().saturating_add(*further),
            _ => signature.parameters.len(),
        },
        None => return None,
    };
    i64::try_from(place).ok()
}

impl From<&Signature> for proto::Function {
    fn from(signature: &Signature) -> Self {
        proto::Function {
            parameters: signature.parameters.iter().map(Into::into).collect(),
            variadic_parameter: signature.variadic.as_ref().map(Into::into),
            r#return: Some(proto::function::Return { r#type: signature.output.to_json().into_bytes() }),
            summary: signature.summary.clone(),
            description: signature.description.clone(),
            description_kind: MARKDOWN,
            deprecation_message: signature.deprecated.clone(),
        }
    }
}

impl From<&Parameter> for proto::function::Parameter {
    fn from(parameter: &Parameter) -> Self {
        proto::function::Parameter {
            name: parameter.name.clone(),
            r#type: parameter.ty.to_json().into_bytes(),
            allow_null_value: parameter.null,
            allow_unknown_values: parameter.unknown,
            description: parameter.description.clone(),
            description_kind: MARKDOWN,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{AttributePath, Type};

    #[test]
    fn an_argument_too_far_out_to_count_is_none() {
        let signature = Signature::new("", Type::Bool)
            .parameter(Parameter::new("first", Type::Bool))
            .variadic(Parameter::new("rest", Type::Bool));
        let place = |index| {
            let path = AttributePath::from("rest").index(index);
            argument(&Diagnostic::error("", "").at(path), &signature)
        };
        assert_eq!(place(2), Some(3));
        assert_eq!(place(usize::MAX), None);
    }
}
