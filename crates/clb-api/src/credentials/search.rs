//! The search for credentials, in the order of [`PRECEDENCE`].

use std::sync::OnceLock;

use async_trait::async_trait;

use super::{
    ConfigWarning, CredentialContext, CredentialError, Credentials, CredentialsProvider,
    CredentialsProviderKind, InstanceRole, Lookup, PRECEDENCE, SdkProfile, TccliProfile, WebIdentityRole,
    configured::Configured, keys::given_keys, tccli::named,
};
use crate::{Environment, Options, options::non_empty};

/// The providers of [`PRECEDENCE`].
pub(super) struct Search {
    options: Options,
    environment: Environment,
    tccli: Option<TccliProfile>,
    sdk: SdkProfile,
    machine: Option<InstanceRole>,
    /// The provider that gave credentials.
    found: OnceLock<CredentialsProviderKind>,
}

impl Search {
    pub(super) fn new(options: Options, environment: Environment) -> Self {
        let role = non_empty(options.cam_role_name.as_deref()).map(str::to_owned);
        let role = role.or_else(|| environment.get(CAM_ROLE_NAME));
        Self {
            tccli: TccliProfile::chosen(&options, &environment),
            sdk: SdkProfile::from_environment(&environment),
            machine: role.map(InstanceRole::named),
            found: OnceLock::new(),
            options,
            environment,
        }
    }

    /// Credentials of one provider, or the reason why it is skipped.
    async fn lookup(
        &self,
        kind: CredentialsProviderKind,
        context: &CredentialContext,
    ) -> Result<Lookup<Credentials>, CredentialError> {
        use CredentialsProviderKind as Kind;
        match kind {
            Kind::Keys => given_keys(&self.options, &self.environment),
            Kind::TccliProfile => self.profile(context).await,
            Kind::SdkProfile => self.sdk.lookup().await,
            Kind::PodIdentity if self.options.enable_pod_oidc == Some(true) => {
                WebIdentityRole::of_this_pod(&self.environment)?.credentials(context).await.map(Lookup::Found)
            }
            Kind::PodIdentity => {
                let option = self.options.names.given("enable_pod_oidc");
                Ok(not_found(&format!("pod identity: {option} is not true")))
            }
            Kind::InstanceRole => self.instance_role(context).await,
        }
    }

    /// Whether this program's users can configure the provider: the identity of the pod has no variable.
    fn can_be_configured(&self, kind: CredentialsProviderKind) -> bool {
        let Options { names, enable_pod_oidc, .. } = &self.options;
        kind != CredentialsProviderKind::PodIdentity
            || enable_pod_oidc.is_some()
            || names.offered("enable_pod_oidc").is_some()
    }

    async fn instance_role(
        &self,
        context: &CredentialContext,
    ) -> Result<Lookup<Credentials>, CredentialError> {
        let Some(machine) = &self.machine else {
            let unset = self.options.names.unset("cam_role_name", CAM_ROLE_NAME);
            return Ok(not_found(&format!("instance role: {unset}")));
        };
        machine.credentials(context).await.map(Lookup::Found)
    }

    /// If the named profile has no credentials, the search fails.
    async fn profile(&self, context: &CredentialContext) -> Result<Lookup<Credentials>, CredentialError> {
        let Some(profile) = &self.tccli else {
            return Ok(not_found("TCCLI profile: there is no home directory to look in"));
        };
        let found = profile.lookup(context).await?;
        match named(&self.options, &self.environment) {
            Some(_) => found.required().map(Lookup::Found),
            None => Ok(found),
        }
    }
}

#[async_trait]
impl CredentialsProvider for Search {
    async fn credentials(&self, context: &CredentialContext) -> Result<Credentials, CredentialError> {
        let kinds = PRECEDENCE.into_iter().filter(|kind| self.found.get().is_none_or(|found| found == kind));
        let kinds = kinds.filter(|kind| self.can_be_configured(*kind));
        let mut tried = Vec::new();
        for kind in kinds {
            match self.lookup(kind, context).await? {
                Lookup::Found(credentials) => {
                    self.found.get_or_init(|| kind);
                    return Ok(credentials);
                }
                Lookup::NotFound(reason) => tried.push(reason),
            }
        }
        Err(CredentialError::NotFound { tried })
    }

    fn warnings(&self) -> Vec<ConfigWarning> {
        let configured = Configured { options: &self.options, environment: &self.environment };
        self.found.get().map_or_else(Vec::new, |found| configured.unused_beside(*found))
    }
}

const CAM_ROLE_NAME: &str = "TENCENTCLOUD_CAM_ROLE_NAME";

fn not_found(reason: &str) -> Lookup<Credentials> {
    Lookup::NotFound(reason.to_owned())
}
