//! A request and its parts.

use std::time::Duration;

use bytes::Bytes;
use clb_sign::Authorization;
use http::Method;
use http::header::HOST;
use serde_json::{Map, Value};

use crate::api_error::ApiError;
use crate::call_record::CallRecord;
use crate::metadata;
use crate::response::ApiResponse;

/// A request with its parameters read, before anything is checked.
pub(crate) struct ApiRequest<'a> {
    request: &'a http::Request<Bytes>,
    pub(crate) parameters: Result<Map<String, Value>, ApiError>,
}

impl<'a> ApiRequest<'a> {
    pub(crate) fn read(request: &'a http::Request<Bytes>) -> Self {
        let parameters = match *request.method() {
            Method::GET => Ok(pairs(request.uri().query().unwrap_or_default())),
            _ => object(request.body()),
        };
        Self { request, parameters }
    }

    pub(crate) fn method(&self) -> &'a Method {
        self.request.method()
    }

    pub(crate) fn path(&self) -> &'a str {
        self.request.uri().path()
    }

    pub(crate) fn query(&self) -> &'a str {
        self.request.uri().query().unwrap_or_default()
    }

    pub(crate) fn body(&self) -> &'a [u8] {
        self.request.body()
    }

    /// The value of a header, if it is text.
    pub(crate) fn header(&self, name: &str) -> Option<&'a str> {
        self.request.headers().get(name)?.to_str().ok()
    }

    /// A header that must be there and not empty. Errors name it as the API's manual does.
    pub(crate) fn required(&self, header: &str, name: &str) -> Result<&'a str, ApiError> {
        self.header(header).filter(|value| !value.is_empty()).ok_or_else(|| ApiError::missing(name))
    }

    /// The `Host` header, or the host of an absolute URI where a call without a socket has none.
    pub(crate) fn host(&self) -> Option<&'a str> {
        self.header(HOST.as_str())
            .or_else(|| self.request.uri().authority().map(http::uri::Authority::as_str))
    }

    pub(crate) fn is_metadata(&self) -> bool {
        self.path().starts_with(metadata::ROOT)
    }

    pub(crate) fn action(&self) -> &'a str {
        let named = || self.header("x-tc-action").unwrap_or_default();
        if self.is_metadata() { "InstanceMetadata" } else { named() }
    }

    /// The task that the call is about.
    pub(crate) fn task(&self) -> Option<&str> {
        let parameters = self.parameters.as_ref().ok()?;
        let text = |name| parameters.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
        text("TaskId").or_else(|| text("DealName"))
    }

    fn secret_id(&self) -> Option<String> {
        let authorization = Authorization::parse(self.header("authorization")?).ok()?;
        Some(authorization.secret_id().as_str().to_owned())
    }

    /// The record of the call.
    pub(crate) fn record(&self, at: Duration, response: &ApiResponse) -> CallRecord {
        let owned = |text: Option<&str>| text.map(str::to_owned);
        CallRecord {
            action: self.action().to_owned(),
            region: owned(self.header("x-tc-region")),
            task: owned(self.task()),
            at,
            secret_id: self.secret_id(),
            client: owned(self.header("x-tc-requestclient")),
            language: owned(self.header("x-tc-language")),
            host: owned(self.host()),
            parameters: self.parameters.clone().unwrap_or_default(),
            outcome: response.outcome.clone(),
            request_id: response.request_id.clone(),
        }
    }
}

fn pairs(query: &str) -> Map<String, Value> {
    let pairs = form_urlencoded::parse(query.as_bytes());
    pairs.map(|(name, value)| (name.into_owned(), Value::String(value.into_owned()))).collect()
}

fn object(body: &[u8]) -> Result<Map<String, Value>, ApiError> {
    serde_json::from_slice(body)
        .map_err(|error| ApiError::new("InvalidParameter", format!("the body is not a JSON object: {error}")))
}
