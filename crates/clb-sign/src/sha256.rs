//! SHA-256 and HMAC-SHA256 over the bare compression function: what a signature costs is then little more than its
//! compressions, and the two states that an HMAC key stands for can be kept.

use alloc::vec::Vec;

use sha2::block_api::compress256;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

pub(crate) type Digest = [u8; 32];
type State = [u32; 8];

const BLOCK: usize = 64;
/// Where the message's length in bits begins in its last block.
const LENGTH: usize = BLOCK - 8;
/// The first state, FIPS 180-4 section 5.3.3.
const INITIAL: State =
    [0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19];

/// The hash of `message`.
pub(crate) fn digest(message: &[u8]) -> Digest {
    bytes(finish(INITIAL, 0, message))
}

/// The hash of a message's head, as far as it fills blocks. Messages with the same head go on from there.
#[derive(Clone)]
pub(crate) struct Prefix {
    state: State,
    hashed: usize,
}

impl Prefix {
    pub(crate) fn new(head: &[u8]) -> Self {
        let (mut state, blocks) = (INITIAL, head.as_chunks().0);
        compress256(&mut state, blocks);
        Self { state, hashed: blocks.as_flattened().len() }
    }

    /// The hash of `message`, which starts with the head and becomes padded.
    pub(crate) fn digest(&self, message: &mut Vec<u8>) -> Digest {
        pad(message, 0);
        let mut state = self.state;
        compress256(&mut state, message[self.hashed..].as_chunks().0);
        bytes(state)
    }
}

impl Default for Prefix {
    /// Of an empty head.
    fn default() -> Self {
        Self { state: INITIAL, hashed: 0 }
    }
}

/// An HMAC key as the states after its inner and outer pad, which saves two compressions a use. Wiped when dropped.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub(crate) struct HmacKey {
    inner: State,
    outer: State,
}

impl HmacKey {
    /// The key that `secret` becomes when it is put to each message in turn, and the code to the next.
    pub(crate) fn derive(secret: &[u8], messages: [&[u8]; 3]) -> Self {
        let mut block = KeyBlock::default();
        messages
            .iter()
            .fold(block.hold(secret), |key, message| block.hold_code(&Zeroizing::new(key.code(message))))
    }

    /// The authentication code of `message`, which becomes padded.
    pub(crate) fn mac_in_place(&self, message: &mut Vec<u8>) -> Digest {
        pad(message, BLOCK);
        let mut state = self.inner;
        compress256(&mut state, message.as_chunks().0);
        bytes(finish(self.outer, BLOCK, &bytes(state)))
    }

    fn code(&self, message: &[u8]) -> State {
        finish(self.outer, BLOCK, &bytes(finish(self.inner, BLOCK, message)))
    }
}

/// The block in which a key is padded. Wiped when dropped.
struct KeyBlock(Zeroizing<[[u8; BLOCK]; 1]>);

impl KeyBlock {
    fn hold(&mut self, key: &[u8]) -> HmacKey {
        if key.len() > BLOCK {
            return self.hold_code(&Zeroizing::new(finish(INITIAL, 0, key)));
        }
        self.0[0].fill(0);
        self.0[0][..key.len()].copy_from_slice(key);
        self.expand()
    }

    fn hold_code(&mut self, code: &State) -> HmacKey {
        self.0[0].fill(0);
        for (bytes, word) in self.0[0].as_chunks_mut().0.iter_mut().zip(code) {
            *bytes = word.to_be_bytes();
        }
        self.expand()
    }

    fn expand(&mut self) -> HmacKey {
        HmacKey { inner: self.masked(0x36), outer: self.masked(0x36 ^ 0x5c) }
    }

    fn masked(&mut self, mask: u8) -> State {
        let mut state = INITIAL;
        self.0[0].iter_mut().for_each(|byte| *byte ^= mask);
        compress256(&mut state, &*self.0);
        state
    }
}

impl Default for KeyBlock {
    fn default() -> Self {
        Self(Zeroizing::new([[0; BLOCK]]))
    }
}

/// Hashes what follows the `before` bytes that led to `state`, and the padding.
fn finish(mut state: State, before: usize, message: &[u8]) -> State {
    let (blocks, rest) = message.as_chunks::<BLOCK>();
    if !blocks.is_empty() {
        compress256(&mut state, blocks);
    }
    let mut last = [[0; BLOCK]; 2];
    let blocks = if rest.len() < LENGTH { 1 } else { 2 };
    last[0][..rest.len()].copy_from_slice(rest);
    last[0][rest.len()] = 0x80;
    last[blocks - 1][LENGTH..].copy_from_slice(&bits(before + message.len()));
    compress256(&mut state, &last[..blocks]);
    state
}

/// Fills `message` up to whole blocks; `before` bytes were hashed already.
fn pad(message: &mut Vec<u8>, before: usize) {
    const PADDING: [u8; BLOCK] = {
        let mut padding = [0; BLOCK];
        padding[0] = 0x80;
        padding
    };
    let length = bits(before + message.len());
    let end = (message.len() + 1 + length.len()).next_multiple_of(BLOCK);
    message.extend_from_slice(&PADDING);
    message.truncate(end - length.len());
    message.extend_from_slice(&length);
}

fn bits(bytes: usize) -> [u8; 8] {
    (8 * bytes as u64).to_be_bytes()
}

fn bytes(state: State) -> Digest {
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
    use hmac::{KeyInit, Mac};
    use proptest::prelude::*;
    use sha2::Digest as _;

    #[test]
    fn every_length_around_a_block_hashes_like_the_crate() {
        for length in 0..300 {
            let mut message = vec![0xa5; length];
            let expected = sha2::Sha256::digest(&message);
            assert_eq!(digest(&message)[..], expected[..], "{length}");
            let prefix = Prefix::new(&message[..length / 2]);
            assert_eq!(prefix.digest(&mut message)[..], expected[..], "{length}");
        }
    }

    proptest! {
        #[test]
        fn a_derived_key_is_what_the_hmac_crate_makes(secret: Vec<u8>, steps: [Vec<u8>; 3], message: Vec<u8>) {
            let key = steps.iter().fold(secret.clone(), |key, step| peer(&key, step));
            let derived = HmacKey::derive(&secret, [&steps[0], &steps[1], &steps[2]]);
            prop_assert_eq!(&bytes(derived.code(&message))[..], peer(&key, &message));
            prop_assert_eq!(&derived.mac_in_place(&mut message.clone())[..], peer(&key, &message));
        }
    }

    fn peer(key: &[u8], message: &[u8]) -> Vec<u8> {
        let mac = hmac::Hmac::<sha2::Sha256>::new_from_slice(key).unwrap().chain_update(message);
        mac.finalize().into_bytes().to_vec()
    }
}
