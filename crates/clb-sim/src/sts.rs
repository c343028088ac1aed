//! The security token service.

use std::collections::HashSet;
use std::time::Duration;

use serde_json::{Map, Value, json};

use crate::api_error::ApiError;
use crate::demo_key::DEMO_ACCOUNT_ID;
use crate::gateway::Call;
use crate::parameters::Parameters;
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

/// The one-time codes that were used, with the device of each.
#[derive(Debug, Default)]
pub(crate) struct OneTimeCodes(HashSet<(String, String)>);

impl OneTimeCodes {
    /// Rejects a code that was used before: the service accepts each once.
    fn use_up(&mut self, parameters: Parameters<'_>) -> Result<(), ApiError> {
        let Some(code) = parameters.string("TokenCode") else { return Ok(()) };
        let device = parameters.string("SerialNumber").unwrap_or_default();
        if self.0.insert((device.to_owned(), code.to_owned())) {
            return Ok(());
        }
        Err(ApiError::new("AuthFailure.MFAFailure", "the one-time code was used before"))
    }
}

/// Actions for callers that have no key yet, who may send `Authorization: SKIP`.
pub(crate) fn allows_unsigned(action: &str) -> bool {
    ["AssumeRoleWithSAML", "AssumeRoleWithWebIdentity"].contains(&action)
}

/// Executes a call of the security token service.
pub(crate) fn respond(
    call: &Call<'_>,
    keys: TemporaryKeys<'_>,
    codes: &mut OneTimeCodes,
) -> Result<Map<String, Value>, ApiError> {
    codes.use_up(Parameters::new(call.parameters))?;
    match call.action {
        "AssumeRole" | "AssumeRoleWithSAML" | "AssumeRoleWithWebIdentity" => assume_role(call, keys),
        "GetSessionToken" => session_token(call, keys),
        "GetCallerIdentity" => Ok(caller_identity(call)),
        action => Err(ApiError::unknown_action(action)),
    }
}

fn assume_role(call: &Call<'_>, keys: TemporaryKeys<'_>) -> Result<Map<String, Value>, ApiError> {
    let role = Parameters::new(call.parameters).string("RoleArn").unwrap_or_default();
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
