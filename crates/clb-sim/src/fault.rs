//! Faults: what goes wrong with a call.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use bytes::Bytes;
use http::StatusCode;

use crate::api_error::ApiError;
use crate::parse::{duration, word};

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

/// A canned response: it replaces the one of the service.
#[derive(Debug, Clone, PartialEq)]
pub struct CannedResponse {
    pub(crate) content: Content,
    pub(crate) status: StatusCode,
    pub(crate) content_type: Option<String>,
    pub(crate) retry_after: Option<String>,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Content {
    Error(ApiError),
    OldError(ApiError),
    Page,
    Raw(Bytes),
}

/// The text is not a fault.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is not a fault: throttled, error CODE, old-error CODE, http STATUS, body TEXT, content-type TEXT, \
     delayed TIME, reset, hang, \
     reset-before-execution, hang-before-execution, truncated BYTES, slow TIME, endless, clock-skew SECONDS, expired-token"
)]
pub struct InvalidFaultError(String);

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

impl CannedResponse {
    fn new(content: Content, status: StatusCode, content_type: &str) -> Self {
        Self { content, status, content_type: Some(content_type.to_owned()), retry_after: None }
    }

    /// Another HTTP status.
    #[must_use]
    pub fn with_status(mut self, status: StatusCode) -> Self {
        self.status = status;
        self
    }

    /// Another content type; one that is not valid in a header is left out.
    #[must_use]
    pub fn with_content_type(mut self, content_type: impl Into<String>) -> Self {
        self.content_type = Some(content_type.into());
        self
    }

    /// No content type at all.
    #[must_use]
    pub fn without_content_type(mut self) -> Self {
        self.content_type = None;
        self
    }

    /// With a `Retry-After` header: seconds, or the text of a date.
    #[must_use]
    pub fn with_retry_after(mut self, after: impl fmt::Display) -> Self {
        self.retry_after = Some(after.to_string());
        self
    }
}

impl From<CannedResponse> for Fault {
    fn from(response: CannedResponse) -> Self {
        Self::Response(response)
    }
}

impl FromStr for Fault {
    type Err = InvalidFaultError;

    fn from_str(text: &str) -> Result<Self, InvalidFaultError> {
        parse(text).ok_or_else(|| InvalidFaultError(text.to_owned()))
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Response(response) => response.fmt(f),
            Self::ContentType(text) => write!(f, "content-type {text}"),
            Self::Delayed(delay) => write!(f, "delayed {delay:?}"),
            Self::Reset => f.write_str("reset"),
            Self::Hang => f.write_str("hang"),
            Self::ResetBeforeExecution => f.write_str("reset-before-execution"),
            Self::HangBeforeExecution => f.write_str("hang-before-execution"),
            Self::Truncated(bytes) => write!(f, "truncated {bytes}"),
            Self::Slow(pause) => write!(f, "slow {pause:?}"),
            Self::Endless => f.write_str("endless"),
            Self::ClockSkew(seconds) => write!(f, "clock-skew {seconds}"),
            Self::ExpiredToken => f.write_str("expired-token"),
        }
    }
}

impl fmt::Display for CannedResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.content {
            Content::Error(failure) if failure.code == "RequestLimitExceeded" => f.write_str("throttled"),
            Content::Error(failure) => write!(f, "error {} {}", failure.code, failure.message),
            Content::OldError(failure) => write!(f, "old-error {} {}", failure.code, failure.message),
            Content::Page => write!(f, "http {}", self.status.as_u16()),
            Content::Raw(body) => write!(f, "body {}", String::from_utf8_lossy(body)),
        }?;
        self.retry_after.as_ref().map_or(Ok(()), |after| write!(f, " retry-after {after}"))
    }
}

fn parse(text: &str) -> Option<Fault> {
    let (kind, argument) = word(text);
    let fault = match kind {
        "throttled" => retry_after(Fault::throttled(), argument)?.into(),
        "error" => coded(argument).map(|(code, message)| Fault::api_error(code, message))?.into(),
        "old-error" => coded(argument).map(|(code, message)| Fault::old_error(code, message))?.into(),
        "http" => page(argument)?.into(),
        "body" => Fault::body(argument.to_owned()).into(),
        "content-type" => Fault::ContentType(argument.to_owned()),
        "delayed" => Fault::Delayed(duration(argument)?),
        "truncated" => Fault::Truncated(argument.parse().ok()?),
        "slow" => Fault::Slow(duration(argument)?),
        "clock-skew" => Fault::ClockSkew(argument.parse().ok()?),
        _ => return bare(text.trim()),
    };
    Some(fault)
}

fn bare(text: &str) -> Option<Fault> {
    Some(match text {
        "reset" => Fault::Reset,
        "hang" => Fault::Hang,
        "reset-before-execution" => Fault::ResetBeforeExecution,
        "hang-before-execution" => Fault::HangBeforeExecution,
        "endless" => Fault::Endless,
        "expired-token" => Fault::ExpiredToken,
        _ => return None,
    })
}

fn coded(argument: &str) -> Option<(&str, &str)> {
    Some(word(argument)).filter(|(code, _)| !code.is_empty())
}

fn page(argument: &str) -> Option<CannedResponse> {
    let (status, rest) = word(argument);
    retry_after(Fault::http(StatusCode::from_bytes(status.as_bytes()).ok()?), rest)
}

fn retry_after(response: CannedResponse, argument: &str) -> Option<CannedResponse> {
    if argument.is_empty() {
        return Some(response);
    }
    argument.strip_prefix("retry-after ").map(|after| response.with_retry_after(after.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_round_trips() {
        for text in [
            "throttled",
            "throttled retry-after 2",
            "error FailedOperation the load balancer is busy",
            "old-error InvalidParameter no such task",
            "http 502",
            "http 429 retry-after 1",
            "body {}",
            "content-type text/html; charset=gbk",
            "delayed 1.5s",
            "reset",
            "hang",
            "reset-before-execution",
            "hang-before-execution",
            "truncated 10",
            "slow 20ms",
            "endless",
            "clock-skew -600",
            "expired-token",
        ] {
            assert_eq!(text.parse::<Fault>().map(|fault| fault.to_string()).as_deref(), Ok(text));
        }
    }

    #[test]
    fn other_texts_are_rejected() {
        for text in
            ["", "resets", "reset 2", "http", "http 42", "error", "throttled 2", "truncated x", "slow 5"]
        {
            assert!(text.parse::<Fault>().is_err(), "{text:?}");
        }
    }
}
