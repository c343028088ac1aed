//! Signing, with the key derived each time, passed in, or kept for the day.

use crate::buffer::SignBuffer;
use crate::credential::Credential;
use crate::request::SignableRequest;
use crate::signing_headers::{SigningHeaders, SigningHeadersRef};
use crate::signing_key::SigningKey;
use crate::time::{Date, SigningTime};

/// Signs one request and gives headers with text of their own.
///
/// ```
/// use clb_sign::{Credential, SecretId, SecretKey, SignableRequest, SigningTime, sign};
///
/// let credential = Credential::new(SecretId::new("AKIDEXAMPLE")?, SecretKey::new("EXAMPLEKEY")?);
/// let request = SignableRequest::post("clb", "clb.tencentcloudapi.com", "application/json", b"{}")?;
/// let signed = sign(&request, &credential, SigningTime::from_unix(1_700_000_000)?);
///
/// let names: Vec<_> = signed.iter().map(|(name, _)| name).collect();
/// assert_eq!(names, ["authorization", "x-tc-timestamp"]);
/// assert!(signed.authorization().starts_with("TC3-HMAC-SHA256 Credential=AKIDEXAMPLE/2023-11-14/clb/tc3_request, "));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn sign(request: &SignableRequest<'_>, credential: &Credential, time: SigningTime) -> SigningHeaders {
    SignBuffer::sign_once(request, credential, time)
}

/// Signs with one credential. The key of the day is derived for each request, or passed in.
#[derive(Clone, Debug)]
pub struct Signer {
    credential: Credential,
}

impl Signer {
    /// A signer for this credential.
    pub fn new(credential: Credential) -> Self {
        Self { credential }
    }

    /// Derives the key, then signs. Allocates nothing once `buffer` has been used for a request of this size.
    pub fn sign_into<'a>(
        &'a self,
        request: &SignableRequest<'_>,
        time: SigningTime,
        buffer: &'a mut SignBuffer,
    ) -> SigningHeadersRef<'a> {
        buffer.derive_and_sign(request, &self.credential, time)
    }

    /// Signs with a key derived before, which must be for the day of `time` and the service of the request.
    pub fn sign_with<'a>(
        &'a self,
        key: &SigningKey,
        request: &SignableRequest<'_>,
        time: SigningTime,
        buffer: &'a mut SignBuffer,
    ) -> Result<SigningHeadersRef<'a>, WrongKeyError> {
        if key.date() != time.date() {
            return Err(WrongKeyError::Date { key: key.date(), request: time.date() });
        }
        if key.service() != request.service() {
            return Err(WrongKeyError::Service);
        }
        Ok(buffer.sign(request, &self.credential, key, time))
    }

    /// The key of a day and service, for [`sign_with`](Self::sign_with).
    pub fn signing_key(&self, date: Date, service: &str) -> SigningKey {
        SigningKey::derive(self.credential.secret_key(), date, service)
    }

    /// Who signs.
    pub fn credential(&self) -> &Credential {
        &self.credential
    }
}

/// A [`Signer`] that keeps the key of the last request's day and service, and derives another when either changes: at
/// midnight UTC, or with the next service. Use one for each service if requests alternate.
#[derive(Clone, Debug)]
pub struct CachingSigner {
    signer: Signer,
    key: Option<SigningKey>,
}

impl CachingSigner {
    /// A signer for this credential, without a key yet.
    pub fn new(credential: Credential) -> Self {
        Self { signer: Signer::new(credential), key: None }
    }

    /// Signs with the key at hand, or derives it first. Allocates nothing once `buffer` has been used for a request of
    /// this size, except for the service's name in a new key.
    pub fn sign_into<'a>(
        &'a mut self,
        request: &SignableRequest<'_>,
        time: SigningTime,
        buffer: &'a mut SignBuffer,
    ) -> SigningHeadersRef<'a> {
        let (date, service) = (time.date(), request.service());
        let key = match &mut self.key {
            Some(key) if key.date() == date && key.service() == service => key,
            other => other.insert(self.signer.signing_key(date, service)),
        };
        buffer.sign(request, self.signer.credential(), key, time)
    }

    /// Signs like [`sign_into`](Self::sign_into), with text of its own.
    pub fn sign(&mut self, request: &SignableRequest<'_>, time: SigningTime) -> SigningHeaders {
        self.sign_into(request, time, &mut SignBuffer::new()).to_owned()
    }

    /// Who signs.
    pub fn credential(&self) -> &Credential {
        self.signer.credential()
    }
}

/// A day's key that does not belong to the request.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WrongKeyError {
    /// The key is for another day.
    #[error("key is for {key}, request is of {request}")]
    Date {
        /// The key's day.
        key: Date,
        /// The request's day.
        request: Date,
    },
    /// The key is for another service.
    #[error("key is for another service")]
    Service,
}
