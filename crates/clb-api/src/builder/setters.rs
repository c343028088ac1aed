//! One method for each option, typed where the option has a type.

use std::{path::PathBuf, time::Duration};

use super::ClientBuilder;
use crate::{
    AssumeRole, AssumeRoleWithSaml, AssumeRoleWithWebIdentity, Domain, Endpoint, MfaCertification, Options,
    Protocol, Region,
};

impl ClientBuilder {
    /// Sets every option that `options` has; what it does not have stays as it was set before.
    #[must_use]
    pub fn options(mut self, options: Options) -> Self {
        self.options.merge(options);
        self
    }

    /// The region of calls, instead of `TENCENTCLOUD_REGION`.
    #[must_use]
    pub fn region(mut self, region: Region) -> Self {
        self.options.region = Some(region.into());
        self
    }

    /// The profile of TCCLI with credentials and region, instead of `TENCENTCLOUD_PROFILE`. Set here, it is preferred to
    /// keys of the environment.
    #[must_use]
    pub fn profile(mut self, name: impl Into<String>) -> Self {
        self.options.profile = Some(name.into());
        self
    }

    /// The directory of TCCLI's profiles, instead of `TENCENTCLOUD_SHARED_CREDENTIALS_DIR` or `~/.tccli`.
    #[must_use]
    pub fn shared_credentials_dir(mut self, directory: impl Into<PathBuf>) -> Self {
        self.options.shared_credentials_dir = Some(text(directory));
        self
    }

    /// The role of the machine (CVM) that this program runs on, instead of `TENCENTCLOUD_CAM_ROLE_NAME`. It is used if no
    /// other credentials are found; [`InstanceRole`](crate::InstanceRole) as the provider is used alone.
    #[must_use]
    pub fn cam_role_name(mut self, name: impl Into<String>) -> Self {
        self.options.cam_role_name = Some(name.into());
        self
    }

    /// Assumes this role. Variables (`TENCENTCLOUD_ASSUME_ROLE_...`) fill the arguments that are `None`.
    #[must_use]
    pub fn assume_role(mut self, role: AssumeRole) -> Self {
        self.options.assume_role = Some(role);
        self
    }

    /// Assumes this role with the assertion of a SAML identity provider; needs no credentials.
    #[must_use]
    pub fn assume_role_with_saml(mut self, role: AssumeRoleWithSaml) -> Self {
        self.options.assume_role_with_saml = Some(role);
        self
    }

    /// Assumes this role with the token of an `OpenID` Connect identity provider; needs no credentials.
    #[must_use]
    pub fn assume_role_with_web_identity(mut self, role: AssumeRoleWithWebIdentity) -> Self {
        self.options.assume_role_with_web_identity = Some(role);
        self
    }

    /// Opens a session with multi-factor authentication.
    #[must_use]
    pub fn mfa_certification(mut self, mfa: MfaCertification) -> Self {
        self.options.mfa_certification = Some(mfa);
        self
    }

    /// Whether the identity of the TKE pod may be used. Default: `false`.
    #[must_use]
    pub fn enable_pod_oidc(mut self, enabled: bool) -> Self {
        self.options.enable_pod_oidc = Some(enabled);
        self
    }

    /// The only accounts that may be used. STS says whose the credentials are, before the first call with them.
    #[must_use]
    pub fn allowed_account_ids(mut self, ids: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.options.allowed_account_ids = ids.into_iter().map(Into::into).collect();
        self
    }

    /// Accounts that may not be used; excludes [`allowed_account_ids`](Self::allowed_account_ids).
    #[must_use]
    pub fn forbidden_account_ids(mut self, ids: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.options.forbidden_account_ids = ids.into_iter().map(Into::into).collect();
        self
    }

    /// The root domain of hosts, instead of `TENCENTCLOUD_DOMAIN`.
    #[must_use]
    pub fn domain(mut self, domain: Domain) -> Self {
        self.options.domain = Some(domain.into());
        self
    }

    /// HTTPS or HTTP where no endpoint says it, instead of `TENCENTCLOUD_PROTOCOL`. HTTP set here, unlike the variable,
    /// also permits plain HTTP to other machines, as [`allow_plain_http`](Self::allow_plain_http) does.
    #[must_use]
    pub fn protocol(mut self, protocol: Protocol) -> Self {
        self.options.protocol = Some(protocol.to_string());
        self
    }

    /// The endpoint of the load balancer API, instead of domain and protocol or `TENCENTCLOUD_CLB_ENDPOINT`. Another
    /// service's is its variable, `TENCENTCLOUD_<SERVICE>_ENDPOINT`.
    #[must_use]
    pub fn endpoint(mut self, endpoint: Endpoint) -> Self {
        self.options.endpoint = Some(endpoint.into());
        self
    }

    /// The endpoint of STS, instead of `TENCENTCLOUD_STS_ENDPOINT`.
    #[must_use]
    pub fn sts_endpoint(mut self, endpoint: Endpoint) -> Self {
        self.options.sts_endpoint = Some(endpoint.into());
        self
    }

    /// A file of PEM certificates to trust besides the platform's, instead of `TENCENTCLOUD_CA_FILE`.
    #[must_use]
    pub fn ca_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.options.ca_file = Some(text(path));
        self
    }

    /// The longest that one request may take, connecting included. Default: [`REQUEST_TIMEOUT`](crate::REQUEST_TIMEOUT).
    #[must_use]
    pub fn request_timeout(mut self, timeout: Duration) -> Self {
        self.options.request_timeout = Some(timeout);
        self
    }

    /// The longest that connecting may take. Default: [`CONNECT_TIMEOUT`](crate::CONNECT_TIMEOUT).
    #[must_use]
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.options.connect_timeout = Some(timeout);
        self
    }
}

fn text(path: impl Into<PathBuf>) -> String {
    path.into().to_string_lossy().into_owned()
}
