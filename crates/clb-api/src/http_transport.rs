//! The real network: HTTP/1.1 and 2 over TLS by rustls.

use std::{
    error::Error,
    fmt,
    path::{Path, PathBuf},
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use http::{header, uri::Scheme};
use tokio::sync::OnceCell;

use crate::{
    Environment, NoProxy, ResponseLimit, Transport, TransportError, endpoint::is_loopback, proxy::Proxies,
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

    async fn execute(
        &self,
        mut request: http::Request<Bytes>,
    ) -> Result<http::Response<Bytes>, TransportError> {
        let client = self.client(Route::of(&request)).await?;
        let ResponseLimit(limit) = *request.extensions().get().unwrap_or(&ResponseLimit::LONG);
        // HTTP/1.1 derives the same text from the URI, HTTP/2 has `:authority` instead.
        request.headers_mut().remove(header::HOST);
        let request = reqwest::Request::try_from(request)
            .map_err(|error| TransportError::misconfigured(chain(&error)))?;
        let response = client.execute(request).await.map_err(|error| self.failed(error))?;
        self.answered.store(true, Ordering::Relaxed);
        collect(response, limit).await
    }

    /// Before the first answer ever, a certificate that is not trusted or a proxy that wants a login is a matter of
    /// configuration. After it, it is trouble that may pass.
    fn failed(&self, error: reqwest::Error) -> TransportError {
        let error = failed(error);
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
        let late = || TransportError::maybe_sent(format!("no response within {timeout:?}"));
        tokio::time::timeout(timeout, self.execute(request)).await.unwrap_or_else(|_| Err(late()))
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

async fn collect(
    mut received: reqwest::Response,
    limit: usize,
) -> Result<http::Response<Bytes>, TransportError> {
    let mut body = BytesMut::new();
    while let Some(chunk) = received.chunk().await.map_err(failed)? {
        if body.len() + chunk.len() > limit {
            return Err(TransportError::maybe_sent(format!("the response is longer than {limit} bytes")));
        }
        body.extend_from_slice(&chunk);
    }
    let mut response = http::Response::new(body.freeze());
    *response.status_mut() = received.status();
    *response.headers_mut() = std::mem::take(received.headers_mut());
    Ok(response)
}

/// An error while connecting comes before the first byte of the request.
fn failed(error: reqwest::Error) -> TransportError {
    let error = error.without_url();
    let text = chain(&error);
    let made = if error.is_connect() {
        TransportError::not_sent(format!("could not connect: {text}"))
    } else {
        TransportError::maybe_sent(text)
    };
    made.with_source(error)
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

/// An error and its causes, each once, without the library's own words around them.
fn chain(error: &dyn Error) -> String {
    let mut causes = Vec::<String>::new();
    let mut cause = Some(error);
    while let Some(error) = cause {
        let text = error.to_string();
        if !causes.iter().any(|seen| seen.contains(&text)) {
            causes.push(text);
        }
        cause = error.source();
    }
    let own =
        |text: &String| ["error sending request", "client error ("].iter().any(|own| text.starts_with(own));
    let seen: Vec<_> = causes.iter().filter(|text| !own(text)).map(String::as_str).collect();
    if seen.is_empty() { error.to_string() } else { seen.join(": ") }
}
