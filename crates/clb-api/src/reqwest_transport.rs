//! Requests over a `reqwest::Client`, the caller's or this crate's.

use std::{fmt, time::Duration};

use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use http::header;
use tokio::sync::OnceCell;

use crate::{NoProxy, ResponseLimit, Transport, TransportError, reqwest_failure::failed};

/// Requests over a client that the program has already, with its TLS, proxies and pool.
///
/// Build that client with `redirect::Policy::none()`: a request is signed for one host, so that a response which a redirect
/// led to is an error. With `retry::never()`, too, each request takes a permit of its rate limiter. The metadata service of an instance role is reached without the client, since its proxies may not
/// see the role's keys.
pub struct ReqwestTransport {
    client: reqwest::Client,
    /// Without proxies, for the metadata service.
    direct: OnceCell<reqwest::Client>,
}

impl ReqwestTransport {
    /// Sends over `client`.
    pub fn new(client: reqwest::Client) -> Self {
        Self { client, direct: OnceCell::new() }
    }

    async fn execute(&self, request: http::Request<Bytes>) -> Result<http::Response<Bytes>, TransportError> {
        let client = match request.extensions().get::<NoProxy>() {
            Some(NoProxy) => self.direct.get_or_try_init(|| async { direct() }).await?,
            None => &self.client,
        };
        execute(client, request).await
    }
}

#[async_trait]
impl Transport for ReqwestTransport {
    async fn send(
        &self,
        request: http::Request<Bytes>,
        timeout: Duration,
    ) -> Result<http::Response<Bytes>, TransportError> {
        within(timeout, self.execute(request)).await
    }
}

impl fmt::Debug for ReqwestTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ReqwestTransport")
    }
}

/// Sends the request and reads its response up to the limit.
pub(crate) async fn execute(
    client: &reqwest::Client,
    mut request: http::Request<Bytes>,
) -> Result<http::Response<Bytes>, TransportError> {
    let ResponseLimit(limit) = *request.extensions().get().unwrap_or(&ResponseLimit::LONG);
    // HTTP/1.1 derives the same text from the URI, HTTP/2 has `:authority` instead.
    request.headers_mut().remove(header::HOST);
    let request = reqwest::Request::try_from(request)
        .map_err(|error| TransportError::misconfigured("not a request").with_source(error))?;
    let url = request.url().clone();
    let response = client.execute(request).await.map_err(failed)?;
    if *response.url() != url {
        let text = "the HTTP client followed a redirect: build it with `redirect::Policy::none()`";
        return Err(TransportError::maybe_sent(text));
    }
    collect(response, limit).await
}

/// The result, or an error after `timeout`.
pub(crate) async fn within<T>(
    timeout: Duration,
    send: impl Future<Output = Result<T, TransportError>>,
) -> Result<T, TransportError> {
    let late = || TransportError::maybe_sent(format!("no response within {timeout:.1?}"));
    tokio::time::timeout(timeout, send).await.unwrap_or_else(|_| Err(late()))
}

fn direct() -> Result<reqwest::Client, TransportError> {
    let builder = reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never());
    builder.build().map_err(|error| TransportError::misconfigured("no HTTP client").with_source(error))
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
    *response.version_mut() = received.version();
    *response.headers_mut() = std::mem::take(received.headers_mut());
    Ok(response)
}
