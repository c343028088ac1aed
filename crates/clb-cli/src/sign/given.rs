//! A request as options or a JSON file give it.

use clb_sign::Method;
use serde_json::Value;

use super::{Request, SignArguments, Signature, request::service_of};
use crate::{exit::Failure, input};

/// What was given, before defaults.
#[derive(Debug, Default)]
pub(super) struct Given {
    action: Option<String>,
    parameters: Option<String>,
    method: Option<String>,
    query: Option<String>,
    service: Option<String>,
    version: Option<String>,
    region: Option<String>,
    host: Option<String>,
    content_type: Option<String>,
    headers: Vec<(String, String)>,
    unsigned_payload: bool,
    time: Option<u64>,
    signature: Signature,
    nonce: Option<u64>,
    compare: Option<String>,
}

impl Given {
    pub(super) fn from_arguments(arguments: SignArguments) -> Result<Self, Failure> {
        Self::default().or(arguments)
    }

    /// Reads an object of the options' names; `parameters` may be an object or the exact text.
    pub(super) fn from_json(text: &str) -> Result<Self, Failure> {
        let value: Value = serde_json::from_str(text)
            .map_err(|error| Failure::usage(format!("--from is not JSON: {error}")))?;
        let Value::Object(fields) = value else { return Err(Failure::usage("--from is not a JSON object")) };
        let mut given = Self::default();
        for (name, value) in fields {
            given.set(&name, &value)?;
        }
        Ok(given)
    }

    fn set(&mut self, name: &str, value: &Value) -> Result<(), Failure> {
        let wrong = |kind: &str| Failure::usage(format!("`{name}` in the file is not {kind}"));
        let text = || value.as_str().map(|text| Some(text.to_owned())).ok_or_else(|| wrong("a string"));
        let number = || value.as_u64().map(Some).ok_or_else(|| wrong("a number"));
        match name {
            "action" => self.action = text()?,
            "parameters" => {
                self.parameters = Some(value.as_str().map_or_else(|| value.to_string(), str::to_owned));
            }
            "method" => self.method = text()?,
            "query" => self.query = text()?,
            "service" => self.service = text()?,
            "version" => self.version = text()?,
            "region" => self.region = text()?,
            "host" => self.host = text()?,
            "content_type" => self.content_type = text()?,
            "time" => self.time = number()?,
            "nonce" => self.nonce = number()?,
            "compare" => self.compare = text()?,
            "unsigned_payload" => {
                self.unsigned_payload = value.as_bool().ok_or_else(|| wrong("true or false"))?;
            }
            "headers" => {
                let headers = value.as_object().ok_or_else(|| wrong("an object"))?;
                for (header, value) in headers {
                    let value = value.as_str().ok_or_else(|| wrong("an object of strings"))?;
                    self.headers.push((header.clone(), value.to_owned()));
                }
            }
            "signature" => {
                self.signature = match value.as_str() {
                    Some("tc3") => Signature::Tc3,
                    Some("hmac-sha256") => Signature::HmacSha256,
                    Some("hmac-sha1") => Signature::HmacSha1,
                    _ => return Err(wrong("tc3, hmac-sha256 or hmac-sha1")),
                };
            }
            _ => return Err(Failure::usage(format!("`{name}` in the file is not known"))),
        }
        Ok(())
    }

    /// Options win over the file.
    pub(super) fn or(self, arguments: SignArguments) -> Result<Self, Failure> {
        let parameters = arguments.parameters.as_deref().map(input::value).transpose()?;
        let mut headers = self.headers;
        for header in &arguments.headers {
            let (name, value) = header
                .split_once(':')
                .ok_or_else(|| Failure::usage(format!("`{header}` is not `Name: value`")))?;
            headers.push((name.trim().to_owned(), value.trim().to_owned()));
        }
        let is_default = arguments.signature == Signature::default();
        Ok(Self {
            action: arguments.action.or(self.action),
            parameters: parameters.or(self.parameters),
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
            signature: if is_default { self.signature } else { arguments.signature },
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
        let is_get = method == Method::Get;
        let default_type = if is_get { "application/x-www-form-urlencoded" } else { "application/json" };
        let body = if is_get { String::new() } else { self.parameters.unwrap_or_else(|| "{}".to_owned()) };
        Ok(Request {
            method,
            scheme: "https".to_owned(),
            host: self.host.unwrap_or_else(|| format!("{service}.tencentcloudapi.com")),
            service,
            content_type: self.content_type.unwrap_or_else(|| default_type.to_owned()),
            query: self.query.unwrap_or_default(),
            body,
            signed_headers: self.headers,
            headers,
            unsigned_payload: self.unsigned_payload,
            time: self.time,
            signature: self.signature,
            nonce: self.nonce,
            compare: self.compare,
        })
    }
}

fn method(name: Option<&str>) -> Result<Method, Failure> {
    match name.map(str::to_ascii_uppercase).as_deref() {
        None | Some("POST") => Ok(Method::Post),
        Some("GET") => Ok(Method::Get),
        Some(other) => Err(Failure::usage(format!("the method `{other}` is neither GET nor POST"))),
    }
}
