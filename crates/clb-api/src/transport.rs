//! The seam to the network.

use std::{error::Error, fmt, sync::Arc, time::Duration};

use async_trait::async_trait;
use bytes::Bytes;

/// Sends one request and brings its answer: HTTP in this crate's [`HttpTransport`](crate::HttpTransport), a function
/// in a test.
///
/// The request has an absolute URI and a `Host` header. An implementation follows no redirect, sends no request
/// twice, is done within `timeout`, connecting included, and reads no more than the request's [`AnswerLimit`].
#[async_trait]
pub trait Transport: Send + Sync {
    /// The answer, whatever its status.
    async fn send(
        &self,
        request: http::Request<Bytes>,
        timeout: Duration,
    ) -> Result<http::Response<Bytes>, TransportError>;
}

/// How many bytes of an answer are read: a request carries one among its extensions. Both sizes are a judgement, far
/// above what the service is known to answer; the vendor documents none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AnswerLimit(pub usize);

impl AnswerLimit {
    /// 256 KiB, for a task's status and for keys: many may be under way at once.
    pub const SHORT: Self = Self(256 << 10);

    /// 8 MiB, for any other action.
    pub const LONG: Self = Self(8 << 20);
}

/// Why no answer came.
#[derive(Clone)]
pub struct TransportError {
    message: String,
    stage: Stage,
    source: Option<Arc<dyn Error + Send + Sync>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// The transport itself cannot work; trying again changes nothing.
    Setup,
    /// Before the first byte of the request.
    Connecting,
    /// At any time after that, or nobody knows.
    Sent,
}

impl TransportError {
    /// This transport can send nothing at all: its configuration is wrong, and trying again changes nothing.
    pub fn unusable(message: impl Into<String>) -> Self {
        Self { message: message.into(), stage: Stage::Setup, source: None }
    }

    /// Nothing of the request has left this machine: no address, connection refused, no TLS.
    pub fn not_sent(message: impl Into<String>) -> Self {
        Self { message: message.into(), stage: Stage::Connecting, source: None }
    }

    /// The service may have received the request.
    pub fn maybe_sent(message: impl Into<String>) -> Self {
        Self { message: message.into(), stage: Stage::Sent, source: None }
    }

    /// Adds what led to it.
    #[must_use]
    pub fn with_source(self, source: impl Error + Send + Sync + 'static) -> Self {
        Self { source: Some(Arc::new(source)), ..self }
    }

    /// Whether the service may have received the request.
    pub fn may_have_been_sent(&self) -> bool {
        self.stage == Stage::Sent
    }

    /// Whether the transport's configuration is wrong.
    pub fn is_unusable(&self) -> bool {
        self.stage == Stage::Setup
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
            .field("message", &self.message)
            .field("stage", &self.stage)
            .finish_non_exhaustive()
    }
}

impl Error for TransportError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}
