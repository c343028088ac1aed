use std::fmt;

/// An API error: what goes into `Response.Error`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Failure {
    pub(crate) code: String,
    pub(crate) message: String,
}

impl Failure {
    pub(crate) fn new(code: impl Into<String>, message: impl Into<String>) -> Self {
        Self { code: code.into(), message: message.into() }
    }

    pub(crate) fn missing(parameter: &str) -> Self {
        Self::new("MissingParameter", format!("the request lacks the parameter `{parameter}`"))
    }

    pub(crate) fn throttled(action: &str, limit: u32) -> Self {
        Self::new("RequestLimitExceeded", format!("`{action}` is limited to {limit} requests a second"))
    }

    pub(crate) fn is_throttling(&self) -> bool {
        self.code.split('.').next() == Some("RequestLimitExceeded")
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.message)
    }
}
