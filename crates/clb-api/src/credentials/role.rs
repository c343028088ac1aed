//! Roles and sessions on top of other credentials.

use std::fmt;

use async_trait::async_trait;
use serde::Serialize;

use super::{
    CredentialError, CredentialSource, Kept, Session,
    required::{MFA_SECONDS, Required},
    sts,
    variables::{ARN, MFA_SERIAL_NUMBER, MFA_TOKEN_CODE, SESSION_NAME},
};
use crate::{
    AssumeRole, MfaCertification,
    error_table::ErrorClass,
    options::{LONGEST_MFA_SESSION, given},
    percent_encode::percent_encoded,
    reach::Reach,
    signing::Signing,
};

/// A role taken on from another source's credentials (`AssumeRole`).
pub struct AssumedRole {
    base: Kept,
    purpose: String,
    parameters: RoleParameters,
}

/// A session that has passed multi-factor authentication (`GetSessionToken`). Its code serves once, so the session
/// cannot be renewed.
pub struct MfaSession {
    base: Kept,
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
    /// Takes the role on with what `base` gives. Role and session name are required.
    pub fn new(
        base: impl CredentialSource + 'static,
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
            policy: given(arguments.policy.as_deref()).map(percent_encoded),
            external_id: own(arguments.external_id.as_deref()),
            source_identity: own(arguments.source_identity.as_deref()),
            serial_number: own(arguments.serial_number.as_deref()),
            token_code: own(arguments.token_code.as_deref()),
        };
        let purpose = format!("taking on the role `{}`", parameters.role_arn);
        Ok(Self { base: Kept::new(base), purpose, parameters })
    }
}

impl MfaSession {
    /// Opens the session with what `base` gives. Device and code are required.
    pub fn new(
        base: impl CredentialSource + 'static,
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
        Ok(Self { base: Kept::new(base), parameters })
    }
}

#[async_trait]
impl CredentialSource for AssumedRole {
    async fn session(&self, reach: &Reach) -> Result<Session, CredentialError> {
        let request = || sts::Request { purpose: &self.purpose, action: "AssumeRole", region: None };
        let base = self.base.session(reach).await?;
        match sts::session(request(), &self.parameters, &signing(&base), reach).await {
            Err(CredentialError::Service { error, .. }) if error.class() == ErrorClass::FreshCredentials => {
                let base = self.base.another(reach).await?;
                sts::session(request(), &self.parameters, &signing(&base), reach).await
            }
            done => done,
        }
    }
}

#[async_trait]
impl CredentialSource for MfaSession {
    async fn session(&self, reach: &Reach) -> Result<Session, CredentialError> {
        let base = self.base.session(reach).await?;
        let request = sts::Request {
            purpose: "opening a session with multi-factor authentication",
            action: "GetSessionToken",
            region: None,
        };
        sts::session(request, &self.parameters, &signing(&base), reach).await
    }
}

fn signing(session: &Session) -> Signing {
    Signing::with(session.credential().clone())
}

fn own(value: Option<&str>) -> Option<String> {
    given(value).map(str::to_owned)
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
