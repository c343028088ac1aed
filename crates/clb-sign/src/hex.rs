//! Lowercase hexadecimal.

use crate::sha256::Digest;

/// A digest in 64 lowercase digits.
pub(crate) struct Hex([u8; 64]);

impl Hex {
    pub(crate) fn new(digest: &Digest) -> Self {
        let mut text = [0; 64];
        for (pair, byte) in text.as_chunks_mut::<2>().0.iter_mut().zip(digest) {
            *pair = [digit(byte >> 4), digit(byte & 15)];
        }
        Self(text)
    }

    pub(crate) fn as_bytes(&self) -> &[u8; 64] {
        &self.0
    }

    pub(crate) fn as_str(&self) -> &str {
        core::str::from_utf8(&self.0).expect("hexadecimal digits are ASCII")
    }
}

/// Without a table or branch, so that the compiler can do many at once.
fn digit(nibble: u8) -> u8 {
    nibble + b'0' + u8::from(nibble > 9) * (b'a' - b'9' - 1)
}
