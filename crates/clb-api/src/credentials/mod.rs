//! Who calls: sources of credentials, and the session that comes of them.

mod account;
mod chain;
mod federation;
mod files;
mod instance_role;
mod kept;
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
use clb_sign::{Credential, InvalidCredential, SecretId, SecretKey, SecurityToken};

use crate::{ApiError, reach::Reach};

pub(crate) use self::account::OfAllowedAccount;
use self::kept::Kept;
pub use self::{
    chain::DefaultCredentials,
    federation::{SamlRole, WebIdentityRole},
    instance_role::InstanceRole,
    keys::{EnvironmentCredentials, StaticCredentials},
    precedence::{PRECEDENCE, Place, precedence},
    role::{AssumedRole, MfaSession},
    sdk_profile::SdkProfile,
    tccli::TccliProfile,
};

/// Where credentials come from.
///
/// A source fetches each time it is asked. Keeping a session, renewing it before it expires and asking once for all
/// waiting callers is the client's part.
#[async_trait]
pub trait CredentialSource: Send + Sync {
    /// Fetches credentials: id, key and token of one and the same session.
    async fn session(&self, reach: &Reach) -> Result<Session, CredentialError>;
}

/// Credentials, and until when they serve.
#[derive(Clone, Debug)]
pub struct Session {
    credential: Credential,
    expires_at: Option<u64>,
}

/// Why there are no credentials.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CredentialError {
    /// Nothing was found. Lists what was tried, and why each did not serve.
    #[error("no credentials were found; tried in this order: {}", tried.join("; "))]
    NotFound {
        /// One clause for each source that was tried.
        tried: Vec<String>,
    },
    /// A source is there but cannot serve.
    #[error("{place}: {problem}")]
    Unusable {
        /// The source: a file, an argument, a variable.
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
    /// A service that gives out credentials refused or was not reached.
    #[error("{purpose}: {error}")]
    Service {
        /// What it was asked for.
        purpose: String,
        /// What it said.
        error: ApiError,
    },
}

/// What a look at one place brings.
enum Look<T> {
    Found(T),
    /// Nothing, for this reason: the search goes on.
    Nothing(String),
}

impl Session {
    /// Credentials that do not expire, as far as is known.
    pub fn lasting(credential: Credential) -> Self {
        Self { credential, expires_at: None }
    }

    /// Credentials that expire at `unix`, in seconds since 1970.
    pub fn until(credential: Credential, unix: u64) -> Self {
        Self { credential, expires_at: Some(unix) }
    }

    /// Id, key and token.
    pub fn credential(&self) -> &Credential {
        &self.credential
    }

    /// When they expire, in seconds since 1970.
    pub fn expires_at(&self) -> Option<u64> {
        self.expires_at
    }
}

impl fmt::Debug for dyn CredentialSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CredentialSource")
    }
}

impl CredentialError {
    pub(crate) fn unusable(place: impl Into<String>, problem: impl Into<String>) -> Self {
        Self::Unusable { place: place.into(), problem: problem.into() }
    }
}

impl<T> Look<T> {
    /// For a source that stands alone, so that the search ends with it.
    fn required(self) -> Result<T, CredentialError> {
        match self {
            Self::Found(found) => Ok(found),
            Self::Nothing(reason) => Err(CredentialError::NotFound { tried: vec![reason] }),
        }
    }
}

#[async_trait]
impl<T: CredentialSource + ?Sized> CredentialSource for Arc<T> {
    async fn session(&self, reach: &Reach) -> Result<Session, CredentialError> {
        (**self).session(reach).await
    }
}

/// Checks a key pair and its token.
fn credential(id: &str, key: &str, token: Option<&str>) -> Result<Credential, InvalidCredential> {
    let credential = Credential::new(SecretId::new(id)?, SecretKey::new(key)?);
    Ok(match token {
        Some(token) => credential.with_token(SecurityToken::new(token)?),
        None => credential,
    })
}
