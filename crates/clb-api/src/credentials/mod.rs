//! Credentials providers, the chain of them, and the credential cache.

mod account_guard;
mod base;
mod cache;
mod chain;
mod configured;
mod context;
mod federation;
mod files;
mod instance_role;
mod keys;
mod one_time_code;
mod precedence;
mod required;
mod role;
mod sdk_profile;
mod search;
mod sent_codes;
mod sts;
mod tccli;
mod variables;

use std::{error::Error, fmt, sync::Arc};

use async_trait::async_trait;
use clb_sign::{Credential, InvalidCredentialError, SecretId, SecretKey, SecurityToken};

use crate::{ApiError, ConfigWarning};

pub(crate) use self::{account_guard::AccountGuard, cache::CachedCredentials};
use self::{base::BaseCredentials, files::FileError};
pub use self::{
    cache::CredentialCache,
    chain::DefaultCredentialsChain,
    context::CredentialContext,
    federation::{SamlRole, WebIdentityRole},
    instance_role::InstanceRole,
    keys::{EnvironmentCredentials, StaticCredentials},
    precedence::{CredentialsProviderKind, PRECEDENCE, precedence},
    role::{AssumedRole, MfaSession},
    sdk_profile::SdkProfile,
    tccli::TccliProfile,
};

/// Gives credentials.
///
/// A provider fetches at each call of [`credentials`](Self::credentials). The client caches what it gives, renews it
/// before it expires, and fetches once for all callers that wait.
#[async_trait]
pub trait CredentialsProvider: Send + Sync {
    /// Fetches id, key and token, which belong together.
    async fn credentials(&self, context: &CredentialContext) -> Result<Credentials, CredentialError>;

    /// What a person should know about the provider's configuration. It is complete once credentials were given.
    fn warnings(&self) -> Vec<ConfigWarning> {
        Vec::new()
    }
}

/// Secret id, secret key and perhaps a token, and when they expire.
///
/// `Debug` shows no secret. Code that signs by itself reads the key on purpose:
///
/// ```
/// use clb_api::{Credentials, clb_sign::{Credential, SecretId, SecretKey}};
///
/// let credential = Credential::new(SecretId::new("AKIDEXAMPLE")?, SecretKey::new("EXAMPLEKEY")?);
/// let credentials = Credentials::expiring(credential, 1_551_113_065);
/// assert_eq!(credentials.credential().secret_key().expose(), "EXAMPLEKEY");
/// assert!(!format!("{credentials:?}").contains("EXAMPLEKEY"));
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Credentials {
    credential: Credential,
    expires_at: Option<u64>,
}

/// Why there are no credentials.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CredentialError {
    /// No provider gives credentials. Lists what was tried, and why each gives none.
    #[error("no credentials were found; tried in this order: {}", tried.join("; "))]
    NotFound {
        /// One clause for each provider that was tried.
        tried: Vec<String>,
    },
    /// A provider is configured but cannot give credentials.
    #[error("{origin}: {problem}")]
    Unusable {
        /// Where they come from: a file, an argument, a variable.
        origin: String,
        /// What is wrong with it.
        problem: String,
        /// What led to it.
        source: Option<Arc<dyn Error + Send + Sync>>,
    },
    /// The one-time code of a session was sent already, by this client or another of the process, and the session has
    /// ended or was never opened.
    #[error(
        "{block}: the one-time code was used and {}; a code can be used once: set a new one in {}",
        if failure.is_some() { "its session was not opened" } else { "its session has expired" },
        option.as_ref().map_or_else(|| format!("`{variable}`"), |option| format!("{option} (or `{variable}`)"))
    )]
    CodeUsed {
        /// What the code is for: the options `mfa_certification` or `assume_role`, in backticks.
        block: String,
        /// The option that holds the code, in backticks, if the program offers one.
        option: Option<String>,
        /// The variable that may hold it instead.
        variable: &'static str,
        /// Why the session was not opened; `None` if it was and has expired.
        #[source]
        failure: Option<Box<CredentialError>>,
    },
    /// The account may not be used.
    #[error("these credentials belong to the account {account}: {problem}")]
    Account {
        /// The account.
        account: String,
        /// Which list says so.
        problem: String,
    },
    /// A service that issues credentials rejected the request, or could not be reached.
    #[error("{purpose} failed")]
    Service {
        /// What the call was for.
        purpose: String,
        /// Why it failed.
        #[source]
        error: ApiError,
    },
}

/// What one provider of the chain gives.
enum Lookup<T> {
    Found(T),
    /// Nothing is configured, for this reason: the search continues.
    NotFound(String),
}

impl Credentials {
    /// Credentials as text, which do not expire.
    pub fn parse(
        secret_id: &str,
        secret_key: &str,
        token: Option<&str>,
    ) -> Result<Self, InvalidCredentialError> {
        credential(secret_id, secret_key, token).map(Self::new)
    }

    /// The same credentials, which expire at `unix`, in seconds since 1970.
    #[must_use]
    pub fn with_expiry(self, unix: u64) -> Self {
        Self { expires_at: Some(unix), ..self }
    }

    /// Credentials that do not expire.
    pub fn new(credential: Credential) -> Self {
        Self { credential, expires_at: None }
    }

    /// Credentials that expire at `unix`, in seconds since 1970.
    pub fn expiring(credential: Credential, unix: u64) -> Self {
        Self { credential, expires_at: Some(unix) }
    }

    /// Id, key and token, which sign any request with [`clb_sign`].
    pub fn credential(&self) -> &Credential {
        &self.credential
    }

    /// When they expire, in seconds since 1970; `None` for never.
    pub fn expires_at(&self) -> Option<u64> {
        self.expires_at
    }
}

impl fmt::Debug for dyn CredentialsProvider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("dyn CredentialsProvider")
    }
}

impl CredentialError {
    /// A provider is configured but cannot give credentials: `origin` says where they come from, `problem` what is wrong.
    pub fn unusable(origin: impl Into<String>, problem: impl Into<String>) -> Self {
        Self::Unusable { origin: origin.into(), problem: problem.into(), source: None }
    }

    /// The origin holds a malformed value, as `error` says.
    fn malformed(origin: impl Into<String>, error: impl Error + Send + Sync + 'static) -> Self {
        Self::because(origin, "malformed", error)
    }

    fn unreadable(origin: impl Into<String>, error: FileError) -> Self {
        Self::because(origin, "cannot be read", error)
    }

    /// The same, with the error that led to it.
    pub fn because(
        origin: impl Into<String>,
        problem: impl Into<String>,
        error: impl Error + Send + Sync + 'static,
    ) -> Self {
        let source: Option<Arc<dyn Error + Send + Sync>> = Some(Arc::new(error));
        Self::Unusable { origin: origin.into(), problem: problem.into(), source }
    }
}

impl<T> Lookup<T> {
    /// For a provider outside the chain, where not finding anything is an error.
    fn required(self) -> Result<T, CredentialError> {
        match self {
            Self::Found(found) => Ok(found),
            Self::NotFound(reason) => Err(CredentialError::NotFound { tried: vec![reason] }),
        }
    }
}

#[async_trait]
impl<T: CredentialsProvider + ?Sized> CredentialsProvider for Arc<T> {
    async fn credentials(&self, context: &CredentialContext) -> Result<Credentials, CredentialError> {
        (**self).credentials(context).await
    }

    fn warnings(&self) -> Vec<ConfigWarning> {
        (**self).warnings()
    }
}

/// Checks a key pair and its token.
fn credential(id: &str, key: &str, token: Option<&str>) -> Result<Credential, InvalidCredentialError> {
    let credential = Credential::new(SecretId::new(id)?, SecretKey::new(key)?);
    Ok(match token {
        Some(token) => credential.with_token(SecurityToken::new(token)?),
        None => credential,
    })
}
