//! Options for roles and sessions: what the provider has blocks for.
#![expect(clippy::doc_markdown, reason = "these comments are the help texts, shown as they are")]

use std::path::{Path, PathBuf};

use clap::Args;
use clb_api::{AssumeRole, AssumeRoleWithSaml, AssumeRoleWithWebIdentity, MfaCertification, Options};

use crate::{exit::Failure, input};

/// The options that a role assumed with other credentials has, and one assumed with SAML or a web identity has not.
const WITH_CREDENTIALS: [&str; 5] = [
    "assume_role_policy",
    "assume_role_external_id_file",
    "assume_role_source_identity",
    "assume_role_serial_number",
    "assume_role_token_code_file",
];

/// A role to assume, and multi-factor authentication. What is secret comes from variables or files.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Role and session")]
pub(crate) struct RoleArguments {
    /// Role to assume [env: TENCENTCLOUD_ASSUME_ROLE_ARN]
    #[arg(long, global = true, value_name = "ARN", hide_short_help = true)]
    assume_role_arn: Option<String>,
    /// Name of the role's session [env: TENCENTCLOUD_ASSUME_ROLE_SESSION_NAME]
    #[arg(long, global = true, value_name = "NAME", hide_short_help = true)]
    assume_role_session_name: Option<String>,
    /// Length of the role's session, at most 43200 [env: TENCENTCLOUD_ASSUME_ROLE_SESSION_DURATION] [default: 7200]
    #[arg(long, global = true, value_name = "SECONDS", hide_short_help = true)]
    assume_role_session_duration: Option<u64>,
    /// Policy that narrows what the session may do: JSON, or `@FILE`
    #[arg(long, global = true, value_name = "JSON", hide_short_help = true)]
    assume_role_policy: Option<String>,
    /// File with the role's external id [env, the id itself: TENCENTCLOUD_ASSUME_ROLE_EXTERNAL_ID]
    #[arg(long, global = true, value_name = "FILE", hide_short_help = true)]
    assume_role_external_id_file: Option<PathBuf>,
    /// Source identity of the session [env: TENCENTCLOUD_ASSUME_ROLE_SOURCE_IDENTITY]
    #[arg(long, global = true, value_name = "NAME", hide_short_help = true)]
    assume_role_source_identity: Option<String>,
    /// MFA device of the one who assumes the role [env: TENCENTCLOUD_ASSUME_ROLE_SERIAL_NUMBER]
    #[arg(long, global = true, value_name = "DEVICE", hide_short_help = true)]
    assume_role_serial_number: Option<String>,
    /// File with the present code of that device [env, the code itself: TENCENTCLOUD_ASSUME_ROLE_TOKEN_CODE]
    #[arg(long, global = true, value_name = "FILE", hide_short_help = true)]
    assume_role_token_code_file: Option<PathBuf>,
    /// Assume the role with SAML: file with the assertion in base64 [env, the assertion itself:
    /// TENCENTCLOUD_ASSUME_ROLE_SAML_ASSERTION]
    #[arg(long, global = true, value_name = "FILE", hide_short_help = true, conflicts_with_all = WITH_CREDENTIALS)]
    saml_assertion_file: Option<PathBuf>,
    /// Identity provider of the SAML assertion [env: TENCENTCLOUD_ASSUME_ROLE_PRINCIPAL_ARN]
    #[arg(long, global = true, value_name = "ARN", hide_short_help = true, conflicts_with_all = WITH_CREDENTIALS)]
    saml_principal_arn: Option<String>,
    /// Assume the role with a web identity: file with the OpenID Connect token [env:
    /// TENCENTCLOUD_ASSUME_ROLE_WEB_IDENTITY_TOKEN_FILE]
    #[arg(
        long,
        global = true,
        value_name = "FILE",
        hide_short_help = true,
        conflicts_with_all = WITH_CREDENTIALS.iter().chain(&["saml_assertion_file", "saml_principal_arn"])
    )]
    web_identity_token_file: Option<String>,
    /// File with the ARN of the role to assume with a web identity [env: TENCENTCLOUD_ASSUME_ROLE_ARN_FILE]
    #[arg(
        long,
        global = true,
        value_name = "FILE",
        hide_short_help = true,
        conflicts_with_all = WITH_CREDENTIALS.iter().chain(&["saml_assertion_file", "saml_principal_arn", "assume_role_arn"])
    )]
    web_identity_role_arn_file: Option<String>,
    /// Identity provider of the web identity [env: TENCENTCLOUD_ASSUME_ROLE_PROVIDER_ID] [default: OIDC]
    #[arg(
        long,
        global = true,
        value_name = "ID",
        hide_short_help = true,
        conflicts_with_all = WITH_CREDENTIALS.iter().chain(&["saml_assertion_file", "saml_principal_arn"])
    )]
    web_identity_provider_id: Option<String>,
    /// MFA device for a session of its own [env: TENCENTCLOUD_MFA_CERTIFICATION_SERIAL_NUMBER]
    #[arg(long, global = true, value_name = "DEVICE", hide_short_help = true)]
    mfa_serial_number: Option<String>,
    /// File with the present code of that device [env, the code itself: TENCENTCLOUD_MFA_CERTIFICATION_TOKEN_CODE]
    #[arg(long, global = true, value_name = "FILE", hide_short_help = true)]
    mfa_token_code_file: Option<PathBuf>,
    /// Length of that session, at most 129600 [env: TENCENTCLOUD_MFA_CERTIFICATION_DURATION_SECONDS] [default: 1800]
    #[arg(long, global = true, value_name = "SECONDS", hide_short_help = true)]
    mfa_duration_seconds: Option<u64>,
    /// Use the identity of the TKE pod that this runs in
    #[arg(long, global = true, hide_short_help = true)]
    enable_pod_oidc: bool,
    /// The only accounts that may be used
    #[arg(long, global = true, value_name = "ID", value_delimiter = ',', hide_short_help = true)]
    allowed_account_ids: Vec<String>,
    /// Accounts that may not be used
    #[arg(
        long,
        global = true,
        value_name = "ID",
        value_delimiter = ',',
        hide_short_help = true,
        conflicts_with = "allowed_account_ids"
    )]
    forbidden_account_ids: Vec<String>,
}

impl RoleArguments {
    /// Sets what is given, and reads the files of what is secret.
    pub(crate) fn set(self, options: &mut Options) -> Result<(), Failure> {
        options.enable_pod_oidc = self.enable_pod_oidc.then_some(true);
        options.mfa_certification = self.mfa()?;
        if self.saml_assertion_file.is_some() || self.saml_principal_arn.is_some() {
            options.assume_role_with_saml = Some(self.saml()?);
        } else if self.has_web_identity() {
            options.assume_role_with_web_identity = Some(self.web_identity());
        } else {
            options.assume_role = self.role()?;
        }
        options.allowed_account_ids = self.allowed_account_ids;
        options.forbidden_account_ids = self.forbidden_account_ids;
        Ok(())
    }

    fn has_web_identity(&self) -> bool {
        let given =
            [&self.web_identity_token_file, &self.web_identity_role_arn_file, &self.web_identity_provider_id];
        given.iter().any(|value| value.is_some())
    }

    fn role(&self) -> Result<Option<AssumeRole>, Failure> {
        let role = AssumeRole {
            role_arn: self.assume_role_arn.clone(),
            session_name: self.assume_role_session_name.clone(),
            session_duration: self.assume_role_session_duration,
            policy: self.assume_role_policy.as_deref().map(input::value).transpose()?,
            external_id: secret(self.assume_role_external_id_file.as_deref())?,
            source_identity: self.assume_role_source_identity.clone(),
            serial_number: self.assume_role_serial_number.clone(),
            token_code: secret(self.assume_role_token_code_file.as_deref())?,
        };
        let AssumeRole {
            role_arn,
            session_name,
            policy,
            external_id,
            source_identity,
            serial_number,
            token_code,
            ..
        } = &role;
        let given = [role_arn, session_name, policy, external_id, source_identity, serial_number, token_code];
        let is_given = role.session_duration.is_some() || given.iter().any(|value| value.is_some());
        Ok(is_given.then_some(role))
    }

    fn saml(&self) -> Result<AssumeRoleWithSaml, Failure> {
        Ok(AssumeRoleWithSaml {
            saml_assertion: secret(self.saml_assertion_file.as_deref())?,
            principal_arn: self.saml_principal_arn.clone(),
            role_arn: self.assume_role_arn.clone(),
            session_name: self.assume_role_session_name.clone(),
            session_duration: self.assume_role_session_duration,
        })
    }

    fn web_identity(&self) -> AssumeRoleWithWebIdentity {
        AssumeRoleWithWebIdentity {
            provider_id: self.web_identity_provider_id.clone(),
            web_identity_token_file: self.web_identity_token_file.clone(),
            role_arn_file: self.web_identity_role_arn_file.clone(),
            role_arn: self.assume_role_arn.clone(),
            session_name: self.assume_role_session_name.clone(),
            session_duration: self.assume_role_session_duration,
            ..AssumeRoleWithWebIdentity::default()
        }
    }

    fn mfa(&self) -> Result<Option<MfaCertification>, Failure> {
        let mfa = MfaCertification {
            serial_number: self.mfa_serial_number.clone(),
            token_code: secret(self.mfa_token_code_file.as_deref())?,
            duration_seconds: self.mfa_duration_seconds,
        };
        let is_given =
            mfa.serial_number.is_some() || mfa.token_code.is_some() || mfa.duration_seconds.is_some();
        Ok(is_given.then_some(mfa))
    }
}

/// The option for a field of a role or session of the client; a block goes by the option that calls for it.
pub(crate) fn option_name(field: &str) -> Option<&'static str> {
    let (block, name) = field.split_once('.').unwrap_or((field, ""));
    Some(match (block, name) {
        ("assume_role", "")
        | ("assume_role" | "assume_role_with_saml" | "assume_role_with_web_identity", "role_arn") => {
            "assume-role-arn"
        }
        ("assume_role" | "assume_role_with_saml" | "assume_role_with_web_identity", "session_name") => {
            "assume-role-session-name"
        }
        ("assume_role" | "assume_role_with_saml" | "assume_role_with_web_identity", "session_duration") => {
            "assume-role-session-duration"
        }
        ("assume_role", "policy") => "assume-role-policy",
        ("assume_role", "external_id") => "assume-role-external-id-file",
        ("assume_role", "source_identity") => "assume-role-source-identity",
        ("assume_role", "serial_number") => "assume-role-serial-number",
        ("assume_role", "token_code") => "assume-role-token-code-file",
        ("assume_role_with_saml", "" | "saml_assertion") => "saml-assertion-file",
        ("assume_role_with_saml", "principal_arn") => "saml-principal-arn",
        ("assume_role_with_web_identity", "" | "web_identity_token" | "web_identity_token_file") => {
            "web-identity-token-file"
        }
        ("assume_role_with_web_identity", "role_arn_file") => "web-identity-role-arn-file",
        ("assume_role_with_web_identity", "provider_id") => "web-identity-provider-id",
        ("mfa_certification", "" | "serial_number") => "mfa-serial-number",
        ("mfa_certification", "token_code") => "mfa-token-code-file",
        ("mfa_certification", "duration_seconds") => "mfa-duration-seconds",
        _ => return None,
    })
}

/// The text of a file without white space around it; `-` is standard input.
fn secret(file: Option<&Path>) -> Result<Option<String>, Failure> {
    file.map(|file| Ok(input::read(file)?.trim().to_owned())).transpose()
}
