//! Canned responses: they replace the response of the service.

use std::fmt;

use bytes::Bytes;
use http::StatusCode;

use crate::api_error::ApiError;

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

impl CannedResponse {
    pub(super) fn new(content: Content, status: StatusCode, content_type: &str) -> Self {
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
