//! Roles and MFA sessions, obtained with other credentials.

use std::fmt;

use async_trait::async_trait;
use serde::Serialize;

use super::{
    BaseCredentials, CredentialContext, CredentialError, Credentials, CredentialsProvider,
    required::{MFA_SECONDS, Required},
    sts,
    variables::{ARN, MFA_SERIAL_NUMBER, MFA_TOKEN_CODE, SESSION_NAME},
};
use crate::{
    AssumeRole, MfaCertification,
    error_table::ErrorClass,
    options::{LONGEST_MFA_SESSION, non_empty},
    percent_encode::percent_encoded,
    signing::Signing,
};

/// A role, assumed with another provider's credentials (`AssumeRole`).
pub struct AssumedRole {
    base: BaseCredentials,
    purpose: String,
    parameters: RoleParameters,
}

/// A session with multi-factor authentication (`GetSessionToken`). Its code can be used once, so the session cannot be
/// renewed.
pub struct MfaSession {
    base: BaseCredentials,
    parameters: MfaParameters,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct RoleParameters {
    role_arn: String,
    role_session_name: String,
    duration_seconds: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    policy: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    external_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    source_identity: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    serial_number: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    token_code: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct MfaParameters {
    serial_number: String,
    token_code: String,
    duration_seconds: u64,
}

impl AssumedRole {
    /// Assumes the role with the credentials of `base`. Role and session name are required.
    pub fn new(
        base: impl CredentialsProvider + 'static,
        arguments: &AssumeRole,
    ) -> Result<Self, CredentialError> {
        let required = Required("assume_role");
        let parameters = RoleParameters {
            role_arn: required.text(arguments.role_arn.as_deref(), "role_arn", ARN)?,
            role_session_name: required.text(
                arguments.session_name.as_deref(),
                "session_name",
                SESSION_NAME,
            )?,
            duration_seconds: required.role_seconds(arguments.session_duration)?,
            // The service decodes the policy once more than the rest of the body.
            policy: non_empty(arguments.policy.as_deref()).map(percent_encoded),
            external_id: own(arguments.external_id.as_deref()),
            source_identity: own(arguments.source_identity.as_deref()),
            serial_number: own(arguments.serial_number.as_deref()),
            token_code: own(arguments.token_code.as_deref()),
        };
        let purpose = format!("assuming the role `{}`", parameters.role_arn);
        Ok(Self { base: BaseCredentials::new(base), purpose, parameters })
    }
}

impl MfaSession {
    /// Opens the session with the credentials of `base`. Device and code are required.
    pub fn new(
        base: impl CredentialsProvider + 'static,
        arguments: &MfaCertification,
    ) -> Result<Self, CredentialError> {
        let required = Required("mfa_certification");
        let seconds = arguments.duration_seconds.filter(|seconds| *seconds > 0).unwrap_or(MFA_SECONDS);
        let parameters = MfaParameters {
            serial_number: required.text(
                arguments.serial_number.as_deref(),
                "serial_number",
                MFA_SERIAL_NUMBER,
            )?,
            token_code: required.text(arguments.token_code.as_deref(), "token_code", MFA_TOKEN_CODE)?,
            duration_seconds: required.seconds("duration_seconds", seconds, LONGEST_MFA_SESSION)?,
        };
        Ok(Self { base: BaseCredentials::new(base), parameters })
    }
}

#[async_trait]
impl CredentialsProvider for AssumedRole {
    async fn credentials(&self, context: &CredentialContext) -> Result<Credentials, CredentialError> {
        let request = || sts::Request { purpose: &self.purpose, action: "AssumeRole", region: None };
        let base = self.base.credentials(context).await?;
        match sts::credentials(request(), &self.parameters, &signing(&base), context).await {
            Err(CredentialError::Service { error, .. }) if error.class() == ErrorClass::FreshCredentials => {
                let base = self.base.refreshed(context).await?;
                sts::credentials(request(), &self.parameters, &signing(&base), context).await
            }
            done => done,
        }
    }
}

#[async_trait]
impl CredentialsProvider for MfaSession {
    async fn credentials(&self, context: &CredentialContext) -> Result<Credentials, CredentialError> {
        let base = self.base.credentials(context).await?;
        let request = sts::Request {
            purpose: "opening a session with multi-factor authentication",
            action: "GetSessionToken",
            region: None,
        };
        sts::credentials(request, &self.parameters, &signing(&base), context).await
    }
}

fn signing(credentials: &Credentials) -> Signing {
    Signing::with(credentials.credential().clone())
}

fn own(value: Option<&str>) -> Option<String> {
    non_empty(value).map(str::to_owned)
}

impl fmt::Debug for AssumedRole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AssumedRole").field("role_arn", &self.parameters.role_arn).finish_non_exhaustive()
    }
}

impl fmt::Debug for MfaSession {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MfaSession")
            .field("serial_number", &self.parameters.serial_number)
            .finish_non_exhaustive()
    }
}
