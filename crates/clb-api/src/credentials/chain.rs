//! The order in which sources are tried, and what is put on top of the one that serves.

use std::sync::{Arc, OnceLock};

use async_trait::async_trait;

use super::{
    AssumedRole, CredentialError, CredentialSource, InstanceRole, MfaSession, SamlRole, SdkProfile, Session,
    TccliProfile, WebIdentityRole, keys::given_keys, tccli::named, variables::FromEnvironment,
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

const ON_TOP: &str = "\
    `mfa_certification` opens a session on what is found, and `assume_role` takes a role on from either. \
    `assume_role_with_saml` and `assume_role_with_web_identity` need no credentials and take their place. Where a block is \
    given, variables fill the arguments that it leaves open. Without any, `TENCENTCLOUD_ASSUME_ROLE_ARN` and \
    `TENCENTCLOUD_ASSUME_ROLE_SESSION_NAME` together ask for a role by themselves: with SAML or with a web identity if their \
    variables are set, else with the credentials found. Sessions are renewed before they expire, except those of \
    `mfa_certification`, whose code serves once.";

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
                (true, true) => return Err(both("the environment has", "variables for both")),
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
            (Some(_), Some(_)) => Err(both("`assume_role_with_saml`", "and `assume_role_with_web_identity`")),
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
    async fn look(&self, place: Place, reach: &Reach) -> Result<Result<Session, String>, CredentialError> {
        match place {
            Place::Keys => Ok(given_keys(&self.options, &self.environment)?.map(Session::lasting)),
            Place::TccliProfile => self.profile(reach).await,
            Place::SdkProfile => self.sdk.look().await,
            Place::PodIdentity if self.options.enable_pod_oidc == Some(true) => {
                WebIdentityRole::of_this_pod(&self.environment)?.session(reach).await.map(Ok)
            }
            Place::PodIdentity => Ok(Err("pod identity: `enable_pod_oidc` is not true".to_owned())),
            Place::InstanceRole => match &self.machine {
                Some(machine) => machine.session(reach).await.map(Ok),
                None => {
                    Ok(Err("instance role: `cam_role_name` is not set, nor is `TENCENTCLOUD_CAM_ROLE_NAME`"
                        .to_owned()))
                }
            },
        }
    }

    /// A profile that was named has to serve.
    async fn profile(&self, reach: &Reach) -> Result<Result<Session, String>, CredentialError> {
        let Some(profile) = &self.tccli else {
            return Ok(Err("TCCLI profile: there is no home directory to look in".to_owned()));
        };
        match profile.look(reach).await? {
            Err(reason) if named(&self.options, &self.environment).is_some() => {
                Err(CredentialError::NotFound { tried: vec![reason] })
            }
            looked => Ok(looked),
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
                Ok(session) => {
                    self.found.get_or_init(|| place);
                    return Ok(session);
                }
                Err(reason) => tried.push(reason),
            }
        }
        Err(CredentialError::NotFound { tried })
    }
}

fn both(place: &str, problem: &str) -> CredentialError {
    let problem =
        format!("{problem} are given: a role is taken on with SAML or with a web identity, not both");
    CredentialError::unusable(place, problem)
}
