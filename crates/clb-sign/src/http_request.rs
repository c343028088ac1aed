//! Signing an `http::Request` in place.

use http::{HeaderMap, HeaderValue, Request, Uri, header};

use crate::credential::Credential;
use crate::payload::Payload;
use crate::request::{FORM, InvalidRequestError, SignableRequest};
use crate::signer::sign;
use crate::time::SigningTime;

/// Signs a request whose body is in memory, and adds the headers that make it a signed one.
///
/// `service` is the API's short name, e.g. `cvm`. The signature covers `Host` and `Content-Type`: a missing `Host` is taken
/// from the URI and added, and a GET request without content type gets the one that the API expects. Headers like
/// `X-TC-Action` are the caller's. After an error the request is as it was.
///
/// ```
/// use clb_sign::{Credential, SecretId, SecretKey, SigningTime, sign_request};
///
/// let credential = Credential::new(SecretId::new("AKIDEXAMPLE")?, SecretKey::new("EXAMPLEKEY")?);
/// let mut request = http::Request::post("https://cvm.tencentcloudapi.com/")
///     .header("content-type", "application/json")
///     .header("x-tc-action", "DescribeInstances")
///     .header("x-tc-version", "2017-03-12")
///     .header("x-tc-region", "ap-guangzhou")
///     .body(r#"{"Limit":10}"#)?;
/// sign_request(&mut request, "cvm", &credential, SigningTime::from_unix(1_700_000_000)?)?;
/// assert_eq!(request.headers()["host"], "cvm.tencentcloudapi.com");
/// assert!(request.headers()["authorization"].is_sensitive());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn sign_request<B: AsRef<[u8]>>(
    request: &mut Request<B>,
    service: &str,
    credential: &Credential,
    time: SigningTime,
) -> Result<(), SignRequestError> {
    let additions = additions(request, Payload::Bytes(request.body().as_ref()), service, credential, time)?;
    request.headers_mut().extend(additions);
    Ok(())
}

/// Signs a request whose body is streamed, or whose hash is known: like [`sign_request`], for any body.
///
/// ```
/// use clb_sign::{Credential, Payload, SecretId, SecretKey, SigningTime, sign_request_with_payload};
///
/// # let credential = Credential::new(SecretId::new("AKIDEXAMPLE")?, SecretKey::new("EXAMPLEKEY")?);
/// # let (stream, sha256, time) = ((), [0; 32], SigningTime::from_unix(1_700_000_000)?);
/// let mut request = http::Request::post("https://cos.tencentcloudapi.com/")
///     .header("content-type", "application/octet-stream")
///     .body(stream)?;
/// sign_request_with_payload(&mut request, Payload::Sha256(sha256), "cos", &credential, time)?;
/// # assert!(request.headers().contains_key("authorization"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn sign_request_with_payload<B>(
    request: &mut Request<B>,
    payload: Payload<'_>,
    service: &str,
    credential: &Credential,
    time: SigningTime,
) -> Result<(), SignRequestError> {
    let additions = additions(request, payload, service, credential, time)?;
    request.headers_mut().extend(additions);
    Ok(())
}

/// Why an `http::Request` cannot be signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SignRequestError {
    /// API 3.0 has GET and POST.
    #[error("method is neither GET nor POST")]
    Method,
    /// API 3.0 has one path, `/`, and POST requests have no query.
    #[error("path is not `/`, or a POST request has a query")]
    Path,
    /// Neither a `Host` header nor a host in the URI.
    #[error("host is missing in headers and URI")]
    MissingHost,
    /// A POST request without `Content-Type`, which would have to be guessed.
    #[error("content type is missing")]
    MissingContentType,
    /// A header occurs more than once, or is not text.
    #[error("header {0} occurs more than once or is not text")]
    Header(&'static str),
    /// A part has a form that cannot be signed.
    #[error(transparent)]
    Invalid(#[from] InvalidRequestError),
}

/// The headers to add to a request.
fn additions<B>(
    request: &Request<B>,
    payload: Payload<'_>,
    service: &str,
    credential: &Credential,
    time: SigningTime,
) -> Result<HeaderMap, SignRequestError> {
    let (uri, headers) = (request.uri(), request.headers());
    let from_uri = host_of(uri);
    let host =
        text(headers, header::HOST, "host")?.or(from_uri.as_deref()).ok_or(SignRequestError::MissingHost)?;
    let given = text(headers, header::CONTENT_TYPE, "content-type")?;
    let signable = match *request.method() {
        _ if uri.path() != "/" => return Err(SignRequestError::Path),
        http::Method::GET => SignableRequest::get(service, host, uri.query().unwrap_or_default())?
            .with_content_type(given.unwrap_or(FORM))?,
        http::Method::POST if uri.query().is_some() => return Err(SignRequestError::Path),
        http::Method::POST => {
            let content_type = given.ok_or(SignRequestError::MissingContentType)?;
            SignableRequest::post(service, host, content_type, payload)?
        }
        _ => return Err(SignRequestError::Method),
    };
    let mut additions = HeaderMap::new();
    for (name, value) in [(header::HOST, signable.host()), (header::CONTENT_TYPE, signable.content_type())] {
        let value =
            HeaderValue::from_str(value).map_err(|_| SignRequestError::Header("host or content-type"))?;
        additions.insert(name, value);
    }
    sign(&signable, credential, time).apply(&mut additions);
    Ok(additions)
}

/// The value of a header that may occur once.
fn text<'a>(
    headers: &'a HeaderMap,
    name: header::HeaderName,
    label: &'static str,
) -> Result<Option<&'a str>, SignRequestError> {
    let mut values = headers.get_all(name).iter();
    let value = values.next().map(|value| value.to_str().map_err(|_| SignRequestError::Header(label)));
    if values.next().is_some() { Err(SignRequestError::Header(label)) } else { value.transpose() }
}

/// The `Host` that HTTP clients send for a URI: with its port, unless that is the scheme's own.
fn host_of(uri: &Uri) -> Option<String> {
    let host = uri.host()?;
    match (uri.port_u16(), uri.scheme_str()) {
        (None, _) | (Some(443), Some("https")) | (Some(80), Some("http")) => Some(host.to_owned()),
        (Some(port), _) => Some(format!("{host}:{port}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::credential::{SecretId, SecretKey};

    fn signed(request: http::request::Builder) -> Result<Request<&'static str>, SignRequestError> {
        let credential = Credential::new(SecretId::new("AKID").unwrap(), SecretKey::new("key").unwrap());
        let mut request = request.body("{}").unwrap();
        sign_request(&mut request, "clb", &credential, SigningTime::from_unix(1_700_000_000).unwrap())?;
        Ok(request)
    }

    fn post(uri: &str) -> http::request::Builder {
        Request::post(uri).header("content-type", "application/json")
    }

    #[test]
    fn the_host_is_the_one_that_clients_send() {
        for (uri, host) in [
            ("https://clb.tencentcloudapi.com", "clb.tencentcloudapi.com"),
            ("https://clb.tencentcloudapi.com:443/", "clb.tencentcloudapi.com"),
            ("http://user:password@127.0.0.1:8080/", "127.0.0.1:8080"),
            ("https://[::1]:8443/", "[::1]:8443"),
        ] {
            assert_eq!(signed(post(uri)).unwrap().headers()["host"], host, "{uri}");
        }
        let given = signed(post("/").header("host", "Elsewhere:1")).unwrap();
        assert_eq!(given.headers()["host"], "Elsewhere:1");
    }

    #[test]
    fn a_second_signature_replaces_the_first() {
        let again = signed(post("https://clb.tencentcloudapi.com").header("authorization", "old")).unwrap();
        assert_eq!(again.headers().get_all("authorization").iter().count(), 1);
        assert_eq!(again.headers().get_all("host").iter().count(), 1);
    }

    #[test]
    fn a_get_request_is_signed_with_its_query() {
        let get = signed(Request::get("https://clb.tencentcloudapi.com/?Limit=1")).unwrap();
        assert_eq!(get.headers()["content-type"], FORM);
    }

    #[test]
    fn requests_that_the_api_does_not_have_are_errors() {
        let uri = "https://clb.tencentcloudapi.com";
        let errors = [
            (Request::put(uri), SignRequestError::Method),
            (post("https://clb.tencentcloudapi.com/v2"), SignRequestError::Path),
            (post("https://clb.tencentcloudapi.com/?a=b"), SignRequestError::Path),
            (post("/"), SignRequestError::MissingHost),
            (Request::post(uri), SignRequestError::MissingContentType),
            (post(uri).header("content-type", "text/plain"), SignRequestError::Header("content-type")),
        ];
        for (request, expected) in errors {
            assert_eq!(signed(request).unwrap_err(), expected);
        }
    }
}
