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
        let role = role.or_else(|| environment.get("TENCENTCLOUD_CAM_ROLE_NAME"));
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
            Kind::PodIdentity => Ok(not_found("pod identity: `enable_pod_oidc` is not true")),
            Kind::InstanceRole => match &self.machine {
                Some(machine) => machine.credentials(context).await.map(Lookup::Found),
                None => Ok(not_found(NO_CAM_ROLE)),
            },
        }
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

const NO_CAM_ROLE: &str = "instance role: `cam_role_name` is not set, nor is `TENCENTCLOUD_CAM_ROLE_NAME`";

fn not_found(reason: &str) -> Lookup<Credentials> {
    Lookup::NotFound(reason.to_owned())
}
