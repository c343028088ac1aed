//! SHA-256 and HMAC-SHA256 over the bare compression function: what a signature costs is then the compressions alone,
//! and the two states that an HMAC key stands for can be kept.

use sha2::block_api::compress256;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

pub(crate) type Digest = [u8; 32];

const BLOCK: usize = 64;
/// The first state, FIPS 180-4 section 5.3.3.
const INITIAL: [u32; 8] =
    [0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19];

/// The hash of `message`.
pub(crate) fn digest(message: &[u8]) -> Digest {
    finish(INITIAL, 0, message)
}

/// An HMAC key as the states after its inner and outer pad, which saves two compressions a use. Wiped when dropped.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub(crate) struct HmacKey {
    inner: [u32; 8],
    outer: [u32; 8],
}

impl HmacKey {
    pub(crate) fn new(key: &[u8]) -> Self {
        let mut block = Zeroizing::new([0; BLOCK]);
        if key.len() > BLOCK {
            block[..32].copy_from_slice(&*Zeroizing::new(digest(key)));
        } else {
            block[..key.len()].copy_from_slice(key);
        }
        Self { inner: padded(&block, 0x36), outer: padded(&block, 0x5c) }
    }

    /// The authentication code of `message`.
    pub(crate) fn mac(&self, message: &[u8]) -> Digest {
        finish(self.outer, BLOCK, &finish(self.inner, BLOCK, message))
    }
}

fn padded(key: &[u8; BLOCK], pad: u8) -> [u32; 8] {
    let mut state = INITIAL;
    compress256(&mut state, &[*Zeroizing::new(key.map(|byte| byte ^ pad))]);
    state
}

/// Hashes what follows the `before` bytes that led to `state`, and the padding.
fn finish(mut state: [u32; 8], before: usize, message: &[u8]) -> Digest {
    let (blocks, rest) = message.as_chunks::<BLOCK>();
    compress256(&mut state, blocks);
    let mut last = [[0; BLOCK]; 2];
    let bytes = last.as_flattened_mut();
    bytes[..rest.len()].copy_from_slice(rest);
    bytes[rest.len()] = 0x80;
    let end = if rest.len() < BLOCK - 8 { BLOCK } else { 2 * BLOCK };
    bytes[end - 8..end].copy_from_slice(&(8 * (before as u64 + message.len() as u64)).to_be_bytes());
    compress256(&mut state, &last[..end / BLOCK]);
    let mut digest = [0; 32];
    for (bytes, word) in digest.as_chunks_mut().0.iter_mut().zip(state) {
        *bytes = word.to_be_bytes();
    }
    digest
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;
    use alloc::vec::Vec;
    use hmac::{KeyInit, Mac};
    use proptest::prelude::*;
    use sha2::Digest as _;

    #[test]
    fn every_length_around_a_block_hashes_like_the_crate() {
        for length in 0..300 {
            let message = vec![0xa5; length];
            assert_eq!(digest(&message)[..], sha2::Sha256::digest(&message)[..], "{length}");
        }
    }

    proptest! {
        #[test]
        fn the_code_is_that_of_the_hmac_crate(key: Vec<u8>, message: Vec<u8>) {
            let peer = hmac::Hmac::<sha2::Sha256>::new_from_slice(&key).unwrap().chain_update(&message).finalize();
            prop_assert_eq!(&HmacKey::new(&key).mac(&message)[..], &peer.into_bytes()[..]);
        }
    }
}
