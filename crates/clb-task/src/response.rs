use serde_json::{Map, Value};

use crate::task::{InvalidTaskError, TaskId};

/// A response without a task id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ResponseError {
    /// There is nothing but white space.
    #[error("the response is empty: the call may have failed")]
    Empty,
    /// The text is not JSON.
    #[error("the response is not JSON: {0}")]
    NotJson(String),
    /// The text is JSON, but no object, or its `Response` is none.
    #[error("the response is not a JSON object")]
    NotAnObject,
    /// The response is an error: the call was not accepted, so that there is no task.
    #[error("the call was rejected with {code}: {message}")]
    Rejected {
        /// The service's error code.
        code: String,
        /// What the service says.
        message: String,
        /// The `RequestId` of the call, which is no task.
        request_id: Option<String>,
    },
    /// There is no `RequestId` in the response, or it is no string.
    #[error("the response has no RequestId")]
    Missing,
    /// The `RequestId` cannot be the id of a task.
    #[error("the RequestId cannot be a task id")]
    Invalid(#[from] InvalidTaskError),
}

impl TaskId {
    /// The task id in the response of an asynchronous call, as JSON: wrapped in `Response`, as the API sends it, or not, as
    /// TCCLI prints it.
    ///
    /// ```
    /// use clb_task::{ResponseError, TaskId};
    ///
    /// let api = r#"{"Response":{"ListenerIds":["lbl-1"],"RequestId":"4a1d3c8e"}}"#;
    /// let tccli = r#"{"ListenerIds":["lbl-1"],"RequestId":"4a1d3c8e"}"#;
    /// assert_eq!(TaskId::from_response(api), TaskId::from_response(tccli));
    ///
    /// let rejected = r#"{"Response":{"Error":{"Code":"LimitExceeded","Message":"no more"},"RequestId":"5b"}}"#;
    /// let error = TaskId::from_response(rejected).unwrap_err();
    /// assert_eq!(error.to_string(), "the call was rejected with LimitExceeded: no more");
    /// ```
    pub fn from_response(text: &str) -> Result<Self, ResponseError> {
        let body = match serde_json::from_str(text) {
            Ok(Value::Object(body)) => body,
            Ok(_) => return Err(ResponseError::NotAnObject),
            Err(_) if text.trim().is_empty() => return Err(ResponseError::Empty),
            Err(error) => return Err(ResponseError::NotJson(error.to_string())),
        };
        match body.get("Response") {
            Some(Value::Object(response)) => in_response(response),
            Some(_) => Err(ResponseError::NotAnObject),
            None => in_response(&body),
        }
    }
}

fn in_response(response: &Map<String, Value>) -> Result<TaskId, ResponseError> {
    let request_id = response.get("RequestId").and_then(Value::as_str);
    if let Some((code, message)) = api_error(response) {
        return Err(ResponseError::Rejected { code, message, request_id: request_id.map(str::to_owned) });
    }
    Ok(TaskId::parse(request_id.ok_or(ResponseError::Missing)?)?)
}

/// Code and message of an error, in the shape of API 3.0 or in the one before it (`codeDesc` beside `message`).
fn api_error(response: &Map<String, Value>) -> Option<(String, String)> {
    match response.get("Error") {
        None | Some(Value::Null) => Some((text(response.get("codeDesc"))?, text(response.get("message"))?)),
        Some(error) => {
            let part = |name| text(error.get(name)).unwrap_or_else(|| "unknown".to_owned());
            Some((part("Code"), part("Message")))
        }
    }
}

fn text(value: Option<&Value>) -> Option<String> {
    value.and_then(Value::as_str).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Result<&str, ResponseError>) {
        assert_eq!(TaskId::from_response(text), expected.map(|id| TaskId::parse(id).unwrap()), "{text}");
    }

    fn rejected(code: &str, message: &str, request_id: Option<&str>) -> ResponseError {
        let (code, message) = (code.to_owned(), message.to_owned());
        ResponseError::Rejected { code, message, request_id: request_id.map(str::to_owned) }
    }

    #[test]
    fn an_accepted_call_holds_its_task() {
        check(r#"{"Response":{"RequestId":"a-1"}}"#, Ok("a-1"));
        check("{\n  \"RequestId\": \"a-1\",\n  \"DealName\": null\n}", Ok("a-1"));
        check(r#"{"Response":{"RequestId":"a-1","Error":null}}"#, Ok("a-1"));
    }

    #[test]
    fn a_rejected_call_holds_none() {
        let error = r#"{"Code":"AuthFailure","Message":"no"}"#;
        check(
            &format!(r#"{{"Response":{{"Error":{error},"RequestId":"r"}}}}"#),
            Err(rejected("AuthFailure", "no", Some("r"))),
        );
        check(&format!(r#"{{"Error":{error}}}"#), Err(rejected("AuthFailure", "no", None)));
        check(r#"{"Error":true,"RequestId":"r"}"#, Err(rejected("unknown", "unknown", Some("r"))));
        check(
            r#"{"code":4000,"codeDesc":"InvalidParameter","message":"old"}"#,
            Err(rejected("InvalidParameter", "old", None)),
        );
    }

    #[test]
    fn anything_else_is_named() {
        for text in ["", " \n"] {
            check(text, Err(ResponseError::Empty));
        }
        for text in ["{", "RequestId: a", "{\"RequestId\":\"a\"} trailing"] {
            assert!(matches!(TaskId::from_response(text), Err(ResponseError::NotJson(_))), "{text}");
        }
        for text in ["null", "[]", "\"a-1\"", r#"{"Response":null}"#, r#"{"Response":[]}"#] {
            check(text, Err(ResponseError::NotAnObject));
        }
        for text in ["{}", r#"{"RequestId":null}"#, r#"{"Response":{"RequestId":7}}"#] {
            check(text, Err(ResponseError::Missing));
        }
        check(r#"{"RequestId":""}"#, Err(ResponseError::Invalid(InvalidTaskError::Empty)));
    }
}
