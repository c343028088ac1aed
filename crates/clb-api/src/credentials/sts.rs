//! Calls of the security token service (STS).

use serde::{Deserialize, Serialize};
use serde_json::Value;
use zeroize::Zeroizing;

use super::{CredentialContext, CredentialError, Credentials, credential};
use crate::{Region, envelope::RawResponse, objects_only, signing::Signing};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct CredentialsResponse {
    credentials: Keys,
    #[serde(default)]
    expired_time: Value,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Keys {
    tmp_secret_id: String,
    tmp_secret_key: Zeroizing<String>,
    token: Zeroizing<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Caller {
    account_id: String,
}

/// One call for temporary credentials.
pub(super) struct Request<'a> {
    /// What the call is for, in errors.
    pub(super) purpose: &'a str,
    pub(super) action: &'a str,
    pub(super) region: Option<&'a Region>,
}

/// Makes the call and reads the credentials of its response.
pub(super) async fn credentials(
    request: &Request<'_>,
    parameters: &(impl Serialize + Sync),
    signing: &Signing,
    context: &CredentialContext,
) -> Result<Credentials, CredentialError> {
    let Request { purpose, action, region } = *request;
    let response = context.sts(purpose, action, parameters, signing, region).await?;
    let unusable = |problem: String| CredentialError::unusable(purpose, problem);
    let response: CredentialsResponse = read(&response, purpose)?;
    let expires_at = expiry(&response.expired_time, context.unix()).map_err(unusable)?;
    let keys = response.credentials;
    let credential = credential(&keys.tmp_secret_id, &keys.tmp_secret_key, Some(&keys.token))
        .map_err(|error| CredentialError::malformed(purpose, error))?;
    Ok(Credentials::expiring(credential, expires_at))
}

/// The account that credentials belong to.
pub(super) async fn account(
    credentials: &Credentials,
    context: &CredentialContext,
) -> Result<String, CredentialError> {
    let purpose = "reading the account of these credentials";
    let signing = Signing::with(credentials.credential().clone());
    let response = context.sts(purpose, "GetCallerIdentity", &serde_json::json!({}), &signing, None).await?;
    let caller: Caller = read(&response, purpose)?;
    Ok(caller.account_id)
}

/// Says where a response is malformed, but not how: the parser's words quote what may be a key.
fn read<'a, T: Deserialize<'a>>(response: &'a RawResponse, purpose: &str) -> Result<T, CredentialError> {
    objects_only::read(response.content.get()).map_err(|error| {
        let problem = format!(
            "the response does not hold what it should (line {}, column {})",
            error.line(),
            error.column()
        );
        CredentialError::unusable(purpose, problem)
    })
}

/// An end that has passed already would have the next call fetch again, and so on.
fn expiry(expired_time: &Value, now: u64) -> Result<u64, String> {
    match expired_time.as_u64() {
        Some(expires_at) if expires_at > now => Ok(expires_at),
        Some(expires_at) => {
            Err(format!("the credentials have expired: `ExpiredTime` is {expires_at}, and the time is {now}"))
        }
        None => Err("the response has no `ExpiredTime` in seconds since 1970".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_expiry_is_in_the_future() {
        assert_eq!(expiry(&Value::from(11), 10), Ok(11));
        for past in [0, 9, 10] {
            assert!(
                expiry(&Value::from(past), 10).unwrap_err().contains(&format!("`ExpiredTime` is {past}"))
            );
        }
        for odd in [Value::Null, Value::from("11"), Value::from(-1), Value::from(11.5)] {
            assert!(expiry(&odd, 10).unwrap_err().contains("no `ExpiredTime`"));
        }
    }
}
