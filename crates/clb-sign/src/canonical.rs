//! The texts between request and signature.

use alloc::string::String;
use alloc::vec::Vec;
use core::{fmt, mem};

use crate::hex::Hex;
use crate::moment::Moment;
use crate::request::SignableRequest;
use crate::sha256::{self, Prefix};
use crate::time::SigningTime;

/// A request in the form that is hashed: method, `/`, query, signed headers, their names, hash of the payload; a line each.
///
/// ```
/// use clb_sign::{CanonicalRequest, SignableRequest};
///
/// let request = SignableRequest::get("cvm", "cvm.tencentcloudapi.com", "Limit=10")?;
/// let canonical = CanonicalRequest::new(&request);
/// assert!(canonical.as_str().starts_with("GET\n/\nLimit=10\ncontent-type:application/x-www-form-urlencoded\nhost:"));
/// # Ok::<(), clb_sign::InvalidRequestError>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct CanonicalRequest(String);

impl CanonicalRequest {
    /// The canonical form of a request.
    pub fn new(request: &SignableRequest<'_>) -> Self {
        let mut text = String::new();
        request.write_head(|piece| text.push_str(piece));
        text.push_str(request.payload_hash().as_str());
        Self(text)
    }

    /// The text that is hashed.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Its SHA-256 in lowercase hexadecimal, the last line of the string to sign.
    pub fn hash(&self) -> String {
        self.digest().as_str().into()
    }

    fn digest(&self) -> Hex {
        Hex::new(&sha256::digest(self.0.as_bytes()))
    }

    /// The SHA-256 of the payload in lowercase hexadecimal: its own last line.
    pub fn payload_hash(&self) -> &str {
        self.0.rsplit('\n').next().unwrap_or_default()
    }
}

impl fmt::Display for CanonicalRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for CanonicalRequest {
    /// Without query and headers, which may hold secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CanonicalRequest").field("hash", &self.hash()).finish_non_exhaustive()
    }
}

/// What the key is put to: scheme, timestamp, scope, hash of the canonical request; a line each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StringToSign(String);

impl StringToSign {
    /// The text for a request that is sent at `time`.
    pub fn new(request: &SignableRequest<'_>, time: SigningTime) -> Self {
        Self::of(&CanonicalRequest::new(request), request.service(), time)
    }

    pub(crate) fn of(canonical: &CanonicalRequest, service: &str, time: SigningTime) -> Self {
        let mut moment = Moment::new(time, service);
        let text = mem::take(moment.string_to_sign(&canonical.digest()));
        Self(String::from_utf8(text).expect("lines of text are a text"))
    }

    /// The text that is signed.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Its third line, `DATE/SERVICE/tc3_request`.
    pub fn scope(&self) -> &str {
        self.0.split('\n').nth(2).unwrap_or_default()
    }
}

impl fmt::Display for StringToSign {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The memory that canonical requests are made in. What precedes the payload's hash is kept, written and hashed only when
/// it differs from the last request's.
#[derive(Clone)]
pub(crate) struct CanonicalBuffer {
    text: Vec<u8>,
    head: usize,
    prefix: Prefix,
}

impl CanonicalBuffer {
    /// The hash of the canonical form of a request.
    pub(crate) fn hash(&mut self, request: &SignableRequest<'_>) -> Hex {
        if !self.is_of(request) {
            self.text.clear();
            request.write_head(|piece| self.text.extend_from_slice(piece.as_bytes()));
            self.head = self.text.len();
            self.prefix = Prefix::new(&self.text);
        }
        self.text.truncate(self.head);
        self.text.extend_from_slice(request.payload_hash().as_bytes());
        Hex::new(&self.prefix.digest(&mut self.text))
    }

    fn is_of(&self, request: &SignableRequest<'_>) -> bool {
        let mut rest = Some(&self.text[..self.head]);
        request.write_head(|piece| rest = rest.and_then(|rest| rest.strip_prefix(piece.as_bytes())));
        rest.is_some_and(<[u8]>::is_empty)
    }
}

impl Default for CanonicalBuffer {
    fn default() -> Self {
        Self { text: Vec::with_capacity(256), head: 0, prefix: Prefix::default() }
    }
}
