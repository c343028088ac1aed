//! Credentials providers, the chain of them, and the credential cache.

mod account_guard;
mod base;
mod cache;
mod chain;
mod context;
mod federation;
mod files;
mod instance_role;
mod keys;
mod precedence;
mod required;
mod role;
mod sdk_profile;
mod sts;
mod tccli;
mod variables;

use std::{fmt, sync::Arc};

use async_trait::async_trait;
use clb_sign::{Credential, InvalidCredentialError, SecretId, SecretKey, SecurityToken};

use crate::ApiError;

use self::base::BaseCredentials;
pub(crate) use self::{
    account_guard::AccountGuard,
    cache::{CachedCredentials, CredentialCache},
};
pub use self::{
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
}

/// Secret id, secret key and perhaps a token, and when they expire.
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
    #[error("{place}: {problem}")]
    Unusable {
        /// Where they come from: a file, an argument, a variable.
        place: String,
        /// What is wrong with it.
        problem: String,
    },
    /// The account may not be used.
    #[error("these credentials belong to the account {account}: {problem}")]
    Account {
        /// The account.
        account: String,
        /// Which list says so.
        problem: String,
    },
    /// A service that issues credentials refused, or could not be reached.
    #[error("{purpose}: {error}")]
    Service {
        /// What the call was for.
        purpose: String,
        /// Why it failed.
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
    /// Credentials that do not expire.
    pub fn new(credential: Credential) -> Self {
        Self { credential, expires_at: None }
    }

    /// Credentials that expire at `unix`, in seconds since 1970.
    pub fn expiring(credential: Credential, unix: u64) -> Self {
        Self { credential, expires_at: Some(unix) }
    }

    /// Id, key and token.
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
    pub(crate) fn unusable(place: impl Into<String>, problem: impl Into<String>) -> Self {
        Self::Unusable { place: place.into(), problem: problem.into() }
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
}

/// Checks a key pair and its token.
fn credential(id: &str, key: &str, token: Option<&str>) -> Result<Credential, InvalidCredentialError> {
    let credential = Credential::new(SecretId::new(id)?, SecretKey::new(key)?);
    Ok(match token {
        Some(token) => credential.with_token(SecurityToken::new(token)?),
        None => credential,
    })
}
