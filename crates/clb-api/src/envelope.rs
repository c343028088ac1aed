//! The response envelope: the content of `Response`, or its error, under any HTTP status and content type.

use std::{
    fmt::{self, Write as _},
    time::Duration,
};

use bytes::Bytes;
use http::{HeaderMap, StatusCode, header};
use serde::{Deserialize, Deserializer, de::DeserializeOwned};
use serde_json::{Map, Value, value::RawValue};

use crate::{
    ApiError,
    error_table::ErrorClass,
    redact::{Secrets, quotable},
};

/// The response to a call: the content of `Response`.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Response {
    /// The id of this call. For an asynchronous action it is also the id of the task that was started.
    pub request_id: Option<String>,
    /// The content of `Response`, `RequestId` included.
    pub body: Map<String, Value>,
    /// The same as the JSON text that was received, in which numbers have all their digits.
    pub text: String,
}

impl Response {
    /// Reads the content as `T`, whose fields are named as the API names them.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        T::deserialize(Value::Object(self.body.clone()))
    }
}

/// A success whose content is still text, so that a number or a null can be shown as it was received.
pub(crate) struct RawResponse {
    pub(crate) request_id: Option<String>,
    pub(crate) content: Box<RawValue>,
    /// Secrets of the request, which no error about this response may quote.
    pub(crate) secrets: Secrets,
}

impl RawResponse {
    fn new(request_id: Option<String>, content: Box<RawValue>) -> Self {
        Self { request_id, content, secrets: Secrets::default() }
    }

    pub(crate) fn with_secrets(self, secrets: Secrets) -> Self {
        Self { secrets, ..self }
    }

    pub(crate) fn into_response(self) -> Result<Response, ApiError> {
        let body = self.read()?;
        Ok(Response { request_id: self.request_id, body, text: self.content.get().to_owned() })
    }

    pub(crate) fn read<'a, T: Deserialize<'a>>(&'a self) -> Result<T, ApiError> {
        serde_json::from_str(self.content.get()).map_err(|error| {
            ApiError::unreadable_response(
                ErrorClass::Transient,
                200,
                format!("the response cannot be read: {error}"),
            )
        })
    }
}

/// Without the content, which may be the keys of a session.
impl fmt::Debug for RawResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RawResponse").field("request_id", &self.request_id).finish_non_exhaustive()
    }
}

/// Accepts any type in the fields that are not needed: an odd field must not hide an error.
#[derive(Deserialize)]
struct Envelope<'a> {
    #[serde(rename = "Response", borrow)]
    response: Option<&'a RawValue>,
    code: Option<Value>,
    #[serde(rename = "codeDesc")]
    code_desc: Option<Value>,
    message: Option<Value>,
    #[serde(rename = "requestId", alias = "RequestId")]
    request_id: Option<Value>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Content {
    error: Option<ServiceError>,
    request_id: Option<Value>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ServiceError {
    code: String,
    message: Option<Value>,
}

/// Parses a response. `now` is the Unix time at which it arrived, for a `Retry-After` that is a date.
pub(crate) fn parse(response: &http::Response<Bytes>, now: u64) -> Result<RawResponse, ApiError> {
    let date = http_date(response.headers(), &header::DATE);
    match content(response.body(), response.status()) {
        Some(Ok(accepted)) if response.status().is_success() => Ok(accepted),
        Some(Err(refusal)) => Err(refusal),
        _ => Err(foreign(response)),
    }
    .map_err(|error| {
        let error = error.with_retry_after(retry_after(response.headers(), date.unwrap_or(now)));
        let error = error.with_server_date(date);
        if response.status() == StatusCode::OK {
            error
        } else {
            error.with_http_status(response.status().as_u16())
        }
    })
}

/// No one is kept waiting longer than a day by a number in a header.
const LONGEST_RETRY_AFTER: Duration = Duration::from_secs(24 * 60 * 60);

/// Reads a field so that a null is told from an absence (together with `#[serde(default)]`).
pub(crate) fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<&'de RawValue>, D::Error> {
    <&RawValue>::deserialize(deserializer).map(Some)
}

/// A success or the service's error; `None` if this is not an API response.
fn content(body: &[u8], status: StatusCode) -> Option<Result<RawResponse, ApiError>> {
    let body = body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(body);
    let envelope: Envelope<'_> = serde_json::from_slice(body).ok()?;
    let Some(response) = envelope.response else { return older(envelope, status, body) };
    let content: Content = serde_json::from_str(response.get()).ok()?;
    Some(match content.error {
        Some(ServiceError { code, message }) => {
            Err(ApiError::service(&code, &text(message).unwrap_or_default(), text(content.request_id)))
        }
        None => Ok(RawResponse::new(text(content.request_id), response.to_owned())),
    })
}

/// The shape before API 3.0: `code`, `message` and `codeDesc` side by side. Gateways have codes of their own; without
/// `codeDesc` they count under a good HTTP status only.
fn older(envelope: Envelope<'_>, status: StatusCode, body: &[u8]) -> Option<Result<RawResponse, ApiError>> {
    let code = match envelope.code? {
        Value::Number(code) => code.to_string(),
        Value::String(code) => code,
        _ => return None,
    };
    let (message, request_id) = (text(envelope.message).unwrap_or_default(), text(envelope.request_id));
    match text(envelope.code_desc) {
        _ if code == "0" => {
            let content = serde_json::from_slice(body).ok()?;
            Some(Ok(RawResponse::new(request_id, content)))
        }
        Some(name) => Some(Err(ApiError::service(&name, &message, request_id))),
        None if status.is_success() => Some(Err(ApiError::service(&code, &message, request_id))),
        None => None,
    }
}

/// A text that is there and not empty.
fn text(value: Option<Value>) -> Option<String> {
    match value? {
        Value::String(text) if !text.is_empty() => Some(text),
        _ => None,
    }
}

/// A response that is not the API's: from a proxy, a gateway, a captive portal, or truncated.
fn foreign(response: &http::Response<Bytes>) -> ApiError {
    let status = response.status();
    let mut text = format!("HTTP {} with {}", status.as_u16(), describe(response));
    let class = match status {
        StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_MANY_REQUESTS => ErrorClass::Transient,
        StatusCode::PROXY_AUTHENTICATION_REQUIRED => {
            text.push_str("; the proxy asks for a login");
            ErrorClass::Rejected
        }
        _ if status.is_redirection() => {
            let to = response.headers().get(header::LOCATION).and_then(|to| to.to_str().ok());
            let _ = write!(
                text,
                "; a redirect to {:?} is not followed",
                to.map_or_else(|| "nowhere".to_owned(), quotable)
            );
            ErrorClass::Rejected
        }
        _ if status.is_client_error() => {
            text.push_str("; a proxy or gateway may have sent this response");
            ErrorClass::Rejected
        }
        _ => ErrorClass::Transient,
    };
    ApiError::unreadable_response(class, status.as_u16(), text)
}

fn describe(response: &http::Response<Bytes>) -> String {
    let kind = response.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    match (response.body().len(), kind) {
        (0, _) => "an empty body".to_owned(),
        (size, Some(kind)) => format!("{size} bytes of {kind} that are not an API response"),
        (size, None) => format!("{size} bytes that are not an API response"),
    }
}

/// `Retry-After` in seconds or as a date, the latter against `now`.
fn retry_after(headers: &HeaderMap, now: u64) -> Option<Duration> {
    let text = headers.get(header::RETRY_AFTER)?.to_str().ok()?.trim();
    let seconds = match text.parse() {
        Ok(seconds) => seconds,
        Err(_) => unix(text)?.saturating_sub(now),
    };
    Some(Duration::from_secs(seconds).min(LONGEST_RETRY_AFTER))
}

fn http_date(headers: &HeaderMap, name: &header::HeaderName) -> Option<u64> {
    unix(headers.get(name)?.to_str().ok()?.trim())
}

fn unix(date: &str) -> Option<u64> {
    let date = httpdate::parse_http_date(date).ok()?;
    date.duration_since(std::time::SystemTime::UNIX_EPOCH).ok().map(|since| since.as_secs())
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: u64 = 1_551_113_065; // Mon, 25 Feb 2019 16:44:25 GMT

    fn http_response(status: u16, headers: &[(&str, &str)], body: &str) -> http::Response<Bytes> {
        let mut response = http::Response::builder().status(status);
        for (name, value) in headers {
            response = response.header(*name, *value);
        }
        response.body(Bytes::from(body.to_owned())).unwrap()
    }

    fn error(status: u16, headers: &[(&str, &str)], body: &str) -> ApiError {
        parse(&http_response(status, headers, body), NOW).unwrap_err()
    }

    fn check(status: u16, headers: &[(&str, &str)], body: &str, class: ErrorClass, shown: &str) {
        let error = error(status, headers, body);
        assert_eq!(
            (error.class(), error.to_string().as_str()),
            (class, shown),
            "{status} {headers:?} {body}"
        );
    }

    const DENIED: &str = r#"{"Response":{"Error":{"Code":"AuthFailure.SecretIdNotFound","Message":"no such id"},"RequestId":"r-1"}}"#;

    #[test]
    fn the_content_of_a_success_is_kept_as_received() {
        let accepted =
            parse(&http_response(200, &[], "{\"Response\":{\"Status\":1e20,\"RequestId\":\"r-1\"}}"), NOW)
                .unwrap();
        assert_eq!(accepted.content.get(), "{\"Status\":1e20,\"RequestId\":\"r-1\"}");
        assert_eq!(accepted.request_id.as_deref(), Some("r-1"));
        let response = parse(&http_response(200, &[], "\u{feff}{\"Response\":{\"A\":1}}"), NOW)
            .unwrap()
            .into_response()
            .unwrap();
        assert_eq!((response.request_id, response.body["A"].clone()), (None, Value::from(1)));
        let exact = r#"{"N":123456789012345678901234567890.10}"#;
        let response = http_response(200, &[], &format!(r#"{{"Response":{exact}}}"#));
        assert_eq!(parse(&response, NOW).unwrap().into_response().unwrap().text, exact);
    }

    #[test]
    fn an_error_body_is_found_under_any_content_type_and_status() {
        let shown = "AuthFailure.SecretIdNotFound: no such id (RequestId r-1)";
        for kind in ["application/json", "application/json; charset=utf-8", "text/plain", "text/html", "x"] {
            for status in [200, 201, 302, 400, 401, 403, 404, 429, 500, 502, 503] {
                check(status, &[("content-type", kind)], DENIED, ErrorClass::Auth, shown);
            }
        }
        check(200, &[], DENIED, ErrorClass::Auth, shown);
        assert_eq!(error(200, &[], DENIED).http_status(), None);
        assert_eq!(error(502, &[], DENIED).http_status(), Some(502));
    }

    #[test]
    fn a_null_error_is_none() {
        assert!(parse(&http_response(200, &[], r#"{"Response":{"Error":null,"Status":0}}"#), NOW).is_ok());
    }

    #[test]
    fn the_older_shape_is_an_error_too() {
        check(
            200,
            &[],
            r#"{"code":4104,"message":"(4104)no such id","codeDesc":"AuthFailure.SecretIdNotFound"}"#,
            ErrorClass::Auth,
            "AuthFailure.SecretIdNotFound: (4104)no such id",
        );
        check(
            503,
            &[],
            r#"{"code":"4400","message":"slow down","codeDesc":"RequestLimitExceeded","requestId":"r"}"#,
            ErrorClass::Throttled,
            "RequestLimitExceeded: slow down (RequestId r)",
        );
        check(200, &[], r#"{"code":4000,"message":"odd"}"#, ErrorClass::Rejected, "4000: odd");
        check(200, &[], r#"{"code":4000,"codeDesc":7}"#, ErrorClass::Rejected, "4000: ");
        let accepted =
            parse(&http_response(200, &[], r#"{"code":0,"message":"","codeDesc":"Success"}"#), NOW).unwrap();
        assert!(accepted.content.get().contains("Success"));
    }

    #[test]
    fn the_code_of_a_gateway_does_not_hide_its_status() {
        let shown = "HTTP 503 with 31 bytes that are not an API response";
        check(503, &[], r#"{"code":503,"message":"upstrm"}"#, ErrorClass::Transient, shown);
    }

    #[test]
    fn a_page_is_sorted_by_its_status() {
        let html = [("content-type", "text/html")];
        let cases = [
            (200, ErrorClass::Transient, "HTTP 200 with 3 bytes of text/html that are not an API response"),
            (408, ErrorClass::Transient, "HTTP 408 with 3 bytes of text/html that are not an API response"),
            (429, ErrorClass::Transient, "HTTP 429 with 3 bytes of text/html that are not an API response"),
            (500, ErrorClass::Transient, "HTTP 500 with 3 bytes of text/html that are not an API response"),
            (502, ErrorClass::Transient, "HTTP 502 with 3 bytes of text/html that are not an API response"),
            (504, ErrorClass::Transient, "HTTP 504 with 3 bytes of text/html that are not an API response"),
            (
                403,
                ErrorClass::Rejected,
                "HTTP 403 with 3 bytes of text/html that are not an API response; a proxy or gateway may have \
                 sent this response",
            ),
            (
                407,
                ErrorClass::Rejected,
                "HTTP 407 with 3 bytes of text/html that are not an API response; the proxy asks for a login",
            ),
        ];
        for (status, class, shown) in cases {
            check(status, &html, "<p>", class, shown);
            assert_eq!(
                error(status, &html, "<p>").http_status(),
                (status != 200).then_some(status).or(Some(200))
            );
        }
    }

    #[test]
    fn a_redirect_is_named_without_its_query() {
        check(
            302,
            &[("location", "http://evil.example/?token=x")],
            "",
            ErrorClass::Rejected,
            "HTTP 302 with an empty body; a redirect to \"http://...\" is not followed",
        );
    }

    #[test]
    fn what_is_no_api_response_is_never_a_success() {
        for body in [
            "",
            "{",
            "null",
            "[]",
            "{}",
            "\"Response\"",
            r#"{"Response":null}"#,
            r#"{"Response":5}"#,
            r#"{"Response":[]}"#,
            r#"{"Response":{"Status":0}"#,
            r#"{"Response":{"Status":0}}}"#,
            r#"{"Response":{"Error":{}}}"#,
            r#"{"Response":{"Error":{"Code":null}}}"#,
            r#"{"Response":{"Error":"broken"}}"#,
            r#"{"Response":{"Status":0},"Response":{"Status":2}}"#,
            r#"{"code":true}"#,
        ] {
            assert_eq!(error(200, &[], body).class(), ErrorClass::Transient, "{body}");
        }
        assert_eq!(error(200, &[], &"[".repeat(100_000)).class(), ErrorClass::Transient);
        let not_utf8 = http::Response::new(Bytes::from_static(b"{\"Response\":{\"A\":\"\xff\"}}"));
        assert_eq!(parse(&not_utf8, NOW).unwrap_err().class(), ErrorClass::Transient);
    }

    #[test]
    fn a_good_content_under_a_bad_status_is_not_good() {
        assert_eq!(error(500, &[], r#"{"Response":{"Status":0}}"#).class(), ErrorClass::Transient);
    }

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        let cases = [
            ("2", None, Some(2)),
            (" 0 ", None, Some(0)),
            ("Mon, 25 Feb 2019 16:44:55 GMT", None, Some(30)),
            ("Mon, 25 Feb 2019 16:44:55 GMT", Some("Mon, 25 Feb 2019 16:44:50 GMT"), Some(5)),
            ("Monday, 25-Feb-19 16:44:30 GMT", None, Some(5)),
            ("Mon Feb 25 16:44:30 2019", None, Some(5)),
            ("Sun, 24 Feb 2019 16:44:55 GMT", None, Some(0)),
            ("18446744073709551615", None, Some(86_400)),
            ("Fri, 31 Dec 9999 23:59:59 GMT", None, Some(86_400)),
            ("-1", None, None),
            ("1.5", None, None),
            ("soon", None, None),
            ("99999999999999999999999", None, None),
        ];
        for (after, date, seconds) in cases {
            let mut headers = vec![("retry-after", after)];
            headers.extend(date.map(|date| ("date", date)));
            let error = error(503, &headers, "");
            assert_eq!(error.retry_after(), seconds.map(Duration::from_secs), "{after} {date:?}");
        }
    }

    #[test]
    fn a_message_is_quoted_and_cut_where_it_never_ends() {
        let body =
            |message: &str| format!(r#"{{"Response":{{"Error":{{"Code":"X","Message":"{message}"}}}}}}"#);
        assert_eq!(error(200, &[], &body("负载均衡")).message(), "负载均衡");
        assert_eq!(error(200, &[], &body(&"负".repeat(5000))).shortened().message().chars().count(), 2003);
    }
}
