//! The environment variables of roles and MFA sessions.

use super::CredentialError;
use crate::{
    AssumeRole, AssumeRoleWithSaml, AssumeRoleWithWebIdentity, Environment, MfaCertification,
    options::non_empty,
};

/// Fills arguments that are not set from the environment.
pub(super) struct RoleVariables<'a>(pub(super) &'a Environment);

impl RoleVariables<'_> {
    pub(super) fn assume_role(&self, block: AssumeRole) -> Result<AssumeRole, CredentialError> {
        Ok(AssumeRole {
            role_arn: self.text(block.role_arn, ARN),
            session_name: self.text(block.session_name, SESSION_NAME),
            session_duration: self.number(block.session_duration, SESSION_DURATION)?,
            policy: block.policy,
            external_id: self.text(block.external_id, "TENCENTCLOUD_ASSUME_ROLE_EXTERNAL_ID"),
            source_identity: self.text(block.source_identity, "TENCENTCLOUD_ASSUME_ROLE_SOURCE_IDENTITY"),
            serial_number: self.text(block.serial_number, "TENCENTCLOUD_ASSUME_ROLE_SERIAL_NUMBER"),
            token_code: self.text(block.token_code, ROLE_TOKEN_CODE),
        })
    }

    pub(super) fn saml(&self, block: AssumeRoleWithSaml) -> Result<AssumeRoleWithSaml, CredentialError> {
        Ok(AssumeRoleWithSaml {
            saml_assertion: self.text(block.saml_assertion, SAML_ASSERTION),
            principal_arn: self.text(block.principal_arn, PRINCIPAL_ARN),
            role_arn: self.text(block.role_arn, ARN),
            session_name: self.text(block.session_name, SESSION_NAME),
            session_duration: self.number(block.session_duration, SESSION_DURATION)?,
        })
    }

    /// A value that is set, directly or as a file, is not replaced by its other form from the environment.
    pub(super) fn web_identity(
        &self,
        block: AssumeRoleWithWebIdentity,
    ) -> Result<AssumeRoleWithWebIdentity, CredentialError> {
        let own_token = non_empty(block.web_identity_token_file.as_deref()).is_some();
        let own_arn = non_empty(block.role_arn_file.as_deref()).is_some();
        Ok(AssumeRoleWithWebIdentity {
            provider_id: self.text(block.provider_id, "TENCENTCLOUD_ASSUME_ROLE_PROVIDER_ID"),
            web_identity_token: self.unless(own_token, block.web_identity_token, WEB_IDENTITY_TOKEN),
            web_identity_token_file: self.text(block.web_identity_token_file, WEB_IDENTITY_TOKEN_FILE),
            role_arn: self.unless(own_arn, block.role_arn, ARN),
            role_arn_file: self.arn_file(block.role_arn_file),
            session_name: self.text(block.session_name, SESSION_NAME),
            session_duration: self.number(block.session_duration, SESSION_DURATION)?,
        })
    }

    pub(super) fn mfa(&self, block: MfaCertification) -> Result<MfaCertification, CredentialError> {
        Ok(MfaCertification {
            serial_number: self.text(block.serial_number, MFA_SERIAL_NUMBER),
            token_code: self.text(block.token_code, MFA_TOKEN_CODE),
            duration_seconds: self.number(block.duration_seconds, MFA_DURATION_SECONDS)?,
        })
    }

    /// Whether the variables alone configure a role: a session name, and a role or a file with one.
    pub(super) fn configures_a_role(&self) -> bool {
        let has_arn = self.0.get(ARN).is_some() || self.arn_file(None).is_some();
        has_arn && self.0.get(SESSION_NAME).is_some()
    }

    pub(super) fn has_saml(&self) -> bool {
        self.0.get(SAML_ASSERTION).is_some()
    }

    pub(super) fn has_web_identity(&self) -> bool {
        self.0.get(WEB_IDENTITY_TOKEN).or_else(|| self.0.get(WEB_IDENTITY_TOKEN_FILE)).is_some()
    }

    pub(super) fn has_mfa(&self) -> bool {
        self.0.get(MFA_SERIAL_NUMBER).is_some() && self.0.get(MFA_TOKEN_CODE).is_some()
    }

    /// The official provider's code spells it with two N, and its documentation both ways.
    fn arn_file(&self, value: Option<String>) -> Option<String> {
        let value = self.text(value, "TENCENTCLOUD_ASSUME_ROLE_ARN_FILE");
        self.text(value, "TENCENTCLOUD_ASSUME_ROLE_ARNN_FILE")
    }

    fn text(&self, value: Option<String>, variable: &str) -> Option<String> {
        filled(value).or_else(|| self.0.get(variable))
    }

    fn unless(&self, other: bool, value: Option<String>, variable: &str) -> Option<String> {
        if other { filled(value) } else { self.text(value, variable) }
    }

    fn number(&self, value: Option<u64>, variable: &str) -> Result<Option<u64>, CredentialError> {
        let Some(text) = self.0.get(variable).filter(|_| value.is_none()) else { return Ok(value) };
        let number = text.trim().parse().map(Some);
        number.map_err(|_| CredentialError::unusable(format!("`{variable}`"), "is not a number of seconds"))
    }
}

fn filled(value: Option<String>) -> Option<String> {
    value.filter(|text| !text.is_empty())
}

pub(super) const ARN: &str = "TENCENTCLOUD_ASSUME_ROLE_ARN";
pub(super) const SESSION_NAME: &str = "TENCENTCLOUD_ASSUME_ROLE_SESSION_NAME";
const SESSION_DURATION: &str = "TENCENTCLOUD_ASSUME_ROLE_SESSION_DURATION";
pub(super) const SAML_ASSERTION: &str = "TENCENTCLOUD_ASSUME_ROLE_SAML_ASSERTION";
pub(super) const PRINCIPAL_ARN: &str = "TENCENTCLOUD_ASSUME_ROLE_PRINCIPAL_ARN";
pub(super) const WEB_IDENTITY_TOKEN: &str = "TENCENTCLOUD_ASSUME_ROLE_WEB_IDENTITY_TOKEN";
pub(super) const ROLE_TOKEN_CODE: &str = "TENCENTCLOUD_ASSUME_ROLE_TOKEN_CODE";
pub(super) const MFA_SERIAL_NUMBER: &str = "TENCENTCLOUD_MFA_CERTIFICATION_SERIAL_NUMBER";
pub(super) const MFA_TOKEN_CODE: &str = "TENCENTCLOUD_MFA_CERTIFICATION_TOKEN_CODE";
const MFA_DURATION_SECONDS: &str = "TENCENTCLOUD_MFA_CERTIFICATION_DURATION_SECONDS";

const WEB_IDENTITY_TOKEN_FILE: &str = "TENCENTCLOUD_ASSUME_ROLE_WEB_IDENTITY_TOKEN_FILE";
