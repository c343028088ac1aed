//! SHA-256 and HMAC-SHA256 in the forms that a signature needs.

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

/// SHA-256 of a message.
pub(crate) fn sha256(message: &[u8]) -> [u8; 32] {
    Sha256::digest(message).into()
}

/// Appends a hash as 64 lowercase hexadecimal digits: in halves, as the processor has stored it, since reading both
/// at once would wait for the stores.
pub(crate) fn write_hex(hash: &[u8; 32], text: &mut String) {
    for half in hash.as_chunks::<16>().0 {
        text.push_str(const_hex::Buffer::<16>::new().format(half));
    }
}

/// The state of HMAC-SHA256 after its key: a clone of it signs a message without hashing the key again.
pub(crate) fn keyed(key: &[u8]) -> Hmac<Sha256> {
    Hmac::new_from_slice(key).expect("HMAC takes keys of any length")
}

/// HMAC-SHA256 of a message.
pub(crate) fn hmac(key: &[u8], message: &str) -> [u8; 32] {
    let mut mac = keyed(key);
    mac.update(message.as_bytes());
    mac.finalize().into_bytes().into()
}
