use std::net::IpAddr;
use std::ops::{Bound, RangeBounds};

use super::holds;
use crate::schema::Validator;
use crate::{GoDuration, Value};

/// A string with so many characters: `length(1..=60)`.
pub fn length(range: impl RangeBounds<usize> + Send + Sync + 'static) -> impl Validator {
    let demand = format!("{} long", bounds(&range));
    holds(demand, move |value| value.as_str().is_some_and(|text| range.contains(&text.chars().count())))
}

/// A string that a regular expression is found in; anchor it with `^` and `$`. The description ends the sentence "must be".
///
/// # Panics
///
/// If the expression is none. It is compiled with the schema, which a test of every provider makes.
pub fn matches(expression: &str, description: impl Into<String>) -> impl Validator {
    let expression = regex_lite::Regex::new(expression)
        .unwrap_or_else(|error| panic!("`{expression}` is no regular expression: {error}"));
    holds(description, move |value| value.as_str().is_some_and(|text| expression.is_match(text)))
}

/// One of these values.
pub fn one_of<T: Into<Value>>(values: impl IntoIterator<Item = T>) -> impl Validator {
    let values: Vec<Value> = values.into_iter().map(Into::into).collect();
    let demand = format!("one of {}", values.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "));
    holds(demand, move |value| values.contains(value.plain()))
}

/// A URL with one of these schemes; without any, with whatever scheme.
pub fn url<'a>(schemes: impl IntoIterator<Item = &'a str>) -> impl Validator {
    let schemes: Vec<_> = schemes.into_iter().map(str::to_owned).collect();
    let demand =
        if schemes.is_empty() { "a URL".into() } else { format!("a URL with {}", schemes.join(" or ")) };
    is(demand, move |text| {
        let has_scheme =
            |url: &url::Url| schemes.is_empty() || schemes.iter().any(|scheme| scheme == url.scheme());
        url::Url::parse(text).ok().filter(has_scheme)
    })
}

/// An IP address of either version.
pub fn ip_address() -> impl Validator {
    is("an IP address", |text| text.parse::<IpAddr>().ok())
}

/// An IP address with the length of its prefix: `10.0.0.0/8`.
pub fn cidr() -> impl Validator {
    is("an address with the length of its prefix, such as 10.0.0.0/8", |text| {
        let (address, length) = text.split_once('/')?;
        let most = if address.parse::<IpAddr>().ok()?.is_ipv4() { 32 } else { 128 };
        let is_plain = length.bytes().all(|byte| byte.is_ascii_digit());
        length.parse::<u8>().ok().filter(|length| is_plain && *length <= most)
    })
}

/// A UUID in its usual form: `123e4567-e89b-12d3-a456-426614174000`.
pub fn uuid() -> impl Validator {
    is("a UUID", |text| {
        let groups: Vec<_> = text.split('-').collect();
        let is_hex = |group: &&str| group.bytes().all(|byte| byte.is_ascii_hexdigit());
        let lengths: Vec<_> = groups.iter().map(|group| group.len()).collect();
        (lengths == [8, 4, 4, 4, 12] && groups.iter().all(is_hex)).then_some(())
    })
}

/// A length of time in Go's syntax: `90s`, `1h30m`.
pub fn duration() -> impl Validator {
    is("a length of time such as 90s, 10m or 1h30m", |text| text.parse::<GoDuration>().ok())
}

/// JSON.
pub fn json() -> impl Validator {
    is("JSON", |text| crate::value::json::decode_untyped(text.as_bytes()).ok())
}

fn is<T>(
    demand: impl Into<String>,
    read: impl Fn(&str) -> Option<T> + Send + Sync + 'static,
) -> impl Validator {
    holds(demand, move |value| value.as_str().is_some_and(|text| read(text).is_some()))
}

/// The bounds of a length in words.
fn bounds(range: &impl RangeBounds<usize>) -> String {
    let first = match range.start_bound() {
        Bound::Included(first) => *first,
        Bound::Excluded(before) => before + 1,
        Bound::Unbounded => 0,
    };
    let last = match range.end_bound() {
        Bound::Included(last) => Some(*last),
        Bound::Excluded(end) => Some(end.saturating_sub(1)),
        Bound::Unbounded => None,
    };
    match last {
        Some(1) if first == 1 => "1 character".into(),
        Some(last) if last == first => format!("{first} characters"),
        Some(last) => format!("{first} to {last} characters"),
        None if first == 1 => "at least 1 character".into(),
        None => format!("at least {first} characters"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::check;
    use super::*;

    #[track_caller]
    fn accept_and_reject(validator: &impl Validator, demand: &str, accepted: &[&str], rejected: &[&str]) {
        for text in accepted {
            check(validator, *text, &[]);
        }
        for text in rejected {
            check(validator, *text, &[&format!("The configuration must be {demand}, found {text:?}.")]);
        }
    }

    #[test]
    fn strings_are_what_they_must_be() {
        accept_and_reject(&length(1..=3), "1 to 3 characters long", &["a", "äöü"], &["", "abcd"]);
        accept_and_reject(&length(2..), "at least 2 characters long", &["ab"], &["a"]);
        accept_and_reject(&length(2..=2), "2 characters long", &["ab"], &["a"]);
        accept_and_reject(&matches("^[a-z]+$", "of a-z"), "of a-z", &["abc"], &["", "aBc"]);
        accept_and_reject(&one_of(["a", "b"]), r#"one of "a", "b""#, &["a", "b"], &["c", ""]);
        accept_and_reject(&url([]), "a URL", &["mailto:a@b", "https://b/?c"], &["b", "https://"]);
        accept_and_reject(&url(["http", "https"]), "a URL with http or https", &["http://b"], &["ftp://b"]);
        accept_and_reject(&ip_address(), "an IP address", &["::1", "10.0.0.1"], &["10.0.0", "10.0.0.1/8"]);
        let cidrs = "an address with the length of its prefix, such as 10.0.0.0/8";
        accept_and_reject(
            &cidr(),
            cidrs,
            &["10.0.0.0/0", "::/128"],
            &["10.0.0.0", "10.0.0.0/33", "::/129", "::/+1"],
        );
        let ids = ["123e4567-e89b-12d3-a456-426614174000", "123E4567-E89B-12D3-A456-426614174000"];
        accept_and_reject(
            &uuid(),
            "a UUID",
            &ids,
            &["123e4567e89b12d3a456426614174000", "123e4567-e89b-12d3-a456-42661417400g"],
        );
        accept_and_reject(
            &duration(),
            "a length of time such as 90s, 10m or 1h30m",
            &["1.5h"],
            &["90", "-1s"],
        );
        accept_and_reject(&json(), "JSON", &["{}", "1"], &["{", ""]);
    }

    #[test]
    fn numbers_may_be_one_of_some() {
        check(&one_of([1, 2]), 2, &[]);
        check(&one_of([1, 2]), 3, &["The configuration must be one of 1, 2, found 3."]);
    }
}
