//! Form encoding, as the vendor's SDKs encode a query.

use alloc::string::String;

/// Encodes pairs for [`SignableRequest::get`](crate::SignableRequest::get), in the order given: space becomes `+`; letters,
/// digits and `_.-~` stay; every other byte becomes `%XX`.
///
/// ```
/// assert_eq!(clb_sign::encode_query([("Name", "a b*"), ("Limit", "1")]), "Name=a+b%2A&Limit=1");
/// ```
pub fn encode_query<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let mut query = String::new();
    for (name, value) in pairs {
        if !query.is_empty() {
            query.push('&');
        }
        encode(name, &mut query);
        query.push('=');
        encode(value, &mut query);
    }
    query
}

fn encode(text: &str, query: &mut String) {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    for byte in text.bytes() {
        match byte {
            b' ' => query.push('+'),
            b'_' | b'.' | b'-' | b'~' => query.push(byte.into()),
            _ if byte.is_ascii_alphanumeric() => query.push(byte.into()),
            _ => query.extend([
                '%',
                DIGITS[usize::from(byte >> 4)].into(),
                DIGITS[usize::from(byte & 15)].into(),
            ]),
        }
    }
}
