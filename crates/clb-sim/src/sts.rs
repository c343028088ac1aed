//! The security token service.

use std::time::Duration;

use serde_json::{Map, Value, json};

use crate::api_error::ApiError;
use crate::demo_key::DEMO_ACCOUNT_ID;
use crate::gateway::Call;
use crate::temporary_key::{TemporaryKey, TemporaryKeys};

/// The version of the security token service.
pub(crate) const VERSION: &str = "2018-08-13";

/// Default and longest lifetimes of temporary keys in seconds, as the vendor documents them.
const ROLE: Lifetime = Lifetime { usual: 7200, longest: 43_200 };
const MFA: Lifetime = Lifetime { usual: 1800, longest: 129_600 };

struct Lifetime {
    usual: u64,
    longest: u64,
}

/// Actions for callers that have no key yet, who may send `Authorization: SKIP`.
pub(crate) fn allows_unsigned(action: &str) -> bool {
    ["AssumeRoleWithSAML", "AssumeRoleWithWebIdentity"].contains(&action)
}

/// Executes a call of the security token service.
pub(crate) fn respond(call: &Call<'_>, keys: TemporaryKeys<'_>) -> Result<Map<String, Value>, ApiError> {
    match call.action {
        "AssumeRole" => assume_role(call, keys, &[]),
        "AssumeRoleWithSAML" => assume_role(call, keys, &["SAMLAssertion", "PrincipalArn"]),
        "AssumeRoleWithWebIdentity" => assume_role(call, keys, &["ProviderId", "WebIdentityToken"]),
        "GetSessionToken" => session_token(call, keys),
        "GetCallerIdentity" => Ok(caller_identity(call)),
        action => Err(ApiError::unknown_action(action)),
    }
}

fn assume_role(
    call: &Call<'_>,
    keys: TemporaryKeys<'_>,
    required_too: &[&str],
) -> Result<Map<String, Value>, ApiError> {
    required_too.iter().try_for_each(|name| required(call, name).map(drop))?;
    required(call, "RoleSessionName")?;
    let role = required(call, "RoleArn")?;
    if !role.starts_with("qcs::cam::uin/") {
        return Err(ApiError::new(
            "InvalidParameter.ParamError",
            format!("`{role}` is not a role description"),
        ));
    }
    let duration = duration(call, &ROLE)?;
    Ok(credentials(&keys.create(duration, Some(role))))
}

fn session_token(call: &Call<'_>, keys: TemporaryKeys<'_>) -> Result<Map<String, Value>, ApiError> {
    required(call, "SerialNumber")?;
    required(call, "TokenCode")?;
    let duration = duration(call, &MFA)?;
    Ok(credentials(&keys.create(duration, None)))
}

fn caller_identity(call: &Call<'_>) -> Map<String, Value> {
    let role = call.role.as_deref();
    let user = format!("qcs::cam::uin/{DEMO_ACCOUNT_ID}:uin/{DEMO_ACCOUNT_ID}");
    object(json!({
        "Arn": role.unwrap_or(&user),
        "AccountId": DEMO_ACCOUNT_ID,
        "UserId": DEMO_ACCOUNT_ID,
        "PrincipalId": DEMO_ACCOUNT_ID,
        "Type": if role.is_some() { "CAMRole" } else { "RootAccount" },
    }))
}

fn credentials(temporary: &TemporaryKey) -> Map<String, Value> {
    object(json!({
        "Credentials": {
            "TmpSecretId": temporary.key.secret_id,
            "TmpSecretKey": temporary.key.secret_key,
            "Token": temporary.key.token,
        },
        "ExpiredTime": temporary.expires_unix,
        "Expiration": temporary.expiration(),
    }))
}

fn required<'a>(call: &Call<'a>, name: &str) -> Result<&'a str, ApiError> {
    let text = call.parameters.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
    text.ok_or_else(|| ApiError::missing(name))
}

fn duration(call: &Call<'_>, lifetime: &Lifetime) -> Result<Duration, ApiError> {
    let seconds = match call.parameters.get("DurationSeconds") {
        None | Some(Value::Null) => Some(lifetime.usual),
        Some(given) => given.as_u64().filter(|seconds| (1..=lifetime.longest).contains(seconds)),
    };
    let message = || format!("`DurationSeconds` is a number from 1 to {}", lifetime.longest);
    seconds.map(Duration::from_secs).ok_or_else(|| ApiError::new("InvalidParameter.ParamError", message()))
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(object) => object,
        _ => Map::new(),
    }
}
