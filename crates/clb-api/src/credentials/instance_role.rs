//! The role of the machine (CVM) this runs on, from its metadata service.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use serde::Deserialize;
use serde_json::Value;
use zeroize::Zeroizing;

use super::{CredentialContext, CredentialError, Credentials, CredentialsProvider, credential};
use crate::{ApiError, objects_only, percent_encode::percent_encoded};

const ORIGIN: &str = "instance role";

const SERVICE: &str = "http://metadata.tencentyun.com/latest/meta-data/cam/security-credentials/";

/// The metadata service is on the machine's own network: the official provider gives it 2 s, too.
const TIMEOUT: Duration = Duration::from_secs(2);

/// So many attempts, a second apart, before a machine whose metadata service never responded counts as having no role.
const TRIES: u32 = 3;

/// The role of this machine. The metadata service is reached over plain HTTP, even where that is rejected otherwise:
/// it has no certificate, and its traffic does not leave the machine's network.
#[derive(Clone, Debug)]
pub struct InstanceRole {
    name: Option<String>,
    /// Whether the service has ever responded: from then on no response is a transient error.
    responded: Arc<AtomicBool>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Keys {
    code: Option<String>,
    tmp_secret_id: Option<String>,
    tmp_secret_key: Option<Zeroizing<String>>,
    token: Option<Zeroizing<String>>,
    #[serde(default)]
    expired_time: Value,
}

impl InstanceRole {
    /// The role of this name.
    pub fn named(name: impl Into<String>) -> Self {
        Self { name: Some(name.into()), responded: Arc::default() }
    }

    /// Whatever role the machine has.
    pub fn of_this_machine() -> Self {
        Self { name: None, responded: Arc::default() }
    }

    async fn name(&self, context: &CredentialContext) -> Result<String, CredentialError> {
        let name = match &self.name {
            Some(name) => name.clone(),
            None => self.document("", context).await?.lines().next().unwrap_or_default().trim().to_owned(),
        };
        if name.is_empty() { Err(unusable("the machine has no role")) } else { Ok(name) }
    }

    async fn document(&self, name: &str, context: &CredentialContext) -> Result<String, CredentialError> {
        let url = format!("{SERVICE}{}", percent_encoded(name));
        let response = self.with_retries(&url, context).await?;
        match response.status() {
            http::StatusCode::NOT_FOUND if name.is_empty() => Err(unusable("the machine has no role")),
            http::StatusCode::NOT_FOUND => Err(unusable(format!("the machine has no role `{name}`"))),
            status if status.is_success() => Ok(String::from_utf8_lossy(response.body()).into_owned()),
            status => Err(failed(ApiError::no_response(format!("HTTP {}", status.as_u16()), false))),
        }
    }

    async fn with_retries(
        &self,
        url: &str,
        context: &CredentialContext,
    ) -> Result<http::Response<bytes::Bytes>, CredentialError> {
        let mut tries = 0;
        loop {
            tries += 1;
            match context.dispatch.fetch(url, TIMEOUT).await {
                Ok(response) => {
                    self.responded.store(true, Ordering::Relaxed);
                    return Ok(response);
                }
                Err(_) if tries < TRIES => tokio::time::sleep(Duration::from_secs(1)).await,
                Err(error) if self.responded.load(Ordering::Relaxed) => return Err(failed(error)),
                Err(error) => {
                    let problem = "no response from the metadata service; is this a CVM with a role?";
                    return Err(CredentialError::because(ORIGIN, problem, error));
                }
            }
        }
    }
}

#[async_trait]
impl CredentialsProvider for InstanceRole {
    async fn credentials(&self, context: &CredentialContext) -> Result<Credentials, CredentialError> {
        let name = self.name(context).await?;
        let document = self.document(&name, context).await?;
        credentials(&document)
    }
}

fn credentials(document: &str) -> Result<Credentials, CredentialError> {
    let keys: Keys =
        objects_only::read(document).map_err(|_| unusable("the response is not the JSON of keys"))?;
    if let Some(code) = keys.code.filter(|code| code != "Success") {
        return Err(unusable(format!("the response is `{code}`")));
    }
    let (Some(id), Some(key), Some(token)) = (keys.tmp_secret_id, keys.tmp_secret_key, keys.token) else {
        return Err(unusable("the response has no keys"));
    };
    let expires_at =
        keys.expired_time.as_u64().ok_or_else(|| unusable("the response has no `ExpiredTime`"))?;
    credential(&id, &key, Some(&token))
        .map(|credential| Credentials::expiring(credential, expires_at))
        .map_err(|error| CredentialError::malformed(ORIGIN, error))
}

fn unusable(problem: impl Into<String>) -> CredentialError {
    CredentialError::unusable(ORIGIN, problem)
}

fn failed(error: ApiError) -> CredentialError {
    CredentialError::Service { purpose: ORIGIN.to_owned(), error }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_and_successful_keys_are_taken() {
        let whole =
            r#"{"Code":"Success","TmpSecretId":"i","TmpSecretKey":"k","Token":"t","ExpiredTime":1551113065}"#;
        assert_eq!(credentials(whole).unwrap().expires_at(), Some(1_551_113_065));
        let cases = [
            (whole.replace("Success", "Failed"), "the response is `Failed`"),
            (whole.replace("TmpSecretKey", "X"), "the response has no keys"),
            (whole.replace("ExpiredTime", "X"), "the response has no `ExpiredTime`"),
            ("<html>".to_owned(), "the response is not the JSON of keys"),
        ];
        for (document, problem) in cases {
            assert_eq!(credentials(&document).unwrap_err().to_string(), format!("instance role: {problem}"));
        }
    }
}
