//! Verifying an `http::Request` as it arrived.

use http::{HeaderMap, Request};

use crate::authorization::{Authorization, InvalidAuthorizationError};
use crate::credential::{Credential, SecretId};
use crate::payload::{Payload, UNSIGNED_PAYLOAD};
use crate::request::{InvalidRequestError, SignableRequest};
use crate::time::SigningTime;
use crate::verify::{VerifyError, verify};

/// Verifies a request whose body is in memory, the server's side of [`sign_request`](crate::sign_request), and gives the moment
/// in its `X-TC-Timestamp`.
///
/// `key_of` finds the credential of a secret id. Host and content type must be among the signed headers. Whether the moment
/// is near enough to now, and whether `X-TC-Token` is the credential's, the caller decides; likewise whether a request may
/// leave its payload unsigned, which `X-TC-Content-SHA256` then says.
///
/// ```
/// use clb_sign::{Credential, SecretId, SecretKey, SigningTime, sign_request, verify_request};
///
/// let credential = Credential::new(SecretId::new("AKIDEXAMPLE")?, SecretKey::new("EXAMPLEKEY")?);
/// let time = SigningTime::from_unix(1_700_000_000)?;
/// let mut request = http::Request::post("https://hooks.example.com/")
///     .header("content-type", "application/json")
///     .body(r#"{"event":"done"}"#)?;
/// sign_request(&mut request, "hooks", &credential, time)?;
///
/// let key_of = |id: &SecretId| (id == credential.secret_id()).then(|| credential.clone());
/// assert_eq!(verify_request(&request, key_of)?, time);
///
/// *request.body_mut() = r#"{"event":"gone"}"#;
/// assert_eq!(verify_request(&request, key_of).unwrap_err().to_string(), "signature differs");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn verify_request<B: AsRef<[u8]>>(
    request: &Request<B>,
    key_of: impl FnOnce(&SecretId) -> Option<Credential>,
) -> Result<SigningTime, VerifyRequestError> {
    let headers = request.headers();
    let authorization = Authorization::parse(required(headers, "authorization")?)?;
    let time = required(headers, "x-tc-timestamp")?.parse().ok();
    let time =
        time.and_then(|unix| SigningTime::from_unix(unix).ok()).ok_or(VerifyRequestError::Timestamp)?;
    let credential = key_of(authorization.secret_id()).ok_or(VerifyRequestError::UnknownKey)?;
    let signable = signable(request, &authorization)?;
    verify(&authorization, &signable, &credential, time)?;
    Ok(time)
}

/// Why a request is not taken for one that was signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum VerifyRequestError {
    /// API 3.0 has GET and POST.
    #[error("method is neither GET nor POST")]
    Method,
    /// No signature covers a path, or the query of a POST request: whoever is in between could change them.
    #[error("path is not `/`, or a POST request has a query")]
    Path,
    /// A header that every signed request has is missing, occurs more than once, or is not text.
    #[error("header {0} is missing, occurs more than once or is not text")]
    Header(&'static str),
    /// A header that is said to be signed is missing, occurs more than once, or is not text.
    #[error("one of the signed headers is missing, occurs more than once or is not text")]
    SignedHeader,
    /// The header `Authorization` is none of this scheme.
    #[error(transparent)]
    Authorization(#[from] InvalidAuthorizationError),
    /// The header `X-TC-Timestamp` is no moment.
    #[error("header x-tc-timestamp is no Unix time")]
    Timestamp,
    /// Nobody knows the secret id.
    #[error("secret id is not known")]
    UnknownKey,
    /// A part has a form that cannot be signed.
    #[error(transparent)]
    Invalid(#[from] InvalidRequestError),
    /// The signature is not that of this request.
    #[error(transparent)]
    Differs(#[from] VerifyError),
}

/// What the authorization says was signed, with the values that arrived.
fn signable<'a, B: AsRef<[u8]>>(
    request: &'a Request<B>,
    authorization: &'a Authorization,
) -> Result<SignableRequest<'a>, VerifyRequestError> {
    let (service, headers) = (authorization.service(), request.headers());
    if request.uri().path() != "/" {
        return Err(VerifyRequestError::Path);
    }
    let (host, content_type) = (required(headers, "host")?, required(headers, "content-type")?);
    let mut signable = match *request.method() {
        http::Method::GET => SignableRequest::get(service, host, request.uri().query().unwrap_or_default())?
            .with_content_type(content_type)?,
        http::Method::POST if request.uri().query().is_some() => return Err(VerifyRequestError::Path),
        http::Method::POST => {
            SignableRequest::post(service, host, content_type, Payload::Bytes(request.body().as_ref()))?
        }
        _ => return Err(VerifyRequestError::Method),
    };
    for name in authorization.signed_headers().filter(|name| !["host", "content-type"].contains(name)) {
        let value = single(headers, name).ok_or(VerifyRequestError::SignedHeader)?;
        signable = signable.with_header(name, value)?;
    }
    let is_unsigned = headers.get("x-tc-content-sha256").is_some_and(|value| value == UNSIGNED_PAYLOAD);
    Ok(if is_unsigned { signable.with_unsigned_payload() } else { signable })
}

fn required<'a>(headers: &'a HeaderMap, name: &'static str) -> Result<&'a str, VerifyRequestError> {
    single(headers, name).ok_or(VerifyRequestError::Header(name))
}

/// The value of a header that occurs once and is text.
fn single<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let mut values = headers.get_all(name).iter();
    let value = values.next()?.to_str().ok()?;
    values.next().is_none().then_some(value)
}
