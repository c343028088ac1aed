//! The response envelope: the content of `Response`, or its error, under any HTTP status and content type.

use std::{
    fmt::{self, Write as _},
    time::Duration,
};

use bytes::Bytes;
use clb_task::{InvalidTaskError, TaskId};
use http::{HeaderMap, StatusCode, header};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Map, Value, value::RawValue};

use crate::{
    ApiError,
    error_table::ErrorClass,
    object::Object,
    objects_only,
    redact::{Secrets, quotable},
};

/// The response to a call: the content of `Response`.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Response {
    /// The id of this call. For an asynchronous action it is also the id of the task that was started.
    pub request_id: String,
    /// The content of `Response`, `RequestId` included. Numbers beyond 64 bits are rounded here: [`read`](Self::read)
    /// and [`text`](Self::text) keep all digits.
    pub body: Map<String, Value>,
    /// The same as the JSON text that was received.
    pub text: String,
}

impl Response {
    /// All that is known of the response to a call that was accepted earlier.
    pub(crate) fn of_request(request_id: &str) -> Self {
        let body = Map::from_iter([("RequestId".to_owned(), Value::from(request_id))]);
        Self { request_id: request_id.to_owned(), text: Value::from(body.clone()).to_string(), body }
    }

    /// Parses a response as it came over HTTP: the success, or the error that it holds.
    ///
    /// A success is exactly HTTP 200 with an object `{"Response": {...}}` that holds no `Error` and has a `RequestId`.
    /// An error is found under any HTTP status and content type, also in the shape that the API had before version
    /// 3.0 (`code`, `codeDesc`, `message`). `now` is the time in seconds since 1970, for a `Retry-After` that is a date.
    ///
    /// ```
    /// use clb_api::Response;
    ///
    /// let http = |body: &'static str| http::Response::new(bytes::Bytes::from_static(body.as_bytes()));
    /// let response = Response::parse(&http(r#"{"Response":{"TotalCount":2,"RequestId":"4a1d"}}"#), 0)?;
    /// assert_eq!((response.request_id.as_str(), response.body["TotalCount"].as_i64()), ("4a1d", Some(2)));
    ///
    /// let denied = http(r#"{"Response":{"Error":{"Code":"AuthFailure","Message":"no"},"RequestId":"5b"}}"#);
    /// assert_eq!(Response::parse(&denied, 0).unwrap_err().code(), Some("AuthFailure"));
    /// assert!(Response::parse(&http(r#"{"Status":0}"#), 0).is_err());
    /// # Ok::<(), clb_api::ApiError>(())
    /// ```
    pub fn parse(response: &http::Response<Bytes>, now: u64) -> Result<Self, ApiError> {
        parse(response, now)?.into_response()
    }

    /// The task that an asynchronous call has started: its own `RequestId`.
    pub fn task_id(&self) -> Result<TaskId, InvalidTaskError> {
        TaskId::parse(&self.request_id)
    }

    /// Reads the content as `T`, whose fields are named as the API names them. Numbers keep all their digits: a field
    /// of type `u128` or `Box<serde_json::value::RawValue>` holds what `f64` and [`Value`] would round.
    ///
    /// Structures are read from objects alone, never from arrays, so that no odd response passes for a good one.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        objects_only::read(&self.text)
    }
}

/// A success whose content is still text, so that a number or a null can be shown as it was received.
pub(crate) struct RawResponse {
    pub(crate) request_id: String,
    pub(crate) content: Box<RawValue>,
    /// Secrets of the request, which no error about this response may quote.
    pub(crate) secrets: Secrets,
}

impl RawResponse {
    fn new(request_id: String, content: Box<RawValue>) -> Self {
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
        objects_only::read(self.content.get()).map_err(|error| {
            let message = "the response cannot be read".to_owned();
            ApiError::unreadable_response(ErrorClass::Transient, 200, message)
                .with_source(error)
                .scrubbed(&self.secrets)
        })
    }
}

/// Without the content, which may be the keys of a session.
impl fmt::Debug for RawResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RawResponse").field("request_id", &self.request_id).finish_non_exhaustive()
    }
}

/// What a body says, as far as it is one of the API.
enum Body {
    Success(RawResponse),
    Error(ApiError),
    /// Not an API response, and why not.
    Foreign(&'static str),
}

/// Parses a response. `now` is the Unix time at which it arrived, for a `Retry-After` that is a date.
pub(crate) fn parse(response: &http::Response<Bytes>, now: u64) -> Result<RawResponse, ApiError> {
    let date = http_date(response.headers(), &header::DATE);
    let error = match body(response.body(), response.status()) {
        Body::Success(_) if is_encoded(response.headers()) => foreign(response, "are encoded, unasked"),
        Body::Success(success) if response.status() == StatusCode::OK => return Ok(success),
        Body::Success(_) => foreign(response, "are not an API response"),
        Body::Error(error) => throttled_by_status(error, response.status()),
        Body::Foreign(why) => foreign(response, why),
    };
    let error =
        error.with_retry_after(retry_after(response.headers(), date.unwrap_or(now))).with_server_date(date);
    Err(match response.status() {
        StatusCode::OK => error,
        status => error.with_http_status(status.as_u16()),
    })
}

/// The longest time for which one response can hold up requests, whatever its `Retry-After` says.
const LONGEST_RETRY_AFTER: Duration = Duration::from_secs(60);

fn body(body: &[u8], status: StatusCode) -> Body {
    let body = body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(body);
    let parsed = std::str::from_utf8(body).ok().and_then(|json| Object::parse(json).ok());
    let Some(envelope) = parsed else { return Body::Foreign("are not an API response") };
    if let Some(error) = older_error(&envelope, status) {
        return Body::Error(error);
    }
    match envelope.get("Response") {
        Some(response) => content(response, &envelope),
        None => Body::Foreign("are not an API response"),
    }
}

/// The content of `Response`. A success has a `RequestId`, no `Error`, and none beside `Response` either.
fn content(response: &RawValue, envelope: &Object<'_>) -> Body {
    let Ok(fields) = Object::parse(response.get()) else { return Body::Foreign("are not an API response") };
    if fields.non_null("Error").is_some() {
        return service_error(&fields)
            .map_or(Body::Foreign("hold an error that cannot be read"), Body::Error);
    }
    if has_error_beside(envelope) {
        return Body::Foreign("hold an error beside `Response`");
    }
    match fields.text("RequestId") {
        Some(request_id) => Body::Success(RawResponse::new(request_id, response.to_owned())),
        None => Body::Foreign("have no `RequestId`"),
    }
}

fn service_error(fields: &Object<'_>) -> Option<ApiError> {
    let error = fields.object("Error")?;
    let message = error.text("Message").unwrap_or_default();
    Some(ApiError::service(&error.text("Code")?, &message, fields.text("RequestId")))
}

/// Whether a field beside `Response` tells of an error. A `code` of 0 does not.
fn has_error_beside(envelope: &Object<'_>) -> bool {
    let is_zero = |value: &RawValue| matches!(value.get(), "0" | "\"0\"");
    let has = |name| envelope.non_null(name).is_some();
    has("Error")
        || has("error")
        || has("codeDesc")
        || envelope.non_null("code").is_some_and(|code| !is_zero(code))
}

/// An error in the shape before API 3.0: `code`, `message` and `codeDesc` side by side. It is read for errors alone.
/// Gateways have codes of their own; without `codeDesc` they count under a good HTTP status only.
fn older_error(envelope: &Object<'_>, status: StatusCode) -> Option<ApiError> {
    let code = envelope.non_null("code")?;
    let code = envelope
        .text("code")
        .or_else(|| serde_json::from_str::<i64>(code.get()).ok().map(|code| code.to_string()))?;
    let message = envelope.text("message").unwrap_or_default();
    let request_id = envelope.text("requestId").or_else(|| envelope.text("RequestId"));
    match envelope.text("codeDesc") {
        _ if code == "0" => None,
        Some(name) => Some(ApiError::service(&name, &message, request_id)),
        None if status.is_success() && envelope.get("Response").is_none() => {
            Some(ApiError::service(&code, &message, request_id))
        }
        None => None,
    }
}

/// HTTP 429 means too many requests also where the code in the body is not a documented one.
fn throttled_by_status(error: ApiError, status: StatusCode) -> ApiError {
    let is_unlisted = error.code().is_none_or(|code| crate::error_table::lookup(code).is_none());
    if status == StatusCode::TOO_MANY_REQUESTS && is_unlisted { error.throttled() } else { error }
}

/// The client asks for no encoding, and decodes none.
fn is_encoded(headers: &HeaderMap) -> bool {
    headers
        .get_all(header::CONTENT_ENCODING)
        .iter()
        .any(|encoding| !encoding.as_bytes().eq_ignore_ascii_case(b"identity"))
}

/// A response that is not the API's: from a proxy, a gateway, a captive portal, or truncated.
fn foreign(response: &http::Response<Bytes>, why: &str) -> ApiError {
    let status = response.status();
    let mut text = format!("HTTP {} with {}", status.as_u16(), describe(response, why));
    let class = match status {
        StatusCode::TOO_MANY_REQUESTS => {
            return ApiError::unreadable_response(ErrorClass::Throttled, 429, text).throttled();
        }
        StatusCode::REQUEST_TIMEOUT => ErrorClass::Transient,
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

fn describe(response: &http::Response<Bytes>, why: &str) -> String {
    let kind = response.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    match (response.body().len(), kind) {
        (0, _) => "an empty body".to_owned(),
        (size, Some(kind)) => format!("{size} bytes of {kind} that {why}"),
        (size, None) => format!("{size} bytes that {why}"),
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

    fn success(body: &str) -> RawResponse {
        parse(&http_response(200, &[], body), NOW).unwrap()
    }

    #[test]
    fn the_content_of_a_success_is_kept_as_received() {
        let raw = success("{\"Response\":{\"Status\":1e20,\"RequestId\":\"r-1\"}}");
        assert_eq!(
            (raw.content.get(), raw.request_id.as_str()),
            ("{\"Status\":1e20,\"RequestId\":\"r-1\"}", "r-1")
        );
        let response =
            success("\u{feff}{\"Response\":{\"A\":1,\"RequestId\":\"r-1\"}}").into_response().unwrap();
        assert_eq!((response.request_id.as_str(), response.body["A"].clone()), ("r-1", Value::from(1)));
    }

    #[test]
    fn numbers_are_read_with_all_their_digits() {
        #[derive(Deserialize)]
        #[serde(rename_all = "PascalCase")]
        struct Numbers {
            n: Box<RawValue>,
            big: u128,
        }
        let exact = r#"{"N":123456789012345678901234567890.10,"Big":340282366920938463463374607431768211455,"RequestId":"r-1"}"#;
        let response = success(&format!(r#"{{"Response":{exact}}}"#)).into_response().unwrap();
        let numbers: Numbers = response.read().unwrap();
        assert_eq!((numbers.n.get(), numbers.big), ("123456789012345678901234567890.10", u128::MAX));
        assert_eq!(response.text, exact);
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
        success(r#"{"Response":{"Error":null,"Status":0,"RequestId":"r-1"}}"#);
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
            (429, ErrorClass::Throttled, "HTTP 429 with 3 bytes of text/html that are not an API response"),
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
            assert_eq!(error(status, &html, "<p>").http_status(), Some(status));
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
    fn only_a_whole_success_is_one() {
        let done = r#""Status":0,"RequestId":"r-1""#;
        success(&format!(r#"{{"Response":{{{done}}}}}"#));
        success(&format!(r#"{{"Response":{{{done}}},"code":0,"New":[1]}}"#));
        for body in [
            String::new(),
            "{".to_owned(),
            "null".to_owned(),
            "[]".to_owned(),
            "{}".to_owned(),
            "\"Response\"".to_owned(),
            r#"{"Response":null}"#.to_owned(),
            r#"{"Response":5}"#.to_owned(),
            r#"{"Response":[]}"#.to_owned(),
            r#"{"Response":[null,"r-1"]}"#.to_owned(),
            r#"{"Response":{"Status":0}}"#.to_owned(),
            r#"{"Response":{"Status":0,"RequestId":null}}"#.to_owned(),
            r#"{"Response":{"Status":0,"RequestId":""}}"#.to_owned(),
            r#"{"Response":{"Status":0,"RequestId":7}}"#.to_owned(),
            r#"{"Response":{"Status":0,"RequestId":["r-1"]}}"#.to_owned(),
            format!(r#"{{"Response":{{{done}}}"#),
            format!(r#"{{"Response":{{{done}}}}}}}"#),
            format!(r#"{{"Response":{{{done},"Error":{{}}}}}}"#),
            format!(r#"{{"Response":{{{done},"Error":{{"Code":null}}}}}}"#),
            format!(r#"{{"Response":{{{done},"Error":{{"Code":""}}}}}}"#),
            format!(r#"{{"Response":{{{done},"Error":["InternalError","m"]}}}}"#),
            format!(r#"{{"Response":{{{done},"Error":"broken"}}}}"#),
            format!(r#"{{"Response":{{{done},"Error":false}}}}"#),
            format!(r#"{{"Response":{{{done}}},"Response":{{"Status":2,"RequestId":"r-1"}}}}"#),
            format!(r#"{{"Response":{{{done},"Status":2}}}}"#),
            format!(r#"{{"Response":{{{done}}},"Error":{{"Code":"X","Message":"m"}}}}"#),
            format!(r#"{{"Response":{{{done}}},"code":4000}}"#),
            format!(r#"{{"Response":{{{done}}},"code":"InternalError"}}"#),
            format!(r#"{{"Response":{{{done}}},"code":true}}"#),
            format!(r#"{{"Response":{{{done}}},"code":0,"codeDesc":"InternalError"}}"#),
            format!(r#"{{"Response":null,"code":0,{done}}}"#),
            format!(r#"{{"code":0,{done}}}"#),
            format!(r#"{{"code":"0",{done}}}"#),
            format!(r#"{{"code":0,"codeDesc":"InternalError",{done}}}"#),
            format!(r#"{{"code":0,"codeDesc":"Success","Error":{{"Code":"X"}},{done}}}"#),
            format!(r"{{{done}}}"),
            format!(r#"[{{"Response":{{{done}}}}}]"#),
            r#"[{"Status":0},null,null,null,null]"#.to_owned(),
            r#"[{"Status":0,"RequestId":"r-1"},null,null,null,"r-1"]"#.to_owned(),
            r#"{"code":true}"#.to_owned(),
        ] {
            assert_eq!(error(200, &[], &body).class(), ErrorClass::Transient, "{body}");
        }
        assert_eq!(error(200, &[], &"[".repeat(100_000)).class(), ErrorClass::Transient);
        let not_utf8 =
            http::Response::new(Bytes::from_static(b"{\"Response\":{\"A\":\"\xff\",\"RequestId\":\"r\"}}"));
        assert_eq!(parse(&not_utf8, NOW).unwrap_err().class(), ErrorClass::Transient);
    }

    #[test]
    fn a_success_has_the_http_status_200() {
        for status in [201, 202, 203, 206, 226, 299, 500, 502] {
            let error = error(status, &[], r#"{"Response":{"Status":0,"RequestId":"r-1"}}"#);
            assert_eq!((error.class(), error.http_status()), (ErrorClass::Transient, Some(status)));
        }
        assert_eq!(
            error(302, &[], r#"{"Response":{"Status":0,"RequestId":"r-1"}}"#).class(),
            ErrorClass::Rejected
        );
    }

    #[test]
    fn a_success_is_not_encoded() {
        let done = r#"{"Response":{"Status":0,"RequestId":"r-1"}}"#;
        for encoding in ["gzip", "br", "identity, gzip", ""] {
            let error = error(200, &[("content-encoding", encoding)], done);
            assert_eq!(error.to_string(), "HTTP 200 with 43 bytes that are encoded, unasked");
        }
        assert!(parse(&http_response(200, &[("content-encoding", "Identity")], done), NOW).is_ok());
    }

    #[test]
    fn http_429_is_throttling() {
        let after = [("retry-after", "7")];
        for body in [
            "",
            "<p>",
            r#"{"code":429,"message":"slow"}"#,
            r#"{"Response":{"Error":{"Code":"New","Message":"m"}}}"#,
        ] {
            let error = error(429, &after, body);
            assert!(error.is_throttled() && error.is_safe_to_resend(), "{body}");
            assert_eq!(error.retry_after(), Some(Duration::from_secs(7)));
        }
        check(
            429,
            &after,
            DENIED,
            ErrorClass::Auth,
            "AuthFailure.SecretIdNotFound: no such id (RequestId r-1)",
        );
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
            ("18446744073709551615", None, Some(60)),
            ("Fri, 31 Dec 9999 23:59:59 GMT", None, Some(60)),
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
