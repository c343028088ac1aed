//! The key that signs one service's requests for one day.

use std::fmt;
use std::hint::black_box;
use std::sync::LazyLock;

use hmac::{Hmac, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::canonical;
use crate::credential::{Credential, SecretKey};
use crate::hash::{hmac, keyed, sha256, write_hex};
use crate::request::SignableRequest;
use crate::scope;
use crate::signing_headers::SigningHeaders;
use crate::time::{Date, SigningTime};

/// A secret key as derived for one day (in UTC) and one service. With it a signature takes 7 compressions of SHA-256
/// instead of 21. `Debug` shows nothing of it, and it is wiped when dropped.
///
/// ```
/// use clb_sign::{Credential, SecretId, SecretKey, SignableRequest, SigningKey, SigningTime, sign};
///
/// let credential = Credential::new(SecretId::new("AKIDEXAMPLE")?, SecretKey::new("EXAMPLEKEY")?);
/// let request = SignableRequest::post("clb", "clb.tencentcloudapi.com", "application/json", b"{}")?;
/// let time = SigningTime::from_unix(1_700_000_000)?;
/// let key = SigningKey::derive(credential.secret_key(), time.date(), "clb");
/// let headers = key.sign(&request, &credential, time)?;
/// assert_eq!(headers.authorization(), sign(&request, &credential, time).authorization());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct SigningKey {
    date: Date,
    scope: String,
    /// HMAC after its key: what is cloned for each signature.
    mac: Hmac<Sha256>,
}

impl SigningKey {
    /// Derives the key. `service` is the one of the requests, e.g. `clb`.
    pub fn derive(secret_key: &SecretKey, date: Date, service: &str) -> Self {
        let scope = scope::scope(date, service);
        // Each step overwrites the key of the one before, and the last is wiped.
        let mut key = Zeroizing::new(hmac(secret_key.prefixed(), &scope[..Date::LENGTH]));
        *key = hmac(&*key, service);
        *key = hmac(&*key, scope::TERMINATOR);
        let mac = keyed(&*key);
        Self { date, scope, mac }
    }

    /// The day that the key is for.
    pub fn date(&self) -> Date {
        self.date
    }

    /// The service that the key is for.
    pub fn service(&self) -> &str {
        let end = self.scope.len() - scope::TERMINATOR.len() - 1;
        &self.scope[Date::LENGTH + 1..end]
    }

    /// Signs a request of this key's day and service. The key is the one of `credential`.
    pub fn sign(
        &self,
        request: &SignableRequest<'_>,
        credential: &Credential,
        time: SigningTime,
    ) -> Result<SigningHeaders, WrongKeyError> {
        if self.date != time.date() {
            return Err(WrongKeyError::Date { key: self.date, request: time.date() });
        }
        if self.service() != request.service() {
            return Err(WrongKeyError::Service);
        }
        Ok(self.headers(request, credential, time))
    }

    pub(crate) fn is_for(&self, request: &SignableRequest<'_>, time: SigningTime) -> bool {
        self.date == time.date() && self.service() == request.service()
    }

    /// The headers of a request that this key is for.
    pub(crate) fn headers(
        &self,
        request: &SignableRequest<'_>,
        credential: &Credential,
        time: SigningTime,
    ) -> SigningHeaders {
        let mut digits = itoa::Buffer::new();
        let timestamp = digits.format(time.unix());
        // The strings share one allocation, and each is hashed whole: both save a good part of the cost.
        let mut text = String::with_capacity(TEXT);
        canonical::write(request, &mut text);
        let canonical_hash = sha256(text.as_bytes());
        text.clear();
        canonical::write_string_to_sign(timestamp, &self.scope, &canonical_hash, &mut text);
        let mut mac = self.mac.clone();
        mac.update(text.as_bytes());
        let signature = mac.finalize().into_bytes().into();
        text.clear();
        text.shrink_to(TEXT); // a long query makes it much too large
        self.write_authorization(request, credential, &signature, &mut text);
        SigningHeaders::new(text, timestamp, credential.token().cloned(), request.is_payload_unsigned())
    }

    /// Appends the value of the header `Authorization`.
    fn write_authorization(
        &self,
        request: &SignableRequest<'_>,
        credential: &Credential,
        signature: &[u8; 32],
        text: &mut String,
    ) {
        text.push_str("TC3-HMAC-SHA256 Credential=");
        text.push_str(credential.secret_id().as_str());
        text.push('/');
        text.push_str(&self.scope);
        text.push_str(", SignedHeaders=");
        request.write_signed_headers(text);
        text.push_str(", Signature=");
        write_hex(signature, text);
    }
}

/// What wiped keys are overwritten with, computed once: two compressions less a signature.
static EMPTY: LazyLock<Hmac<Sha256>> = LazyLock::new(|| keyed(&[]));

/// Capacity for the strings of a usual request, in bytes.
const TEXT: usize = 384;

impl Drop for SigningKey {
    /// Overwrites the key with that of an empty secret, visibly for the compiler, which would otherwise leave it out.
    fn drop(&mut self) {
        self.mac.clone_from(&EMPTY);
        black_box(&self.mac);
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey")
            .field("date", &self.date)
            .field("service", &self.service())
            .finish_non_exhaustive()
    }
}

/// A signing key that does not belong to the request.
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
