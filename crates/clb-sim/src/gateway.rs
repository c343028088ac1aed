//! The checks of the gateway before it passes a call to the service.

use std::time::Duration;

use clb_sign::{Authorization, SigningTime};
use http::{Method, StatusCode};
use serde_json::{Map, Value};

use crate::api_error::ApiError;
use crate::clock::Moment;
use crate::key::{Key, Keyring};
use crate::product::{Product, Products};
use crate::request::{ApiRequest, FORM};
use crate::response::ApiResponse;
use crate::scripts::ApiCall;
use crate::{region, signature, sts};

/// How far a timestamp may be off: five minutes, as documented.
const CLOCK_TOLERANCE: Duration = Duration::from_secs(300);

/// The largest body and query that the service takes, 10 MB and 32 KB.
const MAX_BODY: usize = 10 << 20;
const MAX_QUERY: usize = 32 << 10;

/// A call that passed every check of the gateway.
#[derive(Debug)]
pub(crate) struct Call<'a> {
    pub(crate) product: &'a str,
    pub(crate) action: &'a str,
    /// Empty if the call has none.
    pub(crate) region: &'a str,
    pub(crate) parameters: &'a Map<String, Value>,
    /// The role that the caller acts in.
    pub(crate) role: Option<String>,
}

impl<'a> Call<'a> {
    /// The call as scripted responses see it.
    pub(crate) fn view(&self) -> ApiCall<'a> {
        ApiCall {
            product: self.product,
            action: self.action,
            region: self.region,
            parameters: self.parameters,
        }
    }
}

/// The response to a request that is not for the API.
pub(crate) fn page(request: &ApiRequest<'_>) -> Option<ApiResponse> {
    if request.path() != "/" {
        return Some(ApiResponse::page(StatusCode::NOT_FOUND));
    }
    request.host().is_none_or(str::is_empty).then(|| ApiResponse::page(StatusCode::BAD_REQUEST))
}

/// Checks a call as the gateway of the service does: form, time, key, signature, token, version, region.
pub(crate) fn check<'a>(
    request: &'a ApiRequest<'_>,
    products: &'a Products,
    keys: &Keyring,
    now: Moment,
) -> Result<Call<'a>, ApiError> {
    method_and_content_type(request)?;
    size(request)?;
    let action = request.required("Action")?;
    let time = timestamp(request, now.unix)?;
    let (product, key) = signer(request, products, time, keys)?;
    if let Some(key) = key {
        token(request, key, now.elapsed)?;
    }
    version(request, &product.version)?;
    let region = request.common("Region");
    region::check(request.host(), &product.name, region, product.needs_region)?;
    let parameters = request.parameters.as_ref().map_err(Clone::clone)?;
    let role = key.and_then(|key| key.role.clone());
    Ok(Call { product: &product.name, action, region: region.unwrap_or_default(), parameters, role })
}

fn method_and_content_type(request: &ApiRequest<'_>) -> Result<(), ApiError> {
    let wanted = match *request.method() {
        // A query that is signed in the older way needs no content type.
        Method::GET if request.is_v1() => return Ok(()),
        Method::POST if request.is_v1() => FORM,
        Method::POST => "application/json",
        Method::GET => FORM,
        _ => return Err(ApiError::new("UnsupportedProtocol", "only GET and POST are supported")),
    };
    if request.essence().eq_ignore_ascii_case(wanted) {
        return Ok(());
    }
    let given = request.header("content-type").unwrap_or_default();
    Err(ApiError::new("InvalidRequest", format!("the content type is `{given}`, not `{wanted}`")))
}

fn size(request: &ApiRequest<'_>) -> Result<(), ApiError> {
    if request.body().len() <= MAX_BODY && request.query().len() <= MAX_QUERY {
        return Ok(());
    }
    Err(ApiError::new(
        "RequestSizeLimitExceeded",
        "the request is larger than 10 MB, or its query than 32 KB",
    ))
}

fn timestamp(request: &ApiRequest<'_>, unix: Duration) -> Result<SigningTime, ApiError> {
    let text = request.required("Timestamp")?;
    let time = text.parse().ok().and_then(|unix| SigningTime::from_unix(unix).ok());
    let time =
        time.ok_or_else(|| ApiError::new("InvalidParameter", format!("`{text}` is not a Unix time")))?;
    if unix.abs_diff(Duration::from_secs(time.unix())) <= CLOCK_TOLERANCE {
        return Ok(time);
    }
    let message = "the timestamp is more than five minutes away from the service's time";
    Err(ApiError::new("AuthFailure.SignatureExpire", message))
}

/// The product and the key. Callers without a key need no signature for the actions that give out keys.
fn signer<'p, 'k>(
    request: &ApiRequest<'_>,
    products: &'p Products,
    time: SigningTime,
    keys: &'k Keyring,
) -> Result<(&'p Product, Option<&'k Key>), ApiError> {
    if request.is_v1() {
        return signer_v1(request, products, time, keys);
    }
    let authorization = request.authorization()?;
    if authorization == "SKIP" && sts::allows_unsigned(request.action()) {
        return Ok((product(products.get("sts"), "sts")?, None));
    }
    let authorization = Authorization::parse(authorization)
        .map_err(|error| ApiError::new("AuthFailure.InvalidAuthorization", error.to_string()))?;
    let service = authorization.service();
    let known = products.get(service).or_else(|| loopback_product(request, products, service));
    let product = product(known, service)?;
    let key = key(keys, authorization.secret_id().as_str())?;
    signature::verify(request, &authorization, time, key)?;
    Ok((product, Some(key)))
}

/// The SDK for Node.js takes the product from the first label of the host. On loopback that is no product, so the version
/// says which one is meant.
fn loopback_product<'p>(
    request: &ApiRequest<'_>,
    products: &'p Products,
    service: &str,
) -> Option<&'p Product> {
    let host = request.host()?;
    let label = host.split(['.', ':']).next()?;
    let is_loopback = ["127", "localhost"].contains(&label);
    (is_loopback && label == service).then(|| products.find(host, request.common("Version")?)).flatten()
}

/// The same for the older signatures, which do not name the product: the host or the version does.
fn signer_v1<'p, 'k>(
    request: &ApiRequest<'_>,
    products: &'p Products,
    time: SigningTime,
    keys: &'k Keyring,
) -> Result<(&'p Product, Option<&'k Key>), ApiError> {
    let host = request.host().unwrap_or_default();
    let product = product(products.find(host, request.required("Version")?), host)?;
    let key = key(keys, request.required("SecretId")?)?;
    signature::verify_v1(request, time, key)?;
    Ok((product, Some(key)))
}

fn product<'p>(product: Option<&'p Product>, name: &str) -> Result<&'p Product, ApiError> {
    product.ok_or_else(|| ApiError::new("NoSuchProduct", format!("there is no product `{name}`")))
}

fn key<'k>(keys: &'k Keyring, secret_id: &str) -> Result<&'k Key, ApiError> {
    keys.get(secret_id).ok_or_else(|| ApiError::new("AuthFailure.SecretIdNotFound", "the key is not known"))
}

fn token(request: &ApiRequest<'_>, key: &Key, elapsed: Duration) -> Result<(), ApiError> {
    if key.accepts_token(request.common("Token"), elapsed) { Ok(()) } else { Err(ApiError::expired_token()) }
}

fn version(request: &ApiRequest<'_>, wanted: &str) -> Result<(), ApiError> {
    let version = request.required("Version")?;
    if version == wanted {
        return Ok(());
    }
    Err(ApiError::new("NoSuchVersion", format!("there is no version `{version}`")))
}
