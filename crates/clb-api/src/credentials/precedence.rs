//! The order of the credentials chain: one table for the search, its errors and the documentation.

/// One provider of the credentials chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CredentialsProviderKind {
    /// Arguments and environment.
    Keys,
    /// A profile of TCCLI.
    TccliProfile,
    /// The credentials file of the SDKs.
    SdkProfile,
    /// The identity of a pod in TKE.
    PodIdentity,
    /// The role of the machine.
    InstanceRole,
}

/// The order of the credentials chain.
pub const PRECEDENCE: [CredentialsProviderKind; 5] = [
    CredentialsProviderKind::Keys,
    CredentialsProviderKind::TccliProfile,
    CredentialsProviderKind::SdkProfile,
    CredentialsProviderKind::PodIdentity,
    CredentialsProviderKind::InstanceRole,
];

/// The credentials chain in Markdown, for documentation: the providers as a numbered list, then roles and sessions.
///
/// ```
/// assert!(clb_api::precedence().starts_with("1. `secret_id` and `secret_key`"));
/// ```
pub fn precedence() -> String {
    let providers =
        (1..).zip(PRECEDENCE).map(|(number, place)| format!("{number}. {}\n", place.description()));
    format!("{}\n{ROLES}\n", providers.collect::<String>())
}

impl CredentialsProviderKind {
    /// What it reads and when it is used, in Markdown, for documentation.
    pub fn description(self) -> &'static str {
        match self {
            Self::Keys => {
                "`secret_id` and `secret_key`, each as an argument or else from `TENCENTCLOUD_SECRET_ID` and \
                 `TENCENTCLOUD_SECRET_KEY`; `security_token`, or else `TENCENTCLOUD_SECURITY_TOKEN` or \
                 `TENCENTCLOUD_TOKEN` if id and key come from the environment both. With an argument `profile` the \
                 environment is not read."
            }
            Self::TccliProfile => {
                "`<profile>.credential` in `shared_credentials_dir`, as TCCLI writes it: keys, a role (`role-arn`, \
                 `role-session-name`), a login (`oauth`, `sso`) that has not expired, or the role of the machine (`cvm-role`). If \
                 the named profile has no usable credentials, the search fails."
            }
            Self::SdkProfile => {
                "The SDKs' file: `TENCENTCLOUD_CREDENTIALS_FILE`, else `~/.tencentcloud/credentials`, else \
                 `/etc/tencentcloud/credentials`."
            }
            Self::PodIdentity => {
                "With `enable_pod_oidc = true` the identity of the TKE pod, from `TKE_REGION`, `TKE_PROVIDER_ID`, \
                 `TKE_WEB_IDENTITY_TOKEN_FILE` and `TKE_ROLE_ARN`."
            }
            Self::InstanceRole => {
                "With `cam_role_name`, or `TENCENTCLOUD_CAM_ROLE_NAME`, that role of the CVM, from its metadata service."
            }
        }
    }
}

const ROLES: &str = "\
    `mfa_certification` opens a session with the credentials found, and `assume_role` assumes a role with either. \
    `assume_role_with_saml` and `assume_role_with_web_identity` replace the search: they need no credentials. Variables fill \
    the arguments that a block leaves out. Without any block, `TENCENTCLOUD_ASSUME_ROLE_ARN` and \
    `TENCENTCLOUD_ASSUME_ROLE_SESSION_NAME` together configure a role: with SAML or with a web identity if their variables \
    are set, else with the credentials found. Sessions are renewed before they expire, except those opened with a \
    `token_code`, which can be used once: when such a session ends, a new code is needed.";
