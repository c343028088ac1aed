//! The client: calls of any service, and what they share.

use std::{
    fmt,
    sync::{Arc, OnceLock},
    time::Duration,
};

use serde::Serialize;
use tokio::time::Instant;

use crate::{
    ApiError, BuildError, ClientBuilder, ConfigWarning, CredentialContext, Credentials, CredentialsProvider,
    Endpoint, Environment, Options, Region, Response, Service, SetupError, TaskPoller,
    attempt::{Attempt, Permit},
    call::{CallOrder, Progress, is_query},
    credentials::{CachedCredentials, CredentialCache},
    dispatch::Dispatch,
    endpoint_resolver::EndpointResolver,
    parameters,
    rate_limits::RateLimits,
    wait::Waiters,
};

/// Calls the load balancer API, or another service's. Cheap to clone; clones share connections, credentials, clock
/// correction, rate limiters and the order of calls.
///
/// Building one uses no network and reads no file. Credentials, region and certificates are resolved at the first
/// call, once, and whatever is wrong with them is that call's error.
#[derive(Clone)]
pub struct Client {
    shared: Arc<Shared>,
    service: Service,
    region: Option<Region>,
    poller: TaskPoller,
}

pub(crate) struct Shared {
    pub(crate) options: Options,
    pub(crate) environment: Environment,
    pub(crate) provider: Arc<dyn CredentialsProvider>,
    pub(crate) plain_http: bool,
    pub(crate) plain_http_advice: String,
    pub(crate) dispatch: Arc<Dispatch>,
    pub(crate) limits: RateLimits,
    pub(crate) order: CallOrder,
    pub(crate) waiters: Waiters,
    pub(crate) setup: OnceLock<Result<Setup, SetupError>>,
}

/// The longest that [`Client::call`] takes, waiting for the rate limiter and sending again included.
const CALL_TIMEOUT: Duration = Duration::from_secs(60);

/// What is known once options and environment have been read.
pub(crate) struct Setup {
    endpoints: Arc<EndpointResolver>,
    cache: CredentialCache,
}

impl Client {
    /// A client of the process environment: credentials, region and endpoint as the `TENCENTCLOUD_...` variables, the
    /// profile they name, or the machine say. What is missing or wrong is the error of the first call.
    ///
    /// ```
    /// let client = clb_api::Client::from_env()?;
    /// # Ok::<_, clb_api::BuildError>(())
    /// ```
    pub fn from_env() -> Result<Self, BuildError> {
        Self::builder().build()
    }

    /// Builds a client of options, an environment, profiles, roles, or a provider of the caller's.
    pub fn builder() -> ClientBuilder {
        ClientBuilder::default()
    }

    pub(crate) fn new(shared: Shared) -> Self {
        Self {
            shared: Arc::new(shared),
            service: Service::clb(),
            region: None,
            poller: TaskPoller::describe_task_status(),
        }
    }

    /// The same client in another region.
    #[must_use]
    pub fn with_region(&self, region: Region) -> Self {
        Self { region: Some(region), ..self.clone() }
    }

    /// The same client for another service of API 3.0: with the same credentials, region, clock and connections, and
    /// with rate limiters of its own. `TENCENTCLOUD_<NAME>_ENDPOINT` overrides its endpoint. Its tasks are polled with
    /// `DescribeTaskStatus`; [`with_task_poller`](Self::with_task_poller) changes that.
    #[must_use]
    pub fn service(&self, service: Service) -> Self {
        Self { service, poller: TaskPoller::describe_task_status(), ..self.clone() }
    }

    /// The same client for tasks that another action reports: `wait`, `wait_all`, `call_and_wait` and
    /// `describe_task_status` poll with it, under a rate limiter of its own.
    ///
    /// ```no_run
    /// # async fn example(client: clb_api::Client) -> Result<(), Box<dyn std::error::Error>> {
    /// use clb_api::{Service, TaskPoller, WaitOptions};
    ///
    /// let poller = TaskPoller::new("DescribeLoadBalancerTaskResult").task_id_in("TaskId");
    /// let bmlb = client.service(Service::new("bmlb", "2018-06-25")?).with_task_poller(poller);
    /// let parameters = serde_json::json!({"LoadBalancerId": "lb-1", "ListenerIds": ["lbl-1"]});
    /// bmlb.call_and_wait("DeleteListeners", &parameters, WaitOptions::default()).await?;
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn with_task_poller(&self, poller: TaskPoller) -> Self {
        Self { poller, ..self.clone() }
    }

    /// Makes a call of any action and returns the content of `Response`.
    ///
    /// A query (`Describe...`) is sent again after transient errors and throttling. A change is sent once; it is sent
    /// again only after an error that led to fresh credentials or a corrected clock, since then the service certainly
    /// did not act on it. [`call_and_wait`](Self::call_and_wait) does more for changes. All of it takes a minute at
    /// most, and each request the request timeout.
    ///
    /// Parameters are anything that serialises to a JSON object; `&()` stands for none.
    pub async fn call(
        &self,
        action: &str,
        parameters: &(impl Serialize + Sync),
    ) -> Result<Response, ApiError> {
        let progress = Progress::default();
        let attempt = Attempt {
            action,
            body: parameters::to_json(parameters).map_err(ApiError::setup)?,
            deadline: Instant::now() + CALL_TIMEOUT,
            progress: &progress,
            permit: Permit::Acquire,
        };
        let response = if is_query(&self.service, action) {
            self.query(&attempt).await
        } else {
            self.attempt_corrected(&attempt).await
        };
        response?.into_response()
    }

    /// The region that calls are made in, which may come from a profile's file.
    pub async fn region(&self) -> Result<Region, ApiError> {
        if let Some(region) = &self.region {
            return Ok(region.clone());
        }
        let region = self.shared.setup()?.endpoints.region().await.map_err(ApiError::setup)?;
        let option = || self.shared.options.names.offered("region");
        region.ok_or_else(|| ApiError::setup(SetupError::NoRegion { option: option() }))
    }

    /// Where calls go at the moment.
    pub async fn endpoint(&self) -> Result<Endpoint, ApiError> {
        let region = self.region().await?;
        self.endpoint_in(&region)
    }

    /// The credentials that a call made now is signed with, for signing something else with them.
    pub async fn credentials(&self) -> Result<Credentials, ApiError> {
        Ok(self.shared.setup()?.cache.current().await?.credentials.clone())
    }

    /// What a credentials provider needs to fetch: this client's clock, connections and endpoints. For the use of
    /// providers without a client's calls, and for tests of one's own.
    ///
    /// ```
    /// use clb_api::{Client, CredentialCache, DefaultCredentialsChain};
    ///
    /// # async fn sign() -> Result<(), Box<dyn std::error::Error>> {
    /// let context = Client::from_env()?.credential_context()?;
    /// let cache = CredentialCache::new(DefaultCredentialsChain::from_env(), context);
    /// let credentials = cache.credentials().await?; // renewed before they expire
    /// println!("{} until {:?}", credentials.credential().secret_id(), credentials.expires_at());
    /// # Ok(())
    /// # }
    /// ```
    pub fn credential_context(&self) -> Result<CredentialContext, ApiError> {
        let endpoints = Arc::clone(&self.shared.setup()?.endpoints);
        Ok(CredentialContext { dispatch: Arc::clone(&self.shared.dispatch), endpoints })
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

    pub(crate) fn shared(&self) -> &Shared {
        &self.shared
    }

    pub(crate) fn service_ref(&self) -> &Service {
        &self.service
    }

    pub(crate) fn poller(&self) -> &TaskPoller {
        &self.poller
    }

    pub(crate) fn chosen_region(&self) -> Option<&Region> {
        self.region.as_ref()
    }

    pub(crate) fn endpoint_in(&self, region: &Region) -> Result<Endpoint, ApiError> {
        self.shared.setup()?.endpoints.endpoint(&self.service, region).map_err(ApiError::setup)
    }

    pub(crate) async fn cached_credentials(&self) -> Result<Arc<CachedCredentials>, ApiError> {
        self.shared.setup()?.cache.current().await
    }

    /// Fetches other credentials than the expired ones. If there are any, `error` is corrected by that.
    pub(crate) async fn renew(
        &self,
        expired: &CachedCredentials,
        error: ApiError,
    ) -> Result<ApiError, ApiError> {
        let fresh = self.shared.setup()?.cache.replacement(expired).await?;
        Ok(if fresh.is_some() { error.corrected() } else { error })
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("service", &self.service)
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
        let endpoints = Arc::new(endpoints.with_plain_http(self.plain_http, &self.plain_http_advice));
        let context =
            CredentialContext { dispatch: Arc::clone(&self.dispatch), endpoints: Arc::clone(&endpoints) };
        let cache = CredentialCache::new(Arc::clone(&self.provider), context);
        Ok(Setup { endpoints, cache })
    }
}
