//! The default credentials chain: a search in the order of [`PRECEDENCE`], then roles and multi-factor authentication.

use std::sync::{Arc, OnceLock};

use async_trait::async_trait;

use super::{
    AssumedRole, CredentialContext, CredentialError, Credentials, CredentialsProvider,
    CredentialsProviderKind, InstanceRole, Lookup, MfaSession, PRECEDENCE, SamlRole, SdkProfile,
    TccliProfile, WebIdentityRole, keys::given_keys, tccli::named, variables::RoleVariables,
};
use crate::{Environment, Options, options::non_empty};

/// Searches options and environment in the order of [`PRECEDENCE`], and assumes the configured role or opens the MFA
/// session with the credentials that it finds.
///
/// A provider that is not configured is skipped. A provider that is configured and fails ends the search, so that a
/// mistake never changes the identity. The provider that gave credentials once is used for all renewals.
#[derive(Debug)]
pub struct DefaultCredentialsChain {
    options: Options,
    environment: Environment,
    provider: OnceLock<Result<Arc<dyn CredentialsProvider>, CredentialError>>,
}

/// The providers of [`PRECEDENCE`].
struct Search {
    options: Options,
    environment: Environment,
    tccli: Option<TccliProfile>,
    sdk: SdkProfile,
    machine: Option<InstanceRole>,
    /// The provider that gave credentials.
    found: OnceLock<CredentialsProviderKind>,
}

impl DefaultCredentialsChain {
    /// Nothing is read before credentials are needed.
    pub fn new(options: Options, environment: Environment) -> Self {
        Self { options, environment, provider: OnceLock::new() }
    }

    /// The provider that options and environment configure.
    ///
    /// Without a role in the options, variables alone can configure one.
    fn build(&self) -> Result<Arc<dyn CredentialsProvider>, CredentialError> {
        let variables = RoleVariables(&self.environment);
        let mut options = self.options.clone();
        let has_block = options.assume_role.is_some()
            || options.assume_role_with_saml.is_some()
            || options.assume_role_with_web_identity.is_some();
        if !has_block && variables.configures_a_role() {
            match (variables.has_saml(), variables.has_web_identity()) {
                (true, true) => {
                    return Err(both(
                        "`TENCENTCLOUD_ASSUME_ROLE_SAML_ASSERTION`",
                        "`TENCENTCLOUD_ASSUME_ROLE_WEB_IDENTITY_TOKEN`",
                    ));
                }
                (true, false) => options.assume_role_with_saml = Some(<_>::default()),
                (false, true) => options.assume_role_with_web_identity = Some(<_>::default()),
                (false, false) => options.assume_role = Some(<_>::default()),
            }
        }
        let assume_role = options.assume_role.take();
        let base = self.base(options, &variables)?;
        match assume_role {
            Some(block) => Ok(Arc::new(AssumedRole::new(base, &variables.assume_role(block)?)?)),
            None => Ok(base),
        }
    }

    /// The provider below `assume_role`. SAML and web identity need no credentials themselves.
    fn base(
        &self,
        mut options: Options,
        variables: &RoleVariables<'_>,
    ) -> Result<Arc<dyn CredentialsProvider>, CredentialError> {
        match (options.assume_role_with_saml.take(), options.assume_role_with_web_identity.take()) {
            (Some(_), Some(_)) => Err(both("`assume_role_with_saml`", "`assume_role_with_web_identity`")),
            (Some(block), None) => Ok(Arc::new(SamlRole::new(&variables.saml(block)?)?)),
            (None, Some(block)) => {
                Ok(Arc::new(WebIdentityRole::new(&variables.web_identity(block)?, &self.environment)?))
            }
            (None, None) => {
                let mfa = options.mfa_certification.take().or_else(|| variables.has_mfa().then(<_>::default));
                let search = Search::new(options, self.environment.clone());
                match mfa {
                    Some(block) => Ok(Arc::new(MfaSession::new(search, &variables.mfa(block)?)?)),
                    None => Ok(Arc::new(search)),
                }
            }
        }
    }
}

#[async_trait]
impl CredentialsProvider for DefaultCredentialsChain {
    async fn credentials(&self, context: &CredentialContext) -> Result<Credentials, CredentialError> {
        let provider = self.provider.get_or_init(|| self.build()).clone()?;
        provider.credentials(context).await
    }
}

impl Search {
    fn new(options: Options, environment: Environment) -> Self {
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
}

const NO_CAM_ROLE: &str = "instance role: `cam_role_name` is not set, nor is `TENCENTCLOUD_CAM_ROLE_NAME`";

fn not_found(reason: &str) -> Lookup<Credentials> {
    Lookup::NotFound(reason.to_owned())
}

fn both(saml: &str, web_identity: &str) -> CredentialError {
    let problem = format!(
        "it is taken on with SAML or with a web identity, but {saml} and {web_identity} are both set"
    );
    CredentialError::unusable("role", problem)
}
