//! Which accounts may be used.

use std::sync::Arc;

use async_trait::async_trait;
use tokio::sync::Mutex;

use super::{ConfigWarning, CredentialContext, CredentialError, Credentials, CredentialsProvider, sts};
use crate::Options;

/// Gives only credentials of accounts that may be used. STS says whose they are, once for each secret id: a login or a
/// file that is read again may bring the keys of another account.
pub(crate) struct AccountGuard {
    provider: Arc<dyn CredentialsProvider>,
    allowed: Vec<String>,
    forbidden: Vec<String>,
    /// The secret id that was checked last.
    checked: Mutex<Option<String>>,
}

impl AccountGuard {
    /// `provider` itself, if the options name no account.
    pub(crate) fn guard(
        provider: Arc<dyn CredentialsProvider>,
        options: &Options,
    ) -> Arc<dyn CredentialsProvider> {
        let (allowed, forbidden) =
            (options.allowed_account_ids.clone(), options.forbidden_account_ids.clone());
        if allowed.is_empty() && forbidden.is_empty() {
            return provider;
        }
        Arc::new(Self { provider, allowed, forbidden, checked: Mutex::new(None) })
    }

    fn check(&self, account: &str) -> Result<(), CredentialError> {
        let is = |id: &String| id == account;
        let problem = if !self.allowed.is_empty() && !self.allowed.iter().any(is) {
            format!("it is not among `allowed_account_ids` ({})", self.allowed.join(", "))
        } else if self.forbidden.iter().any(is) {
            "it is among `forbidden_account_ids`".to_owned()
        } else {
            return Ok(());
        };
        Err(CredentialError::Account { account: account.to_owned(), problem })
    }
}

#[async_trait]
impl CredentialsProvider for AccountGuard {
    async fn credentials(&self, context: &CredentialContext) -> Result<Credentials, CredentialError> {
        if !self.allowed.is_empty() && !self.forbidden.is_empty() {
            let problem = "excludes `forbidden_account_ids`: give one of the two";
            return Err(CredentialError::unusable("`allowed_account_ids`", problem));
        }
        let credentials = self.provider.credentials(context).await?;
        let secret_id = credentials.credential().secret_id().as_str();
        let mut checked = self.checked.lock().await;
        if checked.as_deref() != Some(secret_id) {
            self.check(&sts::account(&credentials, context).await?)?;
            *checked = Some(secret_id.to_owned());
        }
        drop(checked);
        Ok(credentials)
    }

    fn warnings(&self) -> Vec<ConfigWarning> {
        self.provider.warnings()
    }
}
