//! Verifying what another party signed.

use alloc::string::String;
use alloc::vec::Vec;

use subtle::ConstantTimeEq;

use crate::authorization::Authorization;
use crate::buffer::SignBuffer;
use crate::credential::Credential;
use crate::request::SignableRequest;
use crate::signing_key::SigningKey;
use crate::time::SigningTime;

/// Checks that `authorization` is what `credential` makes of `request` at `time`, the moment in its `X-TC-Timestamp`.
///
/// `request` holds the headers that the authorization names, with the values that arrived. Whether `time` is near enough
/// to now is for the caller to say, and so is whether the token is the credential's. The signature is compared in constant
/// time; when it differs, the usual slips are tried so that the answer can name one.
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
    let mut buffer = SignBuffer::new();
    let mut is_signed = |request: &SignableRequest<'_>| {
        let expected = buffer.sign(request, credential, &key, time);
        bool::from(expected.signature().as_bytes().ct_eq(authorization.signature().as_bytes()))
    };
    if is_signed(request) { Ok(()) } else { Err(slip(request, is_signed)) }
}

/// The first stage in which an `Authorization` value and the request that came with it differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum VerifyError {
    /// Signed by another key pair.
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
    /// The headers' values were signed in lowercase and trimmed, and sent otherwise.
    #[error("header values were signed in another form than they were sent")]
    HeaderValues,
    /// The payload was signed although its header says that it was not, or the other way round.
    #[error("payload was signed in another way than its header says")]
    Payload,
    /// Everything named above agrees: another key, another time, or something else on the way.
    #[error("signature differs")]
    Signature,
}

/// Which of the usual slips explains a signature that differs.
fn slip(
    request: &SignableRequest<'_>,
    mut is_signed: impl FnMut(&SignableRequest<'_>) -> bool,
) -> VerifyError {
    let more: Vec<_> = request.more_values().map(String::from).collect();
    let with_host = |host| request.with_values(request.content_type(), host, &more);
    if without_port(request.host()).is_some_and(|host| is_signed(&with_host(host))) {
        return VerifyError::Host;
    }
    if is_signed(&request.with_payload_signed_otherwise()) {
        return VerifyError::Payload;
    }
    let [content_type, host] = [request.content_type(), request.host()].map(manual_form);
    let more: Vec<_> = request.more_values().map(manual_form).collect();
    if is_signed(&request.with_values(&content_type, &host, &more)) {
        return VerifyError::HeaderValues;
    }
    VerifyError::Signature
}

/// The form that the vendor's manual gives to a header's value before it is signed.
fn manual_form(value: &str) -> String {
    value.trim().to_lowercase()
}

fn without_port(host: &str) -> Option<&str> {
    let (name, port) = host.rsplit_once(':')?;
    (!port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit())).then_some(name)
}
