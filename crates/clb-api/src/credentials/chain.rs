//! The default credentials chain: the search, then roles and multi-factor authentication.

use std::sync::{Arc, OnceLock};

use async_trait::async_trait;

use super::{
    AssumedRole, ConfigWarning, CredentialContext, CredentialError, Credentials, CredentialsProvider,
    MfaSession, SamlRole, WebIdentityRole, configured::Configured, search::Search, variables::RoleVariables,
};
use crate::{Environment, Options};

/// Searches options and environment in the order of [`PRECEDENCE`](crate::PRECEDENCE), and assumes the configured role
/// or opens the MFA session with the credentials that it finds.
///
/// A provider that is not configured is skipped. A provider that is configured and fails ends the search, so that a
/// mistake never changes the identity. The provider that gave credentials once is used for all renewals.
#[derive(Debug)]
pub struct DefaultCredentialsChain {
    options: Options,
    environment: Environment,
    /// Takes the place of the search.
    base: Option<Arc<dyn CredentialsProvider>>,
    provider: OnceLock<Result<Built, CredentialError>>,
}

/// The provider that options and environment configure, and what of them it does not use.
#[derive(Clone, Debug)]
struct Built {
    provider: Arc<dyn CredentialsProvider>,
    warnings: Vec<ConfigWarning>,
}

const SAML: &str = "assume_role_with_saml";
const WEB_IDENTITY: &str = "assume_role_with_web_identity";

/// One of the ways to assume a role.
enum Role {
    None,
    Keys,
    Saml,
    WebIdentity,
}

impl DefaultCredentialsChain {
    /// Reads nothing before credentials are needed.
    pub fn new(options: Options, environment: Environment) -> Self {
        Self { options, environment, base: None, provider: OnceLock::new() }
    }

    /// The chain of the process environment alone.
    pub fn from_env() -> Self {
        Self::new(Options::default(), Environment::process())
    }

    /// Assumes roles and opens MFA sessions with the credentials of `provider` instead of those that the search finds.
    /// Variables alone then configure no role: who gives a provider has chosen an identity.
    #[must_use]
    pub fn with_base(self, provider: Arc<dyn CredentialsProvider>) -> Self {
        Self { base: Some(provider), ..self }
    }

    /// Without a role in the options, variables alone can configure one.
    fn build(&self) -> Result<Built, CredentialError> {
        let variables = RoleVariables(&self.environment);
        let mut options = self.options.clone();
        let has_block = options.assume_role.is_some()
            || options.assume_role_with_saml.is_some()
            || options.assume_role_with_web_identity.is_some();
        if !has_block && self.base.is_none() {
            match role_of(&variables)? {
                Role::None => {}
                Role::Keys => options.assume_role = Some(<_>::default()),
                Role::Saml => options.assume_role_with_saml = Some(<_>::default()),
                Role::WebIdentity => options.assume_role_with_web_identity = Some(<_>::default()),
            }
        }
        let assume_role = options.assume_role.take();
        let Built { provider, warnings } = self.build_base(options, &variables)?;
        let provider = match assume_role {
            Some(block) => {
                let arguments = variables.assume_role(block)?;
                Arc::new(AssumedRole::named(provider, &arguments, self.options.names)?)
            }
            None => provider,
        };
        Ok(Built { provider, warnings })
    }

    /// The provider below `assume_role`. SAML and web identity need no credentials themselves.
    fn build_base(
        &self,
        mut options: Options,
        variables: &RoleVariables<'_>,
    ) -> Result<Built, CredentialError> {
        let (saml, web_identity) =
            (options.assume_role_with_saml.take(), options.assume_role_with_web_identity.take());
        let names = self.options.names;
        let (provider, used): (Arc<dyn CredentialsProvider>, _) = match (saml, web_identity) {
            (Some(_), Some(_)) => {
                return Err(both(&names.given(SAML), &names.given(WEB_IDENTITY)));
            }
            (Some(block), None) => {
                (Arc::new(SamlRole::named(&variables.saml(block)?, names)?), names.given(SAML))
            }
            (None, Some(block)) => {
                let arguments = variables.web_identity(block)?;
                let role = WebIdentityRole::named(&arguments, &self.environment, names)?;
                (Arc::new(role), names.given(WEB_IDENTITY))
            }
            (None, None) => return self.build_mfa(options, variables),
        };
        let warnings = self.configured(&self.environment).unused_beside_role(&used);
        Ok(Built { provider, warnings })
    }

    fn build_mfa(
        &self,
        mut options: Options,
        variables: &RoleVariables<'_>,
    ) -> Result<Built, CredentialError> {
        let alone = self.base.is_none() && variables.has_mfa();
        let mfa = options.mfa_certification.take().or_else(|| alone.then(<_>::default));
        let (provider, warnings): (Arc<dyn CredentialsProvider>, _) = match &self.base {
            Some(base) => (Arc::clone(base), self.configured(&Environment::empty()).unused_beside_provider()),
            None => (Arc::new(Search::new(options, self.environment.clone())), Vec::new()),
        };
        let provider = match mfa {
            Some(block) => Arc::new(MfaSession::named(provider, &variables.mfa(block)?, self.options.names)?),
            None => provider,
        };
        Ok(Built { provider, warnings })
    }

    fn configured<'a>(&'a self, environment: &'a Environment) -> Configured<'a> {
        Configured { options: &self.options, environment }
    }
}

#[async_trait]
impl CredentialsProvider for DefaultCredentialsChain {
    async fn credentials(&self, context: &CredentialContext) -> Result<Credentials, CredentialError> {
        let built = self.provider.get_or_init(|| self.build()).clone()?;
        built.provider.credentials(context).await
    }

    fn warnings(&self) -> Vec<ConfigWarning> {
        let Some(Ok(built)) = self.provider.get() else { return Vec::new() };
        built.warnings.iter().cloned().chain(built.provider.warnings()).collect()
    }
}

/// The role that variables alone configure.
fn role_of(variables: &RoleVariables<'_>) -> Result<Role, CredentialError> {
    if !variables.configures_a_role() {
        return Ok(Role::None);
    }
    match (variables.has_saml(), variables.has_web_identity()) {
        (true, true) => Err(both(
            "`TENCENTCLOUD_ASSUME_ROLE_SAML_ASSERTION`",
            "`TENCENTCLOUD_ASSUME_ROLE_WEB_IDENTITY_TOKEN`",
        )),
        (true, false) => Ok(Role::Saml),
        (false, true) => Ok(Role::WebIdentity),
        (false, false) => Ok(Role::Keys),
    }
}

fn both(saml: &str, web_identity: &str) -> CredentialError {
    let problem =
        format!("it is assumed with SAML or with a web identity, but {saml} and {web_identity} are both set");
    CredentialError::unusable("role", problem)
}
