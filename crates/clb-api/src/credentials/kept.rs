//! A session kept for the calls that build on it.

use std::sync::Arc;

use tokio::sync::Mutex;

use super::{CredentialError, CredentialSource, Session};
use crate::reach::Reach;

/// A kept session is not used for this long before its end: it has to last until the call that it signs is answered.
const MARGIN_SECONDS: u64 = 60;

/// Asks its source once and again only shortly before the session ends: a one-time code must not be spent twice.
pub(super) struct Kept {
    source: Arc<dyn CredentialSource>,
    session: Mutex<Option<Session>>,
}

impl Kept {
    pub(super) fn new(source: impl CredentialSource + 'static) -> Self {
        Self { source: Arc::new(source), session: Mutex::new(None) }
    }

    pub(super) async fn session(&self, reach: &Reach) -> Result<Session, CredentialError> {
        let mut kept = self.session.lock().await;
        let lasts =
            |session: &Session| session.expires_at().is_none_or(|end| end > reach.unix() + MARGIN_SECONDS);
        match kept.as_ref().filter(|session| lasts(session)) {
            Some(session) => Ok(session.clone()),
            None => Ok(kept.insert(self.source.session(reach).await?).clone()),
        }
    }

    /// A session anew, because the kept one was refused.
    pub(super) async fn another(&self, reach: &Reach) -> Result<Session, CredentialError> {
        let mut kept = self.session.lock().await;
        Ok(kept.insert(self.source.session(reach).await?).clone())
    }
}
