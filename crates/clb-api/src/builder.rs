//! Builds a client.

mod setters;

use std::{
    fmt,
    sync::{Arc, OnceLock},
    time::Duration,
};

use clb_task::RequestRate;
use http::HeaderValue;

use crate::{
    Client, Clock, CredentialsProvider, Environment, Language, Options, SetupError, SystemClock, Transport,
    call::CallOrder,
    client::Shared,
    clock::CorrectedClock,
    credentials::{AccountGuard, DefaultCredentialsChain},
    dispatch::Dispatch,
    endpoint_resolver::Setting,
    options::{CONNECT_TIMEOUT, REQUEST_TIMEOUT},
    rate_limits::RateLimits,
    wait::Waiters,
};

/// The longest text that the service takes in `X-TC-RequestClient`, by the vendor's SDKs.
const LONGEST_REQUEST_CLIENT: usize = 128;

const RATE_VARIABLE: &str = "TENCENTCLOUD_CLB_REQUESTS_PER_SECOND";

const NAME: &str = concat!("clb-api/", env!("CARGO_PKG_VERSION"));

/// Builds a [`Client`] from options, environment and profiles.
///
/// An option that is set wins over its environment variable, and both over the profile. The later of two methods that set
/// the same option wins.
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
    plain_http_advice: String,
    rate: Option<RequestRate>,
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
    /// There is no transport: the feature `rustls`, which has one, is off, and none was given.
    #[error("no transport: give one with `ClientBuilder::transport`, or turn the feature `rustls` on")]
    NoTransport,
    /// A timeout of zero would never let a call through.
    #[error("a timeout is longer than zero")]
    Timeout,
}

impl ClientBuilder {
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

    /// Permits plain HTTP to other machines: anyone on the way can read and change what is sent. Without it plain HTTP
    /// goes to this machine only.
    #[must_use]
    pub fn allow_plain_http(self, allowed: bool) -> Self {
        Self { plain_http: allowed, ..self }
    }

    /// What the error about plain HTTP advises, in a program whose users permit it in another way than by
    /// [`allow_plain_http`](Self::allow_plain_http): the end of the sentence "use `https://`, or ...".
    #[must_use]
    pub fn plain_http_advice(self, advice: impl Into<String>) -> Self {
        Self { plain_http_advice: advice.into(), ..self }
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

    /// How many requests a second the service accepts of one action, instead of `TENCENTCLOUD_CLB_REQUESTS_PER_SECOND` or
    /// its documented limit of 20.
    #[must_use]
    pub fn request_rate(self, rate: RequestRate) -> Self {
        Self { rate: Some(rate), ..self }
    }

    /// Another clock than the machine's.
    #[must_use]
    pub fn clock(self, clock: impl Clock + 'static) -> Self {
        Self { clock: Some(Arc::new(clock)), ..self }
    }

    /// Another way to send requests than the crate's own, which comes with the feature `rustls`. It replaces `ca_file`, the connect
    /// timeout and the proxy variables.
    #[must_use]
    pub fn transport(self, transport: impl Transport + 'static) -> Self {
        Self { transport: Some(Arc::new(transport)), ..self }
    }

    /// Sends over a `reqwest::Client` that the program has already: see [`ReqwestTransport`](crate::ReqwestTransport).
    #[cfg(feature = "reqwest")]
    #[must_use]
    pub fn http_client(self, client: reqwest::Client) -> Self {
        self.transport(crate::ReqwestTransport::new(client))
    }

    /// Builds the client, without network and without reading files.
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
            transport: self.transport_or_http(connect_timeout)?,
            language: self.language,
            timeout,
        };
        let provider = AccountGuard::guard(self.chain(), &self.options);
        let (rate, setup) = match self.requests_per_second() {
            Ok(rate) => (rate, OnceLock::new()),
            Err(error) => (RequestRate::default(), OnceLock::from(Err(error))),
        };
        Ok(Client::new(Shared {
            provider,
            options: self.options,
            environment: self.environment,
            plain_http: self.plain_http,
            plain_http_advice: self.plain_http_advice,
            limits: RateLimits::new(rate),
            order: CallOrder::default(),
            waiters: Waiters::new(timeout),
            dispatch: Arc::new(dispatch),
            setup,
        }))
    }

    /// A malformed variable is the error of the first call, like every other malformed setting.
    fn requests_per_second(&self) -> Result<RequestRate, SetupError> {
        let rate = match self.rate {
            Some(rate) => Some(rate),
            None => Setting::variable(RATE_VARIABLE, &self.environment).parse(rate)?,
        };
        Ok(rate.unwrap_or_default())
    }

    /// Roles and MFA sessions of the options are requested with the given provider, if there is one.
    fn chain(&self) -> Arc<dyn CredentialsProvider> {
        let chain = DefaultCredentialsChain::new(self.options.clone(), self.environment.clone());
        Arc::new(match &self.provider {
            Some(provider) => chain.with_base(Arc::clone(provider)),
            None => chain,
        })
    }

    #[cfg(not(feature = "rustls"))]
    fn transport_or_http(&self, _: Duration) -> Result<Arc<dyn Transport>, BuildError> {
        self.transport.clone().ok_or(BuildError::NoTransport)
    }

    #[cfg(feature = "rustls")]
    #[expect(clippy::unnecessary_wraps, reason = "without the feature there may be none")]
    fn transport_or_http(&self, connect_timeout: Duration) -> Result<Arc<dyn Transport>, BuildError> {
        Ok(self.transport.clone().unwrap_or_else(|| Arc::new(self.http(connect_timeout))))
    }

    #[cfg(feature = "rustls")]
    fn http(&self, connect_timeout: Duration) -> crate::HttpTransport {
        let transport = crate::HttpTransport::new(connect_timeout)
            .with_environment(self.environment.clone())
            .with_names(self.options.names);
        let ca_file = crate::options::non_empty(self.options.ca_file.as_deref()).map(str::to_owned);
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
            plain_http_advice: "permit it with `ClientBuilder::allow_plain_http`".to_owned(),
            rate: None,
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

fn rate(text: &str) -> Result<RequestRate, String> {
    let number =
        text.trim().parse().map_err(|_| format!("a request rate is a number such as `20`, not {text:?}"))?;
    RequestRate::new(number).map_err(|error| error.to_string())
}

fn header(text: &str) -> Result<HeaderValue, BuildError> {
    HeaderValue::from_str(text).map_err(|_| BuildError::RequestClient(text.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Region;

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
    fn options_add_to_what_is_set_and_the_later_setting_wins() {
        let region = |text: &str| Region::parse(text).unwrap();
        let options = |region: Option<&str>| Options {
            region: region.map(str::to_owned),
            profile: Some("p".to_owned()),
            ..Options::default()
        };
        let builder = Client::builder().region(region("ap-a")).options(options(None));
        assert_eq!(builder.options.region.as_deref(), Some("ap-a"));
        assert_eq!(builder.options.profile.as_deref(), Some("p"));
        let builder = Client::builder().region(region("ap-a")).options(options(Some("ap-b")));
        assert_eq!(builder.options.region.as_deref(), Some("ap-b"));
        let builder = Client::builder().options(options(Some("ap-b"))).region(region("ap-a"));
        assert_eq!(builder.options.region.as_deref(), Some("ap-a"));
    }

    #[tokio::test]
    async fn a_malformed_rate_variable_is_the_error_of_the_first_call() {
        for (variable, error) in [
            (
                "fast",
                Some(
                    "`TENCENTCLOUD_CLB_REQUESTS_PER_SECOND`: a request rate is a number such as `20`, not \"fast\"",
                ),
            ),
            ("0", Some("`TENCENTCLOUD_CLB_REQUESTS_PER_SECOND`: ")),
            ("7", None),
        ] {
            let environment =
                Environment::of([(RATE_VARIABLE, variable), ("TENCENTCLOUD_REGION", "ap-guangzhou")]);
            let client = Client::builder().environment(environment).build().unwrap();
            let shown = client.endpoint().await.err().map(|error| error.to_string());
            assert!(shown.as_deref().unwrap_or_default().starts_with(error.unwrap_or_default()), "{shown:?}");
            assert_eq!(shown.is_some(), error.is_some());
        }
    }

    #[test]
    fn a_timeout_of_zero_is_rejected() {
        let zero = Client::builder().request_timeout(Duration::ZERO).build();
        assert_eq!(zero.map(|_| ()), Err(BuildError::Timeout));
    }
}
