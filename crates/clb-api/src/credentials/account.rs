//! Which accounts may be used.

use std::sync::Arc;

use async_trait::async_trait;
use tokio::sync::OnceCell;

use super::{CredentialError, CredentialSource, Session, sts};
use crate::{Options, reach::Reach};

/// Credentials of an account that may be used: the service is asked once whose they are, before the first call.
pub(crate) struct OfAllowedAccount {
    source: Arc<dyn CredentialSource>,
    allowed: Vec<String>,
    forbidden: Vec<String>,
    account: OnceCell<String>,
}

impl OfAllowedAccount {
    /// `source` as it is, if the options name no account.
    pub(crate) fn guard(source: Arc<dyn CredentialSource>, options: &Options) -> Arc<dyn CredentialSource> {
        let (allowed, forbidden) =
            (options.allowed_account_ids.clone(), options.forbidden_account_ids.clone());
        if allowed.is_empty() && forbidden.is_empty() {
            return source;
        }
        Arc::new(Self { source, allowed, forbidden, account: OnceCell::new() })
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
impl CredentialSource for OfAllowedAccount {
    async fn session(&self, reach: &Reach) -> Result<Session, CredentialError> {
        if !self.allowed.is_empty() && !self.forbidden.is_empty() {
            let problem = "excludes `forbidden_account_ids`: give one of the two";
            return Err(CredentialError::unusable("`allowed_account_ids`", problem));
        }
        let session = self.source.session(reach).await?;
        let account = self.account.get_or_try_init(|| sts::account(&session, reach)).await?;
        self.check(account).map(|()| session)
    }
}
