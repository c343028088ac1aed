//! What the gateway of the service checks before a call is carried out.

use std::time::Duration;

use clb_sign::{Authorization, SigningTime};
use http::{Method, StatusCode};
use serde_json::{Map, Value};

use crate::answer::Answer;
use crate::clock::Moment;
use crate::failure::Failure;
use crate::incoming::Incoming;
use crate::keys::{Key, Keyring};
use crate::{clb, region, signature, sts};

/// A timestamp may be off by so much, the documented five minutes.
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
    fn named(service: &str) -> Result<Self, Failure> {
        match service {
            "clb" => Ok(Self::Clb),
            "sts" => Ok(Self::Sts),
            other => Err(Failure::new("NoSuchProduct", format!("there is no product `{other}`"))),
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

/// The answer to a request that is none to the API at all.
pub(crate) fn page(incoming: &Incoming<'_>) -> Option<Answer> {
    if incoming.path() != "/" {
        return Some(Answer::page(StatusCode::NOT_FOUND));
    }
    incoming.host().is_none_or(str::is_empty).then(|| Answer::page(StatusCode::BAD_REQUEST))
}

/// Checks a call as the gateway of the service does: form, time, key, signature, token, version, region.
pub(crate) fn call<'a>(incoming: &'a Incoming<'_>, keys: &Keyring, now: Moment) -> Result<Call<'a>, Failure> {
    method_and_content_type(incoming)?;
    size(incoming)?;
    let action = incoming.required("x-tc-action", "Action")?;
    let time = timestamp(incoming, now.unix)?;
    let (api, key) = signer(incoming, action, time, keys)?;
    if let Some(key) = key {
        token(incoming, key, now.elapsed)?;
    }
    version(incoming, api.version())?;
    region::check(incoming.host(), api.name(), incoming.header("x-tc-region"), api == Api::Clb)?;
    let parameters = incoming.parameters.as_ref().map_err(Clone::clone)?;
    Ok(Call { api, action, parameters, role: key.and_then(|key| key.role.clone()) })
}

fn method_and_content_type(incoming: &Incoming<'_>) -> Result<(), Failure> {
    let wanted = match *incoming.method() {
        Method::POST => "application/json",
        Method::GET => "application/x-www-form-urlencoded",
        _ => return Err(Failure::new("UnsupportedProtocol", "only GET and POST are supported")),
    };
    let given = incoming.header("content-type").unwrap_or_default();
    let essence = given.split(';').next().unwrap_or_default().trim();
    if essence.eq_ignore_ascii_case(wanted) {
        return Ok(());
    }
    Err(Failure::new("InvalidRequest", format!("the content type is `{given}`, not `{wanted}`")))
}

fn size(incoming: &Incoming<'_>) -> Result<(), Failure> {
    if incoming.body().len() <= MAX_BODY && incoming.query().len() <= MAX_QUERY {
        return Ok(());
    }
    Err(Failure::new("RequestSizeLimitExceeded", "the request is larger than 10 MB, or its query than 32 KB"))
}

fn timestamp(incoming: &Incoming<'_>, unix: Duration) -> Result<SigningTime, Failure> {
    let text = incoming.required("x-tc-timestamp", "Timestamp")?;
    let time = text.parse().ok().and_then(|unix| SigningTime::from_unix(unix).ok());
    let time =
        time.ok_or_else(|| Failure::new("InvalidParameter", format!("`{text}` is not a Unix time")))?;
    if unix.abs_diff(Duration::from_secs(time.unix())) <= CLOCK_TOLERANCE {
        return Ok(time);
    }
    let message = "the timestamp is more than five minutes away from the service's time";
    Err(Failure::new("AuthFailure.SignatureExpire", message))
}

/// Who signed, and for which service. Nobody has to where the caller has no key yet.
fn signer<'k>(
    incoming: &Incoming<'_>,
    action: &str,
    time: SigningTime,
    keys: &'k Keyring,
) -> Result<(Api, Option<&'k Key>), Failure> {
    let authorization = incoming.required("authorization", "Authorization")?;
    if authorization == "SKIP" && sts::is_open_to_all(action) {
        return Ok((Api::Sts, None));
    }
    let authorization = Authorization::parse(authorization)
        .map_err(|error| Failure::new("AuthFailure.InvalidAuthorization", error.to_string()))?;
    let api = Api::named(authorization.service())?;
    let key = keys.get(authorization.secret_id().as_str());
    let key = key.ok_or_else(|| Failure::new("AuthFailure.SecretIdNotFound", "the key is not known"))?;
    signature::verify(incoming, &authorization, time, key)?;
    Ok((api, Some(key)))
}

fn token(incoming: &Incoming<'_>, key: &Key, elapsed: Duration) -> Result<(), Failure> {
    if key.accepts_token(incoming.header("x-tc-token"), elapsed) {
        Ok(())
    } else {
        Err(Failure::expired_token())
    }
}

fn version(incoming: &Incoming<'_>, wanted: &str) -> Result<(), Failure> {
    let version = incoming.required("x-tc-version", "Version")?;
    if version == wanted {
        return Ok(());
    }
    Err(Failure::new("NoSuchVersion", format!("there is no version `{version}`")))
}
