//! Which accounts may be used.

use std::sync::Arc;

use async_trait::async_trait;
use tokio::sync::OnceCell;

use super::{CredentialContext, CredentialError, Credentials, CredentialsProvider, sts};
use crate::Options;

/// Gives only credentials of accounts that may be used. STS says once, before the first call, whose they are.
pub(crate) struct AccountGuard {
    provider: Arc<dyn CredentialsProvider>,
    allowed: Vec<String>,
    forbidden: Vec<String>,
    account: OnceCell<String>,
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
        Arc::new(Self { provider, allowed, forbidden, account: OnceCell::new() })
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
        let account = self.account.get_or_try_init(|| sts::account(&credentials, context)).await?;
        self.check(account).map(|()| credentials)
    }
}
