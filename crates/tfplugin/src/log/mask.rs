use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::{PoisonError, RwLock};

use serde_json::Value as Json;

/// Values of sensitive attributes seen so far, longest first where one contains another.
static SECRETS: RwLock<BTreeSet<Secret>> = RwLock::new(BTreeSet::new());

/// Shorter values would hide half of every line and protect nothing.
const SHORTEST: usize = 4;

/// More than this many different secrets are not remembered.
const MOST: usize = 10_000;

#[derive(PartialEq, Eq)]
struct Secret(String);

impl Ord for Secret {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        other.0.len().cmp(&self.0.len()).then_with(|| self.0.cmp(&other.0))
    }
}

impl PartialOrd for Secret {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

/// Keeps this text out of every later log line, as it is and as `Debug` and JSON write it.
pub(crate) fn mask(secret: &str) {
    let mut secrets = SECRETS.write().unwrap_or_else(PoisonError::into_inner);
    if secret.len() >= SHORTEST && secrets.len() < MOST {
        let quoted = [format!("{secret:?}"), Json::from(secret).to_string()];
        secrets.extend(quoted.map(|text| Secret(text[1..text.len() - 1].to_owned())));
        secrets.insert(Secret(secret.to_owned()));
    }
}

pub(super) fn masked(text: &str) -> Cow<'_, str> {
    let secrets = SECRETS.read().unwrap_or_else(PoisonError::into_inner);
    secrets
        .iter()
        .filter(|secret| text.contains(&secret.0))
        .fold(Cow::Borrowed(text), |text, secret| Cow::Owned(text.replace(&secret.0, "***")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_hidden_wherever_they_occur() {
        mask("correct horse");
        mask("correct horse battery");
        mask("abc");
        let text = "key correct horse battery, key correct horse, abc";
        assert_eq!(masked(text), "key ***, key ***, abc");
    }

    #[test]
    fn secrets_are_hidden_in_quotes_too() {
        let key = "-----BEGIN\t'KEY'\u{7f}\n\"\\-----END";
        mask(key);
        let text = format!("{key} {:?} {}", Some(key), serde_json::json!({ "key": key }));
        assert_eq!(masked(&text), r#"*** Some("***") {"key":"***"}"#);
    }
}
