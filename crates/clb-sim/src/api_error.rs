//! Errors of the API.

/// An error of the API, the content of `Response.Error`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {message}")]
pub struct ApiError {
    pub(crate) code: String,
    pub(crate) message: String,
}

impl ApiError {
    /// An error with any code, documented or not.
    pub fn new(code: impl Into<String>, message: impl Into<String>) -> Self {
        Self { code: code.into(), message: message.into() }
    }

    pub(crate) fn missing_parameter(name: &str) -> Self {
        Self::new("MissingParameter", format!("The request is missing a required parameter `{name}`."))
    }

    pub(crate) fn unknown_parameter(name: &str) -> Self {
        Self::new("UnknownParameter", format!("The parameter `{name}` is not recognized."))
    }

    pub(crate) fn invalid_type(name: &str) -> Self {
        Self::new("InvalidParameter", format!("The value type of parameter `{name}` is not valid."))
    }

    pub(crate) fn invalid_value(name: &str, allowed: &str) -> Self {
        Self::new("InvalidParameterValue", format!("The value of parameter `{name}` is not {allowed}."))
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
