//! Who calls: sources of credentials, and the session that comes of them.

mod chain;

use std::sync::Arc;

use async_trait::async_trait;
use clb_sign::{Credential, InvalidCredential, SecretId, SecretKey, SecurityToken};

pub use chain::DefaultCredentials;

use crate::{ApiError, Environment, reach::Reach};

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
    /// A service that gives out credentials refused or was not reached.
    #[error("{purpose}: {error}")]
    Service {
        /// What it was asked for.
        purpose: String,
        /// What it said.
        error: ApiError,
    },
}

/// A fixed key pair, with a token if it is a session's.
#[derive(Clone, Debug)]
pub struct StaticCredentials(Credential);

/// The key pair of the environment: `TENCENTCLOUD_SECRET_ID` and `TENCENTCLOUD_SECRET_KEY`, with
/// `TENCENTCLOUD_SECURITY_TOKEN`, or else `TENCENTCLOUD_TOKEN`.
#[derive(Clone, Debug)]
pub struct EnvironmentCredentials(Environment);

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

impl CredentialError {
    pub(crate) fn unusable(place: impl Into<String>, problem: impl ToString) -> Self {
        Self::Unusable { place: place.into(), problem: problem.to_string() }
    }
}

impl StaticCredentials {
    /// These credentials.
    pub fn new(credential: Credential) -> Self {
        Self(credential)
    }

    /// A key pair as text.
    ///
    /// ```
    /// let keys = clb_api::StaticCredentials::parse("AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE", "Gu5t9xGARNpq86cd98joQYCN3EXAMPLE", None)?;
    /// assert!(!format!("{keys:?}").contains("Gu5t9xGARNpq86cd98joQYCN3EXAMPLE"));
    /// # Ok::<_, clb_sign::InvalidCredential>(())
    /// ```
    pub fn parse(secret_id: &str, secret_key: &str, token: Option<&str>) -> Result<Self, InvalidCredential> {
        credential(secret_id, secret_key, token).map(Self)
    }
}

impl EnvironmentCredentials {
    /// Reads the variables when they are needed.
    pub fn new(environment: Environment) -> Self {
        Self(environment)
    }
}

#[async_trait]
impl CredentialSource for StaticCredentials {
    async fn session(&self, _: &Reach) -> Result<Session, CredentialError> {
        Ok(Session::lasting(self.0.clone()))
    }
}

#[async_trait]
impl CredentialSource for EnvironmentCredentials {
    async fn session(&self, _: &Reach) -> Result<Session, CredentialError> {
        let (id, key) = (self.0.get("TENCENTCLOUD_SECRET_ID"), self.0.get("TENCENTCLOUD_SECRET_KEY"));
        let (Some(id), Some(key)) = (id, key) else {
            let tried = vec![
                "environment: `TENCENTCLOUD_SECRET_ID` and `TENCENTCLOUD_SECRET_KEY` are not both set".into(),
            ];
            return Err(CredentialError::NotFound { tried });
        };
        let token = environment_token(&self.0);
        let credential = credential(&id, &key, token.as_deref())
            .map_err(|error| CredentialError::unusable("environment", error))?;
        Ok(Session::lasting(credential))
    }
}

#[async_trait]
impl<T: CredentialSource + ?Sized> CredentialSource for Arc<T> {
    async fn session(&self, reach: &Reach) -> Result<Session, CredentialError> {
        (**self).session(reach).await
    }
}

pub(crate) fn environment_token(environment: &Environment) -> Option<String> {
    environment.get("TENCENTCLOUD_SECURITY_TOKEN").or_else(|| environment.get("TENCENTCLOUD_TOKEN"))
}

pub(crate) fn credential(id: &str, key: &str, token: Option<&str>) -> Result<Credential, InvalidCredential> {
    let credential = Credential::new(SecretId::new(id)?, SecretKey::new(key)?);
    Ok(match token {
        Some(token) => credential.with_token(SecurityToken::new(token)?),
        None => credential,
    })
}
