//! The request to sign.

use std::path::Path;

use clb_sign::{Method, SignableRequest};
use serde_json::Value;

use super::{
    Curl, SignArguments, Signature,
    given::Given,
    older::{OlderSignature, decoded_pairs},
};
use crate::{exit::Failure, input};

const FORM: &str = "application/x-www-form-urlencoded";

/// A request, whichever way it was given.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) method: Method,
    pub(crate) service: String,
    pub(crate) scheme: String,
    pub(crate) host: String,
    pub(crate) content_type: String,
    pub(crate) query: String,
    pub(crate) body: String,
    /// Further headers that are signed.
    pub(crate) signed_headers: Vec<(String, String)>,
    /// Headers that are sent and not signed: `X-TC-Action` and the like.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) unsigned_payload: bool,
    pub(crate) time: Option<u64>,
    pub(crate) signature: Signature,
    pub(crate) nonce: Option<u64>,
    /// The signature to compare with.
    pub(crate) compare: Option<String>,
}

impl Request {
    /// The request of the command line, in the region of `--region`, of the file, or the configured one, in this order.
    pub(crate) fn new(
        arguments: SignArguments,
        option: Option<String>,
        configured: Option<String>,
    ) -> Result<Self, Failure> {
        if let Some(curl) = &arguments.curl {
            let curl = Curl::parse(&input::value(curl)?)?;
            let given = if curl.query.is_empty() { &curl.body } else { &curl.query };
            return Ok(match OlderSignature::parse(given) {
                Some(older) if older.parameters.is_some() => Self::of_older(&arguments, &curl, &older, given),
                _ => Self::of_curl(&arguments, &curl),
            });
        }
        let given = match &arguments.from {
            Some(file) => Given::from_json(&input::read(Path::new(file))?)?.or(arguments)?,
            None => Given::from_arguments(arguments)?,
        };
        given.request(option, configured)
    }

    fn of_curl(arguments: &SignArguments, curl: &Curl) -> Self {
        let is_get = curl.method == Method::Get;
        let header = |name: &str| curl.header(name).map(str::to_owned);
        let host = header("host").unwrap_or_else(|| curl.host.clone());
        let content_type =
            header("content-type").unwrap_or_else(|| if is_get { FORM } else { "application/json" }.into());
        let authorization = header("authorization").filter(|value| value.starts_with("TC3-"));
        let compare = arguments.compare.clone().or(authorization);
        let names = compare.as_deref().and_then(signed_names).unwrap_or_default();
        let (signed_headers, headers) = curl
            .headers
            .iter()
            .filter(|(name, _)| !SET_BY_SIGNING.contains(&name.to_ascii_lowercase().as_str()))
            .cloned()
            .partition(|(name, _)| names.contains(&name.to_ascii_lowercase()));
        let time = header("x-tc-timestamp").and_then(|time| time.trim().parse().ok());
        Self {
            method: curl.method,
            scheme: curl.scheme.clone(),
            service: arguments.service.clone().unwrap_or_else(|| service_of(&host)),
            unsigned_payload: header("x-tc-content-sha256").as_deref() == Some("UNSIGNED-PAYLOAD"),
            host,
            content_type,
            query: curl.query.clone(),
            body: curl.body.clone(),
            signed_headers,
            headers,
            time: arguments.time.or(time),
            signature: arguments.signature.unwrap_or_default(),
            nonce: arguments.nonce,
            compare,
        }
    }

    /// A request with an older signature among its parameters, `given` in the query or form.
    fn of_older(arguments: &SignArguments, curl: &Curl, older: &OlderSignature, given: &str) -> Self {
        let own = older.own_parameters();
        let own = own.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        Self {
            query: clb_sign::encode_query(own),
            body: String::new(),
            content_type: FORM.to_owned(),
            signed_headers: Vec::new(),
            headers: Vec::new(),
            unsigned_payload: false,
            time: arguments.time.or(older.time()),
            signature: arguments.signature.unwrap_or(older.method()),
            nonce: arguments.nonce.or(older.nonce()),
            compare: Some(arguments.compare.clone().unwrap_or_else(|| given.to_owned())),
            ..Self::of_curl(arguments, curl)
        }
    }

    /// The part that TC3 signs.
    pub(crate) fn signable(&self) -> Result<SignableRequest<'_>, Failure> {
        let request = match self.method {
            Method::Get => SignableRequest::get(&self.service, &self.host, &self.query)
                .and_then(|request| request.with_content_type(&self.content_type)),
            Method::Post => {
                SignableRequest::post(&self.service, &self.host, &self.content_type, self.body.as_bytes())
            }
        };
        let request =
            self.signed_headers.iter().try_fold(request.map_err(invalid)?, |request, (name, value)| {
                request.with_header(name, value).map_err(invalid)
            })?;
        Ok(if self.unsigned_payload { request.with_unsigned_payload() } else { request })
    }

    /// The parameters for the older signatures, flattened as the API names them (`Ports.0`).
    pub(crate) fn parameters(&self) -> Result<Vec<(String, String)>, Failure> {
        let mut parameters = Vec::new();
        let body = if self.body.is_empty() { "{}" } else { &self.body };
        let value = serde_json::from_str(body).map_err(|error| {
            Failure::usage(format!("the parameters are not JSON, as the older signatures need: {error}"))
        })?;
        flatten("", &value, &mut parameters);
        parameters.extend(decoded_pairs(&self.query));
        for (name, value) in &self.headers {
            if let Some(name) = common_parameter(name) {
                parameters.push((name.to_owned(), value.clone()));
            }
        }
        Ok(parameters)
    }
}

/// Headers that are replaced, or part of a request in another way.
const SET_BY_SIGNING: [&str; 6] =
    ["authorization", "content-type", "host", "x-tc-content-sha256", "x-tc-timestamp", "x-tc-token"];

/// The names of the signed headers besides content type and host.
fn signed_names(authorization: &str) -> Option<Vec<String>> {
    let authorization = clb_sign::Authorization::parse(authorization).ok()?;
    Some(authorization.signed_headers().map(str::to_owned).collect())
}

/// `cvm` for `cvm.ap-guangzhou.tencentcloudapi.com`.
pub(super) fn service_of(host: &str) -> String {
    host.split('.')
        .next()
        .filter(|name| name.chars().all(|c| c.is_ascii_lowercase()))
        .unwrap_or("clb")
        .to_owned()
}

/// The parameter that the older signatures have in place of a header.
fn common_parameter(header: &str) -> Option<&'static str> {
    match header.to_ascii_lowercase().as_str() {
        "x-tc-action" => Some("Action"),
        "x-tc-version" => Some("Version"),
        "x-tc-region" => Some("Region"),
        "x-tc-language" => Some("Language"),
        "x-tc-requestclient" => Some("RequestClient"),
        _ => None,
    }
}

fn flatten(name: &str, value: &Value, parameters: &mut Vec<(String, String)>) {
    let join = |part: &str| if name.is_empty() { part.to_owned() } else { format!("{name}.{part}") };
    match value {
        Value::Object(fields) => {
            fields.iter().for_each(|(field, value)| flatten(&join(field), value, parameters));
        }
        Value::Array(items) => {
            items
                .iter()
                .enumerate()
                .for_each(|(index, value)| flatten(&join(&index.to_string()), value, parameters));
        }
        Value::Null => {}
        Value::String(text) => parameters.push((name.to_owned(), text.clone())),
        other => parameters.push((name.to_owned(), other.to_string())),
    }
}

fn invalid(error: clb_sign::InvalidRequestError) -> Failure {
    Failure::usage(error.to_string())
}
