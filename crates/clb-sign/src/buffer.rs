//! The memory that signing works in, and the work itself.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use crate::canonical::{self, CanonicalBuffer};
use crate::credential::Credential;
use crate::hex::Hex;
use crate::key::{self, DayKey};
use crate::request::SigningRequest;
use crate::scope::Scope;
use crate::sha256::HmacKey;
use crate::signed::{Signed, SignedHeaders};
use crate::time::SigningTime;

/// Memory for signing, kept from one request to the next. Holds no key.
#[derive(Clone, Default)]
pub struct SignBuffer {
    stages: Stages,
    /// For keys that come without one.
    scope: Option<Scope>,
}

impl SignBuffer {
    /// A buffer with room for a usual request; a larger one makes it grow, once.
    pub fn new() -> Self {
        Self::default()
    }

    /// Signs one request and is used up.
    pub(crate) fn sign_once(
        mut self,
        request: &SigningRequest<'_>,
        credential: &Credential,
        time: SigningTime,
    ) -> SignedHeaders {
        let timestamp = self.derive_and_sign(request, credential, time).timestamp().len();
        let (token, unsigned_payload) = (credential.token().cloned(), request.is_payload_unsigned());
        SignedHeaders { text: self.stages.headers, timestamp, token, unsigned_payload }
    }

    pub(crate) fn sign<'a>(
        &'a mut self,
        request: &SigningRequest<'_>,
        credential: &'a Credential,
        key: &DayKey,
        time: SigningTime,
    ) -> Signed<'a> {
        self.stages.sign(request, credential, key.hmac(), key.scope(), time)
    }

    pub(crate) fn derive_and_sign<'a>(
        &'a mut self,
        request: &SigningRequest<'_>,
        credential: &'a Credential,
        time: SigningTime,
    ) -> Signed<'a> {
        let scope = Scope::reuse(self.scope.take(), time.date(), request.service());
        let scope = self.scope.insert(scope);
        let key = key::derive(credential.secret_key(), scope);
        self.stages.sign(request, credential, &key, scope, time)
    }

    pub(crate) fn signature(&mut self, request: &SigningRequest<'_>, key: &DayKey, time: SigningTime) -> Hex {
        self.stages.signature(request, key.hmac(), key.scope(), time)
    }
}

impl fmt::Debug for SignBuffer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignBuffer").finish_non_exhaustive()
    }
}

/// One text for each stage.
#[derive(Clone)]
struct Stages {
    canonical_request: CanonicalBuffer,
    string_to_sign: Vec<u8>,
    /// Timestamp, then `Authorization`.
    headers: String,
    /// The moment that the timestamp tells, and where it ends.
    time: Option<(SigningTime, usize)>,
}

impl Stages {
    fn sign<'a>(
        &'a mut self,
        request: &SigningRequest<'_>,
        credential: &'a Credential,
        key: &HmacKey,
        scope: &Scope,
        time: SigningTime,
    ) -> Signed<'a> {
        let signature = self.signature(request, key, scope, time);
        let text = &mut self.headers;
        let timestamp = text.len();
        text.push_str("TC3-HMAC-SHA256 Credential=");
        text.push_str(credential.secret_id().as_str());
        text.push('/');
        text.push_str(scope.as_str());
        text.push_str(", SignedHeaders=");
        request.write_signed_headers(|piece| text.push_str(piece));
        text.push_str(", Signature=");
        text.push_str(signature.as_str());
        let (timestamp, authorization) = text.split_at(timestamp);
        Signed {
            authorization,
            timestamp,
            token: credential.token(),
            unsigned_payload: request.is_payload_unsigned(),
        }
    }

    /// Leaves the timestamp alone in `headers`.
    fn signature(
        &mut self,
        request: &SigningRequest<'_>,
        key: &HmacKey,
        scope: &Scope,
        time: SigningTime,
    ) -> Hex {
        self.write_timestamp(time);
        let canonical_hash = self.canonical_request.hash(request);
        self.string_to_sign.clear();
        canonical::write_string_to_sign(&mut self.string_to_sign, &self.headers, scope, &canonical_hash);
        Hex::new(&key.mac_in_place(&mut self.string_to_sign))
    }

    /// Whoever signs often does so more than once in a second.
    fn write_timestamp(&mut self, time: SigningTime) {
        match self.time {
            Some((known, end)) if known == time => self.headers.truncate(end),
            _ => {
                self.headers.clear();
                time.write(&mut self.headers);
                self.time = Some((time, self.headers.len()));
            }
        }
    }
}

impl Default for Stages {
    fn default() -> Self {
        Self {
            canonical_request: CanonicalBuffer::default(),
            string_to_sign: Vec::with_capacity(192),
            headers: String::with_capacity(256),
            time: None,
        }
    }
}
