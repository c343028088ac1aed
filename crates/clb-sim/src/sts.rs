//! The security token service.

use std::time::Duration;

use serde_json::{Map, Value, json};

use crate::checks::Call;
use crate::demo::DEMO_ACCOUNT_ID;
use crate::failure::Failure;
use crate::session::{Session, Sessions};

/// The version of the security token service.
pub(crate) const VERSION: &str = "2018-08-13";

/// Lives and limits of temporary keys in seconds, as the vendor documents them.
const ROLE: Lifetime = Lifetime { usual: 7200, longest: 43_200 };
const MFA: Lifetime = Lifetime { usual: 1800, longest: 129_600 };

struct Lifetime {
    usual: u64,
    longest: u64,
}

/// Actions whose callers have no key yet: they may send `Authorization: SKIP`.
pub(crate) fn is_open_to_all(action: &str) -> bool {
    ["AssumeRoleWithSAML", "AssumeRoleWithWebIdentity"].contains(&action)
}

/// Carries out a call of the security token service.
pub(crate) fn answer(call: &Call<'_>, sessions: Sessions<'_>) -> Result<Map<String, Value>, Failure> {
    match call.action {
        "AssumeRole" => assume_role(call, sessions, &[]),
        "AssumeRoleWithSAML" => assume_role(call, sessions, &["SAMLAssertion", "PrincipalArn"]),
        "AssumeRoleWithWebIdentity" => assume_role(call, sessions, &["ProviderId", "WebIdentityToken"]),
        "GetSessionToken" => session_token(call, sessions),
        "GetCallerIdentity" => Ok(caller_identity(call)),
        action => Err(Failure::unknown_action(action)),
    }
}

fn assume_role(
    call: &Call<'_>,
    sessions: Sessions<'_>,
    proof: &[&str],
) -> Result<Map<String, Value>, Failure> {
    proof.iter().try_for_each(|name| required(call, name).map(drop))?;
    required(call, "RoleSessionName")?;
    let role = required(call, "RoleArn")?;
    if !role.starts_with("qcs::cam::uin/") {
        return Err(Failure::new(
            "InvalidParameter.ParamError",
            format!("`{role}` is not the name of a role"),
        ));
    }
    let duration = duration(call, &ROLE)?;
    Ok(credentials(&sessions.open(duration, Some(role))))
}

fn session_token(call: &Call<'_>, sessions: Sessions<'_>) -> Result<Map<String, Value>, Failure> {
    required(call, "SerialNumber")?;
    required(call, "TokenCode")?;
    let duration = duration(call, &MFA)?;
    Ok(credentials(&sessions.open(duration, None)))
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

fn credentials(session: &Session) -> Map<String, Value> {
    object(json!({
        "Credentials": {
            "TmpSecretId": session.key.secret_id,
            "TmpSecretKey": session.key.secret_key,
            "Token": session.key.token,
        },
        "ExpiredTime": session.expires_unix,
        "Expiration": session.expiration(),
    }))
}

fn required<'a>(call: &Call<'a>, name: &str) -> Result<&'a str, Failure> {
    let text = call.parameters.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
    text.ok_or_else(|| Failure::missing(name))
}

fn duration(call: &Call<'_>, lifetime: &Lifetime) -> Result<Duration, Failure> {
    let seconds = match call.parameters.get("DurationSeconds") {
        None | Some(Value::Null) => Some(lifetime.usual),
        Some(asked) => asked.as_u64().filter(|seconds| (1..=lifetime.longest).contains(seconds)),
    };
    let refused = || format!("`DurationSeconds` is a number from 1 to {}", lifetime.longest);
    seconds.map(Duration::from_secs).ok_or_else(|| Failure::new("InvalidParameter.ParamError", refused()))
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(object) => object,
        _ => Map::new(),
    }
}
