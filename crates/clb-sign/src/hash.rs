//! SHA-256 and HMAC-SHA256 in the forms that a signature needs.

use hmac::{Hmac, KeyInit};
use sha2::{Digest, Sha256};

/// 32 bytes as 64 lowercase hexadecimal digits.
#[derive(Clone, Copy)]
pub(crate) struct Hex([u8; 64]);

impl Hex {
    pub(crate) fn new(bytes: &[u8]) -> Self {
        let mut digits = [b'0'; 64];
        // Other lengths do not occur; they would leave zeros.
        let _ = const_hex::encode_to_slice(bytes, &mut digits);
        Self(digits)
    }

    pub(crate) fn digest(message: &[u8]) -> Self {
        Self::new(&Sha256::digest(message))
    }

    pub(crate) fn as_str(&self) -> &str {
        str::from_utf8(&self.0).expect("hexadecimal digits are ASCII")
    }
}

/// The state of HMAC-SHA256 after its key: a clone of it signs a message without hashing the key again.
pub(crate) fn keyed(key: &[u8]) -> Hmac<Sha256> {
    Hmac::new_from_slice(key).expect("HMAC takes keys of any length")
}
