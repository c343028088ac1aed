//! Signing, with the signing key derived each time, or cached for the day.

use std::sync::Arc;

use arc_swap::ArcSwap;

use crate::credential::Credential;
use crate::request::SignableRequest;
use crate::signing_headers::SigningHeaders;
use crate::signing_key::SigningKey;
use crate::time::SigningTime;

/// Signs one request.
///
/// ```
/// use clb_sign::{Credential, SecretId, SecretKey, SignableRequest, SigningTime, sign};
///
/// let credential = Credential::new(SecretId::new("AKIDEXAMPLE")?, SecretKey::new("EXAMPLEKEY")?);
/// let request = SignableRequest::post("clb", "clb.tencentcloudapi.com", "application/json", b"{}")?;
/// let headers = sign(&request, &credential, SigningTime::from_unix(1_700_000_000)?);
///
/// let names: Vec<_> = headers.iter().map(|(name, _)| name).collect();
/// assert_eq!(names, ["authorization", "x-tc-timestamp"]);
/// assert!(headers.authorization().starts_with("TC3-HMAC-SHA256 Credential=AKIDEXAMPLE/2023-11-14/clb/tc3_request, "));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn sign(request: &SignableRequest<'_>, credential: &Credential, time: SigningTime) -> SigningHeaders {
    let key = SigningKey::derive(credential.secret_key(), time.date(), request.service());
    key.headers(request, credential, time)
}

/// Signs with one credential, and caches the signing key of each service until the day (in UTC) changes. Threads can share
/// it by reference; clones share the cache.
///
/// ```
/// use clb_sign::{CachingSigner, Credential, SecretId, SecretKey, SignableRequest, SigningTime, sign};
///
/// let credential = Credential::new(SecretId::new("AKIDEXAMPLE")?, SecretKey::new("EXAMPLEKEY")?);
/// let signer = CachingSigner::new(credential.clone());
/// let request = SignableRequest::post("clb", "clb.tencentcloudapi.com", "application/json", b"{}")?;
/// let time = SigningTime::from_unix(1_700_000_000)?;
/// std::thread::scope(|scope| {
///     for _ in 0..2 {
///         scope.spawn(|| assert_eq!(
///             signer.sign(&request, time).authorization(),
///             sign(&request, &credential, time).authorization(),
///         ));
///     }
/// });
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct CachingSigner {
    credential: Credential,
    /// Replaced as a whole, so that threads which find their key here take no lock.
    keys: Arc<ArcSwap<Vec<SigningKey>>>,
}

/// Services whose keys are kept at once. Programs use a few.
const MAX_KEYS: usize = 16;

impl CachingSigner {
    /// A signer for this credential, without a key yet.
    pub fn new(credential: Credential) -> Self {
        Self { credential, keys: Arc::default() }
    }

    /// Signs with the cached key, or derives it first.
    pub fn sign(&self, request: &SignableRequest<'_>, time: SigningTime) -> SigningHeaders {
        match self.keys.load().iter().find(|key| key.is_for(request, time)) {
            Some(key) => key.headers(request, &self.credential, time),
            None => self.derive(request, time).headers(request, &self.credential, time),
        }
    }

    /// The credential that signs.
    pub fn credential(&self) -> &Credential {
        &self.credential
    }

    fn derive(&self, request: &SignableRequest<'_>, time: SigningTime) -> SigningKey {
        let key = SigningKey::derive(self.credential.secret_key(), time.date(), request.service());
        self.keys.rcu(|keys| {
            let others = keys.iter().filter(|other| other.service() != key.service());
            std::iter::once(&key).chain(others).take(MAX_KEYS).cloned().collect::<Vec<_>>()
        });
        key
    }
}
