//! The nested blocks of the provider block: roles to assume, and multi-factor authentication.

use clb_api::{LONGEST_MFA_SESSION, LONGEST_ROLE_SESSION};
use serde::Deserialize;
use tfplugin::schema::{Attribute, Block, NestedBlock};
use tfplugin::{Attr, AttributePath, Diagnostics};

use super::{Unknown, string};
use crate::argument;

/// The block `assume_role`.
#[derive(Default, Deserialize)]
pub(super) struct AssumeRole {
    role_arn: Attr<String>,
    session_name: Attr<String>,
    session_duration: Attr<u64>,
    policy: Attr<String>,
    external_id: Attr<String>,
    source_identity: Attr<String>,
    serial_number: Attr<String>,
    token_code: Attr<String>,
}

/// The block `assume_role_with_saml`.
#[derive(Default, Deserialize)]
pub(super) struct AssumeRoleWithSaml {
    saml_assertion: Attr<String>,
    principal_arn: Attr<String>,
    role_arn: Attr<String>,
    session_name: Attr<String>,
    session_duration: Attr<u64>,
}

/// The block `assume_role_with_web_identity`.
#[derive(Default, Deserialize)]
pub(super) struct AssumeRoleWithWebIdentity {
    provider_id: Attr<String>,
    web_identity_token: Attr<String>,
    web_identity_token_file: Attr<String>,
    role_arn: Attr<String>,
    role_arn_file: Attr<String>,
    session_name: Attr<String>,
    session_duration: Attr<u64>,
}

/// The block `mfa_certification`.
#[derive(Default, Deserialize)]
pub(super) struct MfaCertification {
    serial_number: Attr<String>,
    token_code: Attr<String>,
    duration_seconds: Attr<u64>,
}

/// The schemas of the four blocks. Their arguments are optional, because environment variables can set them, too.
pub(super) fn blocks() -> [NestedBlock; 4] {
    [assume_role(), assume_role_with_saml(), assume_role_with_web_identity(), mfa_certification()]
}

fn assume_role() -> NestedBlock {
    let attributes = [
        role_arn(),
        session_name(),
        session_duration(),
        string("policy", "Policy in JSON that further restricts the permissions of the session."),
        string(
            "external_id",
            "External id that the role requires. Also `TENCENTCLOUD_ASSUME_ROLE_EXTERNAL_ID`.",
        )
        .sensitive(),
        string(
            "source_identity",
            "Identity to record with the session. Also `TENCENTCLOUD_ASSUME_ROLE_SOURCE_IDENTITY`.",
        ),
        string("serial_number", "MFA device. Also `TENCENTCLOUD_ASSUME_ROLE_SERIAL_NUMBER`."),
        string("token_code", "Current code of the MFA device. Also `TENCENTCLOUD_ASSUME_ROLE_TOKEN_CODE`.")
            .sensitive(),
    ];
    block(
        "assume_role",
        "Role to assume with the credentials that result from the other arguments.",
        attributes,
    )
}

fn assume_role_with_saml() -> NestedBlock {
    let attributes = [
        string("saml_assertion", "SAML assertion in base64. Also `TENCENTCLOUD_ASSUME_ROLE_SAML_ASSERTION`.")
            .sensitive(),
        string("principal_arn", "Identity provider. Also `TENCENTCLOUD_ASSUME_ROLE_PRINCIPAL_ARN`."),
        role_arn(),
        session_name(),
        session_duration(),
    ];
    block(
        "assume_role_with_saml",
        "Role to assume with the assertion of a SAML identity provider.",
        attributes,
    )
}

fn assume_role_with_web_identity() -> NestedBlock {
    let attributes = [
        string(
            "provider_id",
            "Identity provider. Also `TENCENTCLOUD_ASSUME_ROLE_PROVIDER_ID`; default `OIDC`.",
        ),
        string("web_identity_token", "Token. Also `TENCENTCLOUD_ASSUME_ROLE_WEB_IDENTITY_TOKEN`.")
            .sensitive(),
        string(
            "web_identity_token_file",
            "File with the token, either plain or as JSON with the key `web_identity_token`. Also \
             `TENCENTCLOUD_ASSUME_ROLE_WEB_IDENTITY_TOKEN_FILE`.",
        ),
        role_arn(),
        string(
            "role_arn_file",
            "File with the ARN of the role, either plain or as JSON with the key `role_arn`. Also \
             `TENCENTCLOUD_ASSUME_ROLE_ARN_FILE`.",
        ),
        session_name(),
        session_duration(),
    ];
    block(
        "assume_role_with_web_identity",
        "Role to assume with the token of an OpenID Connect identity provider.",
        attributes,
    )
}

fn mfa_certification() -> NestedBlock {
    let attributes = [
        string("serial_number", "MFA device. Also `TENCENTCLOUD_MFA_CERTIFICATION_SERIAL_NUMBER`."),
        string("token_code", "Current code of the MFA device. Also `TENCENTCLOUD_MFA_CERTIFICATION_TOKEN_CODE`.").sensitive(),
        Attribute::number("duration_seconds").optional().description(
            "Duration of the session in seconds, at most 129600. Also `TENCENTCLOUD_MFA_CERTIFICATION_DURATION_SECONDS`; \
             default `1800`.",
        ),
    ];
    block("mfa_certification", "Session with multi-factor authentication.", attributes)
}

fn role_arn() -> Attribute {
    string("role_arn", "ARN of the role. Also `TENCENTCLOUD_ASSUME_ROLE_ARN`.")
}

fn session_name() -> Attribute {
    string(
        "session_name",
        "Name of the session in the audit log. Also `TENCENTCLOUD_ASSUME_ROLE_SESSION_NAME`.",
    )
}

fn session_duration() -> Attribute {
    Attribute::number("session_duration").optional().description(
        "Duration of the session in seconds, at most 43200. The provider renews the session before it ends. Also \
         `TENCENTCLOUD_ASSUME_ROLE_SESSION_DURATION`; default `7200`.",
    )
}

fn block<const N: usize>(name: &str, description: &str, attributes: [Attribute; N]) -> NestedBlock {
    let block = Block::new().description(description);
    NestedBlock::single(name, attributes.into_iter().fold(block, Block::attribute))
}

impl AssumeRole {
    pub(super) fn validate(&self) -> Result<(), Diagnostics> {
        at_most(LONGEST_ROLE_SESSION, &self.session_duration, ["assume_role", "session_duration"])
    }

    pub(super) fn options(self, unknown: &mut Unknown) -> clb_api::AssumeRole {
        clb_api::AssumeRole {
            role_arn: unknown.or_known("assume_role.role_arn", self.role_arn),
            session_name: unknown.or_known("assume_role.session_name", self.session_name),
            session_duration: unknown.or_known("assume_role.session_duration", self.session_duration),
            policy: unknown.or_known("assume_role.policy", self.policy),
            external_id: unknown.or_known("assume_role.external_id", self.external_id),
            source_identity: unknown.or_known("assume_role.source_identity", self.source_identity),
            serial_number: unknown.or_known("assume_role.serial_number", self.serial_number),
            token_code: unknown.or_known("assume_role.token_code", self.token_code),
        }
    }
}

impl AssumeRoleWithSaml {
    pub(super) fn validate(&self) -> Result<(), Diagnostics> {
        at_most(LONGEST_ROLE_SESSION, &self.session_duration, ["assume_role_with_saml", "session_duration"])
    }

    pub(super) fn options(self, unknown: &mut Unknown) -> clb_api::AssumeRoleWithSaml {
        clb_api::AssumeRoleWithSaml {
            saml_assertion: unknown.or_known("assume_role_with_saml.saml_assertion", self.saml_assertion),
            principal_arn: unknown.or_known("assume_role_with_saml.principal_arn", self.principal_arn),
            role_arn: unknown.or_known("assume_role_with_saml.role_arn", self.role_arn),
            session_name: unknown.or_known("assume_role_with_saml.session_name", self.session_name),
            session_duration: unknown
                .or_known("assume_role_with_saml.session_duration", self.session_duration),
        }
    }
}

impl AssumeRoleWithWebIdentity {
    pub(super) fn validate(&self) -> Result<(), Diagnostics> {
        at_most(
            LONGEST_ROLE_SESSION,
            &self.session_duration,
            ["assume_role_with_web_identity", "session_duration"],
        )
    }

    pub(super) fn options(self, unknown: &mut Unknown) -> clb_api::AssumeRoleWithWebIdentity {
        clb_api::AssumeRoleWithWebIdentity {
            provider_id: unknown.or_known("assume_role_with_web_identity.provider_id", self.provider_id),
            web_identity_token: unknown
                .or_known("assume_role_with_web_identity.web_identity_token", self.web_identity_token),
            web_identity_token_file: unknown.or_known(
                "assume_role_with_web_identity.web_identity_token_file",
                self.web_identity_token_file,
            ),
            role_arn: unknown.or_known("assume_role_with_web_identity.role_arn", self.role_arn),
            role_arn_file: unknown
                .or_known("assume_role_with_web_identity.role_arn_file", self.role_arn_file),
            session_name: unknown.or_known("assume_role_with_web_identity.session_name", self.session_name),
            session_duration: unknown
                .or_known("assume_role_with_web_identity.session_duration", self.session_duration),
        }
    }
}

impl MfaCertification {
    pub(super) fn validate(&self) -> Result<(), Diagnostics> {
        at_most(LONGEST_MFA_SESSION, &self.duration_seconds, ["mfa_certification", "duration_seconds"])
    }

    pub(super) fn options(self, unknown: &mut Unknown) -> clb_api::MfaCertification {
        clb_api::MfaCertification {
            serial_number: unknown.or_known("mfa_certification.serial_number", self.serial_number),
            token_code: unknown.or_known("mfa_certification.token_code", self.token_code),
            duration_seconds: unknown.or_known("mfa_certification.duration_seconds", self.duration_seconds),
        }
    }
}

fn at_most(longest: u64, seconds: &Attr<u64>, path: [&str; 2]) -> Result<(), Diagnostics> {
    match seconds {
        Attr::Known(seconds) if *seconds > longest => {
            let problem = format!("a session lasts at most {longest} seconds, not {seconds}");
            Err(argument::invalid(AttributePath::from(path), problem).into())
        }
        _ => Ok(()),
    }
}
