//! Signatures, verified by `clb-sign`.

use clb_sign::{
    Authorization, Credential, InvalidCredential, InvalidRequest, SecretId, SecretKey, SigningRequest,
    SigningTime,
};
use http::Method;

use crate::failure::Failure;
use crate::incoming::Incoming;
use crate::keys::Key;

/// Checks that a request was signed with this key at this time.
pub(crate) fn verify(
    incoming: &Incoming<'_>,
    authorization: &Authorization,
    time: SigningTime,
    key: &Key,
) -> Result<(), Failure> {
    let values = signed_values(incoming, authorization)?;
    let request = signed_request(incoming, authorization, &values).map_err(mismatch)?;
    let credential = credential(key).map_err(mismatch)?;
    clb_sign::verify(authorization, &request, &credential, time).map_err(mismatch)
}

/// The headers that were signed besides content type and host. The manual signs their values lowercase and trimmed.
fn signed_values<'a>(
    incoming: &Incoming<'_>,
    authorization: &'a Authorization,
) -> Result<Vec<(&'a str, String)>, Failure> {
    let names: Vec<&str> = authorization.signed_headers().collect();
    if !["content-type", "host"].iter().all(|required| names.contains(required)) {
        return Err(mismatch("content-type and host must be signed"));
    }
    let others = names.into_iter().filter(|name| !["content-type", "host"].contains(name));
    let value = |name| {
        incoming.header(name).ok_or_else(|| mismatch(format!("the signed header `{name}` is missing")))
    };
    others.map(|name| Ok((name, value(name)?.trim().to_ascii_lowercase()))).collect()
}

fn signed_request<'a>(
    incoming: &Incoming<'a>,
    authorization: &'a Authorization,
    values: &'a [(&str, String)],
) -> Result<SigningRequest<'a>, InvalidRequest> {
    let (service, host) = (authorization.service(), incoming.host().unwrap_or_default());
    let content_type = incoming.header("content-type").unwrap_or_default();
    let mut request = match *incoming.method() {
        Method::GET => {
            SigningRequest::get(service, host, incoming.query())?.with_content_type(content_type)?
        }
        _ => SigningRequest::post(service, host, content_type, incoming.body())?,
    };
    for (name, value) in values {
        request = request.with_header(name, value)?;
    }
    Ok(match incoming.header("x-tc-content-sha256") {
        Some("UNSIGNED-PAYLOAD") => request.with_unsigned_payload(),
        _ => request,
    })
}

fn credential(key: &Key) -> Result<Credential, InvalidCredential> {
    Ok(Credential::new(SecretId::new(key.secret_id.as_str())?, SecretKey::new(key.secret_key.as_str())?))
}

fn mismatch(why: impl std::fmt::Display) -> Failure {
    Failure::new("AuthFailure.SignatureFailure", format!("the signature does not match the request: {why}"))
}
