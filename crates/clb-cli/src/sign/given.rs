//! A request as options or a JSON file give it.

use std::collections::BTreeMap;

use clb_sign::Method;
use serde::Deserialize;
use serde_json::Value;

use super::{Request, SignArguments, Signature, older::OlderSignature, request::service_of};
use crate::{exit::Failure, input};

/// What was given, before defaults. A file has the same names.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Given {
    action: Option<String>,
    parameters: Option<Value>,
    method: Option<String>,
    query: Option<String>,
    service: Option<String>,
    version: Option<String>,
    region: Option<String>,
    host: Option<String>,
    content_type: Option<String>,
    headers: BTreeMap<String, String>,
    unsigned_payload: bool,
    time: Option<u64>,
    signature: Option<Signature>,
    nonce: Option<u64>,
    compare: Option<String>,
}

impl Given {
    pub(super) fn from_arguments(arguments: SignArguments) -> Result<Self, Failure> {
        Self::default().or(arguments)
    }

    /// Reads an object of the options' names; `parameters` may be an object or the exact text.
    pub(super) fn from_json(text: &str) -> Result<Self, Failure> {
        serde_json::from_str(text).map_err(|error| Failure::usage(format!("--from: {error}")))
    }

    /// Options win over the file.
    pub(super) fn or(self, arguments: SignArguments) -> Result<Self, Failure> {
        let parameters = arguments.parameters.as_deref().map(input::value).transpose()?;
        let named = headers(&arguments.headers)?;
        let mut headers = self.headers;
        headers.retain(|name, _| !named.keys().any(|other| other.eq_ignore_ascii_case(name)));
        headers.extend(named);
        Ok(Self {
            action: arguments.action.or(self.action),
            parameters: parameters.map(Value::String).or(self.parameters),
            method: arguments.method.or(self.method),
            query: arguments.query.or(self.query),
            service: arguments.service.or(self.service),
            version: arguments.api_version.or(self.version),
            region: self.region,
            host: arguments.host.or(self.host),
            content_type: arguments.content_type.or(self.content_type),
            headers,
            unsigned_payload: arguments.unsigned_payload || self.unsigned_payload,
            time: arguments.time.or(self.time),
            signature: arguments.signature.or(self.signature),
            nonce: arguments.nonce.or(self.nonce),
            compare: arguments.compare.or(self.compare),
        })
    }

    /// The request, with defaults for what was not given.
    pub(super) fn request(
        self,
        region: Option<String>,
        configured_region: Option<String>,
    ) -> Result<Request, Failure> {
        let action = self
            .action
            .ok_or_else(|| Failure::usage("name the action to sign, or give `--from` or `--curl`"))?;
        let method = method(self.method.as_deref())?;
        let service = match (self.service, &self.host) {
            (Some(service), _) => service,
            (None, Some(host)) => service_of(host),
            (None, None) => "clb".to_owned(),
        };
        let version = match self.version {
            Some(version) => version,
            None if service == "clb" => "2018-03-17".to_owned(),
            None => {
                return Err(Failure::usage(format!("give the version of `{service}` with `--api-version`")));
            }
        };
        let mut headers = vec![("X-TC-Action".to_owned(), action), ("X-TC-Version".to_owned(), version)];
        if let Some(region) = region.or(self.region).or(configured_region) {
            headers.push(("X-TC-Region".to_owned(), region));
        }
        let older = self.compare.as_deref().and_then(OlderSignature::parse);
        let older = older.filter(|_| self.signature != Some(Signature::Tc3));
        let is_get = method == Method::Get;
        let default_type = if is_get { "application/x-www-form-urlencoded" } else { "application/json" };
        let body = match self.parameters {
            Some(Value::String(text)) if !is_get => text,
            Some(parameters) if !is_get => parameters.to_string(),
            None if !is_get => "{}".to_owned(),
            _ => String::new(),
        };
        Ok(Request {
            method,
            scheme: "https".to_owned(),
            host: self.host.unwrap_or_else(|| format!("{service}.tencentcloudapi.com")),
            service,
            content_type: self.content_type.unwrap_or_else(|| default_type.to_owned()),
            query: self.query.unwrap_or_default(),
            body,
            signed_headers: self.headers.into_iter().collect(),
            headers,
            unsigned_payload: self.unsigned_payload,
            time: self.time.or_else(|| older.as_ref()?.time()),
            signature: self.signature.or_else(|| Some(older.as_ref()?.method())).unwrap_or_default(),
            nonce: self.nonce.or_else(|| older.as_ref()?.nonce()),
            compare: self.compare,
        })
    }
}

/// Headers as options give them.
fn headers(options: &[String]) -> Result<BTreeMap<String, String>, Failure> {
    let mut headers = BTreeMap::new();
    for option in options {
        let (name, value) = option
            .split_once(':')
            .ok_or_else(|| Failure::usage(format!("`{option}` is not `Name: value`")))?;
        if headers.insert(name.trim().to_owned(), value.trim().to_owned()).is_some() {
            return Err(Failure::usage(format!("the header `{}` is given twice", name.trim())));
        }
    }
    Ok(headers)
}

fn method(name: Option<&str>) -> Result<Method, Failure> {
    match name.map(str::to_ascii_uppercase).as_deref() {
        None | Some("POST") => Ok(Method::Post),
        Some("GET") => Ok(Method::Get),
        Some(other) => Err(Failure::usage(format!("the method `{other}` is neither GET nor POST"))),
    }
}
