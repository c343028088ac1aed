//! The strings between request and signature.

use std::fmt;

use crate::hash::{sha256, write_hex};
use crate::request::SignableRequest;
use crate::scope;
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
        write(request, &mut text);
        Self(text)
    }

    /// The text that is hashed.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Its SHA-256 in lowercase hexadecimal, the last line of the string to sign.
    pub fn hash(&self) -> String {
        let mut hash = String::new();
        write_hex(&sha256(self.0.as_bytes()), &mut hash);
        hash
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

/// The text that the key signs: scheme, timestamp, scope, hash of the canonical request; a line each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StringToSign(String);

impl StringToSign {
    /// The text for a request that is sent at `time`.
    pub fn new(request: &SignableRequest<'_>, time: SigningTime) -> Self {
        let (timestamp, scope) = (time.unix().to_string(), scope::scope(time.date(), request.service()));
        let mut text = String::new();
        let canonical_hash = sha256(CanonicalRequest::new(request).0.as_bytes());
        write_string_to_sign(&timestamp, &scope, &canonical_hash, &mut text);
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

/// Appends the canonical form of a request.
pub(crate) fn write(request: &SignableRequest<'_>, text: &mut String) {
    request.write_head(text);
    write_hex(&request.payload_hash(), text);
}

/// Appends the string to sign.
pub(crate) fn write_string_to_sign(
    timestamp: &str,
    scope: &str,
    canonical_hash: &[u8; 32],
    text: &mut String,
) {
    text.push_str("TC3-HMAC-SHA256\n");
    text.push_str(timestamp);
    text.push('\n');
    text.push_str(scope);
    text.push('\n');
    write_hex(canonical_hash, text);
}
