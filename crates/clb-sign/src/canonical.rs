//! The texts between request and signature.

use alloc::string::String;
use core::fmt;

use crate::credential::SecretId;
use crate::hex::Hex;
use crate::key::TERMINATOR;
use crate::request::SigningRequest;
use crate::sha256;
use crate::time::{Date, SigningTime};

/// The name of the scheme, first in the string to sign and in the header.
pub(crate) const ALGORITHM: &str = "TC3-HMAC-SHA256";

/// A request in the form that is hashed: method, `/`, query, signed headers, their names, hash of the payload; a line each.
///
/// ```
/// use clb_sign::{CanonicalRequest, SigningRequest};
///
/// let request = SigningRequest::get("cvm", "cvm.tencentcloudapi.com", "Limit=10")?;
/// let canonical = CanonicalRequest::new(&request);
/// assert!(canonical.as_str().starts_with("GET\n/\nLimit=10\ncontent-type:application/x-www-form-urlencoded\nhost:"));
/// # Ok::<(), clb_sign::InvalidRequest>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct CanonicalRequest(String);

impl CanonicalRequest {
    /// The canonical form of a request.
    pub fn new(request: &SigningRequest<'_>) -> Self {
        let mut text = String::new();
        request.write_canonical(&request.payload_hash(), &mut text);
        Self(text)
    }

    /// The text that is hashed.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Its SHA-256 in lowercase hexadecimal, the last line of the string to sign.
    pub fn hash(&self) -> String {
        Hex::new(&sha256::digest(self.0.as_bytes())).as_str().into()
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
    /// The text for a request to `service` that is sent at `time`.
    pub fn new(canonical: &CanonicalRequest, service: &str, time: SigningTime) -> Self {
        let mut text = String::new();
        write_string_to_sign(&mut text, service, time, &Hex::new(&sha256::digest(canonical.0.as_bytes())));
        Self(text)
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

pub(crate) fn write_string_to_sign(
    text: &mut String,
    service: &str,
    time: SigningTime,
    canonical_hash: &Hex,
) {
    text.push_str(ALGORITHM);
    text.push('\n');
    time.write(text);
    text.push('\n');
    write_scope(text, time.date(), service);
    text.push('\n');
    text.push_str(canonical_hash.as_str());
}

pub(crate) fn write_authorization(
    text: &mut String,
    request: &SigningRequest<'_>,
    id: &SecretId,
    date: Date,
    signature: &Hex,
) {
    text.push_str(ALGORITHM);
    text.push_str(" Credential=");
    text.push_str(id.as_str());
    text.push('/');
    write_scope(text, date, request.service());
    text.push_str(", SignedHeaders=");
    request.write_signed_headers(text);
    text.push_str(", Signature=");
    text.push_str(signature.as_str());
}

pub(crate) fn write_scope(text: &mut String, date: Date, service: &str) {
    text.push_str(date.text().as_str());
    text.push('/');
    text.push_str(service);
    text.push('/');
    text.push_str(TERMINATOR);
}
