//! What signing gives: the headers to add to the request.

use std::fmt;

use crate::credential::SecurityToken;
use crate::payload::UNSIGNED_PAYLOAD;

const AUTHORIZATION: &str = "authorization";
const TIMESTAMP: &str = "x-tc-timestamp";
pub(crate) const TOKEN: &str = "x-tc-token";
const CONTENT_SHA256: &str = "x-tc-content-sha256";

/// The headers that make a request a signed one. Names are lowercase; content type and host are the caller's to send as
/// they were signed, and so are the headers of the API itself (action, version, region).
#[derive(Clone)]
pub struct SigningHeaders {
    /// The value of `Authorization`, followed by that of `X-TC-Timestamp`: one allocation instead of two.
    values: String,
    authorization_length: usize,
    token: Option<SecurityToken>,
    unsigned_payload: bool,
}

impl SigningHeaders {
    pub(crate) fn new(
        authorization: String,
        timestamp: &str,
        token: Option<SecurityToken>,
        unsigned_payload: bool,
    ) -> Self {
        let authorization_length = authorization.len();
        let mut values = authorization;
        values.push_str(timestamp);
        Self { values, authorization_length, token, unsigned_payload }
    }

    /// Every header to add, as lowercase name and value.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let always = [(AUTHORIZATION, self.authorization()), (TIMESTAMP, self.timestamp())];
        let token = self.token().map(|token| (TOKEN, token));
        always.into_iter().chain(token).chain(self.content_sha256().map(|hash| (CONTENT_SHA256, hash)))
    }

    /// The value of `Authorization`.
    pub fn authorization(&self) -> &str {
        &self.values[..self.authorization_length]
    }

    /// The signature alone, the last part of `Authorization`: 64 lowercase hexadecimal digits.
    pub fn signature(&self) -> &str {
        &self.authorization()[self.authorization_length - 64..]
    }

    /// The value of `X-TC-Timestamp`: the very second that was signed.
    pub fn timestamp(&self) -> &str {
        &self.values[self.authorization_length..]
    }

    /// The value of `X-TC-Token`, absent for a permanent key pair.
    pub fn token(&self) -> Option<&str> {
        self.token.as_ref().map(SecurityToken::as_str)
    }

    /// The value of `X-TC-Content-SHA256`, present when the payload is not signed.
    pub fn content_sha256(&self) -> Option<&'static str> {
        self.unsigned_payload.then_some(UNSIGNED_PAYLOAD)
    }

    /// Puts the headers into a request, in place of any of the same name. Token and authorization are marked as sensitive.
    #[cfg(feature = "http")]
    #[expect(clippy::missing_panics_doc, reason = "ids, services and tokens are checked when built")]
    pub fn apply(&self, headers: &mut http::HeaderMap) {
        for (name, value) in self.iter() {
            let mut value = http::HeaderValue::from_bytes(value.as_bytes())
                .expect("no control character gets into a header's value");
            value.set_sensitive(matches!(name, AUTHORIZATION | TOKEN));
            headers.insert(name, value);
        }
    }
}

impl fmt::Debug for SigningHeaders {
    /// Without token and authorization: whoever reads them can repeat the request for some minutes.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningHeaders")
            .field("timestamp", &self.timestamp())
            .field("unsigned_payload", &self.unsigned_payload)
            .finish_non_exhaustive()
    }
}
