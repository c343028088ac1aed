//! What all signatures of one second and service share. Whoever signs often does so more than once in a second.

use alloc::string::String;
use alloc::vec::Vec;

use crate::hex::Hex;
use crate::scope;
use crate::sha256::HmacKey;
use crate::time::SigningTime;

/// A second and a service, as they are sent and signed.
#[derive(Clone)]
pub(crate) struct Moment {
    time: SigningTime,
    /// Timestamp, then scope.
    text: String,
    /// Where the scope begins.
    scope: usize,
    /// What precedes the hash of the canonical request, and last time's hash.
    string_to_sign: Vec<u8>,
    /// Where the hash begins.
    hash: usize,
}

impl Moment {
    pub(crate) fn new(time: SigningTime, service: &str) -> Self {
        let (text, string_to_sign) = (String::with_capacity(64), Vec::with_capacity(192));
        let mut moment = Self { time, text, scope: 0, string_to_sign, hash: 0 };
        moment.write(service);
        moment
    }

    /// Another second and service, unless they are the same.
    pub(crate) fn set(&mut self, time: SigningTime, service: &str) {
        if self.time != time || scope::parts(self.scope())[1] != service {
            self.time = time;
            self.write(service);
        }
    }

    /// The string to sign, for this hash of the canonical request.
    pub(crate) fn string_to_sign(&mut self, canonical_hash: &Hex) -> &mut Vec<u8> {
        self.string_to_sign.truncate(self.hash);
        self.string_to_sign.extend_from_slice(canonical_hash.as_bytes());
        &mut self.string_to_sign
    }

    /// The signature.
    pub(crate) fn sign(&mut self, key: &HmacKey, canonical_hash: &Hex) -> Hex {
        Hex::new(&key.mac_in_place(self.string_to_sign(canonical_hash)))
    }

    pub(crate) fn timestamp(&self) -> &str {
        &self.text[..self.scope]
    }

    pub(crate) fn scope(&self) -> &str {
        &self.text[self.scope..]
    }

    pub(crate) fn into_timestamp(mut self) -> String {
        self.text.truncate(self.scope);
        self.text
    }

    fn write(&mut self, service: &str) {
        self.text.clear();
        self.time.write(&mut self.text);
        self.scope = self.text.len();
        scope::write(&mut self.text, self.time.date(), service);
        let (timestamp, scope) = self.text.split_at(self.scope);
        self.string_to_sign.clear();
        for line in ["TC3-HMAC-SHA256", timestamp, scope] {
            self.string_to_sign.extend_from_slice(line.as_bytes());
            self.string_to_sign.push(b'\n');
        }
        self.hash = self.string_to_sign.len();
    }
}

impl Default for Moment {
    /// One that no request has, since none is without a service.
    fn default() -> Self {
        Self::new(SigningTime::EPOCH, "")
    }
}
