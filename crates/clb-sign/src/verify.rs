//! Verifying what another party signed.

use subtle::ConstantTimeEq;

use crate::authorization::Authorization;
use crate::buffer::SignBuffer;
use crate::credential::Credential;
use crate::key::DayKey;
use crate::request::SigningRequest;
use crate::time::SigningTime;

/// Checks that `authorization` is what `credential` makes of `request` at `time`, the moment in its `X-TC-Timestamp`.
///
/// `request` holds the headers that the authorization names, with the values that arrived. Whether `time` is near enough
/// to now is for the caller to say. The signature is compared in constant time.
pub fn verify(
    authorization: &Authorization,
    request: &SigningRequest<'_>,
    credential: &Credential,
    time: SigningTime,
) -> Result<(), Mismatch> {
    if authorization.secret_id() != credential.secret_id() {
        return Err(Mismatch::SecretId);
    }
    if authorization.date() != time.date() {
        return Err(Mismatch::Date);
    }
    if authorization.service() != request.service() {
        return Err(Mismatch::Service);
    }
    if authorization.signed_headers_text() != request.signed_headers() {
        return Err(Mismatch::SignedHeaders);
    }
    let key = DayKey::derive(credential.secret_key(), time.date(), request.service());
    let expected = SignBuffer::new().signature(request, &key, time);
    if bool::from(expected.as_bytes().ct_eq(authorization.signature().as_bytes())) {
        return Ok(());
    }
    Err(Mismatch::Signature)
}

/// The first stage in which an `Authorization` value and the request it came with differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Mismatch {
    /// Signed by another key pair.
    #[error("secret id differs")]
    SecretId,
    /// The scope's date is not the timestamp's.
    #[error("date of the scope differs from the timestamp's")]
    Date,
    /// The scope names another service.
    #[error("service of the scope differs")]
    Service,
    /// Other headers are signed, or in another order.
    #[error("list of signed headers differs")]
    SignedHeaders,
    /// Everything in the header agrees but the signature: another key, or something else was signed.
    #[error("signature differs")]
    Signature,
}
