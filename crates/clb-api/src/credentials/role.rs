//! Roles and MFA sessions, obtained with other credentials.

use std::fmt;

use async_trait::async_trait;
use serde::Serialize;

use super::{
    BaseCredentials, ConfigWarning, CredentialContext, CredentialError, Credentials, CredentialsProvider,
    one_time_code::{Names, OneTimeCode},
    required::{MFA_SECONDS, Required},
    sts,
    variables::{ARN, MFA_SERIAL_NUMBER, MFA_TOKEN_CODE, ROLE_TOKEN_CODE, SESSION_NAME},
};
use crate::{
    AssumeRole, MfaCertification, OptionNames,
    options::{LONGEST_MFA_SESSION, non_empty},
    percent_encode::percent_encoded,
};

/// A role, assumed with another provider's credentials (`AssumeRole`). With a `token_code`, which can be used once, it
/// cannot be renewed, and only one provider of a process sends that code.
pub struct AssumedRole {
    base: BaseCredentials,
    purpose: String,
    parameters: RoleParameters,
    code: Option<OneTimeCode>,
}

/// A session with multi-factor authentication (`GetSessionToken`). Its code can be used once, so the session cannot be
/// renewed, and only one provider of a process sends the code: clone the client, or share it, to use the session twice.
pub struct MfaSession {
    base: BaseCredentials,
    parameters: MfaParameters,
    code: OneTimeCode,
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
        Self::named(base, arguments, OptionNames::default())
    }

    pub(super) fn named(
        base: impl CredentialsProvider + 'static,
        arguments: &AssumeRole,
        names: OptionNames,
    ) -> Result<Self, CredentialError> {
        let required = Required { block: "assume_role", names };
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
        let serial_number = parameters.serial_number.as_deref().unwrap_or_default();
        let code = parameters.token_code.as_deref();
        let code =
            code.map(|code| OneTimeCode::new(Names::of(required, ROLE_TOKEN_CODE), serial_number, code));
        Ok(Self { base: BaseCredentials::new(base), purpose, parameters, code })
    }

    async fn assume(&self, context: &CredentialContext) -> Result<Credentials, CredentialError> {
        let request = sts::Request { purpose: &self.purpose, action: "AssumeRole", region: None };
        self.base.request(&request, &self.parameters, context).await
    }
}

impl MfaSession {
    /// Opens the session with the credentials of `base`. Device and code are required.
    pub fn new(
        base: impl CredentialsProvider + 'static,
        arguments: &MfaCertification,
    ) -> Result<Self, CredentialError> {
        Self::named(base, arguments, OptionNames::default())
    }

    pub(super) fn named(
        base: impl CredentialsProvider + 'static,
        arguments: &MfaCertification,
        names: OptionNames,
    ) -> Result<Self, CredentialError> {
        let required = Required { block: "mfa_certification", names };
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
        let code = OneTimeCode::new(
            Names::of(required, MFA_TOKEN_CODE),
            &parameters.serial_number,
            &parameters.token_code,
        );
        Ok(Self { base: BaseCredentials::new(base), parameters, code })
    }

    async fn open(&self, context: &CredentialContext) -> Result<Credentials, CredentialError> {
        let purpose = "opening a session with multi-factor authentication";
        let request = sts::Request { purpose, action: "GetSessionToken", region: None };
        self.base.request(&request, &self.parameters, context).await
    }
}

#[async_trait]
impl CredentialsProvider for AssumedRole {
    async fn credentials(&self, context: &CredentialContext) -> Result<Credentials, CredentialError> {
        let Some(code) = &self.code else { return self.assume(context).await };
        let code = code.lock().await;
        match code.credentials(context.unix())? {
            Some(credentials) => Ok(credentials),
            None => code.send(self.assume(context)).await,
        }
    }

    fn warnings(&self) -> Vec<ConfigWarning> {
        self.base.warnings()
    }
}

#[async_trait]
impl CredentialsProvider for MfaSession {
    async fn credentials(&self, context: &CredentialContext) -> Result<Credentials, CredentialError> {
        let code = self.code.lock().await;
        match code.credentials(context.unix())? {
            Some(credentials) => Ok(credentials),
            None => code.send(self.open(context)).await,
        }
    }

    fn warnings(&self) -> Vec<ConfigWarning> {
        self.base.warnings()
    }
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
