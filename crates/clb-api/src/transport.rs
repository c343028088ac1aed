//! The interface to the network.

use std::{error::Error, fmt, sync::Arc, time::Duration};

use async_trait::async_trait;
use bytes::Bytes;

use crate::error_chain::chain;

/// Sends one request and returns its response: HTTP in this crate's [`HttpTransport`](crate::HttpTransport), a function
/// in a test.
///
/// The request has an absolute URI and a `Host` header. An implementation follows no redirect and sends no request
/// twice. It completes within `timeout`, which includes connecting, and reads no more than the request's [`ResponseLimit`]. It sends
/// a request that is marked [`NoProxy`] through no proxy.
#[async_trait]
pub trait Transport: Send + Sync {
    /// The response, whatever its status.
    async fn send(
        &self,
        request: http::Request<Bytes>,
        timeout: Duration,
    ) -> Result<http::Response<Bytes>, TransportError>;

    /// Waits until a request to `authority` (host and port) can leave without delay; by default, that is at once.
    ///
    /// A client waits for this before it takes the permit of a rate limiter. A transport whose connections take long to
    /// open makes requests wait here: those that waited for a connection after taking their permits would otherwise
    /// reach the service together with later ones, at more than the permitted rate.
    async fn ready(&self, authority: &str) {
        let _ = authority;
    }
}

#[async_trait]
impl<T: Transport + ?Sized> Transport for Arc<T> {
    async fn send(
        &self,
        request: http::Request<Bytes>,
        timeout: Duration,
    ) -> Result<http::Response<Bytes>, TransportError> {
        (**self).send(request, timeout).await
    }

    async fn ready(&self, host: &str) {
        (**self).ready(host).await;
    }
}

/// How many bytes of a response are read: a request carries one among its extensions. Both sizes are a judgement, far
/// above what the service is known to send; the vendor documents none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ResponseLimit(pub usize);

impl ResponseLimit {
    /// 256 KiB, for a task's status and for keys: many may be in flight at once.
    pub const SHORT: Self = Self(256 << 10);

    /// 8 MiB, for any other action.
    pub const LONG: Self = Self(8 << 20);
}

/// Marks a request, as one of its extensions, that must not go through a proxy: the metadata service gives keys to
/// every client on this machine, so a proxy could read or replace them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoProxy;

/// Why there is no response.
#[derive(Clone)]
pub struct TransportError {
    message: String,
    stage: Stage,
    source: Option<Source>,
}

/// What led to it: an error, or a cause so many steps below one.
#[derive(Clone)]
struct Source {
    error: Arc<dyn Error + Send + Sync>,
    steps: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// The transport is misconfigured; another attempt changes nothing.
    Configuration,
    /// Before the first byte of the request.
    Connecting,
    /// At any time after that, or unknown.
    Sent,
}

impl TransportError {
    /// The transport's configuration is wrong, so that nothing was sent and another attempt changes nothing.
    pub fn misconfigured(message: impl Into<String>) -> Self {
        Self { message: message.into(), stage: Stage::Configuration, source: None }
    }

    /// Nothing of the request has left this machine: no address, connection refused, no TLS.
    pub fn not_sent(message: impl Into<String>) -> Self {
        Self { message: message.into(), stage: Stage::Connecting, source: None }
    }

    /// The service may have received the request.
    pub fn maybe_sent(message: impl Into<String>) -> Self {
        Self { message: message.into(), stage: Stage::Sent, source: None }
    }

    /// Adds the cause.
    #[must_use]
    pub fn with_source(self, source: impl Error + Send + Sync + 'static) -> Self {
        self.with_cause(source, 0)
    }

    /// Adds a cause that is so many steps below an error whose own words say nothing.
    pub(crate) fn with_cause(self, error: impl Error + Send + Sync + 'static, steps: usize) -> Self {
        Self { source: Some(Source { error: Arc::new(error), steps }), ..self }
    }

    /// Whether the service may have received the request.
    pub fn may_have_been_sent(&self) -> bool {
        self.stage == Stage::Sent
    }

    /// Whether the transport's configuration is wrong.
    pub fn is_misconfigured(&self) -> bool {
        self.stage == Stage::Configuration
    }
}

impl fmt::Display for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl fmt::Debug for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TransportError")
            .field("message", &chain(self))
            .field("stage", &self.stage)
            .finish_non_exhaustive()
    }
}

impl Error for TransportError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        let Source { error, steps } = self.source.as_ref()?;
        (0..*steps).try_fold(&**error as &(dyn Error + 'static), |error, _| error.source())
    }
}
