//! Which providers are configured, so that one that is not used can be named.

use super::{ConfigWarning, CredentialsProviderKind as Kind, PRECEDENCE, variables::RoleVariables};
use crate::{Environment, Options, options::non_empty};

/// The settings that configure credentials providers, by their names.
pub(super) struct Configured<'a> {
    pub(super) options: &'a Options,
    pub(super) environment: &'a Environment,
}

impl Configured<'_> {
    /// What is configured and not used, because `found` gives the credentials.
    pub(super) fn unused_beside(&self, found: Kind) -> Vec<ConfigWarning> {
        let used = self.setting(found).unwrap_or_else(|| unnamed(found).to_owned());
        self.unused(&used, |kind| kind != found)
    }

    /// What is configured and not used, because `used` replaces the search.
    pub(super) fn unused_beside_role(&self, used: &str) -> Vec<ConfigWarning> {
        let mut unused = self.unused(used, |_| true);
        if self.options.mfa_certification.is_some() || RoleVariables(self.environment).has_mfa() {
            unused.push(warning(self.options.names.given("mfa_certification"), used));
        }
        unused
    }

    /// What is configured and not used, because a provider was given.
    pub(super) fn unused_beside_provider(&self) -> Vec<ConfigWarning> {
        self.unused("the provider that was given", |_| true)
    }

    fn unused(&self, used: &str, is_unused: impl Fn(Kind) -> bool) -> Vec<ConfigWarning> {
        let kinds = PRECEDENCE.into_iter().filter(|kind| is_unused(*kind));
        kinds.filter_map(|kind| self.setting(kind)).map(|setting| warning(setting, used)).collect()
    }

    /// The option or variable that configures a provider; `None` if nobody did.
    fn setting(&self, kind: Kind) -> Option<String> {
        let options = self.options;
        match kind {
            Kind::Keys => self.first(options.secret_id.as_ref(), "secret_id", "TENCENTCLOUD_SECRET_ID"),
            Kind::TccliProfile => {
                self.first(options.profile.as_ref(), "profile", "TENCENTCLOUD_PROFILE").or_else(|| {
                    self.first(options.shared_credentials_dir.as_ref(), "shared_credentials_dir", DIRECTORY)
                })
            }
            Kind::SdkProfile => self.first(None, "", "TENCENTCLOUD_CREDENTIALS_FILE"),
            Kind::PodIdentity => {
                (options.enable_pod_oidc == Some(true)).then(|| options.names.given("enable_pod_oidc"))
            }
            Kind::InstanceRole => {
                self.first(options.cam_role_name.as_ref(), "cam_role_name", "TENCENTCLOUD_CAM_ROLE_NAME")
            }
        }
    }

    fn first(&self, option: Option<&String>, name: &str, variable: &str) -> Option<String> {
        match non_empty(option.map(String::as_str)) {
            Some(_) => Some(self.options.names.given(name)),
            None => self.environment.get(variable).map(|_| format!("`{variable}`")),
        }
    }
}

const DIRECTORY: &str = "TENCENTCLOUD_SHARED_CREDENTIALS_DIR";

/// A provider that is used without a setting that names it.
fn unnamed(kind: Kind) -> &'static str {
    match kind {
        Kind::Keys => "`secret_key`",
        Kind::TccliProfile => "TCCLI's default profile",
        Kind::SdkProfile => "the SDKs' credentials file",
        Kind::PodIdentity => "the pod identity",
        Kind::InstanceRole => "the instance role",
    }
}

fn warning(setting: String, used: &str) -> ConfigWarning {
    ConfigWarning::UnusedCredentials { setting, used: used.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check<const N: usize>(
        options: &Options,
        variables: [(&str, &str); N],
        found: Kind,
        expected: &[&str],
    ) {
        let configured = Configured { options, environment: &Environment::of(variables) };
        let shown: Vec<_> = configured.unused_beside(found).iter().map(ToString::to_string).collect();
        assert_eq!(shown, expected);
    }

    #[test]
    fn what_is_configured_beside_the_provider_that_is_used_is_named() {
        let machine = Options {
            cam_role_name: Some("gate".to_owned()),
            enable_pod_oidc: Some(true),
            ..Options::default()
        };
        let keys = [("TENCENTCLOUD_SECRET_ID", "i"), ("TENCENTCLOUD_SECRET_KEY", "k")];
        check(
            &machine,
            keys,
            Kind::Keys,
            &[
                "`enable_pod_oidc` is not used: the credentials are those of `TENCENTCLOUD_SECRET_ID`",
                "`cam_role_name` is not used: the credentials are those of `TENCENTCLOUD_SECRET_ID`",
            ],
        );
        let profile = Options { profile: Some("p".to_owned()), ..Options::default() };
        let unused = "`TENCENTCLOUD_SECRET_ID` is not used: the credentials are those of `profile`";
        check(&profile, keys, Kind::TccliProfile, &[unused]);
        let unused = "`cam_role_name` is not used: the credentials are those of TCCLI's default profile";
        let machine = Options { cam_role_name: Some("gate".to_owned()), ..Options::default() };
        check(&machine, [], Kind::TccliProfile, &[unused]);
    }

    #[test]
    fn what_is_used_or_not_configured_is_no_warning() {
        check(&Options::default(), [("TENCENTCLOUD_PROFILE", "")], Kind::TccliProfile, &[]);
        let pod = Options { enable_pod_oidc: Some(false), ..Options::default() };
        check(&pod, [("TENCENTCLOUD_CAM_ROLE_NAME", "gate")], Kind::InstanceRole, &[]);
    }
}
