//! What the security token service answers.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use zeroize::Zeroizing;

use super::{CredentialError, Session, credential};
use crate::{Region, reach::Reach, signing::Signing};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Answer {
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

/// One call for temporary keys.
pub(super) struct Request<'a> {
    /// For errors: what the keys are wanted for.
    pub(super) purpose: &'a str,
    pub(super) action: &'a str,
    pub(super) region: Option<&'a Region>,
}

/// Makes the call and reads the session out of its answer.
pub(super) async fn session(
    request: Request<'_>,
    parameters: &(impl Serialize + Sync),
    signing: &Signing,
    reach: &Reach,
) -> Result<Session, CredentialError> {
    let Request { purpose, action, region } = request;
    let accepted = reach.sts(purpose, action, parameters, signing, region).await?;
    let unusable = |problem: String| CredentialError::unusable(purpose, problem);
    let answer: Answer = accepted.read().map_err(|error| unusable(error.message().to_owned()))?;
    let keys = answer.credentials;
    let credential = credential(&keys.tmp_secret_id, &keys.tmp_secret_key, Some(&keys.token))
        .map_err(|error| unusable(error.to_string()))?;
    let expires_at =
        answer.expired_time.as_u64().ok_or_else(|| unusable("the answer has no `ExpiredTime`".to_owned()))?;
    Ok(Session::until(credential, expires_at))
}

/// The account that a session belongs to.
pub(super) async fn account(session: &Session, reach: &Reach) -> Result<String, CredentialError> {
    let purpose = "asking for the account of these credentials";
    let signing = Signing::with(session.credential().clone());
    let accepted = reach.sts(purpose, "GetCallerIdentity", &serde_json::json!({}), &signing, None).await?;
    let caller: Caller =
        accepted.read().map_err(|error| CredentialError::unusable(purpose, error.message()))?;
    Ok(caller.account_id)
}
