//! The real network: HTTP/1.1 and 2 over TLS by rustls.

use std::{
    fmt,
    path::{Path, PathBuf},
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use async_trait::async_trait;
use bytes::Bytes;
use http::uri::Scheme;
use tokio::sync::OnceCell;

use crate::{
    Environment, NoProxy, Transport, TransportError,
    endpoint::is_loopback,
    proxy::Proxies,
    reqwest_transport::{chain, execute, within},
};

/// HTTP over pooled connections. The platform's certificates, `ca_file` and the proxy variables are read at the first
/// call.
///
/// Redirects are returned like any other response, nothing is decompressed, and neither this machine itself nor its
/// metadata service is ever reached through a proxy.
pub struct HttpTransport {
    connect_timeout: Duration,
    ca_file: Option<PathBuf>,
    environment: Environment,
    clients: [OnceCell<reqwest::Client>; 3],
    /// Whether any request got a response.
    answered: AtomicBool,
}

/// Three routes, each with connections of its own.
#[derive(Clone, Copy)]
enum Route {
    /// In the clear, without a proxy: to this machine or its metadata service. Needs no certificates, and reading those takes longer than most calls.
    Plain,
    /// To this machine over TLS.
    Direct,
    /// To any other machine, through the proxy that environment or system name.
    Outward,
}

/// A connection is not used again after idling for 30 s, as with the vendor's Go SDK: the service may be closing it
/// just then, and a request that meets its end is lost.
const IDLE: Duration = Duration::from_secs(30);

impl HttpTransport {
    /// Connections that are given up when they take longer than `connect_timeout` to make.
    pub fn new(connect_timeout: Duration) -> Self {
        let clients = [const { OnceCell::const_new() }; 3];
        let environment = Environment::process();
        Self { connect_timeout, ca_file: None, environment, clients, answered: AtomicBool::new(false) }
    }

    /// Reads the proxy variables (`HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY`, `NO_PROXY`) from `environment` instead of the
    /// process.
    #[must_use]
    pub fn with_environment(self, environment: Environment) -> Self {
        Self { environment, ..self }
    }

    /// Trusts the certificates in this PEM file besides the platform's.
    #[must_use]
    pub fn with_ca_file(self, ca_file: impl Into<PathBuf>) -> Self {
        Self { ca_file: Some(ca_file.into()), ..self }
    }

    async fn execute(&self, request: http::Request<Bytes>) -> Result<http::Response<Bytes>, TransportError> {
        let client = self.client(Route::of(&request)).await?;
        let response = execute(client, request).await.map_err(|error| self.failed(error))?;
        self.answered.store(true, Ordering::Relaxed);
        Ok(response)
    }

    /// Before the first answer ever, a certificate that is not trusted or a proxy that wants a login is a matter of
    /// configuration. After it, it is trouble that may pass.
    fn failed(&self, error: TransportError) -> TransportError {
        match advice(&error) {
            Some(advice) if !self.answered.load(Ordering::Relaxed) => {
                TransportError::misconfigured(format!("{error}; {advice}")).with_source(error)
            }
            _ => error,
        }
    }

    async fn client(&self, route: Route) -> Result<&reqwest::Client, TransportError> {
        self.clients[route as usize].get_or_try_init(|| self.build(route)).await
    }

    async fn build(&self, route: Route) -> Result<reqwest::Client, TransportError> {
        let mut builder = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .referer(false)
            .pool_idle_timeout(IDLE)
            .connect_timeout(self.connect_timeout);
        builder = match route {
            Route::Plain | Route::Direct => builder.no_proxy(),
            Route::Outward => self.with_proxies(builder)?,
        };
        builder = match &self.ca_file {
            _ if matches!(route, Route::Plain) => builder.tls_certs_only([]),
            Some(path) => builder.tls_certs_merge(certificates(path).await?),
            None => builder,
        };
        builder
            .build()
            .map_err(|error| TransportError::misconfigured(format!("no HTTP client: {}", chain(&error))))
    }

    /// The proxies of the environment. Without any, the system's settings apply, unless the environment is not the
    /// process's.
    fn with_proxies(
        &self,
        builder: reqwest::ClientBuilder,
    ) -> Result<reqwest::ClientBuilder, TransportError> {
        let proxies = Proxies::of(&self.environment)
            .map_err(|error| TransportError::misconfigured(format!("`{}`: {error}", error.variable)))?;
        if proxies.is_empty() {
            return Ok(if self.environment.is_process() { builder } else { builder.no_proxy() });
        }
        let excepted = proxies.excepted.as_deref().and_then(reqwest::NoProxy::from_string);
        let made = [
            proxies.http.map(|url| reqwest::Proxy::http(url.as_str())),
            proxies.https.map(|url| reqwest::Proxy::https(url.as_str())),
        ];
        made.into_iter().flatten().try_fold(builder, |builder, proxy| {
            let unusable = |_| TransportError::misconfigured("a proxy variable is not the URL of a proxy");
            Ok(builder.proxy(proxy.map_err(unusable)?.no_proxy(excepted.clone())))
        })
    }
}

#[async_trait]
impl Transport for HttpTransport {
    async fn send(
        &self,
        request: http::Request<Bytes>,
        timeout: Duration,
    ) -> Result<http::Response<Bytes>, TransportError> {
        within(timeout, self.execute(request)).await
    }
}

impl fmt::Debug for HttpTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpTransport")
            .field("connect_timeout", &self.connect_timeout)
            .field("ca_file", &self.ca_file)
            .finish_non_exhaustive()
    }
}

impl Route {
    fn of(request: &http::Request<Bytes>) -> Self {
        let host = request.uri().host().unwrap_or_default();
        let is_direct = request.extensions().get::<NoProxy>().is_some();
        match is_direct || is_loopback(host.trim_matches(['[', ']'])) {
            true if request.uri().scheme() == Some(&Scheme::HTTP) => Self::Plain,
            true => Self::Direct,
            false => Self::Outward,
        }
    }
}

/// What to do about a connection that will fail the next time, too. The library tells these apart in words alone.
fn advice(error: &TransportError) -> Option<&'static str> {
    let text = error.to_string();
    let advice = [
        ("invalid peer certificate", "`ca_file` adds certificates to trust"),
        ("proxy authorization required", "the proxy asks for a login"),
    ];
    advice.into_iter().find(|(sign, _)| text.contains(sign)).map(|(_, advice)| advice)
}

async fn certificates(path: &Path) -> Result<Vec<reqwest::Certificate>, TransportError> {
    let unusable =
        |problem: String| TransportError::misconfigured(format!("`ca_file` {}: {problem}", path.display()));
    let pem = tokio::fs::read(path).await.map_err(|error| unusable(error.to_string()))?;
    let certificates =
        reqwest::Certificate::from_pem_bundle(&pem).map_err(|error| unusable(chain(&error)))?;
    if certificates.is_empty() {
        return Err(unusable("holds no certificate in PEM".to_owned()));
    }
    Ok(certificates)
}
