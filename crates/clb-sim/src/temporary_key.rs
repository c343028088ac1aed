//! Temporary keys.

use std::time::Duration;

use uuid::Uuid;

use crate::clock::Moment;
use crate::key::{Key, Keyring};
use crate::time_format;

/// Creates temporary keys: the keyring that will accept them, and now.
pub(crate) struct TemporaryKeys<'a> {
    pub(crate) keys: &'a mut Keyring,
    /// Overrides the lifetime that a call asks for.
    pub(crate) lifetime: Option<Duration>,
    pub(crate) now: Moment,
}

/// A temporary key and when it expires.
#[derive(Debug)]
pub(crate) struct TemporaryKey {
    pub(crate) key: Key,
    pub(crate) expires_unix: u64,
}

impl TemporaryKeys<'_> {
    /// Creates a temporary key, of a role where one is given.
    pub(crate) fn create(self, requested: Duration, role: Option<&str>) -> TemporaryKey {
        let lifetime = self.lifetime.unwrap_or(requested);
        let serial = Uuid::new_v4().simple();
        let key = Key::new(
            format!("clb-sim-temporary-{serial}"),
            format!("clb-sim-temporary-key-{}", Uuid::new_v4()),
        )
        .with_token(format!("clb-sim-token-{}", Uuid::new_v4()))
        .expiring_after(self.now.elapsed.saturating_add(lifetime))
        .in_role(role);
        self.keys.add(key.clone());
        TemporaryKey { key, expires_unix: self.now.unix.saturating_add(lifetime).as_secs() }
    }
}

impl TemporaryKey {
    /// The expiry in RFC 3339.
    pub(crate) fn expiration(&self) -> String {
        time_format::rfc3339(Duration::from_secs(self.expires_unix))
    }
}
