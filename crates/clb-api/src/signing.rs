//! How a call is signed: with a session's keys, or not at all.

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use clb_sign::{CachingSigner, Credential, SecurityToken, SignBuffer, SignableRequest, SigningTime};
use http::{HeaderMap, HeaderValue, header};

/// A signer that waits for no one and keeps its day's key, or the word that there is none.
#[derive(Clone)]
pub(crate) enum Signing {
    /// For the STS calls that are let in by an assertion or a token in their body.
    Skip,
    Keys(Arc<Keys>),
}

pub(crate) struct Keys {
    credential: Credential,
    signer: Mutex<(CachingSigner, SignBuffer)>,
}

impl Signing {
    pub(crate) fn with(credential: Credential) -> Self {
        let signer = Mutex::new((CachingSigner::new(credential.clone()), SignBuffer::new()));
        Self::Keys(Arc::new(Keys { credential, signer }))
    }

    pub(crate) fn apply(&self, request: &SignableRequest<'_>, time: SigningTime, headers: &mut HeaderMap) {
        match self {
            Self::Skip => {
                headers.insert(header::AUTHORIZATION, HeaderValue::from_static("SKIP"));
                headers.insert("x-tc-timestamp", HeaderValue::from(time.unix()));
            }
            Self::Keys(keys) => {
                let mut signer = keys.signer.lock().unwrap_or_else(PoisonError::into_inner);
                let (signer, buffer) = &mut *signer;
                signer.sign_into(request, time, buffer).apply(headers);
            }
        }
    }

    /// What a service may quote when it refuses, and nobody should read: secret id and token.
    pub(crate) fn secrets(&self) -> Vec<&str> {
        let Self::Keys(keys) = self else { return Vec::new() };
        let token = keys.credential.token().map(SecurityToken::as_str);
        token.into_iter().chain([keys.credential.secret_id().as_str()]).collect()
    }
}

impl fmt::Debug for Signing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Skip => "Skip",
            Self::Keys(_) => "Keys",
        })
    }
}
