//! The options of a client as text, named as in the official Terraform provider.

use std::{fmt, time::Duration};

use crate::{OptionNames, redact::quotable};

/// Credentials, region and endpoints as text, for programs whose users write them so; [`ClientBuilder`](crate::ClientBuilder)
/// has a typed method for each. Nothing is read or checked before the first call, whose error names what is malformed.
///
/// Names and environment variables are those of the official Terraform provider. An option that is `None` or empty is
/// taken from its variable, if it has one. Build it with `..Options::default()`, since it may grow.
#[derive(Clone, Default)]
pub struct Options {
    /// `TENCENTCLOUD_SECRET_ID`.
    pub secret_id: Option<String>,
    /// `TENCENTCLOUD_SECRET_KEY`. Secret.
    pub secret_key: Option<String>,
    /// `TENCENTCLOUD_SECURITY_TOKEN`, then `TENCENTCLOUD_TOKEN`. Secret.
    pub security_token: Option<String>,
    /// `TENCENTCLOUD_REGION`, then the profile's region.
    pub region: Option<String>,
    /// `TENCENTCLOUD_PROFILE`; `default` without either. Given here, it beats keys of the environment.
    pub profile: Option<String>,
    /// `TENCENTCLOUD_SHARED_CREDENTIALS_DIR`; `~/.tccli` without either.
    pub shared_credentials_dir: Option<String>,
    /// `TENCENTCLOUD_CAM_ROLE_NAME`: the role of the machine (CVM) this runs on.
    pub cam_role_name: Option<String>,
    /// A role to assume.
    pub assume_role: Option<AssumeRole>,
    /// A role to assume with the assertion of a SAML identity provider.
    pub assume_role_with_saml: Option<AssumeRoleWithSaml>,
    /// A role to assume with the token of an `OpenID` Connect identity provider.
    pub assume_role_with_web_identity: Option<AssumeRoleWithWebIdentity>,
    /// A session with multi-factor authentication.
    pub mfa_certification: Option<MfaCertification>,
    /// Whether the identity of the TKE pod may be used; `false` if not given.
    pub enable_pod_oidc: Option<bool>,
    /// The only accounts that may be used; empty for any.
    pub allowed_account_ids: Vec<String>,
    /// Accounts that may not be used.
    pub forbidden_account_ids: Vec<String>,
    /// `TENCENTCLOUD_DOMAIN`; [`DEFAULT_DOMAIN`](crate::DEFAULT_DOMAIN) without either.
    pub domain: Option<String>,
    /// `TENCENTCLOUD_PROTOCOL`; `HTTPS` without either. Only `HTTP` given here allows plain HTTP to other machines.
    pub protocol: Option<String>,
    /// `TENCENTCLOUD_CLB_ENDPOINT`: a full URL, which wins over domain and protocol.
    pub endpoint: Option<String>,
    /// `TENCENTCLOUD_STS_ENDPOINT`: likewise for STS.
    pub sts_endpoint: Option<String>,
    /// `TENCENTCLOUD_CA_FILE`: certificates in PEM, added to the platform's.
    pub ca_file: Option<String>,
    /// The longest that one call may take, connecting included; [`REQUEST_TIMEOUT`] if not given.
    pub request_timeout: Option<Duration>,
    /// The longest that connecting may take; [`CONNECT_TIMEOUT`] if not given.
    pub connect_timeout: Option<Duration>,
    /// What errors and warnings call the options.
    pub names: OptionNames,
}

impl Options {
    /// Sets what `over` has, and keeps what it does not have. The names are always those of `over`.
    pub(crate) fn merge(&mut self, over: Self) {
        self.names = over.names;
        macro_rules! take {
            ($($option:ident),*) => {
                $(if over.$option.is_some() { self.$option = over.$option; })*
            };
        }
        take!(
            secret_id,
            secret_key,
            security_token,
            region,
            profile,
            shared_credentials_dir,
            cam_role_name,
            assume_role,
            assume_role_with_saml,
            assume_role_with_web_identity,
            mfa_certification,
            enable_pod_oidc,
            domain,
            protocol,
            endpoint,
            sts_endpoint,
            ca_file,
            request_timeout,
            connect_timeout
        );
        if !over.allowed_account_ids.is_empty() {
            self.allowed_account_ids = over.allowed_account_ids;
        }
        if !over.forbidden_account_ids.is_empty() {
            self.forbidden_account_ids = over.forbidden_account_ids;
        }
    }
}

/// Ten seconds for one call.
pub const REQUEST_TIMEOUT: Duration = Duration::from_secs(10);

/// Five seconds to connect: half a call, so that the other half is left to another try of the caller's.
pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// The value of an argument, if it says anything.
pub(crate) fn non_empty(argument: Option<&str>) -> Option<&str> {
    argument.filter(|text| !text.is_empty())
}

/// The language of the service's messages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Language {
    /// `en-US`, unlike the vendor's SDKs.
    #[default]
    English,
    /// `zh-CN`.
    Chinese,
}

impl Language {
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::English => "en-US",
            Self::Chinese => "zh-CN",
        }
    }
}

/// The longest session that STS gives for a role, in seconds: twelve hours.
pub const LONGEST_ROLE_SESSION: u64 = 43_200;

/// The longest session that STS gives after multi-factor authentication, in seconds: 36 hours.
pub const LONGEST_MFA_SESSION: u64 = 129_600;

/// Arguments of STS `AssumeRole`.
#[derive(Clone, Default)]
pub struct AssumeRole {
    /// `TENCENTCLOUD_ASSUME_ROLE_ARN`.
    pub role_arn: Option<String>,
    /// `TENCENTCLOUD_ASSUME_ROLE_SESSION_NAME`.
    pub session_name: Option<String>,
    /// `TENCENTCLOUD_ASSUME_ROLE_SESSION_DURATION`: seconds, at most 43 200; 7 200 without either.
    pub session_duration: Option<u64>,
    /// A policy in JSON that narrows what the session may do.
    pub policy: Option<String>,
    /// `TENCENTCLOUD_ASSUME_ROLE_EXTERNAL_ID`. Secret.
    pub external_id: Option<String>,
    /// `TENCENTCLOUD_ASSUME_ROLE_SOURCE_IDENTITY`.
    pub source_identity: Option<String>,
    /// `TENCENTCLOUD_ASSUME_ROLE_SERIAL_NUMBER`: the MFA device.
    pub serial_number: Option<String>,
    /// `TENCENTCLOUD_ASSUME_ROLE_TOKEN_CODE`: its present code. Secret.
    pub token_code: Option<String>,
}

/// Arguments of STS `AssumeRoleWithSAML`.
#[derive(Clone, Default)]
pub struct AssumeRoleWithSaml {
    /// `TENCENTCLOUD_ASSUME_ROLE_SAML_ASSERTION`: base64. Secret.
    pub saml_assertion: Option<String>,
    /// `TENCENTCLOUD_ASSUME_ROLE_PRINCIPAL_ARN`: the identity provider.
    pub principal_arn: Option<String>,
    /// `TENCENTCLOUD_ASSUME_ROLE_ARN`.
    pub role_arn: Option<String>,
    /// `TENCENTCLOUD_ASSUME_ROLE_SESSION_NAME`.
    pub session_name: Option<String>,
    /// `TENCENTCLOUD_ASSUME_ROLE_SESSION_DURATION`: seconds, at most 43 200; 7 200 without either.
    pub session_duration: Option<u64>,
}

/// Arguments of STS `AssumeRoleWithWebIdentity`.
#[derive(Clone, Default)]
pub struct AssumeRoleWithWebIdentity {
    /// `TENCENTCLOUD_ASSUME_ROLE_PROVIDER_ID`; `OIDC` without either.
    pub provider_id: Option<String>,
    /// `TENCENTCLOUD_ASSUME_ROLE_WEB_IDENTITY_TOKEN`. Wins over the file. Secret.
    pub web_identity_token: Option<String>,
    /// `TENCENTCLOUD_ASSUME_ROLE_WEB_IDENTITY_TOKEN_FILE`: the token itself, or JSON with `web_identity_token`.
    pub web_identity_token_file: Option<String>,
    /// `TENCENTCLOUD_ASSUME_ROLE_ARN`. Wins over the file.
    pub role_arn: Option<String>,
    /// `TENCENTCLOUD_ASSUME_ROLE_ARN_FILE`, also spelled `..._ARNN_FILE`: the ARN itself, or JSON with `role_arn`.
    pub role_arn_file: Option<String>,
    /// `TENCENTCLOUD_ASSUME_ROLE_SESSION_NAME`.
    pub session_name: Option<String>,
    /// `TENCENTCLOUD_ASSUME_ROLE_SESSION_DURATION`: seconds, at most 43 200; 7 200 without either.
    pub session_duration: Option<u64>,
}

/// Arguments of STS `GetSessionToken`.
#[derive(Clone, Default)]
pub struct MfaCertification {
    /// `TENCENTCLOUD_MFA_CERTIFICATION_SERIAL_NUMBER`: the MFA device.
    pub serial_number: Option<String>,
    /// `TENCENTCLOUD_MFA_CERTIFICATION_TOKEN_CODE`: its present code. Secret.
    pub token_code: Option<String>,
    /// `TENCENTCLOUD_MFA_CERTIFICATION_DURATION_SECONDS`: at most 129 600; 1 800 without either.
    pub duration_seconds: Option<u64>,
}

/// `Debug` that shows plain fields, hides secret ones, and shows of URLs what may be quoted.
macro_rules! debug_without {
    ($type:ident: $($plain:ident),*; $($secret:ident),* $(; $($url:ident),*)?) => {
        impl fmt::Debug for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let mut debug = f.debug_struct(stringify!($type));
                $(debug.field(stringify!($plain), &self.$plain);)*
                $(debug.field(stringify!($secret), &self.$secret.as_ref().map(|_| "[redacted]"));)*
                $($(debug.field(stringify!($url), &self.$url.as_deref().map(quotable));)*)?
                debug.finish()
            }
        }
    };
}

debug_without!(Options:
    region, profile, shared_credentials_dir, cam_role_name, assume_role, assume_role_with_saml,
    assume_role_with_web_identity, mfa_certification, enable_pod_oidc, allowed_account_ids, forbidden_account_ids,
    protocol, ca_file, request_timeout, connect_timeout;
    secret_id, secret_key, security_token;
    domain, endpoint, sts_endpoint);
debug_without!(AssumeRole:
    role_arn, session_name, session_duration, policy, source_identity, serial_number; external_id, token_code);
debug_without!(AssumeRoleWithSaml: principal_arn, role_arn, session_name, session_duration; saml_assertion);
debug_without!(AssumeRoleWithWebIdentity:
    provider_id, web_identity_token_file, role_arn, role_arn_file, session_name, session_duration; web_identity_token);
debug_without!(MfaCertification: serial_number, duration_seconds; token_code);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_what_is_set_and_no_secret() {
        let secret = || Some("hunter2".to_owned());
        let options = Options {
            secret_id: secret(),
            secret_key: secret(),
            security_token: secret(),
            region: Some("ap-guangzhou".to_owned()),
            assume_role: Some(AssumeRole {
                external_id: secret(),
                token_code: secret(),
                ..AssumeRole::default()
            }),
            assume_role_with_saml: Some(AssumeRoleWithSaml { saml_assertion: secret(), ..<_>::default() }),
            assume_role_with_web_identity: Some(AssumeRoleWithWebIdentity {
                web_identity_token: secret(),
                ..<_>::default()
            }),
            mfa_certification: Some(MfaCertification { token_code: secret(), ..<_>::default() }),
            endpoint: Some("https://user:hunter2@host".to_owned()),
            sts_endpoint: Some("https://host?token=hunter2".to_owned()),
            domain: Some("user:hunter2@host".to_owned()),
            ..Options::default()
        };
        let shown = format!("{options:?}");
        assert!(shown.contains("ap-guangzhou") && !shown.contains("hunter2"), "{shown}");
        assert_eq!(shown.matches("[redacted]").count(), 8);
    }
}
