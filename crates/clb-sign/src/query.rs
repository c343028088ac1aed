//! Form encoding, as the vendor's SDKs encode a query.

use std::borrow::Cow;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// What Python's `quote_plus` encodes, but for the space, which becomes `+`.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'_').remove(b'.').remove(b'-').remove(b'~').remove(b' ');

/// Encodes pairs for [`SignableRequest::get`](crate::SignableRequest::get), in the order given: space becomes `+`; letters,
/// digits and `_.-~` stay; every other byte becomes `%XX`.
///
/// ```
/// assert_eq!(clb_sign::encode_query([("Name", "a b*"), ("Limit", "1")]), "Name=a+b%2A&Limit=1");
/// ```
pub fn encode_query<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let pairs = pairs.into_iter().map(|(name, value)| format!("{}={}", encode(name), encode(value)));
    pairs.collect::<Vec<_>>().join("&")
}

fn encode(text: &str) -> String {
    Cow::from(utf8_percent_encode(text, ENCODED)).replace(' ', "+")
}
