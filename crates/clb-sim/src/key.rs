//! The keys that the simulator accepts.

use std::collections::HashMap;
use std::fmt;
use std::time::Duration;

use crate::demo_key::{DEMO_SECRET_ID, DEMO_SECRET_KEY};

/// A key pair that the simulator accepts, with a token and an expiry if it is temporary.
#[derive(Clone, PartialEq, Eq)]
#[expect(clippy::struct_field_names, reason = "`secret_id` and `secret_key` are the API's names")]
pub struct Key {
    pub(crate) secret_id: String,
    pub(crate) secret_key: String,
    pub(crate) token: Option<String>,
    /// Since the simulator's start.
    pub(crate) expires: Option<Duration>,
    /// The role whose session this is.
    pub(crate) role: Option<String>,
}

impl Key {
    /// A permanent key pair.
    pub fn new(secret_id: impl Into<String>, secret_key: impl Into<String>) -> Self {
        let (secret_id, secret_key) = (secret_id.into(), secret_key.into());
        Self { secret_id, secret_key, token: None, expires: None, role: None }
    }

    /// The well-known key pair of every simulator.
    pub fn demo() -> Self {
        Self::new(DEMO_SECRET_ID, DEMO_SECRET_KEY)
    }

    /// Makes it a temporary key: calls are accepted only with this token.
    #[must_use]
    pub fn with_token(mut self, token: impl Into<String>) -> Self {
        self.token = Some(token.into());
        self
    }

    /// Rejects the key with `AuthFailure.TokenFailure` once the simulator has run for so long.
    #[must_use]
    pub fn expiring_after(mut self, elapsed: Duration) -> Self {
        self.expires = Some(elapsed);
        self
    }

    pub(crate) fn in_role(mut self, role: Option<&str>) -> Self {
        self.role = role.map(str::to_owned);
        self
    }

    pub(crate) fn accepts_token(&self, token: Option<&str>, elapsed: Duration) -> bool {
        self.token.as_deref() == token && self.expires.is_none_or(|expires| elapsed < expires)
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Key")
            .field("secret_id", &self.secret_id)
            .field("token", &self.token.as_ref().map(|_| "…"))
            .field("expires", &self.expires)
            .field("role", &self.role)
            .finish_non_exhaustive()
    }
}

/// All keys, by id.
#[derive(Debug, Default)]
pub(crate) struct Keyring(HashMap<String, Key>);

impl Keyring {
    pub(crate) fn new(keys: Vec<Key>) -> Self {
        Self(keys.into_iter().map(|key| (key.secret_id.clone(), key)).collect())
    }

    pub(crate) fn add(&mut self, key: Key) {
        self.0.insert(key.secret_id.clone(), key);
    }

    pub(crate) fn get(&self, secret_id: &str) -> Option<&Key> {
        self.0.get(secret_id)
    }
}
