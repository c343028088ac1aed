//! Verification of signatures with `clb-sign`.

use clb_sign::{
    Authorization, Credential, InvalidCredentialError, InvalidRequestError, SecretId, SecretKey,
    SignableRequest, SigningTime,
};
use http::Method;

use crate::api_error::ApiError;
use crate::key::Key;
use crate::request::ApiRequest;

/// Checks that a request was signed with this key at this time.
pub(crate) fn verify(
    request: &ApiRequest<'_>,
    authorization: &Authorization,
    time: SigningTime,
    key: &Key,
) -> Result<(), ApiError> {
    let values = signed_values(request, authorization)?;
    let request = signed_request(request, authorization, &values).map_err(mismatch)?;
    let credential = credential(key).map_err(mismatch)?;
    clb_sign::verify(authorization, &request, &credential, time).map_err(mismatch)
}

/// The headers that were signed besides content type and host. The manual signs their values lowercase and trimmed.
fn signed_values<'a>(
    request: &ApiRequest<'_>,
    authorization: &'a Authorization,
) -> Result<Vec<(&'a str, String)>, ApiError> {
    let names: Vec<&str> = authorization.signed_headers().collect();
    if !["content-type", "host"].iter().all(|required| names.contains(required)) {
        return Err(mismatch("content-type and host must be signed"));
    }
    let others = names.into_iter().filter(|name| !["content-type", "host"].contains(name));
    let value =
        |name| request.header(name).ok_or_else(|| mismatch(format!("the signed header `{name}` is missing")));
    others.map(|name| Ok((name, value(name)?.trim().to_ascii_lowercase()))).collect()
}

fn signed_request<'a>(
    request: &ApiRequest<'a>,
    authorization: &'a Authorization,
    values: &'a [(&str, String)],
) -> Result<SignableRequest<'a>, InvalidRequestError> {
    let (service, host) = (authorization.service(), request.host().unwrap_or_default());
    let content_type = request.header("content-type").unwrap_or_default();
    let mut signable = match *request.method() {
        Method::GET => {
            SignableRequest::get(service, host, request.query())?.with_content_type(content_type)?
        }
        _ => SignableRequest::post(service, host, content_type, request.body())?,
    };
    for (name, value) in values {
        signable = signable.with_header(name, value)?;
    }
    Ok(match request.header("x-tc-content-sha256") {
        Some("UNSIGNED-PAYLOAD") => signable.with_unsigned_payload(),
        _ => signable,
    })
}

fn credential(key: &Key) -> Result<Credential, InvalidCredentialError> {
    Ok(Credential::new(SecretId::new(key.secret_id.as_str())?, SecretKey::new(key.secret_key.as_str())?))
}

fn mismatch(why: impl std::fmt::Display) -> ApiError {
    ApiError::new("AuthFailure.SignatureFailure", format!("the signature does not match the request: {why}"))
}
