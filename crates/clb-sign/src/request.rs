//! What is signed: method, service, host, content type, query or body, further headers.

use std::fmt;

use crate::payload::Payload;
use crate::validate;

pub(crate) const FORM: &str = "application/x-www-form-urlencoded";
const CONTENT_TYPE: &str = "content-type";
const HOST: &str = "host";

/// The methods of API 3.0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "the API has these two")]
pub enum Method {
    /// Parameters in the query string.
    Get,
    /// Parameters in the body.
    Post,
}

impl Method {
    /// `GET` or `POST`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
        }
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A request as it will be sent, borrowed from whoever sends it.
///
/// Host, content type, query and body are given exactly as they are sent: host with its port, query as after the `?`. Header
/// values are signed as the vendor's rule says, in lowercase and without white space around them, whatever is sent.
/// Everything is checked when it is given, so that signing cannot fail.
///
/// ```
/// use clb_sign::{CanonicalRequest, SignableRequest};
///
/// let body = br#"{"TaskId":"55c85074-3e7f-4c6d-864f-673660d4f8de"}"#;
/// let request = SignableRequest::post("clb", "clb.tencentcloudapi.com", "application/json", body)?;
/// assert!(request.clone().with_header("x-tc-action", "DescribeTaskStatus\nx-tc-region: elsewhere").is_err());
///
/// let request = request.with_header("X-TC-Action", "DescribeTaskStatus")?;
/// assert_eq!(request.signed_headers(), "content-type;host;x-tc-action");
/// assert!(CanonicalRequest::new(&request).as_str().contains("\nx-tc-action:describetaskstatus\n"));
/// # Ok::<(), clb_sign::InvalidRequestError>(())
/// ```
#[derive(Clone)]
pub struct SignableRequest<'a> {
    method: Method,
    service: &'a str,
    host: &'a str,
    content_type: &'a str,
    query: &'a str,
    payload: Payload<'a>,
    unsigned_payload: bool,
    verbatim: bool,
    /// Sorted by name; content type and host are not among them.
    more_headers: Vec<(String, &'a str)>,
}

impl<'a> SignableRequest<'a> {
    /// A POST request with any body. `service` is the API's short name as in the scope, e.g. `clb`.
    pub fn post(
        service: &'a str,
        host: &'a str,
        content_type: &'a str,
        payload: impl Into<Payload<'a>>,
    ) -> Result<Self, InvalidRequestError> {
        let payload = payload.into();
        let unsigned_payload = matches!(payload, Payload::Unsigned);
        let request = Self { payload, unsigned_payload, ..Self::new(Method::Post, service, host)? };
        request.with_content_type(content_type)
    }

    /// A GET request with a query string that is ready to be sent, without the `?`; [`encode_query`](crate::encode_query)
    /// makes one. Its content type is `application/x-www-form-urlencoded`, which must be sent although there is no body.
    pub fn get(service: &'a str, host: &'a str, query: &'a str) -> Result<Self, InvalidRequestError> {
        if !validate::is_query(query) {
            return Err(InvalidRequestError::Query);
        }
        Ok(Self { query, ..Self::new(Method::Get, service, host)? })
    }

    fn new(method: Method, service: &'a str, host: &'a str) -> Result<Self, InvalidRequestError> {
        if !validate::is_scope_part(service) {
            return Err(InvalidRequestError::Service);
        }
        if !validate::is_host(host) {
            return Err(InvalidRequestError::Host);
        }
        Ok(Self {
            method,
            service,
            host,
            content_type: FORM,
            query: "",
            payload: Payload::Bytes(&[]),
            unsigned_payload: false,
            verbatim: false,
            more_headers: Vec::new(),
        })
    }

    /// Another content type, for a GET request that is sent with one of its own.
    pub fn with_content_type(self, content_type: &'a str) -> Result<Self, InvalidRequestError> {
        if !validate::is_header_value(content_type) {
            return Err(InvalidRequestError::ContentType);
        }
        Ok(Self { content_type, ..self })
    }

    /// Signs one more header. Name and value are signed in lowercase, and the value without white space around it.
    pub fn with_header(mut self, name: &str, value: &'a str) -> Result<Self, InvalidRequestError> {
        if !validate::is_header_name(name) {
            return Err(InvalidRequestError::HeaderName);
        }
        if !validate::is_header_value(value) {
            return Err(InvalidRequestError::HeaderValue);
        }
        let name = name.to_ascii_lowercase();
        if matches!(name.as_str(), CONTENT_TYPE | HOST | "authorization") {
            return Err(InvalidRequestError::ReservedHeader);
        }
        match self.more_headers.binary_search_by(|(known, _)| known.cmp(&name)) {
            Ok(_) => Err(InvalidRequestError::RepeatedHeader),
            Err(position) => {
                self.more_headers.insert(position, (name, value));
                Ok(self)
            }
        }
    }

    /// Leaves the payload out of the signature; a header then says so. No SDK does this unless told to.
    #[must_use]
    pub fn with_unsigned_payload(self) -> Self {
        Self { unsigned_payload: true, ..self }
    }

    /// Signs header values exactly as given, as the official SDKs do. It makes a difference for values with capitals or with
    /// white space around them, which the service then rejects: this is for comparing signatures.
    #[must_use]
    pub fn with_verbatim_headers(self) -> Self {
        Self { verbatim: true, ..self }
    }

    /// GET or POST.
    pub fn method(&self) -> Method {
        self.method
    }

    /// The service of the scope.
    pub fn service(&self) -> &'a str {
        self.service
    }

    /// The value of the `Host` header.
    pub fn host(&self) -> &'a str {
        self.host
    }

    /// The value of the `Content-Type` header.
    pub fn content_type(&self) -> &'a str {
        self.content_type
    }

    /// Whether the payload is left out of the signature.
    pub fn is_payload_unsigned(&self) -> bool {
        self.unsigned_payload
    }

    /// The signed headers' names as they stand in the `Authorization` header: sorted, joined by `;`.
    pub fn signed_headers(&self) -> String {
        let mut names = String::new();
        self.write_signed_headers(&mut names);
        names
    }

    pub(crate) fn payload_hash(&self) -> [u8; 32] {
        if self.unsigned_payload { Payload::Unsigned.hash() } else { self.payload.hash() }
    }

    /// The same request for another host.
    pub(crate) fn with_host<'b>(&'b self, host: &'b str) -> SignableRequest<'b> {
        SignableRequest { host, ..self.clone() }
    }

    /// The same request as it would be signed with the payload left out if it is signed, and signed if it is not.
    pub(crate) fn with_payload_signed_otherwise(&self) -> Self {
        Self { unsigned_payload: !self.unsigned_payload, ..self.clone() }
    }

    /// The same request with header values as the vendor's rule says if they are verbatim, and verbatim if they are not.
    pub(crate) fn with_other_header_form(&self) -> Self {
        Self { verbatim: !self.verbatim, ..self.clone() }
    }

    /// Appends the canonical request up to the payload's hash.
    pub(crate) fn write_head(&self, text: &mut String) {
        text.push_str(match self.method {
            Method::Get => "GET\n/\n",
            Method::Post => "POST\n/\n",
        });
        text.push_str(self.query);
        if self.more_headers.is_empty() {
            // The usual request: half of the pieces, and so of the time that is not spent hashing.
            text.push_str("\ncontent-type:");
            self.write_value(self.content_type, text);
            text.push_str("\nhost:");
            self.write_value(self.host, text);
            return text.push_str("\n\ncontent-type;host\n");
        }
        for (name, value) in self.headers() {
            for piece in ["\n", name, ":"] {
                text.push_str(piece);
            }
            self.write_value(value, text);
        }
        text.push_str("\n\n");
        self.write_signed_headers(text);
        text.push('\n');
    }

    /// Appends a header's value as the vendor's rule has it signed: in lowercase, without white space around it.
    fn write_value(&self, value: &str, text: &mut String) {
        if self.verbatim {
            return text.push_str(value);
        }
        let value = value.trim_ascii();
        if has_capitals(value) {
            text.push_str(&value.to_ascii_lowercase());
        } else {
            text.push_str(value); // the usual value
        }
    }

    /// Appends the names of the signed headers.
    pub(crate) fn write_signed_headers(&self, text: &mut String) {
        if self.more_headers.is_empty() {
            return text.push_str("content-type;host");
        }
        for (position, (name, _)) in self.headers().enumerate() {
            text.push_str(if position > 0 { ";" } else { "" });
            text.push_str(name);
        }
    }

    /// All signed headers in the order of their names.
    fn headers(&self) -> impl Iterator<Item = (&str, &str)> {
        let (before, after) = self
            .more_headers
            .split_at(self.more_headers.partition_point(|(name, _)| name.as_str() < CONTENT_TYPE));
        let (between, after) = after.split_at(after.partition_point(|(name, _)| name.as_str() < HOST));
        pairs(before)
            .chain([(CONTENT_TYPE, self.content_type)])
            .chain(pairs(between))
            .chain([(HOST, self.host)])
            .chain(pairs(after))
    }
}

impl fmt::Debug for SignableRequest<'_> {
    /// Without body and query, which may hold secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignableRequest")
            .field("method", &self.method)
            .field("service", &self.service)
            .field("host", &self.host)
            .field("content_type", &self.content_type)
            .field("signed_headers", &self.signed_headers())
            .field("payload", &self.payload)
            .field("unsigned_payload", &self.unsigned_payload)
            .finish_non_exhaustive()
    }
}

/// Why something cannot be signed: sent like this, it could mean more than one thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidRequestError {
    /// The service is empty, or has a control character, `/`, `,` or space around it.
    #[error("service is empty or contains a separator")]
    Service,
    /// The host is empty or has a control character.
    #[error("host is empty or contains a control character")]
    Host,
    /// The content type has a control character.
    #[error("content type contains a control character")]
    ContentType,
    /// The query string is not encoded.
    #[error("query string contains a character that must be percent-encoded")]
    Query,
    /// A header's name is not a token of HTTP.
    #[error("header name is not a token")]
    HeaderName,
    /// A header's value has a control character.
    #[error("header value contains a control character")]
    HeaderValue,
    /// A header that is signed in another way, or not at all: content type, host, authorization.
    #[error("header has a place of its own and cannot be added")]
    ReservedHeader,
    /// A header was given twice.
    #[error("header is given twice")]
    RepeatedHeader,
}

/// Looks at all bytes, which is faster for short values than to stop at the first capital: many at once.
fn has_capitals(value: &str) -> bool {
    value.bytes().fold(false, |found, byte| found | byte.is_ascii_uppercase())
}

fn pairs<'b>(headers: &'b [(String, &str)]) -> impl Iterator<Item = (&'b str, &'b str)> {
    headers.iter().map(|(name, value)| (name.as_str(), *value))
}
