//! How a call is signed: with credentials, or not at all.

use std::{fmt, sync::Arc};

use clb_sign::{CachingSigner, Credential, SecurityToken, SignableRequest, SigningTime};
use http::{HeaderMap, HeaderValue, header};

use crate::redact::Secrets;

/// A signer that caches its signing key, or none.
#[derive(Clone)]
pub(crate) enum Signing {
    /// For STS calls that carry an assertion or a token in their body instead of a signature.
    Skip,
    Keys(Arc<Keys>),
}

pub(crate) struct Keys {
    secrets: Secrets,
    signer: CachingSigner,
}

impl Signing {
    pub(crate) fn with(credential: Credential) -> Self {
        let token = credential.token().map(SecurityToken::as_str);
        let secrets = Secrets::new(token.into_iter().chain([credential.secret_id().as_str()]));
        let signer = CachingSigner::new(credential);
        Self::Keys(Arc::new(Keys { secrets, signer }))
    }

    pub(crate) fn apply(&self, request: &SignableRequest<'_>, time: SigningTime, headers: &mut HeaderMap) {
        match self {
            Self::Skip => {
                headers.insert(header::AUTHORIZATION, HeaderValue::from_static("SKIP"));
                headers.insert("x-tc-timestamp", HeaderValue::from(time.unix()));
            }
            Self::Keys(keys) => keys.signer.sign(request, time).apply(headers),
        }
    }

    /// What the service receives and may quote in its messages: secret id and token.
    pub(crate) fn secrets(&self) -> Secrets {
        match self {
            Self::Skip => Secrets::default(),
            Self::Keys(keys) => keys.secrets.clone(),
        }
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
