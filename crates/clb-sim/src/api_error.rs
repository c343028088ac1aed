//! Errors of the API.

/// An error of the API, the content of `Response.Error`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ApiError {
    pub(crate) code: String,
    pub(crate) message: String,
}

impl ApiError {
    pub(crate) fn new(code: impl Into<String>, message: impl Into<String>) -> Self {
        Self { code: code.into(), message: message.into() }
    }

    pub(crate) fn missing(parameter: &str) -> Self {
        Self::new("MissingParameter", format!("the request lacks the parameter `{parameter}`"))
    }

    pub(crate) fn unknown_action(action: &str) -> Self {
        Self::new("InvalidAction", format!("there is no action `{action}`"))
    }

    pub(crate) fn expired_token() -> Self {
        Self::new("AuthFailure.TokenFailure", "the token is invalid or has expired")
    }

    pub(crate) fn throttled(action: &str, limit: u32) -> Self {
        Self::new("RequestLimitExceeded", format!("`{action}` is limited to {limit} requests a second"))
    }

    pub(crate) fn is_throttling(&self) -> bool {
        self.code.split('.').next() == Some("RequestLimitExceeded")
    }
}
