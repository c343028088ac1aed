//! `provider::clb::task_id(response)`: the task id in the response of a call.

use clb_api::clb_task::{ResponseError, TaskId};
use serde::Deserialize;
use serde_json::Value;
use tfplugin::{Context, Diagnostic, Diagnostics, Function, Parameter, Signature, Type};

use super::is_task_id::is_uuid;

/// The error about an argument that is a task id already.
const ALREADY_AN_ID: &str = "the argument is already a task id: pass it on as it is, without this function";

/// The function.
#[derive(Debug)]
pub(crate) struct TaskIdFunction;

/// Its argument: the response as a JSON string, or as an object.
#[derive(Debug, Deserialize)]
pub(crate) struct Arguments {
    response: Value,
}

impl Function for TaskIdFunction {
    type Arguments = Arguments;
    type Output = String;

    fn name(&self) -> &'static str {
        "task_id"
    }

    fn signature(&self) -> Signature {
        let response = Parameter::new("response", Type::Dynamic)
            .description("The response as a JSON string or as an object, wrapped in `Response` or not.");
        Signature::new("Finds the task id in the response of a call", Type::String).parameter(response).description(
            "Finds the task id, which is the RequestId, in the response of an asynchronous call. The response is a JSON string \
             or an object, wrapped in `Response` (as the API sends it) or not (as TCCLI prints it). If the response is an \
             error, the function fails with its code and message.",
        )
    }

    async fn call(&self, arguments: Arguments, _: &Context) -> Result<String, Diagnostics> {
        Ok(task_id(&arguments.response)?.to_string())
    }
}

fn task_id(response: &Value) -> Result<TaskId, Diagnostic> {
    let found = match response {
        Value::String(text) => TaskId::from_response(text),
        object => TaskId::from_response(&object.to_string()),
    };
    found.map_err(|error| {
        let summary = if is_task_id(response) { ALREADY_AN_ID.to_owned() } else { sentence(&error) };
        Diagnostic::error(summary, String::new()).at("response")
    })
}

/// Whether the argument is a task id itself, with or without the quotes of a JSON string.
fn is_task_id(response: &Value) -> bool {
    response.as_str().is_some_and(|text| is_uuid(text.trim().trim_matches('"')))
}

fn sentence(error: &ResponseError) -> String {
    match error {
        ResponseError::Rejected { code, message, .. } => {
            format!("the call failed with {code}: {message}")
        }
        other => format!("no task id: {other}"),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const ID: &str = "55c85074-3e7f-4c6d-864f-673660d4f8de";

    #[test]
    fn string_and_object_wrapped_or_not_have_the_same_id() {
        let response = json!({"RequestId": ID, "ListenerIds": ["lbl-1"]});
        let wrapped = json!({"Response": response});
        for response in
            [response.clone(), wrapped.clone(), response.to_string().into(), wrapped.to_string().into()]
        {
            assert_eq!(task_id(&response).unwrap().as_str(), ID);
        }
    }

    #[test]
    fn an_error_response_is_an_error_with_its_code_and_message() {
        let response =
            json!({"Response": {"Error": {"Code": "LimitExceeded", "Message": "no more"}, "RequestId": ID}});
        let error = task_id(&response).unwrap_err();
        assert_eq!(error.summary(), "the call failed with LimitExceeded: no more");
    }

    #[test]
    fn a_bare_id_is_already_a_task_id() {
        for response in [json!(ID), json!(format!("\"{ID}\"\n"))] {
            assert!(task_id(&response).unwrap_err().summary().contains("already a task id"), "{response}");
        }
    }

    #[test]
    fn anything_else_has_no_task_id() {
        for response in
            [json!(1), json!("text"), json!({}), json!([]), json!({"RequestId": 7}), json!({"RequestId": ""})]
        {
            assert!(task_id(&response).unwrap_err().summary().starts_with("no task id: "), "{response}");
        }
    }
}
