//! The credentials that a role or an MFA session builds on, cached between its own renewals.

use std::sync::Arc;

use tokio::sync::Mutex;

use super::{CredentialContext, CredentialError, Credentials, CredentialsProvider};

/// Cached credentials are not used for this long before they expire: they have to last until the call that they sign is
/// answered.
const MARGIN_SECONDS: u64 = 60;

/// Fetches once, and again only shortly before expiry or after a refusal.
pub(super) struct BaseCredentials {
    provider: Arc<dyn CredentialsProvider>,
    cached: Mutex<Option<Credentials>>,
}

impl BaseCredentials {
    pub(super) fn new(provider: impl CredentialsProvider + 'static) -> Self {
        Self { provider: Arc::new(provider), cached: Mutex::new(None) }
    }

    pub(super) async fn credentials(
        &self,
        context: &CredentialContext,
    ) -> Result<Credentials, CredentialError> {
        let mut cached = self.cached.lock().await;
        let deadline = context.unix() + MARGIN_SECONDS;
        let lasts = |cached: &&Credentials| cached.expires_at().is_none_or(|end| end > deadline);
        match cached.as_ref().filter(lasts) {
            Some(credentials) => Ok(credentials.clone()),
            None => Ok(cached.insert(self.provider.credentials(context).await?).clone()),
        }
    }

    /// Fetches again, because the service refused the cached credentials.
    pub(super) async fn refreshed(
        &self,
        context: &CredentialContext,
    ) -> Result<Credentials, CredentialError> {
        let mut cached = self.cached.lock().await;
        Ok(cached.insert(self.provider.credentials(context).await?).clone())
    }
}
