//! What a client can lack.

use crate::CredentialError;

/// Why a call was not even tried. Raised at the first call, never when a client is built.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SetupError {
    /// Requests would be sent in the clear to another machine.
    #[error(
        "plain HTTP to `{host}` is refused, since anyone on the way could read and change what is sent: use `https://`, \
         or say `protocol = \"HTTP\"` in the provider block itself (in Rust: `allow_plain_http(true)`)"
    )]
    PlainHttp {
        /// The host, with its port.
        host: String,
    },
    /// No region is known.
    #[error(
        "no region is known: set `region`, or `TENCENTCLOUD_REGION`, or the region of the profile \
         (`tccli configure set region ap-guangzhou`)"
    )]
    NoRegion,
    /// A value is malformed.
    #[error("`{name}`: {problem}")]
    Invalid {
        /// Argument or environment variable.
        name: String,
        /// What is wrong with it.
        problem: String,
    },
    /// No credentials, or none that serve.
    #[error(transparent)]
    Credentials(#[from] CredentialError),
    /// The HTTP client cannot be made, mostly because of `ca_file`.
    #[error("{0}")]
    Http(String),
}

impl SetupError {
    pub(crate) fn invalid(name: &str, problem: impl Into<String>) -> Self {
        Self::Invalid { name: name.to_owned(), problem: problem.into() }
    }
}
