//! Answers as they are written.

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, RETRY_AFTER};
use http::{Response, StatusCode};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::failure::Failure;
use crate::fault::{CannedAnswer, Content, Fault};
use crate::record::AnswerClass;

/// An answer with what the call record tells about it.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) response: Response<Bytes>,
    pub(crate) class: AnswerClass,
    pub(crate) request_id: Option<String>,
}

impl Answer {
    /// The API's envelope around what an action answers.
    pub(crate) fn of(outcome: Result<Map<String, Value>, Failure>, request_id: String) -> Self {
        match outcome {
            Ok(body) => Self::success(body, request_id),
            Err(failure) => Self::failure(&failure, request_id),
        }
    }

    /// A scripted answer.
    pub(crate) fn canned(canned: &CannedAnswer) -> Self {
        let mut answer = match &canned.content {
            Content::Error(failure) => Self::failure(failure, fresh_request_id()),
            Content::OldError(failure) => Self::bare(canned, old_error(failure)),
            Content::Page => Self::bare(canned, page(canned.status)),
            Content::Raw(body) => Self::bare(canned, body.clone()),
        };
        *answer.response.status_mut() = canned.status;
        set(answer.response.headers_mut(), CONTENT_TYPE, canned.content_type.as_deref());
        set(answer.response.headers_mut(), RETRY_AFTER, canned.retry_after.as_deref());
        answer
    }

    /// What a fault changes about an answer that is otherwise true.
    pub(crate) fn suffer(&mut self, fault: &Fault) {
        match fault {
            Fault::ContentType(text) => set(self.response.headers_mut(), CONTENT_TYPE, Some(text)),
            Fault::Reset | Fault::Hang | Fault::Truncated(_) | Fault::Endless => {
                self.class = AnswerClass::Faulty(fault.to_string());
            }
            _ => {}
        }
    }

    /// An answer outside the API: a page of HTTP.
    pub(crate) fn http(status: StatusCode, content_type: &str, body: impl Into<Bytes>) -> Self {
        let class = match status {
            StatusCode::OK => AnswerClass::Answered,
            _ => AnswerClass::Faulty(format!("http {}", status.as_u16())),
        };
        let mut response = Response::new(body.into());
        *response.status_mut() = status;
        set(response.headers_mut(), CONTENT_TYPE, Some(content_type));
        Self { response, class, request_id: None }
    }

    /// An HTML page that says no more than its status.
    pub(crate) fn page(status: StatusCode) -> Self {
        Self::http(status, "text/html", page(status))
    }

    fn success(mut body: Map<String, Value>, request_id: String) -> Self {
        body.insert("RequestId".to_owned(), json!(request_id));
        Self::enveloped(&body, AnswerClass::Answered, request_id)
    }

    fn failure(failure: &Failure, request_id: String) -> Self {
        let refused = || AnswerClass::Refused(failure.code.clone());
        let class = if failure.is_throttling() { AnswerClass::Throttled } else { refused() };
        let error = json!({ "Code": failure.code, "Message": failure.message });
        let body = Map::from_iter([("Error".into(), error), ("RequestId".into(), json!(request_id))]);
        Self::enveloped(&body, class, request_id)
    }

    fn enveloped(body: &Map<String, Value>, class: AnswerClass, request_id: String) -> Self {
        let body = json!({ "Response": body }).to_string();
        let response = Self::http(StatusCode::OK, "application/json", body).response;
        Self { response, class, request_id: Some(request_id) }
    }

    fn bare(canned: &CannedAnswer, body: Bytes) -> Self {
        let class = AnswerClass::Faulty(canned.to_string());
        Self { response: Response::new(body), class, request_id: None }
    }
}

/// A `RequestId` as the service makes them.
pub(crate) fn fresh_request_id() -> String {
    Uuid::new_v4().to_string()
}

/// Sets or removes a header; a text that cannot stand in one removes it.
pub(crate) fn set(headers: &mut HeaderMap, name: HeaderName, value: Option<&str>) {
    match value.map(HeaderValue::from_str) {
        Some(Ok(value)) => drop(headers.insert(name, value)),
        _ => drop(headers.remove(name)),
    }
}

fn old_error(failure: &Failure) -> Bytes {
    json!({ "code": 4000, "message": failure.message, "codeDesc": failure.code }).to_string().into()
}

fn page(status: StatusCode) -> Bytes {
    let reason = status.canonical_reason().unwrap_or("Status");
    let number = status.as_u16();
    format!(
        "<html><head><title>{number} {reason}</title></head><body><h1>{number} {reason}</h1></body></html>"
    )
    .into()
}
