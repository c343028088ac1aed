//! The credentials that a role or an MFA session is requested with, cached between its own renewals.

use std::sync::Arc;

use serde::Serialize;
use tokio::sync::Mutex;

use super::{ConfigWarning, CredentialContext, CredentialError, Credentials, CredentialsProvider, sts};
use crate::{error_table::ErrorClass, signing::Signing};

/// Cached credentials are not used for this long before they expire: they have to last until the call that they sign is
/// responded.
const MARGIN_SECONDS: u64 = 60;

/// Fetches once, and again only shortly before expiry or after a rejection.
pub(super) struct BaseCredentials {
    provider: Arc<dyn CredentialsProvider>,
    cached: Mutex<Option<Credentials>>,
}

impl BaseCredentials {
    pub(super) fn new(provider: impl CredentialsProvider + 'static) -> Self {
        Self { provider: Arc::new(provider), cached: Mutex::new(None) }
    }

    /// Requests credentials of STS with these, and once more with fresh ones if the service finds these expired.
    pub(super) async fn request(
        &self,
        request: &sts::Request<'_>,
        parameters: &(impl Serialize + Sync),
        context: &CredentialContext,
    ) -> Result<Credentials, CredentialError> {
        let base = self.credentials(context).await?;
        match sts::credentials(request, parameters, &signing(&base), context).await {
            Err(CredentialError::Service { error, .. }) if error.class() == ErrorClass::FreshCredentials => {
                let base = self.refreshed(context).await?;
                sts::credentials(request, parameters, &signing(&base), context).await
            }
            done => done,
        }
    }

    pub(super) fn warnings(&self) -> Vec<ConfigWarning> {
        self.provider.warnings()
    }

    async fn credentials(&self, context: &CredentialContext) -> Result<Credentials, CredentialError> {
        let mut cached = self.cached.lock().await;
        let deadline = context.unix() + MARGIN_SECONDS;
        let lasts = |cached: &&Credentials| cached.expires_at().is_none_or(|end| end > deadline);
        match cached.as_ref().filter(lasts) {
            Some(credentials) => Ok(credentials.clone()),
            None => Ok(cached.insert(self.provider.credentials(context).await?).clone()),
        }
    }

    async fn refreshed(&self, context: &CredentialContext) -> Result<Credentials, CredentialError> {
        let mut cached = self.cached.lock().await;
        Ok(cached.insert(self.provider.credentials(context).await?).clone())
    }
}

fn signing(credentials: &Credentials) -> Signing {
    Signing::with(credentials.credential().clone())
}
