//! How a client comes to be.

use std::{fmt, sync::Arc, time::Duration};

use clb_task::{RequestRate, WaiterOptions};
use http::HeaderValue;

use crate::{
    Client, Clock, CredentialsProvider, Domain, Endpoint, Environment, HttpTransport, Language, Options,
    Protocol, Region, SystemClock, Transport,
    call::CallOrder,
    client::Shared,
    clock::CorrectedClock,
    credentials::{AccountGuard, DefaultCredentialsChain},
    dispatch::Dispatch,
    options::{CONNECT_TIMEOUT, REQUEST_TIMEOUT, non_empty},
    rate_limits::RateLimits,
    wait::Waiters,
};

/// The longest text that the service takes in `X-TC-RequestClient`, by the vendor's SDKs.
const LONGEST_REQUEST_CLIENT: usize = 128;

const NAME: &str = concat!("clb-api/", env!("CARGO_PKG_VERSION"));

/// Builds a [`Client`]. Nothing has to be said that the environment or a profile says.
///
/// ```
/// use clb_api::{Client, Endpoint, Region, StaticCredentials};
///
/// let client = Client::builder()
///     .credentials(StaticCredentials::parse("AKIDEXAMPLE", "EXAMPLEKEY", None)?)
///     .region(Region::parse("ap-guangzhou")?)
///     .endpoint(Endpoint::parse("http://127.0.0.1:8080")?)
///     .build()?;
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct ClientBuilder {
    options: Options,
    environment: Environment,
    provider: Option<Arc<dyn CredentialsProvider>>,
    plain_http: bool,
    rate: RequestRate,
    request_client: Option<String>,
    language: Language,
    clock: Option<Arc<dyn Clock>>,
    transport: Option<Arc<dyn Transport>>,
}

/// A client that cannot be built.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
    /// A header cannot hold the text.
    #[error("the request client is 1 to 128 visible ASCII characters and spaces, not {0:?}")]
    RequestClient(String),
    /// A timeout of zero would never let a call through.
    #[error("a timeout is longer than zero")]
    Timeout,
}

impl ClientBuilder {
    /// Takes everything that a provider block says; later calls of the other methods change single values.
    #[must_use]
    pub fn options(self, options: Options) -> Self {
        Self { options, ..self }
    }

    /// Reads variables that fill what is not set from `environment` instead of the process.
    #[must_use]
    pub fn environment(self, environment: Environment) -> Self {
        Self { environment, ..self }
    }

    /// Takes credentials from `provider` instead of searching options, environment and profiles for them. A role or MFA
    /// session of the options is requested with them.
    #[must_use]
    pub fn credentials(self, provider: impl CredentialsProvider + 'static) -> Self {
        Self { provider: Some(Arc::new(provider)), ..self }
    }

    /// The region of calls.
    #[must_use]
    pub fn region(mut self, region: Region) -> Self {
        self.options.region = Some(region.into());
        self
    }

    /// The root domain of hosts.
    #[must_use]
    pub fn domain(mut self, domain: Domain) -> Self {
        self.options.domain = Some(domain.into());
        self
    }

    /// HTTPS or HTTP, where no endpoint says it. HTTP said here, rather than in the environment, is leave to send in
    /// the clear, just as [`allow_plain_http`](Self::allow_plain_http) is.
    #[must_use]
    pub fn protocol(mut self, protocol: Protocol) -> Self {
        self.options.protocol = Some(protocol.to_string());
        self
    }

    /// Where calls go, in place of domain and protocol.
    #[must_use]
    pub fn endpoint(mut self, endpoint: Endpoint) -> Self {
        self.options.endpoint = Some(endpoint.into());
        self
    }

    /// Where STS is.
    #[must_use]
    pub fn sts_endpoint(mut self, endpoint: Endpoint) -> Self {
        self.options.sts_endpoint = Some(endpoint.into());
        self
    }

    /// Lets requests go to other machines in the clear.
    #[must_use]
    pub fn allow_plain_http(self, allowed: bool) -> Self {
        Self { plain_http: allowed, ..self }
    }

    /// The longest that one call may take, connecting included.
    #[must_use]
    pub fn request_timeout(mut self, timeout: Duration) -> Self {
        self.options.request_timeout = Some(timeout);
        self
    }

    /// The longest that connecting may take.
    #[must_use]
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.options.connect_timeout = Some(timeout);
        self
    }

    /// Who calls, for the vendor's statistics: sent in `X-TC-RequestClient` and at the head of `User-Agent`.
    #[must_use]
    pub fn request_client(self, text: impl Into<String>) -> Self {
        Self { request_client: Some(text.into()), ..self }
    }

    /// The language of the service's messages.
    #[must_use]
    pub fn language(self, language: Language) -> Self {
        Self { language, ..self }
    }

    /// How many questions a second the service allows, for [`Client::wait`] and its relatives.
    #[must_use]
    pub fn request_rate(self, rate: RequestRate) -> Self {
        Self { rate, ..self }
    }

    /// Another clock than the machine's.
    #[must_use]
    pub fn clock(self, clock: Arc<dyn Clock>) -> Self {
        Self { clock: Some(clock), ..self }
    }

    /// Another way to send requests than over the network.
    #[must_use]
    pub fn transport(self, transport: Arc<dyn Transport>) -> Self {
        Self { transport: Some(transport), ..self }
    }

    /// The client. No network, no file.
    pub fn build(self) -> Result<Client, BuildError> {
        let (timeout, connect_timeout) = (
            self.options.request_timeout.unwrap_or(REQUEST_TIMEOUT),
            self.options.connect_timeout.unwrap_or(CONNECT_TIMEOUT),
        );
        if timeout.is_zero() || connect_timeout.is_zero() {
            return Err(BuildError::Timeout);
        }
        let request_client = self.request_client.as_deref().map(checked).transpose()?;
        let user_agent = request_client.map_or_else(|| NAME.to_owned(), |text| format!("{text} {NAME}"));
        let dispatch = Dispatch {
            user_agent: header(&user_agent)?,
            request_client: header(request_client.unwrap_or(NAME))?,
            clock: CorrectedClock::new(self.clock.clone().unwrap_or_else(|| Arc::new(SystemClock))),
            transport: self.transport.clone().unwrap_or_else(|| Arc::new(self.http(connect_timeout))),
            language: self.language,
            timeout,
        };
        let provider = AccountGuard::guard(self.chain(), &self.options);
        Ok(Client::new(Shared {
            provider,
            options: self.options,
            environment: self.environment,
            plain_http: self.plain_http,
            limits: RateLimits::new(self.rate),
            order: CallOrder::default(),
            waiters: Waiters::new(WaiterOptions { requests_per_second: self.rate, request_timeout: timeout }),
            dispatch: Arc::new(dispatch),
            setup: std::sync::OnceLock::new(),
        }))
    }

    /// Roles and MFA sessions of the options are requested with the given provider, if there is one.
    fn chain(&self) -> Arc<dyn CredentialsProvider> {
        let chain = DefaultCredentialsChain::new(self.options.clone(), self.environment.clone());
        Arc::new(match &self.provider {
            Some(provider) => chain.with_base(Arc::clone(provider)),
            None => chain,
        })
    }

    fn http(&self, connect_timeout: Duration) -> HttpTransport {
        let transport = HttpTransport::new(connect_timeout).with_environment(self.environment.clone());
        let ca_file = non_empty(self.options.ca_file.as_deref()).map(str::to_owned);
        match ca_file.or_else(|| self.environment.get("TENCENTCLOUD_CA_FILE")) {
            Some(path) => transport.with_ca_file(self.environment.expand(&path)),
            None => transport,
        }
    }
}

impl Default for ClientBuilder {
    fn default() -> Self {
        Self {
            options: Options::default(),
            environment: Environment::process(),
            provider: None,
            plain_http: false,
            rate: RequestRate::default(),
            request_client: None,
            language: Language::default(),
            clock: None,
            transport: None,
        }
    }
}

impl fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBuilder")
            .field("options", &self.options)
            .field("request_client", &self.request_client)
            .finish_non_exhaustive()
    }
}

fn checked(text: &str) -> Result<&str, BuildError> {
    let visible = text.bytes().all(|c| (b' '..=b'~').contains(&c)) && !text.trim().is_empty();
    if visible && text.len() <= LONGEST_REQUEST_CLIENT {
        Ok(text)
    } else {
        Err(BuildError::RequestClient(text.to_owned()))
    }
}

fn header(text: &str) -> Result<HeaderValue, BuildError> {
    HeaderValue::from_str(text).map_err(|_| BuildError::RequestClient(text.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_client_is_a_short_visible_text() {
        let build = |text: &str| Client::builder().request_client(text).build().map(|_| ());
        for good in ["x", "terraform-provider-clb/0.1.0 (linux)", &"x".repeat(128)] {
            assert_eq!(build(good), Ok(()));
        }
        for bad in ["", "  ", "a\nb", "ä", &"x".repeat(129)] {
            assert_eq!(build(bad), Err(BuildError::RequestClient(bad.to_owned())));
        }
    }

    #[test]
    fn a_timeout_of_zero_is_refused() {
        let zero = Client::builder().request_timeout(Duration::ZERO).build();
        assert_eq!(zero.map(|_| ()), Err(BuildError::Timeout));
    }
}
