//! The checks of the gateway before it passes a call to the service.

use std::time::Duration;

use clb_sign::{Authorization, SigningTime};
use http::{Method, StatusCode};
use serde_json::{Map, Value};

use crate::api_error::ApiError;
use crate::clock::Moment;
use crate::key::{Key, Keyring};
use crate::request::ApiRequest;
use crate::response::ApiResponse;
use crate::{clb, region, signature, sts};

/// How far a timestamp may be off: five minutes, as documented.
const CLOCK_TOLERANCE: Duration = Duration::from_secs(300);

/// The largest body and query that the service takes, 10 MB and 32 KB.
const MAX_BODY: usize = 10 << 20;
const MAX_QUERY: usize = 32 << 10;

/// A call that passed every check of the gateway.
#[derive(Debug)]
pub(crate) struct Call<'a> {
    pub(crate) api: Api,
    pub(crate) action: &'a str,
    pub(crate) parameters: &'a Map<String, Value>,
    /// The role that the caller acts in.
    pub(crate) role: Option<String>,
}

/// The services that are simulated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Api {
    /// Load balancers.
    Clb,
    /// Security tokens.
    Sts,
}

impl Api {
    fn named(service: &str) -> Result<Self, ApiError> {
        match service {
            "clb" => Ok(Self::Clb),
            "sts" => Ok(Self::Sts),
            other => Err(ApiError::new("NoSuchProduct", format!("there is no product `{other}`"))),
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Clb => "clb",
            Self::Sts => "sts",
        }
    }

    fn version(self) -> &'static str {
        match self {
            Self::Clb => clb::VERSION,
            Self::Sts => sts::VERSION,
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
    keys: &Keyring,
    now: Moment,
) -> Result<Call<'a>, ApiError> {
    method_and_content_type(request)?;
    size(request)?;
    let action = request.required("x-tc-action", "Action")?;
    let time = timestamp(request, now.unix)?;
    let (api, key) = signer(request, action, time, keys)?;
    if let Some(key) = key {
        token(request, key, now.elapsed)?;
    }
    version(request, api.version())?;
    region::check(request.host(), api.name(), request.header("x-tc-region"), api == Api::Clb)?;
    let parameters = request.parameters.as_ref().map_err(Clone::clone)?;
    Ok(Call { api, action, parameters, role: key.and_then(|key| key.role.clone()) })
}

fn method_and_content_type(request: &ApiRequest<'_>) -> Result<(), ApiError> {
    let wanted = match *request.method() {
        Method::POST => "application/json",
        Method::GET => "application/x-www-form-urlencoded",
        _ => return Err(ApiError::new("UnsupportedProtocol", "only GET and POST are supported")),
    };
    let given = request.header("content-type").unwrap_or_default();
    let essence = given.split(';').next().unwrap_or_default().trim();
    if essence.eq_ignore_ascii_case(wanted) {
        return Ok(());
    }
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
    let text = request.required("x-tc-timestamp", "Timestamp")?;
    let time = text.parse().ok().and_then(|unix| SigningTime::from_unix(unix).ok());
    let time =
        time.ok_or_else(|| ApiError::new("InvalidParameter", format!("`{text}` is not a Unix time")))?;
    if unix.abs_diff(Duration::from_secs(time.unix())) <= CLOCK_TOLERANCE {
        return Ok(time);
    }
    let message = "the timestamp is more than five minutes away from the service's time";
    Err(ApiError::new("AuthFailure.SignatureExpire", message))
}

/// The signer and the service. Callers without a key need no signature for the actions that give out keys.
fn signer<'k>(
    request: &ApiRequest<'_>,
    action: &str,
    time: SigningTime,
    keys: &'k Keyring,
) -> Result<(Api, Option<&'k Key>), ApiError> {
    let authorization = request.required("authorization", "Authorization")?;
    if authorization == "SKIP" && sts::allows_unsigned(action) {
        return Ok((Api::Sts, None));
    }
    let authorization = Authorization::parse(authorization)
        .map_err(|error| ApiError::new("AuthFailure.InvalidAuthorization", error.to_string()))?;
    let api = Api::named(authorization.service())?;
    let key = keys.get(authorization.secret_id().as_str());
    let key = key.ok_or_else(|| ApiError::new("AuthFailure.SecretIdNotFound", "the key is not known"))?;
    signature::verify(request, &authorization, time, key)?;
    Ok((api, Some(key)))
}

fn token(request: &ApiRequest<'_>, key: &Key, elapsed: Duration) -> Result<(), ApiError> {
    if key.accepts_token(request.header("x-tc-token"), elapsed) {
        Ok(())
    } else {
        Err(ApiError::expired_token())
    }
}

fn version(request: &ApiRequest<'_>, wanted: &str) -> Result<(), ApiError> {
    let version = request.required("x-tc-version", "Version")?;
    if version == wanted {
        return Ok(());
    }
    Err(ApiError::new("NoSuchVersion", format!("there is no version `{version}`")))
}
