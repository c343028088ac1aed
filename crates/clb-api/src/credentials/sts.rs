//! Calls of the security token service (STS).

use serde::{Deserialize, Serialize};
use serde_json::Value;
use zeroize::Zeroizing;

use super::{CredentialContext, CredentialError, Credentials, credential};
use crate::{Region, signing::Signing};

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
    request: Request<'_>,
    parameters: &(impl Serialize + Sync),
    signing: &Signing,
    context: &CredentialContext,
) -> Result<Credentials, CredentialError> {
    let Request { purpose, action, region } = request;
    let accepted = context.sts(purpose, action, parameters, signing, region).await?;
    let unusable = |problem: String| CredentialError::unusable(purpose, problem);
    let response: CredentialsResponse =
        accepted.read().map_err(|error| unusable(error.message().to_owned()))?;
    let keys = response.credentials;
    let credential = credential(&keys.tmp_secret_id, &keys.tmp_secret_key, Some(&keys.token))
        .map_err(|error| unusable(error.to_string()))?;
    let expires_at = response
        .expired_time
        .as_u64()
        .ok_or_else(|| unusable("the answer has no `ExpiredTime`".to_owned()))?;
    Ok(Credentials::expiring(credential, expires_at))
}

/// The account that credentials belong to.
pub(super) async fn account(
    credentials: &Credentials,
    context: &CredentialContext,
) -> Result<String, CredentialError> {
    let purpose = "reading the account of these credentials";
    let signing = Signing::with(credentials.credential().clone());
    let accepted = context.sts(purpose, "GetCallerIdentity", &serde_json::json!({}), &signing, None).await?;
    let caller: Caller =
        accepted.read().map_err(|error| CredentialError::unusable(purpose, error.message()))?;
    Ok(caller.account_id)
}
