//! Verifying what another party signed.

use subtle::ConstantTimeEq;

use crate::authorization::Authorization;
use crate::credential::Credential;
use crate::request::SignableRequest;
use crate::signing_key::SigningKey;
use crate::time::SigningTime;

/// Checks that `authorization` is the signature of `request` by `credential` at `time`, the time in its `X-TC-Timestamp`.
///
/// `request` has the headers that the authorization names, with the values that arrived. Whether `time` is near enough
/// to now, and whether the token is the credential's, the caller decides. The signature is compared in constant time; when it
/// differs, the usual mistakes are tried, so that the error can name one.
///
/// ```
/// use clb_sign::{Authorization, Credential, VerifyError, SecretId, SecretKey, SignableRequest, SigningTime, sign, verify};
///
/// let credential = Credential::new(SecretId::new("AKIDEXAMPLE")?, SecretKey::new("EXAMPLEKEY")?);
/// let time = SigningTime::from_unix(1_700_000_000)?;
/// let sent = SignableRequest::post("clb", "127.0.0.1", "application/json", b"{}")?;
/// let authorization = Authorization::parse(sign(&sent, &credential, time).authorization())?;
/// assert_eq!(verify(&authorization, &sent, &credential, time), Ok(()));
///
/// let arrived = SignableRequest::post("clb", "127.0.0.1:8080", "application/json", b"{}")?;
/// assert_eq!(verify(&authorization, &arrived, &credential, time), Err(VerifyError::Host));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn verify(
    authorization: &Authorization,
    request: &SignableRequest<'_>,
    credential: &Credential,
    time: SigningTime,
) -> Result<(), VerifyError> {
    if authorization.secret_id() != credential.secret_id() {
        return Err(VerifyError::SecretId);
    }
    if authorization.date() != time.date() {
        return Err(VerifyError::Date);
    }
    if authorization.service() != request.service() {
        return Err(VerifyError::Service);
    }
    if authorization.signed_headers_text() != request.signed_headers() {
        return Err(VerifyError::SignedHeaders);
    }
    let key = SigningKey::derive(credential.secret_key(), time.date(), request.service());
    let is_signed = |request: &SignableRequest<'_>| {
        let expected = key.headers(request, credential, time);
        bool::from(expected.signature().as_bytes().ct_eq(authorization.signature().as_bytes()))
    };
    if is_signed(request) { Ok(()) } else { Err(likely_cause(request, is_signed)) }
}

/// The first stage in which an `Authorization` value and the request that came with it differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum VerifyError {
    /// Another key pair signed.
    #[error("secret id differs")]
    SecretId,
    /// The scope's date is not the timestamp's in UTC.
    #[error("date of the scope differs from the timestamp's")]
    Date,
    /// The scope names another service.
    #[error("service of the scope differs")]
    Service,
    /// Other headers are signed, or in another order.
    #[error("list of signed headers differs")]
    SignedHeaders,
    /// The host was signed without its port.
    #[error("host was signed without its port")]
    Host,
    /// The headers' values were not signed in lowercase and trimmed, as the vendor's rule says.
    #[error("header values were not signed in lowercase and trimmed")]
    HeaderValues,
    /// The payload was signed although its header says that it was not, or the other way round.
    #[error("payload was signed in another way than its header says")]
    Payload,
    /// All of the above agrees: another key, another time, or a change on the way.
    #[error("signature differs")]
    Signature,
    /// An older signature is that of a POST request, and this is a GET request, or the other way round.
    #[error("another HTTP method was signed")]
    HttpMethod,
    /// An older signature was made with HMAC-SHA1 and not with HMAC-SHA256, or the other way round.
    #[error("signature method is not that of the parameter SignatureMethod")]
    SignatureMethod,
    /// An older signature is one of the parameters in the order in which they arrived.
    #[error("parameters were not sorted by their names")]
    ParameterOrder,
    /// An older signature is one of values in their encoded form.
    #[error("parameters were encoded before they were signed")]
    EncodedValues,
    /// A parameter that the older signatures need is missing, repeated or malformed.
    #[error("parameter {0} is missing, repeated or malformed")]
    Parameter(&'static str),
}

/// Which of the usual mistakes explains a signature that differs.
fn likely_cause(
    request: &SignableRequest<'_>,
    is_signed: impl Fn(&SignableRequest<'_>) -> bool,
) -> VerifyError {
    if without_port(request.host()).is_some_and(|host| is_signed(&request.with_host(host))) {
        return VerifyError::Host;
    }
    if is_signed(&request.with_payload_signed_otherwise()) {
        return VerifyError::Payload;
    }
    if is_signed(&request.with_other_header_form()) {
        return VerifyError::HeaderValues;
    }
    VerifyError::Signature
}

pub(crate) fn without_port(host: &str) -> Option<&str> {
    let (name, port) = host.rsplit_once(':')?;
    (!port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit())).then_some(name)
}
