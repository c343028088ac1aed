//! The client: one call, sent once.

use std::{
    fmt,
    sync::{Arc, OnceLock},
};

use bytes::Bytes;
use clb_task::{TaskRef, TaskReport, Waiter};
use serde::Serialize;

use crate::{
    ApiError, ClientBuilder, ConfigWarning, CredentialContext, Credentials, CredentialsProvider, Endpoint,
    Environment, Options, Region, Response, ResponseLimit, SetupError,
    credentials::CredentialCache,
    dispatch::{Call, Dispatch},
    endpoint_resolver::EndpointResolver,
    envelope::RawResponse,
    error_table::ErrorClass,
    redact::Secrets,
    service::Service,
    status::{self, TaskParameters},
};

/// Calls the load balancer API. Cheap to clone; clones share connections, credentials and clock correction.
///
/// Building one uses no network and reads no file. Credentials, region and certificates are resolved at the first
/// call, once, and whatever is wrong with them is that call's error.
#[derive(Clone)]
pub struct Client {
    shared: Arc<Shared>,
    region: Option<Region>,
}

pub(crate) struct Shared {
    pub(crate) options: Options,
    pub(crate) environment: Environment,
    pub(crate) provider: Arc<dyn CredentialsProvider>,
    pub(crate) plain_http: bool,
    pub(crate) dispatch: Arc<Dispatch>,
    pub(crate) waiter: Waiter,
    pub(crate) setup: OnceLock<Result<Setup, SetupError>>,
}

/// What is known once options and environment have been read.
pub(crate) struct Setup {
    endpoints: Arc<EndpointResolver>,
    cache: CredentialCache,
}

impl Client {
    /// A client for loopback, the environment, a profile or a role: see [`ClientBuilder`].
    pub fn builder() -> ClientBuilder {
        ClientBuilder::default()
    }

    pub(crate) fn new(shared: Shared) -> Self {
        Self { shared: Arc::new(shared), region: None }
    }

    /// The same client in another region.
    #[must_use]
    pub fn with_region(&self, region: Region) -> Self {
        Self { shared: Arc::clone(&self.shared), region: Some(region) }
    }

    /// Makes one call, any action of the load balancer API, and gives what `Response` holds.
    ///
    /// The call is not sent twice, unless the service certainly did not act on it because it found the credentials
    /// expired or the clock off: then once more with fresh credentials, or the right time. Whether a change may be
    /// sent again after any other error is [`ApiError::is_safe_to_resend`]; doing so is the caller's decision.
    pub async fn call(
        &self,
        action: &str,
        parameters: &(impl Serialize + Sync),
    ) -> Result<Response, ApiError> {
        self.request(action, parameters).await?.into_response()
    }

    /// Asks about a task once. A status that is not documented is an error which shows it.
    pub async fn describe_task_status(&self, task: &TaskRef) -> Result<TaskReport, ApiError> {
        status::report(&self.request(status::ACTION, &TaskParameters::of(task)).await?)
    }

    /// The region that calls are made in, which may come from a profile's file.
    pub async fn region(&self) -> Result<Region, ApiError> {
        if let Some(region) = &self.region {
            return Ok(region.clone());
        }
        let region = self.shared.setup()?.endpoints.region().await.map_err(ApiError::setup)?;
        region.ok_or_else(|| ApiError::setup(SetupError::NoRegion))
    }

    /// Where calls go at the moment.
    pub async fn endpoint(&self) -> Result<Endpoint, ApiError> {
        let region = self.region().await?;
        self.at(&region)
    }

    /// The credentials that a call made now is signed with, for signing something else with them.
    pub async fn credentials(&self) -> Result<Credentials, ApiError> {
        Ok(self.shared.setup()?.cache.current().await?.credentials.clone())
    }

    /// What a person should know about the configuration, although calls work: settings that are not used, a region that
    /// nobody chose. It is complete once a call was made.
    pub fn warnings(&self) -> Vec<ConfigWarning> {
        let Some(Ok(setup)) = self.shared.setup.get() else { return Vec::new() };
        let mut warnings = self.shared.provider.warnings();
        // Another region that was chosen for this client leaves the profile's unused.
        if self.region.is_none() {
            warnings.extend(setup.endpoints.warnings());
        }
        warnings
    }

    /// How many seconds the service's clock is ahead of the one here (behind, if negative), once that had to be
    /// corrected: a reason to warn.
    pub fn clock_correction(&self) -> Option<i64> {
        self.shared.dispatch.clock.correction()
    }

    pub(crate) fn waiter(&self) -> &Waiter {
        &self.shared.waiter
    }

    async fn request(
        &self,
        action: &str,
        parameters: &(impl Serialize + Sync),
    ) -> Result<RawResponse, ApiError> {
        let body = serde_json::to_vec(parameters)
            .map_err(|error| ApiError::setup(SetupError::invalid("parameters", error.to_string())))?;
        let region = self.region().await?;
        let endpoint = self.at(&region)?;
        let call = Call {
            service: Service::Clb,
            action,
            region: &region,
            endpoint: &endpoint,
            body: Bytes::from(body),
            secrets: Secrets::default(),
            response_limit: if action == status::ACTION { ResponseLimit::SHORT } else { ResponseLimit::LONG },
        };
        self.signed(&call).await
    }

    fn at(&self, region: &Region) -> Result<Endpoint, ApiError> {
        self.shared.setup()?.endpoints.endpoint(Service::Clb, region).map_err(ApiError::setup)
    }

    /// Makes the call, and once more with fresh credentials if there are any and the service finds these expired.
    async fn signed(&self, call: &Call<'_>) -> Result<RawResponse, ApiError> {
        let cache = &self.shared.setup()?.cache;
        let cached = cache.current().await?;
        let error = match self.shared.dispatch.call(call, &cached.signing).await {
            Err(error) if error.class() == ErrorClass::FreshCredentials => error,
            done => return done,
        };
        match cache.replacement(&cached).await? {
            Some(fresh) => self.shared.dispatch.call(call, &fresh.signing).await,
            None => Err(error),
        }
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("region", &self.region)
            .field("options", &self.shared.options)
            .field("clock", &self.shared.dispatch.clock)
            .finish_non_exhaustive()
    }
}

impl Shared {
    fn setup(&self) -> Result<&Setup, ApiError> {
        self.setup.get_or_init(|| self.resolve()).as_ref().map_err(|error| ApiError::setup(error.clone()))
    }

    fn resolve(&self) -> Result<Setup, SetupError> {
        let endpoints = EndpointResolver::new(&self.options, &self.environment)?;
        let endpoints = Arc::new(endpoints.with_plain_http(self.plain_http));
        let context =
            CredentialContext { dispatch: Arc::clone(&self.dispatch), endpoints: Arc::clone(&endpoints) };
        let cache = CredentialCache::new(Arc::clone(&self.provider), context);
        Ok(Setup { endpoints, cache })
    }
}
