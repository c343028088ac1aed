use tfplugin_proto::tfplugin6 as proto;

use super::{Client, present, unknown};
use crate::{AttributePath, Diagnostic, Diagnostics, ModelError, ResultExt as _, Type, Value, codec};

impl Client {
    /// Calls a function. An error about an argument points at its parameter, by name. While an argument is unknown whose
    /// parameter does not take that, so is the result, without a call.
    pub async fn call_function(
        &self,
        name: &str,
        arguments: impl IntoIterator<Item = Value>,
    ) -> Result<Value, Diagnostics> {
        let function = self.schemas.functions.get(name).ok_or_else(|| unknown("function", name))?;
        let arguments = given(function, arguments.into_iter().collect())?;
        let is_open = |(index, value): (usize, &Value)| {
            !value.is_wholly_known()
                && !parameter(function, index).is_some_and(|each| each.allow_unknown_values)
        };
        if arguments.iter().enumerate().any(is_open) {
            return Ok(Value::UNKNOWN);
        }
        let write = |(index, value)| codec::write(value, &ty(function, index)?);
        let arguments = arguments.into_iter().enumerate().map(write).collect::<Result<_, _>>()?;
        let request = proto::call_function::Request { name: name.into(), arguments };
        let response = self.rpc().call_function(request).await?.into_inner();
        if let Some(error) = response.error {
            return Err(failed(function, error));
        }
        let output = function.r#return.as_ref().map(|output| output.r#type.as_slice());
        present(response.result.as_ref(), &Type::from_json(output.unwrap_or_default())?)
    }
}

/// The arguments, held to the signature as Terraform does before it calls.
fn given(function: &proto::Function, arguments: Vec<Value>) -> Result<Vec<Value>, Diagnostics> {
    let expected = function.parameters.len();
    if arguments.len() < expected || (arguments.len() > expected && function.variadic_parameter.is_none()) {
        let detail = format!("Expected {expected}, found {}.", arguments.len());
        return Err(Diagnostic::error("The number of arguments does not fit the signature", detail).into());
    }
    let argument = |(index, value)| {
        let value = ty(function, index)?.conform(value).map_err(|error| misfit(function, index, error))?;
        if value.is_null() && !parameter(function, index).is_some_and(|each| each.allow_null_value) {
            return Err(Diagnostic::error("Invalid function argument", "The argument must not be null."))
                .at(path(function, index));
        }
        Ok(value)
    };
    arguments.into_iter().enumerate().map(argument).collect()
}

fn misfit(function: &proto::Function, index: usize, error: ModelError) -> Diagnostics {
    let path = error.path().steps().iter().cloned().fold(path(function, index), AttributePath::step);
    let errors = error.into_diagnostics("The argument does not fit the signature");
    errors.into_iter().map(|each| each.at(path.clone())).collect()
}

fn parameter(function: &proto::Function, index: usize) -> Option<&proto::function::Parameter> {
    function.parameters.get(index).or(function.variadic_parameter.as_ref())
}

fn ty(function: &proto::Function, index: usize) -> Result<Type, Diagnostics> {
    Ok(Type::from_json(parameter(function, index).map_or(&[], |parameter| &parameter.r#type))?)
}

/// Where an argument is: its parameter, and the place among those of a variadic one.
fn path(function: &proto::Function, index: usize) -> AttributePath {
    let path = parameter(function, index).map(|parameter| AttributePath::from(parameter.name.as_str()));
    let further = index.checked_sub(function.parameters.len());
    further.into_iter().fold(path.unwrap_or_default(), AttributePath::index)
}

fn failed(function: &proto::Function, error: proto::FunctionError) -> Diagnostics {
    let diagnostic = Diagnostic::error(error.text, "");
    match error.function_argument.and_then(|index| usize::try_from(index).ok()) {
        Some(index) => diagnostic.at(path(function, index)).into(),
        None => diagnostic.into(),
    }
}
