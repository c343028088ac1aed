//! Temporary keys.

use std::time::Duration;

use uuid::Uuid;

use crate::clock::Moment;
use crate::keys::{Key, Keyring};
use crate::time_text;

/// Where temporary keys are made: the keyring that will accept them, and now.
pub(crate) struct Sessions<'a> {
    pub(crate) keys: &'a mut Keyring,
    /// Overrules the length that a call asks for.
    pub(crate) length: Option<Duration>,
    pub(crate) now: Moment,
}

/// A temporary key and when it ends.
#[derive(Debug)]
pub(crate) struct Session {
    pub(crate) key: Key,
    pub(crate) expires_unix: u64,
}

impl Sessions<'_> {
    /// Makes a temporary key, of a role where one is given.
    pub(crate) fn open(self, asked: Duration, role: Option<&str>) -> Session {
        let length = self.length.unwrap_or(asked);
        let serial = Uuid::new_v4().simple();
        let key = Key::new(
            format!("clb-sim-temporary-{serial}"),
            format!("clb-sim-temporary-key-{}", Uuid::new_v4()),
        )
        .with_token(format!("clb-sim-token-{}", Uuid::new_v4()))
        .ending_after(self.now.elapsed.saturating_add(length))
        .in_role(role);
        self.keys.add(key.clone());
        Session { key, expires_unix: self.now.unix.saturating_add(length).as_secs() }
    }
}

impl Session {
    /// The end in RFC 3339.
    pub(crate) fn expiration(&self) -> String {
        time_text::rfc3339(Duration::from_secs(self.expires_unix))
    }
}
