//! The order in which credentials are looked for: one table for the search, its errors and the documentation.

/// One place where credentials may be found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Place {
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

/// The order of places: what is said first is tried first.
pub const PRECEDENCE: [Place; 5] =
    [Place::Keys, Place::TccliProfile, Place::SdkProfile, Place::PodIdentity, Place::InstanceRole];

/// The whole order in Markdown, for documentation: the places as a numbered list, then what goes on top.
///
/// ```
/// assert!(clb_api::precedence().starts_with("1. `secret_id` and `secret_key`"));
/// ```
pub fn precedence() -> String {
    let places = (1..).zip(PRECEDENCE).map(|(number, place)| format!("{number}. {}\n", place.description()));
    format!("{}\n{ON_TOP}\n", places.collect::<String>())
}

impl Place {
    /// Where it looks and when it serves, as Markdown, for documentation.
    pub fn description(self) -> &'static str {
        match self {
            Self::Keys => {
                "`secret_id` and `secret_key`, each as an argument or else from `TENCENTCLOUD_SECRET_ID` and \
                 `TENCENTCLOUD_SECRET_KEY`; `security_token`, or else `TENCENTCLOUD_SECURITY_TOKEN` or \
                 `TENCENTCLOUD_TOKEN` if id and key come from the environment both. With an argument `profile` the \
                 environment is not asked."
            }
            Self::TccliProfile => {
                "`<profile>.credential` in `shared_credentials_dir`, as TCCLI writes it: keys, a role (`role-arn`, \
                 `role-session-name`), a login (`oauth`, `sso`) that has not expired, or the role of the machine (`cvm-role`). A \
                 profile that is named and does not serve ends the search."
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

const ON_TOP: &str = "\
    `mfa_certification` opens a session on what is found, and `assume_role` takes a role on from either. \
    `assume_role_with_saml` and `assume_role_with_web_identity` need no credentials and take their place. Where a block is \
    given, variables fill the arguments that it leaves open. Without any, `TENCENTCLOUD_ASSUME_ROLE_ARN` and \
    `TENCENTCLOUD_ASSUME_ROLE_SESSION_NAME` together ask for a role by themselves: with SAML or with a web identity if their \
    variables are set, else with the credentials found. Sessions are renewed before they expire, except those of \
    `mfa_certification`, whose code serves once.";
