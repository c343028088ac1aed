//! Responses as the service writes them.

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, RETRY_AFTER};
use http::{Response, StatusCode};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::api_error::ApiError;
use crate::call_record::CallOutcome;
use crate::fault::{CannedResponse, Content, Fault};
use crate::service::Executed;

/// A response with what the call record says about it.
#[derive(Debug)]
pub(crate) struct ApiResponse {
    pub(crate) http: Response<Bytes>,
    pub(crate) outcome: CallOutcome,
    /// Whether the service executed the action.
    pub(crate) is_accepted: bool,
    pub(crate) request_id: Option<String>,
}

impl ApiResponse {
    /// The API's envelope around the result of an action.
    pub(crate) fn of(result: Result<Executed, ApiError>, request_id: String) -> Self {
        match result {
            Ok(executed) => Self::success(executed, &request_id),
            Err(error) => Self::error(&error, request_id),
        }
    }

    /// An error in an ordinary envelope.
    pub(crate) fn rejected(error: &ApiError) -> Self {
        Self::error(error, new_request_id())
    }

    /// The response that is never sent to a request that never reached the service.
    pub(crate) fn unexecuted() -> Self {
        Self::http(StatusCode::SERVICE_UNAVAILABLE, "text/plain", Bytes::new())
    }

    /// A scripted response.
    pub(crate) fn canned(canned: &CannedResponse) -> Self {
        let mut response = match &canned.content {
            Content::Error(error) => Self::error(error, new_request_id()),
            Content::OldError(error) => Self::bare(canned, old_error(error)),
            Content::Page => Self::bare(canned, html_page(canned.status)),
            Content::Raw(body) => Self::bare(canned, body.clone()),
        };
        *response.http.status_mut() = canned.status;
        set_header(response.http.headers_mut(), CONTENT_TYPE, canned.content_type.as_deref());
        set_header(response.http.headers_mut(), RETRY_AFTER, canned.retry_after.as_deref());
        response
    }

    /// Applies the part of a fault that changes the response or what is recorded about it.
    pub(crate) fn apply_fault(&mut self, fault: &Fault) {
        match fault {
            Fault::ContentType(text) => set_header(self.http.headers_mut(), CONTENT_TYPE, Some(text)),
            Fault::Reset
            | Fault::Hang
            | Fault::ResetBeforeExecution
            | Fault::HangBeforeExecution
            | Fault::Truncated(_)
            | Fault::Endless => {
                self.outcome = CallOutcome::Faulty(fault.to_string());
            }
            _ => {}
        }
    }

    /// A plain HTTP response outside the API.
    pub(crate) fn http(status: StatusCode, content_type: &str, body: impl Into<Bytes>) -> Self {
        let outcome = match status {
            StatusCode::OK => CallOutcome::Accepted,
            _ => CallOutcome::Faulty(format!("http {}", status.as_u16())),
        };
        let mut http = Response::new(body.into());
        *http.status_mut() = status;
        set_header(http.headers_mut(), CONTENT_TYPE, Some(content_type));
        Self { http, outcome, is_accepted: false, request_id: None }
    }

    /// An HTML page that shows only its status.
    pub(crate) fn page(status: StatusCode) -> Self {
        Self::http(status, "text/html", html_page(status))
    }

    /// A repeated response brings the `RequestId` of the first one.
    fn success(executed: Executed, request_id: &str) -> Self {
        let Executed { mut body, is_repeat } = executed;
        let request_id =
            body.entry("RequestId").or_insert_with(|| json!(request_id)).as_str().map(str::to_owned);
        let outcome = if is_repeat { CallOutcome::Repeated } else { CallOutcome::Accepted };
        let response = Self::enveloped(&body, outcome, request_id.unwrap_or_default());
        Self { is_accepted: !is_repeat, ..response }
    }

    fn error(error: &ApiError, request_id: String) -> Self {
        let rejected = || CallOutcome::Rejected(error.code.clone());
        let outcome = if error.is_throttling() { CallOutcome::Throttled } else { rejected() };
        let error = json!({ "Code": error.code, "Message": error.message });
        let body = Map::from_iter([("Error".into(), error), ("RequestId".into(), json!(request_id))]);
        Self::enveloped(&body, outcome, request_id)
    }

    fn enveloped(body: &Map<String, Value>, outcome: CallOutcome, request_id: String) -> Self {
        let body = json!({ "Response": body }).to_string();
        let http = Self::http(StatusCode::OK, "application/json", body).http;
        Self { http, outcome, is_accepted: false, request_id: Some(request_id) }
    }

    fn bare(canned: &CannedResponse, body: Bytes) -> Self {
        let outcome = CallOutcome::Faulty(canned.to_string());
        Self { http: Response::new(body), outcome, is_accepted: false, request_id: None }
    }
}

/// A `RequestId` as the service makes them.
pub(crate) fn new_request_id() -> String {
    Uuid::new_v4().to_string()
}

/// Sets a header, or removes it when the value is missing or cannot stand in a header.
pub(crate) fn set_header(headers: &mut HeaderMap, name: HeaderName, value: Option<&str>) {
    match value.map(HeaderValue::from_str) {
        Some(Ok(value)) => drop(headers.insert(name, value)),
        _ => drop(headers.remove(name)),
    }
}

fn old_error(error: &ApiError) -> Bytes {
    json!({ "code": 4000, "message": error.message, "codeDesc": error.code }).to_string().into()
}

fn html_page(status: StatusCode) -> Bytes {
    let reason = status.canonical_reason().unwrap_or("Status");
    let number = status.as_u16();
    format!(
        "<html><head><title>{number} {reason}</title></head><body><h1>{number} {reason}</h1></body></html>"
    )
    .into()
}
