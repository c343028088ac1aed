//! SHA-256 and HMAC-SHA256 in the forms that a signature needs.

use hmac::{Hmac, KeyInit};
use sha2::{Digest, Sha256};

/// 32 bytes as 64 lowercase hexadecimal digits.
#[derive(Clone)]
pub(crate) struct Hex(const_hex::Buffer<32>);

impl Hex {
    pub(crate) fn new(bytes: &[u8; 32]) -> Self {
        let mut digits = const_hex::Buffer::new();
        digits.format(bytes);
        Self(digits)
    }

    pub(crate) fn digest(message: &[u8]) -> Self {
        Self::new(&Sha256::digest(message).into())
    }

    pub(crate) fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

/// The state of HMAC-SHA256 after its key: a clone of it signs a message without hashing the key again.
pub(crate) fn keyed(key: &[u8]) -> Hmac<Sha256> {
    Hmac::new_from_slice(key).expect("HMAC takes keys of any length")
}
