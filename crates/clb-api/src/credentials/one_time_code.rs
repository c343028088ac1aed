//! One-time codes of MFA devices: each is sent once in a process.

use tokio::sync::{Mutex, MutexGuard};

use super::{CredentialError, Credentials, required::Required, sent_codes::CodeHash};
use crate::error_table::ErrorClass;

/// A code, and what came of sending it. The service accepts a code once, so that sending it again can only fail, and
/// may lock the device.
pub(super) struct OneTimeCode {
    names: Names,
    hash: CodeHash,
    outcome: Mutex<Option<Outcome>>,
}

/// How users give the code: for the error that asks for a new one.
#[derive(Clone)]
pub(super) struct Names {
    pub(super) block: String,
    pub(super) option: Option<String>,
    pub(super) variable: &'static str,
}

type Outcome = Result<Credentials, CredentialError>;

/// Exclusive use of the code: whoever holds it may send it.
pub(super) struct CodeGuard<'a> {
    names: &'a Names,
    hash: CodeHash,
    outcome: MutexGuard<'a, Option<Outcome>>,
}

impl Names {
    /// The names of the argument `token_code`.
    pub(super) fn of(required: Required, variable: &'static str) -> Self {
        let option = required.names.offered(&required.option("token_code"));
        Self { block: required.origin(), option, variable }
    }
}

impl OneTimeCode {
    /// `serial_number` is that of the device which gave the code.
    pub(super) fn new(names: Names, serial_number: &str, code: &str) -> Self {
        Self { names, hash: CodeHash::new(serial_number, code), outcome: Mutex::new(None) }
    }

    pub(super) async fn lock(&self) -> CodeGuard<'_> {
        CodeGuard { names: &self.names, hash: self.hash, outcome: self.outcome.lock().await }
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

    /// Sends the code, unless another client of this process did. It counts as sent even if the caller is dropped
    /// meanwhile, unless the service certainly did not receive it.
    pub(super) async fn send(mut self, request: impl Future<Output = Outcome>) -> Outcome {
        if !self.hash.claim() {
            let problem = "another client of this process sent the code";
            return Err(self.used(Some(&CredentialError::unusable(self.block(), problem))));
        }
        *self.outcome =
            Some(Err(CredentialError::unusable(self.block(), "sending the code was interrupted")));
        let outcome = request.await;
        *self.outcome = Some(outcome.clone()).filter(|outcome| !is_unsent(outcome));
        if self.outcome.is_none() {
            self.hash.release();
        }
        outcome
    }

    fn used(&self, failure: Option<&CredentialError>) -> CredentialError {
        let Names { block, option, variable } = self.names.clone();
        CredentialError::CodeUsed { block, option, variable, failure: failure.cloned().map(Box::new) }
    }

    fn block(&self) -> String {
        self.names.block.clone()
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
    use std::sync::atomic::{AtomicU32, Ordering};

    use clb_sign::Credential;

    use super::*;
    use crate::{ApiError, SetupError, credentials::credential};

    const NAMES: Names = Names { block: String::new(), option: None, variable: "V" };

    fn failed(error: ApiError) -> Outcome {
        Err(CredentialError::Service { purpose: "p".to_owned(), error })
    }

    /// By the code's own outcome; what other clients of the process make of it is the same.
    async fn is_used_after(outcome: Outcome) -> bool {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed).to_string();
        let [code, other] = [(); 2].map(|()| OneTimeCode::new(NAMES, "numbered", &number));
        let _ = code.lock().await.send(async { outcome }).await;
        let is_used = code.lock().await.credentials(1).is_err();
        let sent = other.lock().await.send(async { Ok(Credentials::new(keys())) }).await;
        assert_eq!(sent.is_err(), is_used);
        is_used
    }

    fn keys() -> Credential {
        credential("i", "k", None).unwrap()
    }

    #[tokio::test]
    async fn a_code_is_used_unless_the_service_certainly_did_not_receive_it() {
        assert!(!is_used_after(failed(ApiError::no_response("refused".to_owned(), false))).await);
        assert!(!is_used_after(failed(ApiError::service("RequestLimitExceeded", "m", None))).await);
        assert!(!is_used_after(failed(ApiError::setup(SetupError::NoRegion { option: None }))).await);
        assert!(is_used_after(failed(ApiError::no_response("reset".to_owned(), true))).await);
        assert!(is_used_after(failed(ApiError::service("AuthFailure.MFAFailure", "m", None))).await);
        assert!(is_used_after(failed(ApiError::service("InternalError", "m", None))).await);
        assert!(is_used_after(Err(CredentialError::unusable("p", "no keys"))).await);
    }

    #[tokio::test]
    async fn its_credentials_serve_until_they_expire() {
        let code = OneTimeCode::new(NAMES, "device", "expires");
        let credentials = Credentials::expiring(keys(), 10);
        code.lock().await.send(async { Ok(credentials) }).await.unwrap();
        assert!(code.lock().await.credentials(9).unwrap().is_some());
        let error = code.lock().await.credentials(10).unwrap_err();
        assert!(matches!(error, CredentialError::CodeUsed { failure: None, .. }), "{error:?}");
    }

    #[tokio::test]
    async fn a_sender_that_is_dropped_has_used_the_code() {
        let code = OneTimeCode::new(NAMES, "device", "dropped");
        let sending = code.lock().await;
        drop(tokio::time::timeout(std::time::Duration::ZERO, sending.send(std::future::pending())).await);
        assert!(code.lock().await.credentials(1).is_err());
    }
}
