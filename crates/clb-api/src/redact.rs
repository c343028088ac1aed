//! Secrets stay out of errors and logs.

use std::{fmt, sync::Arc};

use zeroize::Zeroizing;

use crate::percent_encode::percent_encoded;

/// What stands in the place of a secret.
const REDACTED: &str = "[redacted]";

/// Shorter values are no real secrets, and removing them would damage the text.
const SHORTEST_SECRET: usize = 4;

/// So many characters of a secret are enough to find it in a text that cut it short.
const HEAD: usize = 16;

/// Values that may appear in no error: keys, tokens, assertions, one-time codes. Cheap to clone, wiped with the last one.
#[derive(Clone, Default)]
pub(crate) struct Secrets(Arc<[Forms]>);

/// One value as it is, and as a URL would hold it.
type Forms = [Zeroizing<String>; 2];

impl Secrets {
    pub(crate) fn new<'a>(values: impl IntoIterator<Item = &'a str>) -> Self {
        let long_enough = values.into_iter().filter(|value| value.len() >= SHORTEST_SECRET);
        Self(
            long_enough.map(|value| [value.to_owned(), percent_encoded(value)].map(Zeroizing::new)).collect(),
        )
    }

    /// `text` without the secrets, or the first part of one.
    pub(crate) fn scrub(&self, text: &str) -> String {
        self.0.iter().fold(text.to_owned(), |text, forms| without(forms, text))
    }
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secrets")
    }
}

/// What an error may quote of a text in the place of a URL: nothing of a user, password, query or fragment.
pub(crate) fn quotable(text: &str) -> String {
    if !text.contains(['@', '?', '#']) && !text.to_ascii_lowercase().contains("%40") {
        return text.to_owned();
    }
    match text.split_once("://") {
        Some((scheme, _)) if is_scheme(scheme) => format!("{scheme}://..."),
        _ => "...".to_owned(),
    }
}

fn is_scheme(text: &str) -> bool {
    matches!(text.to_ascii_lowercase().as_str(), "http" | "https")
}

fn without(forms: &Forms, text: String) -> String {
    let mut scrubbed = String::new();
    let mut rest = text.as_str();
    while let Some(start) = forms.iter().filter_map(|form| rest.find(head(form))).min() {
        let found = &rest[start..];
        let length = forms.iter().map(|form| common(form, found)).max().unwrap_or_default();
        scrubbed.push_str(&rest[..start]);
        scrubbed.push_str(REDACTED);
        rest = &found[length..];
    }
    if scrubbed.is_empty() { text } else { scrubbed + rest }
}

fn head(secret: &str) -> &str {
    secret.char_indices().nth(HEAD).map_or(secret, |(end, _)| &secret[..end])
}

/// How many bytes `secret` and the beginning of `text` have in common.
fn common(secret: &str, text: &str) -> usize {
    let pairs = secret.chars().zip(text.chars());
    pairs.take_while(|(left, right)| left == right).map(|(character, _)| character.len_utf8()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_removed_whole_in_part_and_percent_encoded() {
        let token = format!("{}+/=", "token67890".repeat(200));
        let secrets = Secrets::new(["AKIDEXAMPLE", &token, "abc"]);
        for (text, scrubbed) in [
            ("nothing here, abc", "nothing here, abc"),
            ("AKIDEXAMPLE and AKIDEXAMPLE", "[redacted] and [redacted]"),
            (&format!("token {token} is unknown"), "token [redacted] is unknown"),
            (&format!("token {}", &token[..1000]), "token [redacted]"),
            (&format!("x={}&y", percent_encoded(&token)), "x=[redacted]&y"),
            ("token67890toke is shorter than a head", "token67890toke is shorter than a head"),
        ] {
            assert_eq!(secrets.scrub(text), scrubbed, "{text}");
        }
        assert_eq!(Secrets::default().scrub("text"), "text");
        assert_eq!(format!("{secrets:?}"), "Secrets");
    }

    #[test]
    fn secrets_need_not_be_ascii() {
        assert_eq!(Secrets::new(["пароль"]).scrub("a пароль, парол"), "a [redacted], парол");
    }

    #[test]
    fn user_password_query_and_fragment_are_not_quoted() {
        for (text, quoted) in [
            ("https://clb.example.com/v3", "https://clb.example.com/v3"),
            ("127.0.0.1:80", "127.0.0.1:80"),
            ("https://user:hunter2@host", "https://..."),
            ("HTTPS://user:hunt?er2@host", "HTTPS://..."),
            ("https://user:hunter2%40host", "https://..."),
            ("https://host/?token=hunter2", "https://..."),
            ("https://host/#hunter2", "https://..."),
            ("user:hunter2@host", "..."),
            ("hunter2://user@host", "..."),
        ] {
            assert_eq!(quotable(text), quoted);
        }
    }
}
