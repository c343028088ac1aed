//! Which strings may enter a header. This module rejects whatever could start a new line, header or scope.

/// Text that one segment of `ID/DATE/SERVICE/tc3_request` can hold without being mistaken for more.
pub(crate) fn is_scope_part(text: &str) -> bool {
    !text.is_empty() && text.trim() == text && !text.chars().any(|c| c.is_control() || matches!(c, '/' | ','))
}

/// A host, port or whole URL as sent in `Host`: the vendor's SDKs sign it whatever its form.
pub(crate) fn is_host(text: &str) -> bool {
    !text.is_empty() && !text.chars().any(char::is_control)
}

/// A header value: a tab is the only control character that HTTP has in one (RFC 9110, 5.5).
pub(crate) fn is_header_value(text: &str) -> bool {
    !text.chars().any(|c| c.is_control() && c != '\t')
}

/// A header name: a token of RFC 9110, 5.6.2.
pub(crate) fn is_header_name(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b))
}

/// What can stand between `?` and the end of a request target, so that it is sent as it was signed.
pub(crate) fn is_query(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_graphic() && b != b'#')
}
