//! Verification of signatures with `clb-sign`.

use clb_sign::{
    Authorization, Credential, InvalidCredentialError, InvalidRequestError, SecretId, SecretKey,
    SecurityToken, SignableParameters, SignableRequest, SignatureMethod, SigningTime,
};
use http::Method;

use crate::api_error::ApiError;
use crate::key::Key;
use crate::request::ApiRequest;

/// The headers that every signature covers.
const REQUIRED_HEADERS: [&str; 2] = ["content-type", "host"];

/// The parameters that signing adds to the older signatures.
const ADDED_BY_SIGNING: [&str; 6] =
    ["Nonce", "Timestamp", "Token", "SecretId", "SignatureMethod", "Signature"];

/// Checks that a request was signed with this key at this time.
///
/// The service signs header values in lowercase and without white space around them, whatever was sent. So a request
/// whose signer did not do the same is rejected.
pub(crate) fn verify(
    request: &ApiRequest<'_>,
    authorization: &Authorization,
    time: SigningTime,
    key: &Key,
) -> Result<(), ApiError> {
    let host = normalized(request.host().unwrap_or_default());
    let result = verify_host(request, authorization, time, key, &host);
    match host.rsplit_once(':') {
        // The SDK for Node.js signs the host without its port.
        Some((name, _)) if result.is_err() => verify_host(request, authorization, time, key, name).or(result),
        _ => result,
    }
}

fn verify_host(
    request: &ApiRequest<'_>,
    authorization: &Authorization,
    time: SigningTime,
    key: &Key,
    host: &str,
) -> Result<(), ApiError> {
    let content_type = normalized(request.header("content-type").unwrap_or_default());
    let values = signed_values(request, authorization)?;
    let signable = signable(request, authorization.service(), host, &content_type)
        .and_then(|signable| with_headers(signable, &values))
        .map_err(mismatch)?;
    let credential = credential(key).map_err(mismatch)?;
    clb_sign::verify(authorization, &signable, &credential, time).map_err(mismatch)
}

/// Checks a signature of the older kind, `HmacSHA1` or `HmacSHA256`, which covers all parameters.
pub(crate) fn verify_v1(request: &ApiRequest<'_>, time: SigningTime, key: &Key) -> Result<(), ApiError> {
    let nonce = request.required("Nonce")?.parse().map_err(|_| ApiError::invalid_type("Nonce"))?;
    let method = signature_method(request.common("SignatureMethod"))?;
    let pairs = request.pairs();
    let signable = signable_parameters(request, &pairs)?;
    let credential = with_token(credential(key).map_err(mismatch)?, request)?;
    if request.required("Signature")? == signable.sign(&credential, time, nonce, method).signature() {
        return Ok(());
    }
    Err(mismatch("it was made from other parameters or with another key"))
}

fn signature_method(name: Option<&str>) -> Result<SignatureMethod, ApiError> {
    match name {
        None => Ok(SignatureMethod::Unnamed),
        Some("HmacSHA1") => Ok(SignatureMethod::HmacSha1),
        Some("HmacSHA256") => Ok(SignatureMethod::HmacSha256),
        Some(other) => Err(mismatch(format!("`{other}` is not a signature method"))),
    }
}

fn signable_parameters<'a>(
    request: &ApiRequest<'a>,
    pairs: &'a [(String, String)],
) -> Result<SignableParameters<'a>, ApiError> {
    let is_get = *request.method() == Method::GET;
    let method = if is_get { clb_sign::Method::Get } else { clb_sign::Method::Post };
    let mut signable =
        SignableParameters::new(method, request.host().unwrap_or_default()).map_err(mismatch)?;
    for (name, value) in pairs.iter().filter(|(name, _)| !ADDED_BY_SIGNING.contains(&name.as_str())) {
        signable = signable.with_parameter(name, value.as_str()).map_err(mismatch)?;
    }
    Ok(signable)
}

/// The older signatures cover the token.
fn with_token(credential: Credential, request: &ApiRequest<'_>) -> Result<Credential, ApiError> {
    match request.common("Token") {
        Some(token) => Ok(credential.with_token(SecurityToken::new(token).map_err(mismatch)?)),
        None => Ok(credential),
    }
}

/// The headers that were signed besides content type and host.
fn signed_values<'a>(
    request: &ApiRequest<'_>,
    authorization: &'a Authorization,
) -> Result<Vec<(&'a str, String)>, ApiError> {
    let names: Vec<&str> = authorization.signed_headers().collect();
    if !REQUIRED_HEADERS.iter().all(|required| names.contains(required)) {
        return Err(mismatch("content-type and host must be signed"));
    }
    let others = names.into_iter().filter(|name| !REQUIRED_HEADERS.contains(name));
    let value =
        |name| request.header(name).ok_or_else(|| mismatch(format!("the signed header `{name}` is missing")));
    others.map(|name| Ok((name, normalized(value(name)?)))).collect()
}

fn normalized(value: &str) -> String {
    value.trim().to_ascii_lowercase()
}

fn signable<'a>(
    request: &ApiRequest<'a>,
    service: &'a str,
    host: &'a str,
    content_type: &'a str,
) -> Result<SignableRequest<'a>, InvalidRequestError> {
    match *request.method() {
        Method::GET => SignableRequest::get(service, host, request.query())?.with_content_type(content_type),
        _ => SignableRequest::post(service, host, content_type, request.body()),
    }
    .map(|signable| match request.header("x-tc-content-sha256") {
        Some("UNSIGNED-PAYLOAD") => signable.with_unsigned_payload(),
        _ => signable,
    })
}

fn with_headers<'a>(
    signable: SignableRequest<'a>,
    values: &'a [(&str, String)],
) -> Result<SignableRequest<'a>, InvalidRequestError> {
    values.iter().try_fold(signable, |signable, (name, value)| signable.with_header(name, value))
}

fn credential(key: &Key) -> Result<Credential, InvalidCredentialError> {
    Ok(Credential::new(SecretId::new(key.secret_id.as_str())?, SecretKey::new(key.secret_key.as_str())?))
}

fn mismatch(why: impl std::fmt::Display) -> ApiError {
    ApiError::new("AuthFailure.SignatureFailure", format!("the signature does not match the request: {why}"))
}
