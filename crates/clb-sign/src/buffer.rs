//! The memory that signing works in, and the work itself.

use alloc::string::String;
use core::fmt;

use crate::canonical::CanonicalBuffer;
use crate::credential::Credential;
use crate::moment::Moment;
use crate::request::SignableRequest;
use crate::sha256::HmacKey;
use crate::signing_headers::{SigningHeaders, SigningHeadersRef};
use crate::signing_key::{self, SigningKey};
use crate::time::SigningTime;

/// Memory for signing, kept from one request to the next. Holds no key.
#[derive(Clone)]
pub struct SignBuffer {
    canonical_request: CanonicalBuffer,
    moment: Moment,
    authorization: String,
}

impl SignBuffer {
    /// A buffer with room for a usual request; a larger one makes it grow, once.
    pub fn new() -> Self {
        Self::at(Moment::default())
    }

    /// Signs one request, in memory of its own.
    pub(crate) fn sign_once(
        request: &SignableRequest<'_>,
        credential: &Credential,
        time: SigningTime,
    ) -> SigningHeaders {
        let mut buffer = Self::at(Moment::new(time, request.service()));
        buffer.derive_and_sign(request, credential, time);
        SigningHeaders {
            authorization: buffer.authorization,
            timestamp: buffer.moment.into_timestamp(),
            token: credential.token().cloned(),
            unsigned_payload: request.is_payload_unsigned(),
        }
    }

    fn at(moment: Moment) -> Self {
        let authorization = String::with_capacity(256);
        Self { canonical_request: CanonicalBuffer::default(), moment, authorization }
    }

    /// Signs with a key that is for this day and service.
    pub(crate) fn sign<'a>(
        &'a mut self,
        request: &SignableRequest<'_>,
        credential: &'a Credential,
        key: &SigningKey,
        time: SigningTime,
    ) -> SigningHeadersRef<'a> {
        self.moment.set(time, request.service());
        self.write(request, credential, key.hmac())
    }

    pub(crate) fn derive_and_sign<'a>(
        &'a mut self,
        request: &SignableRequest<'_>,
        credential: &'a Credential,
        time: SigningTime,
    ) -> SigningHeadersRef<'a> {
        self.moment.set(time, request.service());
        let key = signing_key::derive(credential.secret_key(), self.moment.scope());
        self.write(request, credential, &key)
    }

    fn write<'a>(
        &'a mut self,
        request: &SignableRequest<'_>,
        credential: &'a Credential,
        key: &HmacKey,
    ) -> SigningHeadersRef<'a> {
        let signature = self.moment.sign(key, &self.canonical_request.hash(request));
        let text = &mut self.authorization;
        text.clear();
        text.push_str("TC3-HMAC-SHA256 Credential=");
        text.push_str(credential.secret_id().as_str());
        text.push('/');
        text.push_str(self.moment.scope());
        text.push_str(", SignedHeaders=");
        request.write_signed_headers(|piece| text.push_str(piece));
        text.push_str(", Signature=");
        text.push_str(signature.as_str());
        SigningHeadersRef {
            authorization: text,
            timestamp: self.moment.timestamp(),
            token: credential.token(),
            unsigned_payload: request.is_payload_unsigned(),
        }
    }
}

impl Default for SignBuffer {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for SignBuffer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignBuffer").finish_non_exhaustive()
    }
}
