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
    /// Scope, then timestamp.
    text: String,
    /// Where the timestamp begins.
    timestamp: usize,
    /// What precedes the hash of the canonical request, and last time's hash.
    string_to_sign: Vec<u8>,
    /// Where the hash begins.
    hash: usize,
}

impl Moment {
    pub(crate) fn new(time: SigningTime, service: &str) -> Self {
        let (text, string_to_sign) = (String::with_capacity(64), Vec::with_capacity(192));
        let mut moment = Self { time, text, timestamp: 0, string_to_sign, hash: 0 };
        moment.write_scope(service);
        moment.write_timestamp();
        moment
    }

    /// Another second and service, unless they are the same.
    pub(crate) fn set(&mut self, time: SigningTime, service: &str) {
        let is_for_service = scope::parts(self.scope())[1] == service;
        if is_for_service && self.time == time {
            return;
        }
        let is_of_day = self.time.date() == time.date();
        self.time = time;
        if !is_for_service || !is_of_day {
            self.write_scope(service);
        }
        self.write_timestamp();
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
        &self.text[self.timestamp..]
    }

    pub(crate) fn scope(&self) -> &str {
        &self.text[..self.timestamp]
    }

    pub(crate) fn into_timestamp(mut self) -> String {
        self.text.drain(..self.timestamp);
        self.text
    }

    fn write_scope(&mut self, service: &str) {
        self.text.clear();
        scope::write(&mut self.text, self.time.date(), service);
        self.timestamp = self.text.len();
    }

    /// Writes the timestamp behind the scope, and both into the string to sign.
    fn write_timestamp(&mut self) {
        self.text.truncate(self.timestamp);
        self.time.write(&mut self.text);
        let (scope, timestamp) = self.text.split_at(self.timestamp);
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
