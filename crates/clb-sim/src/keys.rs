//! Who may call.

use std::collections::HashMap;
use std::fmt;
use std::time::Duration;

use crate::demo::{DEMO_SECRET_ID, DEMO_SECRET_KEY};

/// A key pair that the simulator accepts, with a token and an end where it is a temporary one.
#[derive(Clone, PartialEq, Eq)]
#[expect(clippy::struct_field_names, reason = "`secret_id` and `secret_key` are the API's names")]
pub struct Key {
    pub(crate) secret_id: String,
    pub(crate) secret_key: String,
    pub(crate) token: Option<String>,
    /// Since the simulator's start.
    pub(crate) ends: Option<Duration>,
    /// The role whose session this is.
    pub(crate) role: Option<String>,
}

impl Key {
    /// A lasting key pair.
    pub fn new(secret_id: impl Into<String>, secret_key: impl Into<String>) -> Self {
        let (secret_id, secret_key) = (secret_id.into(), secret_key.into());
        Self { secret_id, secret_key, token: None, ends: None, role: None }
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

    /// Refuses the key from this time after the simulator's start, with `AuthFailure.TokenFailure`.
    #[must_use]
    pub fn ending_after(mut self, elapsed: Duration) -> Self {
        self.ends = Some(elapsed);
        self
    }

    pub(crate) fn in_role(mut self, role: Option<&str>) -> Self {
        self.role = role.map(str::to_owned);
        self
    }

    pub(crate) fn accepts_token(&self, token: Option<&str>, elapsed: Duration) -> bool {
        self.token.as_deref() == token && self.ends.is_none_or(|ends| elapsed < ends)
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Key")
            .field("secret_id", &self.secret_id)
            .field("token", &self.token.as_ref().map(|_| "…"))
            .field("ends", &self.ends)
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
