use std::time::Duration;

use clb_sign::{Authorization, SigningTime};
use http::Method;
use serde_json::{Map, Value};

use crate::clb;
use crate::envelope::Answer;
use crate::failure::Failure;
use crate::incoming::Incoming;
use crate::keys::Keyring;
use crate::signature;

/// A timestamp may be off by so much.
const CLOCK_TOLERANCE: Duration = Duration::from_secs(300);

/// A call that passed every check of the gateway.
pub(crate) struct Call<'a> {
    pub(crate) action: &'a str,
    pub(crate) parameters: &'a Map<String, Value>,
}

/// The answer to a request that is none to the API at all.
pub(crate) fn page(incoming: &Incoming<'_>) -> Option<Answer> {
    if incoming.path() != "/" {
        return Some(Answer::page(http::StatusCode::NOT_FOUND));
    }
    incoming.host().is_none_or(str::is_empty).then(|| Answer::page(http::StatusCode::BAD_REQUEST))
}

/// Checks a call as the gateway of the service does: form, time, key, signature, token, version, region.
pub(crate) fn call<'a>(
    incoming: &'a Incoming<'_>,
    keys: &Keyring,
    now: Duration,
    unix: Duration,
) -> Result<Call<'a>, Failure> {
    content_type(incoming)?;
    let action = incoming.header("x-tc-action").filter(|action| !action.is_empty());
    let action = action.ok_or_else(|| Failure::missing("Action"))?;
    signer(incoming, keys, now, unix)?;
    version(incoming, clb::VERSION)?;
    region(incoming)?;
    Ok(Call { action, parameters: incoming.parameters.as_ref().map_err(Clone::clone)? })
}

/// The error about a token that the service does not accept any more.
pub(crate) fn expired_token() -> Failure {
    Failure::new("AuthFailure.TokenFailure", "the token is not valid or has ended")
}

/// The error about an action that does not exist.
pub(crate) fn unknown_action(action: &str) -> Failure {
    Failure::new("InvalidAction", format!("there is no action `{action}`"))
}

/// Whether an action starts a task.
pub(crate) fn is_asynchronous(action: &str) -> bool {
    ["CreateListener", "RegisterTargets", "CreateRule", "CreateLoadBalancer"].contains(&action)
}

fn content_type(incoming: &Incoming<'_>) -> Result<(), Failure> {
    let kind = incoming.header("content-type").unwrap_or_default();
    let essence = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    match (incoming.method(), essence.as_str()) {
        (&Method::POST, "application/json" | "multipart/form-data")
        | (&Method::GET, "application/x-www-form-urlencoded") => Ok(()),
        (&Method::POST | &Method::GET, _) => Err(Failure::new(
            "InvalidRequest",
            format!("the content type `{kind}` does not go with this method"),
        )),
        _ => Err(Failure::new("UnsupportedProtocol", "only GET and POST are supported")),
    }
}

fn signer(incoming: &Incoming<'_>, keys: &Keyring, now: Duration, unix: Duration) -> Result<(), Failure> {
    let timestamp = timestamp(incoming)?;
    let authorization = incoming.header("authorization").ok_or_else(|| Failure::missing("Authorization"))?;
    let authorization = Authorization::parse(authorization)
        .map_err(|error| Failure::new("AuthFailure.InvalidAuthorization", error.to_string()))?;
    if unix.abs_diff(Duration::from_secs(timestamp.unix())) > CLOCK_TOLERANCE {
        let message = "the timestamp is more than five minutes away from the service's time";
        return Err(Failure::new("AuthFailure.SignatureExpire", message));
    }
    let key = keys.get(authorization.secret_id().as_str());
    let key = key.ok_or_else(|| Failure::new("AuthFailure.SecretIdNotFound", "the key is not known"))?;
    signature::verify(incoming, &authorization, timestamp, key)?;
    if key.accepts_token(incoming.header("x-tc-token"), now) { Ok(()) } else { Err(expired_token()) }
}

fn timestamp(incoming: &Incoming<'_>) -> Result<SigningTime, Failure> {
    let text = incoming.header("x-tc-timestamp").ok_or_else(|| Failure::missing("Timestamp"))?;
    let seconds = text.parse().ok().and_then(|unix| SigningTime::from_unix(unix).ok());
    seconds
        .ok_or_else(|| Failure::new("InvalidParameter", format!("the timestamp `{text}` is not a Unix time")))
}

fn version(incoming: &Incoming<'_>, wanted: &str) -> Result<(), Failure> {
    match incoming.header("x-tc-version") {
        Some(version) if version == wanted => Ok(()),
        Some(version) => Err(Failure::new("NoSuchVersion", format!("there is no version `{version}`"))),
        None => Err(Failure::missing("Version")),
    }
}

fn region(incoming: &Incoming<'_>) -> Result<(), Failure> {
    let region = incoming.header("x-tc-region").filter(|region| !region.is_empty());
    let region = region.ok_or_else(|| Failure::missing("Region"))?;
    if is_region(region) {
        return Ok(());
    }
    Err(Failure::new("InvalidParameter.RegionNotFound", format!("there is no region `{region}`")))
}

/// Regions are written `ap-guangzhou`, `na-siliconvalley`, `ap-shanghai-fsi`.
fn is_region(text: &str) -> bool {
    let word =
        |word: &str| !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    let mut words = text.split('-');
    words.next().is_some_and(|area| area.len() == 2 && word(area)) && text.contains('-') && words.all(word)
}
