//! One-time codes of MFA devices: each is sent once.

use tokio::sync::{Mutex, MutexGuard};

use super::{CredentialError, Credentials};
use crate::error_table::ErrorClass;

/// A code, and what came of sending it. The service accepts a code once, so that sending it again can only fail, and
/// may lock the device.
pub(super) struct OneTimeCode {
    names: Names,
    outcome: Mutex<Option<Outcome>>,
}

/// How users give the code: for the error that asks for a new one.
#[derive(Clone, Copy)]
pub(super) struct Names {
    pub(super) block: &'static str,
    pub(super) variable: &'static str,
}

type Outcome = Result<Credentials, CredentialError>;

/// Exclusive use of the code: whoever holds it may send it.
pub(super) struct CodeGuard<'a> {
    names: Names,
    outcome: MutexGuard<'a, Option<Outcome>>,
}

impl OneTimeCode {
    pub(super) fn new(names: Names) -> Self {
        Self { names, outcome: Mutex::new(None) }
    }

    pub(super) async fn lock(&self) -> CodeGuard<'_> {
        CodeGuard { names: self.names, outcome: self.outcome.lock().await }
    }
}

impl CodeGuard<'_> {
    /// The credentials that the code gave, `None` if it has not been sent. An error once they have expired.
    pub(super) fn credentials(&self, now: u64) -> Result<Option<Credentials>, CredentialError> {
        match &*self.outcome {
            None => Ok(None),
            Some(Ok(credentials)) if credentials.expires_at().is_none_or(|end| end > now) => {
                Ok(Some(credentials.clone()))
            }
            Some(outcome) => Err(self.used(outcome.as_ref().err())),
        }
    }

    /// Sends the code. It counts as sent even if the caller is dropped meanwhile, unless the service certainly did not
    /// receive it.
    pub(super) async fn send(mut self, request: impl Future<Output = Outcome>) -> Outcome {
        *self.outcome =
            Some(Err(CredentialError::unusable(self.block(), "sending the code was interrupted")));
        let outcome = request.await;
        *self.outcome = Some(outcome.clone()).filter(|outcome| !is_unsent(outcome));
        outcome
    }

    fn used(&self, failure: Option<&CredentialError>) -> CredentialError {
        let Names { block, variable } = self.names;
        CredentialError::CodeUsed { block, variable, failure: failure.cloned().map(Box::new) }
    }

    fn block(&self) -> String {
        format!("`{}`", self.names.block)
    }
}

fn is_unsent(outcome: &Outcome) -> bool {
    match outcome {
        Err(CredentialError::Service { error, .. }) => {
            error.is_safe_to_resend() || error.class() == ErrorClass::Setup
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ApiError, SetupError, credentials::credential};

    const NAMES: Names = Names { block: "b", variable: "V" };

    fn failed(error: ApiError) -> Outcome {
        Err(CredentialError::Service { purpose: "p".to_owned(), error })
    }

    async fn is_used_after(outcome: Outcome) -> bool {
        let code = OneTimeCode::new(NAMES);
        let _ = code.lock().await.send(async { outcome }).await;
        code.lock().await.credentials(1).is_err()
    }

    #[tokio::test]
    async fn a_code_is_used_unless_the_service_certainly_did_not_receive_it() {
        assert!(!is_used_after(failed(ApiError::no_response("refused".to_owned(), false))).await);
        assert!(!is_used_after(failed(ApiError::service("RequestLimitExceeded", "m", None))).await);
        assert!(!is_used_after(failed(ApiError::setup(SetupError::NoRegion))).await);
        assert!(is_used_after(failed(ApiError::no_response("reset".to_owned(), true))).await);
        assert!(is_used_after(failed(ApiError::service("AuthFailure.MFAFailure", "m", None))).await);
        assert!(is_used_after(failed(ApiError::service("InternalError", "m", None))).await);
        assert!(is_used_after(Err(CredentialError::unusable("p", "no keys"))).await);
    }

    #[tokio::test]
    async fn its_credentials_serve_until_they_expire() {
        let code = OneTimeCode::new(NAMES);
        let credentials = Credentials::expiring(credential("i", "k", None).unwrap(), 10);
        code.lock().await.send(async { Ok(credentials) }).await.unwrap();
        assert!(code.lock().await.credentials(9).unwrap().is_some());
        let error = code.lock().await.credentials(10).unwrap_err();
        assert!(matches!(error, CredentialError::CodeUsed { failure: None, .. }), "{error:?}");
    }

    #[tokio::test]
    async fn a_sender_that_is_dropped_has_used_the_code() {
        let code = OneTimeCode::new(NAMES);
        let sending = code.lock().await;
        drop(tokio::time::timeout(std::time::Duration::ZERO, sending.send(std::future::pending())).await);
        assert!(code.lock().await.credentials(1).is_err());
    }
}
