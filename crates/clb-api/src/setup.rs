//! Why a client cannot make calls.

use crate::{CredentialError, TransportError};

/// Why a call was not sent. It is the error of the first call, never of building a client.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SetupError {
    /// Requests would go to another machine over plain HTTP.
    #[error(
        "plain HTTP to `{host}` is not allowed, because others can read and change it on the way: use `https://`, or {advice}"
    )]
    PlainHttp {
        /// The host, with its port.
        host: String,
        /// How else to permit it.
        advice: String,
    },
    /// No region is known.
    #[error(
        "no region is known: set {}`TENCENTCLOUD_REGION`, or the region of the profile \
         (`tccli configure set region ap-guangzhou`)",
        option.as_ref().map_or(String::new(), |option| format!("{option}, or "))
    )]
    NoRegion {
        /// The option that sets it, in backticks, if the program offers one.
        option: Option<String>,
    },
    /// A value is malformed.
    #[error("{name}: {problem}")]
    Invalid {
        /// The option or environment variable, in backticks.
        name: String,
        /// What is wrong with it.
        problem: String,
    },
    /// There are no credentials, or they cannot be used.
    #[error(transparent)]
    Credentials(#[from] CredentialError),
    /// The HTTP client cannot be built, mostly because of `ca_file` or a proxy variable.
    #[error(transparent)]
    Http(TransportError),
}

impl SetupError {
    pub(crate) fn invalid(name: &str, problem: impl Into<String>) -> Self {
        Self::Invalid { name: format!("`{name}`"), problem: problem.into() }
    }
}
