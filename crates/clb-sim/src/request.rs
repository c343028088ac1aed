//! A request and its parts.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use clb_sign::Authorization;
use http::Method;
use http::header::{CONTENT_TYPE, HOST};
use serde_json::{Map, Value};

use crate::api_error::ApiError;
use crate::call_record::CallRecord;
use crate::parameters::{Parameters, from_query};
use crate::response::ApiResponse;
use crate::{clb, metadata};

/// The content type of forms, and of GET requests.
pub(crate) const FORM: &str = "application/x-www-form-urlencoded";

/// The common parameters that a request of the older signatures carries beside the action's own.
const COMMON: [&str; 11] = [
    "Action",
    "Version",
    "Region",
    "Timestamp",
    "Nonce",
    "SecretId",
    "Signature",
    "SignatureMethod",
    "Token",
    "Language",
    "RequestClient",
];

/// A request with its parameters read, before anything is checked.
pub(crate) struct ApiRequest<'a> {
    request: &'a http::Request<Bytes>,
    /// The common parameters of the older signatures; none where headers carry them.
    common: Option<HashMap<String, String>>,
    pub(crate) parameters: Result<Map<String, Value>, ApiError>,
}

impl<'a> ApiRequest<'a> {
    pub(crate) fn read(request: &'a http::Request<Bytes>) -> Self {
        let mut this = Self { request, common: None, parameters: Ok(Map::new()) };
        let mut pairs = this.pairs();
        if this.header("authorization").is_none() && pairs.iter().any(|(name, _)| name == "SecretId") {
            let common = pairs.extract_if(.., |(name, _)| COMMON.contains(&name.as_str()));
            this.common = Some(common.collect());
        }
        let is_query = this.common.is_some() || *request.method() == Method::GET;
        this.parameters = if is_query { from_query(this.action(), pairs) } else { object(request.body()) };
        this
    }

    /// The pairs of the query, or of the form in the body of a POST request.
    pub(crate) fn pairs(&self) -> Vec<(String, String)> {
        let text = match *self.request.method() {
            Method::GET => self.query().as_bytes(),
            _ if self.essence().eq_ignore_ascii_case(FORM) => self.body(),
            _ => &[],
        };
        form_urlencoded::parse(text).into_owned().collect()
    }

    /// Whether it is signed in the older way, with all parameters in the query or form.
    pub(crate) fn is_v1(&self) -> bool {
        self.common.is_some()
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

    /// The content type without its parameters.
    pub(crate) fn essence(&self) -> &'a str {
        self.header(CONTENT_TYPE.as_str()).unwrap_or_default().split(';').next().unwrap_or_default().trim()
    }

    /// The value of a header, if it is text.
    pub(crate) fn header(&self, name: &str) -> Option<&'a str> {
        self.request.headers().get(name)?.to_str().ok()
    }

    /// A common parameter: the header `X-TC-…`, or the parameter beside the older signatures.
    pub(crate) fn common(&self, name: &str) -> Option<&str> {
        match &self.common {
            Some(common) => common.get(name).map(String::as_str),
            None => self.header(&format!("x-tc-{}", name.to_ascii_lowercase())),
        }
    }

    /// A common parameter that must be there and not empty.
    pub(crate) fn required(&self, name: &str) -> Result<&str, ApiError> {
        non_empty(self.common(name), name)
    }

    /// The `Authorization` header, which must be there and not empty.
    pub(crate) fn authorization(&self) -> Result<&'a str, ApiError> {
        non_empty(self.header("authorization"), "Authorization")
    }

    /// The `Host` header, or the host of an absolute URI where a call without a socket has none.
    pub(crate) fn host(&self) -> Option<&'a str> {
        self.header(HOST.as_str())
            .or_else(|| self.request.uri().authority().map(http::uri::Authority::as_str))
    }

    pub(crate) fn is_metadata(&self) -> bool {
        self.path().starts_with(metadata::ROOT)
    }

    pub(crate) fn action(&self) -> &str {
        if self.is_metadata() { "InstanceMetadata" } else { self.common("Action").unwrap_or_default() }
    }

    /// The task that the call is about.
    pub(crate) fn task(&self) -> Option<&str> {
        let parameters = self.parameters.as_ref().ok()?;
        let text = |name| parameters.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
        text("TaskId").or_else(|| text("DealName"))
    }

    /// The task, load balancers and target groups that the call is about.
    pub(crate) fn subjects(&self) -> BTreeSet<String> {
        let parameters = self.parameters.as_ref().ok().map(Parameters::new);
        let resources = parameters.map(clb::named_resources).unwrap_or_default();
        resources.into_iter().chain(self.task().map(str::to_owned)).collect()
    }

    fn secret_id(&self) -> Option<String> {
        if self.is_v1() {
            return self.common("SecretId").map(str::to_owned);
        }
        let authorization = Authorization::parse(self.header("authorization")?).ok()?;
        Some(authorization.secret_id().as_str().to_owned())
    }

    /// The record of the call.
    pub(crate) fn record(&self, at: Duration, response: &ApiResponse) -> CallRecord {
        let common = |name| self.common(name).map(str::to_owned);
        CallRecord {
            action: self.action().to_owned(),
            region: common("Region"),
            task: self.task().map(str::to_owned),
            at,
            secret_id: self.secret_id(),
            client: common("RequestClient"),
            language: common("Language"),
            host: self.host().map(str::to_owned),
            request: Arc::new(self.request.clone()),
            parameters: self.parameters.clone().unwrap_or_default(),
            accepted: response.is_accepted,
            outcome: response.outcome.clone(),
            request_id: response.request_id.clone(),
        }
    }
}

fn non_empty<'a>(value: Option<&'a str>, name: &str) -> Result<&'a str, ApiError> {
    value.filter(|value| !value.is_empty()).ok_or_else(|| ApiError::missing_parameter(name))
}

fn object(body: &[u8]) -> Result<Map<String, Value>, ApiError> {
    serde_json::from_slice(body)
        .map_err(|error| ApiError::new("InvalidParameter", format!("the body is not a JSON object: {error}")))
}
