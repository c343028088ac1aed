//! The search for credentials, and what is put on top of those found.

use std::sync::{Arc, OnceLock};

use async_trait::async_trait;

use super::{
    AssumedRole, CredentialError, CredentialSource, InstanceRole, Look, MfaSession, PRECEDENCE, Place,
    SamlRole, SdkProfile, Session, TccliProfile, WebIdentityRole, keys::given_keys, tccli::named,
    variables::FromEnvironment,
};
use crate::{Environment, Options, options::given, reach::Reach};

/// Whatever options and environment have, in the order of [`PRECEDENCE`], with roles and multi-factor authentication
/// on top.
///
/// A source that is not there is passed over; one that is there and broken ends the search, so that a mistake never
/// leads to being somebody else. The source that has served once is the one that sessions are renewed from.
#[derive(Debug)]
pub struct DefaultCredentials {
    options: Options,
    environment: Environment,
    top: OnceLock<Result<Arc<dyn CredentialSource>, CredentialError>>,
}

/// The places themselves, before any role.
struct Base {
    options: Options,
    environment: Environment,
    tccli: Option<TccliProfile>,
    sdk: SdkProfile,
    machine: Option<InstanceRole>,
    /// The place that has served.
    found: OnceLock<Place>,
}

impl DefaultCredentials {
    /// Nothing is read before credentials are needed.
    pub fn new(options: Options, environment: Environment) -> Self {
        Self { options, environment, top: OnceLock::new() }
    }

    /// The source with everything on top: a session with multi-factor authentication, then a role.
    ///
    /// SAML and web identity need no credentials below them. Without any role block, the variables alone may ask for
    /// a role.
    fn build(&self) -> Result<Arc<dyn CredentialSource>, CredentialError> {
        let variables = FromEnvironment(&self.environment);
        let mut options = self.options.clone();
        let has_block = options.assume_role.is_some()
            || options.assume_role_with_saml.is_some()
            || options.assume_role_with_web_identity.is_some();
        if !has_block && variables.asks_for_a_role() {
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
        let bottom = self.bottom(options, &variables)?;
        match assume_role {
            Some(block) => Ok(Arc::new(AssumedRole::new(bottom, &variables.assume_role(block)?)?)),
            None => Ok(bottom),
        }
    }

    fn bottom(
        &self,
        mut options: Options,
        variables: &FromEnvironment<'_>,
    ) -> Result<Arc<dyn CredentialSource>, CredentialError> {
        match (options.assume_role_with_saml.take(), options.assume_role_with_web_identity.take()) {
            (Some(_), Some(_)) => Err(both("`assume_role_with_saml`", "`assume_role_with_web_identity`")),
            (Some(block), None) => Ok(Arc::new(SamlRole::new(&variables.saml(block)?)?)),
            (None, Some(block)) => {
                Ok(Arc::new(WebIdentityRole::new(&variables.web_identity(block)?, &self.environment)?))
            }
            (None, None) => {
                let mfa = options.mfa_certification.take().or_else(|| variables.has_mfa().then(<_>::default));
                let base = Base::new(options, self.environment.clone());
                match mfa {
                    Some(block) => Ok(Arc::new(MfaSession::new(base, &variables.mfa(block)?)?)),
                    None => Ok(Arc::new(base)),
                }
            }
        }
    }
}

#[async_trait]
impl CredentialSource for DefaultCredentials {
    async fn session(&self, reach: &Reach) -> Result<Session, CredentialError> {
        let top = self.top.get_or_init(|| self.build()).clone()?;
        top.session(reach).await
    }
}

impl Base {
    fn new(options: Options, environment: Environment) -> Self {
        let role = given(options.cam_role_name.as_deref()).map(str::to_owned);
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

    /// A session from one place, or the reason why it is passed over.
    async fn look(&self, place: Place, reach: &Reach) -> Result<Look<Session>, CredentialError> {
        match place {
            Place::Keys => given_keys(&self.options, &self.environment),
            Place::TccliProfile => self.profile(reach).await,
            Place::SdkProfile => self.sdk.look().await,
            Place::PodIdentity if self.options.enable_pod_oidc == Some(true) => {
                WebIdentityRole::of_this_pod(&self.environment)?.session(reach).await.map(Look::Found)
            }
            Place::PodIdentity => Ok(nothing("pod identity: `enable_pod_oidc` is not true")),
            Place::InstanceRole => match &self.machine {
                Some(machine) => machine.session(reach).await.map(Look::Found),
                None => Ok(nothing(NO_CAM_ROLE)),
            },
        }
    }

    /// A profile that was named has to serve.
    async fn profile(&self, reach: &Reach) -> Result<Look<Session>, CredentialError> {
        let Some(profile) = &self.tccli else {
            return Ok(nothing("TCCLI profile: there is no home directory to look in"));
        };
        let looked = profile.look(reach).await?;
        match named(&self.options, &self.environment) {
            Some(_) => looked.required().map(Look::Found),
            None => Ok(looked),
        }
    }
}

#[async_trait]
impl CredentialSource for Base {
    async fn session(&self, reach: &Reach) -> Result<Session, CredentialError> {
        let places =
            PRECEDENCE.into_iter().filter(|place| self.found.get().is_none_or(|found| found == place));
        let mut tried = Vec::new();
        for place in places {
            match self.look(place, reach).await? {
                Look::Found(session) => {
                    self.found.get_or_init(|| place);
                    return Ok(session);
                }
                Look::Nothing(reason) => tried.push(reason),
            }
        }
        Err(CredentialError::NotFound { tried })
    }
}

const NO_CAM_ROLE: &str = "instance role: `cam_role_name` is not set, nor is `TENCENTCLOUD_CAM_ROLE_NAME`";

fn nothing(reason: &str) -> Look<Session> {
    Look::Nothing(reason.to_owned())
}

fn both(saml: &str, web_identity: &str) -> CredentialError {
    let problem = format!(
        "it is taken on with SAML or with a web identity, but {saml} and {web_identity} are both set"
    );
    CredentialError::unusable("role", problem)
}
