use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value as Json;

use crate::{Diagnostic, Diagnostics, ResultExt as _};

/// The provider's own values beside a state: stored with it, never shown, and of any type that serde knows.
///
/// ```
/// use tfplugin::PrivateState;
///
/// let mut private = PrivateState::new();
/// private.set("etag", &"abc")?;
/// private.set("attempts", &3)?;
/// assert_eq!(private.get::<u32>("attempts")?, Some(3));
/// assert_eq!(private.get::<String>("other")?, None);
/// # Ok::<(), tfplugin::Diagnostics>(())
/// ```
#[derive(Clone, Default, PartialEq, Eq)]
pub struct PrivateState(BTreeMap<String, Json>);

impl PrivateState {
    /// Without any value.
    pub fn new() -> Self {
        Self::default()
    }

    /// What is stored under this key. It is an error if that is not a `T`.
    pub fn get<T: DeserializeOwned>(&self, key: &str) -> Result<Option<T>, Diagnostics> {
        let value = self.0.get(key).map(T::deserialize).transpose();
        value.summary(format!("Private state `{key}` could not be read"))
    }

    /// Stores a value under this key, in place of what is there.
    pub fn set(&mut self, key: impl Into<String>, value: &impl Serialize) -> Result<(), Diagnostics> {
        let key = key.into();
        let value =
            serde_json::to_value(value).summary(format!("Private state `{key}` could not be stored"))?;
        self.0.insert(key, value);
        Ok(())
    }

    /// Forgets what is stored under this key, and says whether there was anything.
    pub fn remove(&mut self, key: &str) -> bool {
        self.0.remove(key).is_some()
    }

    /// Whether there is no value at all.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Reads what an earlier call has stored; other bytes than a JSON object come from another provider.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Result<Self, Diagnostics> {
        if bytes.is_empty() {
            return Ok(Self::default());
        }
        serde_json::from_slice(bytes).map(PrivateState).map_err(|_| {
            let detail =
                "It is not in the form that this provider stores. Another provider may have written it.";
            Diagnostic::error("Private state could not be read", detail).into()
        })
    }

    /// In the form that Terraform stores; empty if there is no value.
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        if self.is_empty() { Vec::new() } else { Json::from_iter(self.0.clone()).to_string().into_bytes() }
    }
}

impl fmt::Debug for PrivateState {
    /// Without the values, which may be secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("PrivateState").field(&self.0.keys().collect::<Vec<_>>()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_come_back_as_they_were_stored() {
        let mut private = PrivateState::new();
        assert_eq!(private.to_bytes(), b"");
        private.set("a", &vec![1, 2]).unwrap();
        private.set("b", &Some("x")).unwrap();
        let mut read = PrivateState::from_bytes(&private.to_bytes()).unwrap();
        assert_eq!(read, private);
        assert_eq!(read.get::<Vec<u8>>("a"), Ok(Some(vec![1, 2])));
        assert!(read.remove("a") && !read.remove("a"));
        let wrong = read.get::<u8>("b").unwrap_err();
        assert!(
            wrong.to_string().starts_with("Private state `b` could not be read: invalid type"),
            "{wrong}"
        );
    }

    #[test]
    fn bytes_of_other_providers_are_an_error() {
        assert_eq!(PrivateState::from_bytes(b""), Ok(PrivateState::new()));
        for foreign in [&b"\x00"[..], b"[]", b"x"] {
            assert!(PrivateState::from_bytes(foreign).is_err(), "{foreign:?}");
        }
    }
}
