//! The memory that signing works in, and the work itself.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::ops::Range;

use crate::canonical::{self, CanonicalBuffer};
use crate::credential::{Credential, SecretId};
use crate::hex::Hex;
use crate::key::{self, DayKey};
use crate::request::SigningRequest;
use crate::scope;
use crate::sha256::HmacKey;
use crate::signed::{Signed, SignedHeaders};
use crate::time::SigningTime;

/// Memory for signing, kept from one request to the next. Holds no key.
#[derive(Clone)]
pub struct SignBuffer {
    canonical_request: CanonicalBuffer,
    string_to_sign: Vec<u8>,
    /// Timestamp, then `Authorization`.
    headers: String,
    /// The moment that the timestamp tells, and where it ends.
    time: Option<(SigningTime, usize)>,
}

impl SignBuffer {
    /// A buffer with room for a usual request; a larger one makes it grow, once.
    pub fn new() -> Self {
        Self {
            canonical_request: CanonicalBuffer::default(),
            string_to_sign: Vec::with_capacity(192),
            headers: String::with_capacity(256),
            time: None,
        }
    }

    pub(crate) fn sign<'a>(
        &'a mut self,
        request: &SigningRequest<'_>,
        credential: &'a Credential,
        key: &DayKey,
        time: SigningTime,
    ) -> Signed<'a> {
        let scope =
            self.begin(request, credential.secret_id(), time, |text| text.push_str(key.scope().as_str()));
        self.finish(request, key.hmac(), scope);
        self.signed(request, credential)
    }

    pub(crate) fn derive_and_sign<'a>(
        &'a mut self,
        request: &SigningRequest<'_>,
        credential: &'a Credential,
        time: SigningTime,
    ) -> Signed<'a> {
        let write_scope = |text: &mut String| scope::write(text, time.date(), request.service());
        let scope = self.begin(request, credential.secret_id(), time, write_scope);
        let key = key::derive(credential.secret_key(), &self.headers[scope.clone()]);
        self.finish(request, &key, scope);
        self.signed(request, credential)
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
        SignedHeaders { text: self.headers, timestamp, token, unsigned_payload }
    }

    /// Writes the headers up to the signature, and says where in them the scope is.
    fn begin(
        &mut self,
        request: &SigningRequest<'_>,
        id: &SecretId,
        time: SigningTime,
        write_scope: impl FnOnce(&mut String),
    ) -> Range<usize> {
        self.write_timestamp(time);
        let text = &mut self.headers;
        text.push_str("TC3-HMAC-SHA256 Credential=");
        text.push_str(id.as_str());
        text.push('/');
        let start = text.len();
        write_scope(text);
        let end = text.len();
        text.push_str(", SignedHeaders=");
        request.write_signed_headers(|piece| text.push_str(piece));
        text.push_str(", Signature=");
        start..end
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

    /// Makes the signature and writes it behind the rest.
    fn finish(&mut self, request: &SigningRequest<'_>, key: &HmacKey, scope: Range<usize>) {
        let (timestamp, scope) = (&self.headers[..self.timestamp()], &self.headers[scope]);
        let canonical_hash = self.canonical_request.hash(request);
        self.string_to_sign.clear();
        canonical::write_string_to_sign(&mut self.string_to_sign, timestamp, scope, &canonical_hash);
        self.headers.push_str(Hex::new(&key.mac_in_place(&mut self.string_to_sign)).as_str());
    }

    fn signed<'a>(&'a self, request: &SigningRequest<'_>, credential: &'a Credential) -> Signed<'a> {
        let (timestamp, authorization) = self.headers.split_at(self.timestamp());
        let (token, unsigned_payload) = (credential.token(), request.is_payload_unsigned());
        Signed { authorization, timestamp, token, unsigned_payload }
    }

    /// The length of the timestamp.
    fn timestamp(&self) -> usize {
        self.time.map_or(0, |(_, end)| end)
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
