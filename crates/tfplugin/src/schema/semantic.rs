//! Strings that differ and mean the same: the equalities that [`Attribute::semantic_equality`](super::Attribute::semantic_equality)
//! takes.

use std::net::IpAddr;

use crate::GoDuration;

/// Says which strings mean the same.
///
/// ```
/// use tfplugin::schema::Attribute;
/// use tfplugin::semantic::{self, SemanticEquality};
///
/// let policy = Attribute::string("policy").required().semantic_equality(semantic::Json);
/// assert!(semantic::Json.is_equal(r#"{"a": 1}"#, r#"{ "a":1 }"#));
///
/// // One's own:
/// let zone = Attribute::string("zone").required().semantic_equality(|one: &str, other: &str| {
///     one.trim_end_matches('.') == other.trim_end_matches('.')
/// });
/// ```
pub trait SemanticEquality: Send + Sync + 'static {
    /// Whether both mean the same. Strings that cannot be read mean nothing but themselves.
    fn is_equal(&self, one: &str, other: &str) -> bool;
}

impl<F: Fn(&str, &str) -> bool + Send + Sync + 'static> SemanticEquality for F {
    fn is_equal(&self, one: &str, other: &str) -> bool {
        self(one, other)
    }
}

/// JSON: space, the order of keys and the notation of numbers do not matter.
#[derive(Clone, Copy, Debug, Default)]
pub struct Json;

/// URLs as browsers take them (WHATWG): the case of scheme and host, a default port and `/` as the only path do not matter.
#[derive(Clone, Copy, Debug, Default)]
pub struct Url;

/// Durations in Go's syntax: `90s` is `1m30s`.
#[derive(Clone, Copy, Debug, Default)]
pub struct Duration;

/// IP addresses, alone or with the length of a prefix: `::1` is `0:0:0:0:0:0:0:1`.
#[derive(Clone, Copy, Debug, Default)]
pub struct IpAddress;

/// Letters in either case.
#[derive(Clone, Copy, Debug, Default)]
pub struct CaseInsensitive;

impl SemanticEquality for Json {
    fn is_equal(&self, one: &str, other: &str) -> bool {
        let read = |text: &str| crate::value::json::decode_untyped(text.as_bytes()).ok();
        equal(read, one, other)
    }
}

impl SemanticEquality for Url {
    fn is_equal(&self, one: &str, other: &str) -> bool {
        equal(|text| url::Url::parse(text).ok(), one, other)
    }
}

impl SemanticEquality for Duration {
    fn is_equal(&self, one: &str, other: &str) -> bool {
        equal(|text| text.parse().ok().map(|duration: GoDuration| duration.length()), one, other)
    }
}

impl SemanticEquality for IpAddress {
    fn is_equal(&self, one: &str, other: &str) -> bool {
        equal(address, one, other)
    }
}

impl SemanticEquality for CaseInsensitive {
    fn is_equal(&self, one: &str, other: &str) -> bool {
        one.to_lowercase() == other.to_lowercase()
    }
}

/// An address and the length of its prefix.
fn address(text: &str) -> Option<(IpAddr, Option<u8>)> {
    match text.split_once('/') {
        Some((address, length)) => Some((address.parse().ok()?, Some(length.parse().ok()?))),
        None => Some((text.parse().ok()?, None)),
    }
}

fn equal<T: PartialEq>(read: impl Fn(&str) -> Option<T>, one: &str, other: &str) -> bool {
    read(one).is_some_and(|one| read(other) == Some(one))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(equality: &impl SemanticEquality, one: &str, same: &str, other: &str) {
        assert!(equality.is_equal(one, same), "{one} is {same}");
        assert!(!equality.is_equal(one, other), "{one} is not {other}");
    }

    #[test]
    fn strings_that_mean_the_same_are_equal() {
        check(&Json, r#"{"a":1.0,"b":[true]}"#, r#"{ "b": [true], "a": 1e0 }"#, r#"{"a":1,"b":[true,true]}"#);
        check(&Json, "12345678901234567890123", "12345678901234567890123 ", "12345678901234567890124");
        check(&Url, "HTTP://Example.com:80", "http://example.com/", "https://example.com/");
        check(&Duration, "90s", "1m30s", "91s");
        check(&IpAddress, "::1", "0:0:0:0:0:0:0:1", "::2");
        check(&IpAddress, "fd00::/8", "FD00:0::/8", "fd00::/9");
        check(&CaseInsensitive, "Ä", "ä", "a");
    }

    #[test]
    fn what_cannot_be_read_is_equal_to_nothing_else() {
        for equality in [&Json as &dyn SemanticEquality, &Url, &Duration, &IpAddress] {
            assert!(!equality.is_equal("", " ") && !equality.is_equal("{", "["));
        }
    }
}
