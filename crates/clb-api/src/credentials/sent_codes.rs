//! The one-time codes that this process has sent, whichever client did.

use std::{
    collections::BTreeSet,
    hash::{BuildHasher, RandomState},
    sync::{LazyLock, Mutex, MutexGuard, PoisonError},
};

/// Shared by all clients of the process, since the service takes a code once, whoever sends it. It holds no code, only
/// hashes under a random key of this process, and never forgets one: 8 bytes each.
static SENT: LazyLock<Mutex<SentCodes>> = LazyLock::new(Mutex::default);

#[derive(Default)]
struct SentCodes {
    key: RandomState,
    hashes: BTreeSet<u64>,
}

/// A device's code, as the record knows it.
#[derive(Clone, Copy)]
pub(super) struct CodeHash(u64);

impl CodeHash {
    /// `serial_number` is the device's.
    pub(super) fn new(serial_number: &str, code: &str) -> Self {
        Self(sent_codes().key.hash_one((serial_number, code)))
    }

    /// Records that the code is being sent. `false` if it was before.
    pub(super) fn claim(self) -> bool {
        sent_codes().hashes.insert(self.0)
    }

    /// Forgets a code that certainly did not reach the service.
    pub(super) fn release(self) {
        sent_codes().hashes.remove(&self.0);
    }
}

/// Nothing panics while it holds the lock, so the value behind a poisoned lock is intact.
fn sent_codes() -> MutexGuard<'static, SentCodes> {
    SENT.lock().unwrap_or_else(PoisonError::into_inner)
}
