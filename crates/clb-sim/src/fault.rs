//! Faults: what goes wrong with a call.

mod canned_response;
mod text;

use std::time::Duration;

use bytes::Bytes;
use http::StatusCode;

pub use self::canned_response::CannedResponse;
pub(crate) use self::canned_response::Content;
pub use self::text::InvalidFaultError;
use crate::api_error::ApiError;

/// What goes wrong with a call. The text form is the word of the variant and its argument: `http 502`, `hang`,
/// `error InternalError try again`, `clock-skew -600`.
///
/// Canned responses, clock skew, expired tokens and `…BeforeExecution` replace the execution of the action. With the others the service
/// executes the action (and a poll counts), and then its response arrives late, damaged or not at all.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq)]
pub enum Fault {
    /// `throttled [retry-after N]`, `error CODE [MESSAGE]`, `old-error CODE [MESSAGE]`, `http STATUS [retry-after N]`
    /// or `body TEXT`: a canned response, see the constructors.
    Response(CannedResponse),
    /// `content-type TEXT`: the usual response with another content type.
    ContentType(String),
    /// `delayed 2s`: the usual response, late.
    Delayed(Duration),
    /// `reset`: the connection is reset before the first byte of the response.
    Reset,
    /// `hang`: no response, and the connection stays open.
    Hang,
    /// `reset-before-execution`: the connection is reset, and the service does not execute the action.
    ResetBeforeExecution,
    /// `hang-before-execution`: no response, and the service does not execute the action.
    HangBeforeExecution,
    /// `truncated N`: the connection closes after so many bytes of the body, fewer than `Content-Length` says.
    Truncated(usize),
    /// `slow 100ms`: the body arrives byte by byte, with this pause before each.
    Slow(Duration),
    /// `endless`: a body that never ends.
    Endless,
    /// `clock-skew SECONDS`: for this call the clock of the service is ahead by so many seconds (behind, if negative).
    ClockSkew(i64),
    /// `expired-token`: `AuthFailure.TokenFailure`, as for an expired token.
    ExpiredToken,
}

impl Fault {
    /// `RequestLimitExceeded` in an ordinary envelope.
    pub fn throttled() -> CannedResponse {
        Self::api_error("RequestLimitExceeded", "too many requests, as scripted")
    }

    /// Any API error in an ordinary envelope, HTTP status 200.
    pub fn api_error(code: impl Into<String>, message: impl Into<String>) -> CannedResponse {
        CannedResponse::new(Content::Error(ApiError::new(code, message)), StatusCode::OK, "application/json")
    }

    /// An error in the shape of the API before 3.0: `code`, `message` and `codeDesc` without an envelope.
    pub fn old_error(code: impl Into<String>, message: impl Into<String>) -> CannedResponse {
        CannedResponse::new(
            Content::OldError(ApiError::new(code, message)),
            StatusCode::OK,
            "application/json",
        )
    }

    /// An HTTP status with an HTML page, as a gateway sends it.
    pub fn http(status: StatusCode) -> CannedResponse {
        CannedResponse::new(Content::Page, status, "text/html")
    }

    /// HTTP status 200 and `application/json` with any body.
    pub fn body(body: impl Into<Bytes>) -> CannedResponse {
        CannedResponse::new(Content::Raw(body.into()), StatusCode::OK, "application/json")
    }
}

impl From<CannedResponse> for Fault {
    fn from(response: CannedResponse) -> Self {
        Self::Response(response)
    }
}
