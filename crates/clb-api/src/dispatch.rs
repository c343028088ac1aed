//! Dispatches one call: builds the request, signs it, sends it, parses the response.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use clb_sign::{SignableRequest, SigningTime};
use http::{HeaderMap, HeaderName, HeaderValue, Method, header, uri::InvalidUri};
use tracing::{Instrument, Span, debug, debug_span, field};

use crate::{
    ApiError, Clock, Endpoint, Language, NoProxy, Region, ResponseLimit, SetupError, Transport,
    TransportError,
    clock::CorrectedClock,
    envelope::{self, RawResponse},
    error_table::ErrorClass,
    redact::Secrets,
    service::Service,
    signing::Signing,
};

const CONTENT_TYPE: &str = "application/json";

/// What all calls have in common.
pub(crate) struct Dispatch {
    pub(crate) transport: Arc<dyn Transport>,
    pub(crate) clock: CorrectedClock,
    pub(crate) timeout: Duration,
    pub(crate) user_agent: HeaderValue,
    pub(crate) request_client: HeaderValue,
    pub(crate) language: Language,
}

/// One call.
pub(crate) struct Call<'a> {
    pub(crate) service: &'a Service,
    pub(crate) action: &'a str,
    pub(crate) region: &'a Region,
    pub(crate) endpoint: &'a Endpoint,
    pub(crate) body: Bytes,
    pub(crate) response_limit: ResponseLimit,
    /// Secrets among the parameters, which no error may quote.
    pub(crate) secrets: Secrets,
}

/// How many times one call is sent again because the clock was off. More than once, since one response with a wrong date
/// misleads the calls beside it, which then find out and correct the clock again.
pub(crate) const CLOCK_CORRECTIONS: u32 = 3;

impl Dispatch {
    /// Sends the call, and again with the service's time while it finds the clock too far off.
    pub(crate) async fn call(&self, call: &Call<'_>, signing: &Signing) -> Result<RawResponse, ApiError> {
        let mut result = self.send_once(call, signing, self.timeout).await;
        for _ in 0..CLOCK_CORRECTIONS {
            if !result.as_ref().is_err_and(ApiError::is_corrected) {
                break;
            }
            result = self.send_once(call, signing, self.timeout).await;
        }
        result
    }

    /// Sends the call once. An error that shows the clock to be off has corrected it.
    pub(crate) async fn send_once(
        &self,
        call: &Call<'_>,
        signing: &Signing,
        timeout: Duration,
    ) -> Result<RawResponse, ApiError> {
        let span = span(call);
        let request = self.request(call, signing)?;
        let response = self.send(request, timeout).instrument(span.clone()).await;
        let result = response.and_then(|response| {
            span.record("http_status", response.status().as_u16());
            envelope::parse(&response, self.clock.unix())
        });
        let result = match result {
            Ok(response) => Ok(response.with_secrets(signing.secrets())),
            Err(error) => Err(error.scrubbed(&signing.secrets()).scrubbed(&call.secrets).shortened()),
        };
        log(&span, &result);
        result.map_err(|error| self.correct_clock(error).at(call.region, call.endpoint))
    }

    /// Waits until a request to `endpoint` can leave without delay.
    pub(crate) async fn ready(&self, endpoint: &Endpoint) {
        self.transport.ready(endpoint.host()).await;
    }

    /// Fetches a document without signing, from the machine's metadata service.
    pub(crate) async fn fetch(
        &self,
        url: &str,
        timeout: Duration,
    ) -> Result<http::Response<Bytes>, ApiError> {
        let mut request = http::Request::new(Bytes::new());
        request.extensions_mut().insert(ResponseLimit::SHORT);
        request.extensions_mut().insert(NoProxy);
        *request.uri_mut() = url.parse().map_err(|error: InvalidUri| invalid("metadata service", &error))?;
        request.headers_mut().insert(header::USER_AGENT, self.user_agent.clone());
        self.send(request, timeout).await
    }

    fn request(&self, call: &Call<'_>, signing: &Signing) -> Result<http::Request<Bytes>, ApiError> {
        let mut request = http::Request::new(call.body.clone());
        request.extensions_mut().insert(call.response_limit);
        *request.method_mut() = Method::POST;
        *request.uri_mut() =
            call.endpoint.url().parse().map_err(|error: InvalidUri| invalid("endpoint", &error))?;
        *request.headers_mut() = self.headers(call)?;
        let to_sign =
            SignableRequest::post(call.service.name(), call.endpoint.host(), CONTENT_TYPE, &call.body)
                .map_err(|error| invalid("endpoint", &error))?;
        let time = SigningTime::from_unix(self.clock.unix()).map_err(|error| invalid("clock", &error))?;
        signing.apply(&to_sign, time, request.headers_mut());
        Ok(request)
    }

    /// The headers that are not signed, and the two that are.
    fn headers(&self, call: &Call<'_>) -> Result<HeaderMap, ApiError> {
        let text = |name, text: &str| HeaderValue::from_str(text).map_err(|error| invalid(name, &error));
        Ok(HeaderMap::from_iter([
            (header::HOST, text("endpoint", call.endpoint.host())?),
            (header::CONTENT_TYPE, HeaderValue::from_static(CONTENT_TYPE)),
            (header::ACCEPT, HeaderValue::from_static(CONTENT_TYPE)),
            (header::USER_AGENT, self.user_agent.clone()),
            (HeaderName::from_static("x-tc-action"), text("action", call.action)?),
            (HeaderName::from_static("x-tc-version"), text("service", call.service.version())?),
            (HeaderName::from_static("x-tc-region"), text("region", call.region.as_str())?),
            (HeaderName::from_static("x-tc-language"), HeaderValue::from_static(self.language.code())),
            (HeaderName::from_static("x-tc-requestclient"), self.request_client.clone()),
        ]))
    }

    async fn send(
        &self,
        request: http::Request<Bytes>,
        timeout: Duration,
    ) -> Result<http::Response<Bytes>, ApiError> {
        let host = request.uri().authority().map_or_else(String::new, ToString::to_string);
        let timeout = timeout.min(self.timeout);
        let late = |_| Err(TransportError::maybe_sent(format!("no response within {timeout:.1?}")));
        // The transport keeps the timeout, too; this one holds whatever the transport does.
        let sent =
            tokio::time::timeout(timeout, self.transport.send(request, timeout)).await.unwrap_or_else(late);
        sent.map_err(|error| transport_error(&host, error))
    }

    /// Corrects the clock by the date of a response that found it off.
    fn correct_clock(&self, error: ApiError) -> ApiError {
        match error.server_date() {
            Some(date) if error.class() == ErrorClass::CorrectClock => {
                self.clock.correct(date);
                debug!(seconds = self.clock.correction(), "clock corrected");
                error.corrected()
            }
            _ => error,
        }
    }
}

fn transport_error(host: &str, error: TransportError) -> ApiError {
    if error.is_misconfigured() {
        return ApiError::setup(SetupError::Http(error));
    }
    let message = format!("no response from {host}");
    let may_have_been_sent = error.may_have_been_sent();
    ApiError::no_response(message, may_have_been_sent).with_source(error)
}

fn span(call: &Call<'_>) -> Span {
    debug_span!(
        "call",
        service = call.service.name(),
        action = call.action,
        region = call.region.as_str(),
        host = call.endpoint.host(),
        http_status = field::Empty,
        request_id = field::Empty,
        code = field::Empty,
    )
}

/// Logs the outcome without the service's message, which may hold what only the caller may see.
fn log(span: &Span, result: &Result<RawResponse, ApiError>) {
    let (request_id, code) = match result {
        Ok(response) => (Some(response.request_id.as_str()), None),
        Err(error) => (error.request_id(), error.code()),
    };
    span.record("request_id", request_id);
    span.record("code", code);
    span.in_scope(|| debug!(accepted = result.is_ok(), "response"));
}

fn invalid(name: &str, problem: &dyn std::error::Error) -> ApiError {
    ApiError::setup(SetupError::invalid(name, problem.to_string()))
}
