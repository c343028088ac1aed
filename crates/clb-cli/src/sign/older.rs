//! An older signature that was made elsewhere, as it is pasted: alone, or with the query, form or URL that it is part of.

use std::{cmp::Ordering, iter::zip};

use super::Signature;

/// The parameters that signing adds, but for the signature itself.
const ADDED: [&str; 5] = ["Nonce", "Timestamp", "Token", "SecretId", "SignatureMethod"];

/// The signature, and what it was made of as far as that is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct OlderSignature {
    pub(crate) signature: String,
    /// The host of the URL.
    pub(crate) host: Option<String>,
    /// All parameters but the signature, decoded, as they are sent; none if the signature is alone.
    pub(crate) parameters: Option<Vec<(String, String)>>,
}

impl OlderSignature {
    /// Reads a signature in base64, `Signature=...`, a query or form that has one, or a URL with such a query.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let (host, query) = match text.split_once("://") {
            Some((_, rest)) => {
                let (target, query) = rest.split_once('?')?;
                (Some(target.trim_end_matches('/').to_owned()), query)
            }
            None => (None, text.trim_start_matches('?')),
        };
        let mut pairs = decoded_pairs(query);
        match pairs.iter().position(|(name, _)| name == "Signature") {
            Some(position) => {
                let (_, signature) = pairs.remove(position);
                Some(Self { signature, host, parameters: (!pairs.is_empty()).then_some(pairs) })
            }
            None if is_signature(text) => {
                Some(Self { signature: text.to_owned(), host: None, parameters: None })
            }
            None => None,
        }
    }

    /// How it was made: as the parameters say, else as its length tells.
    pub(crate) fn method(&self) -> Signature {
        match (&self.parameters, self.parameter("SignatureMethod")) {
            (_, Some("HmacSHA256")) => Signature::HmacSha256,
            (Some(_), None) => Signature::HmacSha1Unnamed,
            (None, None) if self.signature.len() == SHA256_LENGTH => Signature::HmacSha256,
            _ => Signature::HmacSha1,
        }
    }

    /// The time of the signature, in seconds since 1970.
    pub(crate) fn time(&self) -> Option<u64> {
        self.parameter("Timestamp")?.parse().ok()
    }

    pub(crate) fn nonce(&self) -> Option<u64> {
        self.parameter("Nonce")?.parse().ok()
    }

    /// The parameters that are not added by signing.
    pub(crate) fn own_parameters(&self) -> Vec<(String, String)> {
        let all = self.parameters.iter().flatten();
        all.filter(|(name, _)| !ADDED.contains(&name.as_str())).cloned().collect()
    }

    fn parameter(&self, wanted: &str) -> Option<&str> {
        let mut parameters = self.parameters.iter().flatten();
        parameters.find(|(name, _)| name == wanted).map(|(_, value)| value.as_str())
    }
}

/// The pairs of a query or form, decoded.
pub(crate) fn decoded_pairs(query: &str) -> Vec<(String, String)> {
    let pairs = query.split('&').filter(|pair| !pair.is_empty());
    let pairs = pairs.map(|pair| pair.split_once('=').unwrap_or((pair, "")));
    pairs.map(|(name, value)| (decoded(name), decoded(value))).collect()
}

/// Undoes form encoding.
fn decoded(text: &str) -> String {
    percent_encoding::percent_decode_str(&text.replace('+', " ")).decode_utf8_lossy().into_owned()
}

/// The lengths of HMAC-SHA1 and HMAC-SHA256 in base64.
const SHA1_LENGTH: usize = 28;
const SHA256_LENGTH: usize = 44;

fn is_signature(text: &str) -> bool {
    let is_base64 = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '=');
    matches!(text.len(), SHA1_LENGTH | SHA256_LENGTH) && text.ends_with('=') && text.chars().all(is_base64)
}

/// A parameter that one list does not have, or has with another value: its name, and its value in each.
pub(crate) type Differing<'a> = (&'a str, Option<&'a str>, Option<&'a str>);

/// The first parameter, in the order of the names, in which two lists differ.
pub(crate) fn first_difference<'a>(
    ours: &'a [(String, String)],
    theirs: &'a [(String, String)],
) -> Option<Differing<'a>> {
    let (ours, theirs) = (sorted(ours), sorted(theirs));
    let index = zip(&ours, &theirs).take_while(|(one, other)| one == other).count();
    match (ours.get(index), theirs.get(index)) {
        (None, None) => None,
        (Some((name, value)), None) => Some((name, Some(value), None)),
        (None, Some((name, value))) => Some((name, None, Some(value))),
        (Some((name, value)), Some((other, its))) => Some(match name.cmp(other) {
            Ordering::Less => (name, Some(value), None),
            Ordering::Greater => (other, None, Some(its)),
            Ordering::Equal => (name, Some(value), Some(its)),
        }),
    }
}

fn sorted(parameters: &[(String, String)]) -> Vec<&(String, String)> {
    let mut sorted: Vec<_> = parameters.iter().collect();
    sorted.sort();
    sorted
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHA1: &str = "BkhMjdUVTOXwCcFQ6vwxnVv2qzM=";

    #[test]
    fn a_signature_is_found_alone_in_a_query_and_in_a_url() {
        let alone = OlderSignature::parse(SHA1).unwrap();
        assert_eq!((alone.signature.as_str(), alone.method()), (SHA1, Signature::HmacSha1));
        let query = "Action=A&Nonce=7&Signature=BkhMjdUVTOXwCcFQ6vwxnVv2qzM%3D&SignatureMethod=HmacSHA256&Timestamp=9";
        for (text, host) in [
            (query.to_owned(), None),
            (format!("https://cvm.tencentcloudapi.com/?{query}"), Some("cvm.tencentcloudapi.com")),
        ] {
            let found = OlderSignature::parse(&text).unwrap();
            assert_eq!((found.signature.as_str(), found.host.as_deref()), (SHA1, host));
            assert_eq!(
                (found.time(), found.nonce(), found.method()),
                (Some(9), Some(7), Signature::HmacSha256)
            );
            assert_eq!(found.own_parameters(), [("Action".to_owned(), "A".to_owned())]);
        }
        for text in ["", "TC3-HMAC-SHA256 Credential=a", "Action=A", "https://h/?Action=A", "abc="] {
            assert_eq!(OlderSignature::parse(text), None, "{text}");
        }
    }

    #[test]
    fn the_first_parameter_that_differs_is_named() {
        let list = |text: &str| decoded_pairs(text);
        let check = |ours: &str, theirs: &str, expected: Option<Differing<'_>>| {
            let (ours, theirs) = (list(ours), list(theirs));
            assert_eq!(first_difference(&ours, &theirs), expected);
        };
        check("A=1&B=2", "B=2&A=1", None);
        check("A=1&B=2", "A=1&B=3", Some(("B", Some("2"), Some("3"))));
        check("A=1&B=2", "B=2", Some(("A", Some("1"), None)));
        check("A=1", "A=1&B=2", Some(("B", None, Some("2"))));
        check("A=1&C=1", "A=1&B=2&C=1", Some(("B", None, Some("2"))));
        check("A=1&B=2", "A=1", Some(("B", Some("2"), None)));
    }
}
