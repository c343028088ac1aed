//! The real network: HTTP/1.1 and 2 over TLS by rustls.

mod advice;
mod connections;

use std::{
    collections::HashMap,
    fmt,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use bytes::Bytes;
use http::uri::Scheme;
use tokio::{
    sync::{Mutex as FairMutex, Notify, OnceCell},
    time::{Instant, timeout_at},
};

use self::{advice::advice, connections::Connections};
use crate::{
    Environment, NoProxy, OptionNames, Transport, TransportError,
    endpoint::is_loopback,
    proxy::Proxies,
    reqwest_transport::{execute, within},
};

/// HTTP over pooled connections. The platform's certificates, `ca_file` and the proxy variables are read at the first
/// call.
///
/// Redirects are returned like any other response, nothing is decompressed, and neither this machine itself nor its
/// metadata service is ever reached through a proxy.
pub struct HttpTransport {
    connect_timeout: Duration,
    ca_file: Option<PathBuf>,
    names: OptionNames,
    environment: Environment,
    clients: [OnceCell<reqwest::Client>; 3],
    hosts: Mutex<HashMap<String, Arc<Host>>>,
}

/// What is known of one authority.
#[derive(Default)]
struct Host {
    state: Mutex<HostState>,
    /// The line of requests that cannot leave yet, and what tells the first of them that a connection is free.
    line: FairMutex<()>,
    free: Notify,
}

#[derive(Default)]
struct HostState {
    connections: Connections,
    /// Whether any request got a response over TLS: then its certificate was accepted.
    has_responded: bool,
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
        let names = OptionNames::default();
        Self { connect_timeout, ca_file: None, names, environment, clients, hosts: Mutex::default() }
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

    /// What errors call `ca_file`.
    pub(crate) fn with_names(self, names: OptionNames) -> Self {
        Self { names, ..self }
    }

    /// What names certificates to trust: the option, or its variable.
    fn ca_file_name(&self) -> String {
        self.names.offered("ca_file").unwrap_or_else(|| "`TENCENTCLOUD_CA_FILE`".to_owned())
    }

    async fn execute(&self, request: http::Request<Bytes>) -> Result<http::Response<Bytes>, TransportError> {
        let client = self.client(Route::of(&request)).await?;
        execute(client, request).await
    }

    fn host(&self, authority: &str) -> Arc<Host> {
        let mut hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(hosts.entry(authority.to_owned()).or_default())
    }

    async fn client(&self, route: Route) -> Result<&reqwest::Client, TransportError> {
        self.clients[route as usize].get_or_try_init(|| self.build(route)).await
    }

    async fn build(&self, route: Route) -> Result<reqwest::Client, TransportError> {
        let mut builder = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .referer(false)
            .pool_idle_timeout(IDLE)
            .retry(reqwest::retry::never())
            .connect_timeout(self.connect_timeout);
        builder = match route {
            Route::Plain | Route::Direct => builder.no_proxy(),
            Route::Outward => self.with_proxies(builder)?,
        };
        builder = match &self.ca_file {
            _ if matches!(route, Route::Plain) => builder.tls_certs_only([]),
            Some(path) => builder.tls_certs_merge(certificates(path, &self.ca_file_name()).await?),
            None => builder,
        };
        builder.build().map_err(|error| TransportError::misconfigured("no HTTP client").with_source(error))
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
        let host = self.host(request.uri().authority().map_or("", |authority| authority.as_str()));
        let is_tls = request.uri().scheme() == Some(&Scheme::HTTPS);
        let result = within(timeout, self.execute(request)).await;
        host.learn(result, is_tls, || self.ca_file_name())
    }

    async fn ready(&self, authority: &str) {
        self.host(authority).ready().await;
    }
}

impl Host {
    /// Waits, in order, until a request can leave: at once on an open connection, else when one may be opened.
    async fn ready(&self) {
        let _first = self.line.lock().await;
        loop {
            let free = self.free.notified();
            let Err(next) = self.state().connections.admit(Instant::now()) else { return };
            // Either a connection is free or one may be opened: both are a reason to look again.
            let _ = timeout_at(next, free).await;
        }
    }

    /// Notes what a request has shown. Until a request got a response over TLS, a certificate that is not trusted or a
    /// proxy that wants a login is a matter of configuration. After that, it may pass.
    fn learn(
        &self,
        result: Result<http::Response<Bytes>, TransportError>,
        is_tls: bool,
        ca_file: impl Fn() -> String,
    ) -> Result<http::Response<Bytes>, TransportError> {
        let mut state = self.state();
        match &result {
            Ok(response) => {
                state.connections.on_response(response.version(), Instant::now());
                state.has_responded |= is_tls;
                self.free.notify_one();
            }
            Err(_) => state.connections.on_failure(),
        }
        result.map_err(|error| match advice(&error, ca_file) {
            Some(advice) if !state.has_responded => TransportError::misconfigured(advice).with_source(error),
            _ => error,
        })
    }

    fn state(&self) -> MutexGuard<'_, HostState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
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

async fn certificates(path: &Path, name: &str) -> Result<Vec<reqwest::Certificate>, TransportError> {
    let file = format!("{name} {}", path.display());
    let unreadable = || TransportError::misconfigured(format!("{file} cannot be read"));
    let pem = tokio::fs::read(path).await.map_err(|error| unreadable().with_source(error))?;
    let certificates =
        reqwest::Certificate::from_pem_bundle(&pem).map_err(|error| unreadable().with_source(error))?;
    if certificates.is_empty() {
        return Err(TransportError::misconfigured(format!("{file} holds no certificate in PEM")));
    }
    Ok(certificates)
}
