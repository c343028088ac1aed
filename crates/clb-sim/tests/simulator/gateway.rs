//! The checks of the gateway before it carries out a call.

use std::time::Duration;

use bytes::Bytes;
use clb_sign::{SecurityToken, SignableRequest, SigningTime, sign};
use clb_sim::{DEMO_SECRET_ID, DEMO_SECRET_KEY, Key, Simulator, TaskScript};
use http::{HeaderMap, HeaderValue, Method, Request, StatusCode};
use serde_json::json;
use tokio::time::advance;

use crate::support::{Call, START, code, credential, send, simulator};

fn with_a_task() -> Simulator {
    let simulator = simulator();
    simulator.task("1234", TaskScript::runs_forever());
    simulator
}

/// Sends a poll that was changed after signing, and returns the error code.
async fn changed(change: impl FnOnce(&mut Request<Bytes>)) -> String {
    let mut request = Call::poll("1234").request();
    change(&mut request);
    code(&send(request, &with_a_task()).await)
}

async fn without(header: &str) -> String {
    changed(|request| drop(request.headers_mut().remove(header))).await
}

async fn with(header: &'static str, value: &'static str) -> String {
    changed(|request| drop(request.headers_mut().insert(header, HeaderValue::from_static(value)))).await
}

#[tokio::test(start_paused = true)]
async fn a_valid_call_succeeds() {
    assert_eq!(changed(|_| {}).await, "none");
}

#[tokio::test(start_paused = true)]
async fn every_header_is_needed() {
    for header in ["x-tc-action", "x-tc-version", "x-tc-timestamp", "x-tc-region", "authorization"] {
        assert_eq!(without(header).await, "MissingParameter", "{header}");
    }
    assert_eq!(without("content-type").await, "InvalidRequest");
    let mut request = Call::poll("1234").request();
    request.headers_mut().remove("host");
    assert_eq!(simulator().handle(request).await.unwrap().status(), StatusCode::BAD_REQUEST);
}

#[tokio::test(start_paused = true)]
async fn odd_headers_are_rejected() {
    for (header, value, code) in [
        ("x-tc-action", "DescribeTaskStatuses", "InvalidAction"),
        ("x-tc-version", "2017-03-12", "NoSuchVersion"),
        ("x-tc-timestamp", "now", "InvalidParameter"),
        ("x-tc-region", "Guangzhou", "InvalidParameter.RegionNotFound"),
        ("x-tc-token", "one", "AuthFailure.TokenFailure"),
        ("authorization", "Bearer 1234", "AuthFailure.InvalidAuthorization"),
        ("authorization", "SKIP", "AuthFailure.InvalidAuthorization"),
        ("content-type", "text/plain", "InvalidRequest"),
        ("content-type", "application/x-www-form-urlencoded", "InvalidRequest"),
    ] {
        assert_eq!(with(header, value).await, code, "{header}: {value}");
    }
}

#[tokio::test(start_paused = true)]
async fn signed_parts_cannot_be_changed() {
    let failure = "AuthFailure.SignatureFailure";
    assert_eq!(with("host", "clb.ap-guangzhou.tencentcloudapi.com").await, failure);
    assert_eq!(with("content-type", "application/json; charset=utf-8").await, failure);
    assert_eq!(with("x-tc-timestamp", "1700000001").await, failure);
    assert_eq!(changed(|request| *request.body_mut() = r#"{"TaskId":"1235"}"#.into()).await, failure);
}

#[tokio::test(start_paused = true)]
async fn keys_are_known_by_id_and_by_secret() {
    let simulator = with_a_task();
    let poll = |id, key| Call::poll("1234").by(credential(id, key));
    let unknown = poll("AKIDnobody", DEMO_SECRET_KEY);
    assert_eq!(unknown.code(&simulator).await, "AuthFailure.SecretIdNotFound");
    let wrong = poll(DEMO_SECRET_ID, "wrong");
    assert_eq!(wrong.code(&simulator).await, "AuthFailure.SignatureFailure");
    simulator.key(Key::new("another", "key"));
    assert_eq!(poll("another", "key").code(&simulator).await, "none");
}

#[tokio::test(start_paused = true)]
async fn a_temporary_key_needs_its_token_and_expires() {
    let simulator = with_a_task();
    simulator.key(Key::new("temporary", "key").with_token("token").expiring_after(Duration::from_secs(60)));
    let bare = credential("temporary", "key");
    let whole = bare.clone().with_token(SecurityToken::new("token").unwrap());
    let other = bare.clone().with_token(SecurityToken::new("tokens").unwrap());
    assert_eq!(Call::poll("1234").by(whole.clone()).code(&simulator).await, "none");
    assert_eq!(Call::poll("1234").by(bare).code(&simulator).await, "AuthFailure.TokenFailure");
    assert_eq!(Call::poll("1234").by(other).code(&simulator).await, "AuthFailure.TokenFailure");
    advance(Duration::from_secs(60)).await;
    assert_eq!(Call::poll("1234").by(whole).code(&simulator).await, "AuthFailure.TokenFailure");
}

#[tokio::test(start_paused = true)]
async fn a_timestamp_may_be_five_minutes_off() {
    let simulator = with_a_task();
    for (unix, code) in [
        (START - 300, "none"),
        (START + 300, "none"),
        (START - 301, "AuthFailure.SignatureExpire"),
        (START + 301, "AuthFailure.SignatureExpire"),
    ] {
        assert_eq!(Call { unix, ..Call::poll("1234") }.code(&simulator).await, code, "{unix}");
    }
}

#[tokio::test(start_paused = true)]
async fn hosts_name_the_product_and_the_finance_zone() {
    let simulator = with_a_task();
    for (host, region, code) in [
        ("127.0.0.1:8080", "ap-guangzhou", "none"),
        ("clb.ap-shanghai-fsi.tencentcloudapi.com", "ap-shanghai-fsi", "none"),
        ("clb.tencentcloudapi.com", "ap-shanghai-fsi", "UnsupportedRegion"),
        ("cvm.tencentcloudapi.com", "ap-guangzhou", "NoSuchProduct"),
    ] {
        let call = Call { host: host.to_owned(), region, ..Call::poll("1234") };
        assert_eq!(call.code(&simulator).await, code, "{host} {region}");
    }
    let other_service = Call { service: "cvm", ..Call::poll("1234") };
    assert_eq!(other_service.code(&simulator).await, "NoSuchProduct");
}

#[tokio::test(start_paused = true)]
async fn the_product_and_host_of_the_sdk_for_node_js_are_accepted_on_loopback() {
    let simulator = with_a_task();
    let send = async |service, signed_host: &str, sent_host: &str| {
        let call = Call { service, host: signed_host.to_owned(), ..Call::poll("1234") };
        let mut request = call.request();
        request.headers_mut().insert("host", sent_host.parse().unwrap());
        code(&send(request, &simulator).await)
    };
    assert_eq!(send("127", "127.0.0.1", "127.0.0.1:8080").await, "none");
    assert_eq!(send("localhost", "localhost", "localhost:8080").await, "none");
    assert_eq!(send("clb", "clb.tencentcloudapi.com", "clb.tencentcloudapi.com:443").await, "none");
    assert_eq!(send("127", "clb.tencentcloudapi.com", "clb.tencentcloudapi.com").await, "NoSuchProduct");
    assert_eq!(send("127", "127.0.0.1", "localhost:8080").await, "NoSuchProduct");
    assert_eq!(send("clb", "127.0.0.2", "127.0.0.1:8080").await, "AuthFailure.SignatureFailure");
}

fn get(query: &str) -> Request<Bytes> {
    let host = "clb.tencentcloudapi.com";
    let signing = SignableRequest::get("clb", host, query).unwrap();
    let demo = credential(DEMO_SECRET_ID, DEMO_SECRET_KEY);
    let signed = sign(&signing, &demo, SigningTime::from_unix(START).unwrap());
    // The host is that of an absolute URI, as HTTP clients in the same process have it.
    let request = Request::get(format!("https://{host}/?{query}"))
        .header("content-type", "application/x-www-form-urlencoded")
        .header("x-tc-action", "DescribeTaskStatus")
        .header("x-tc-version", "2018-03-17")
        .header("x-tc-region", "ap-guangzhou");
    let request = signed.iter().fold(request, |request, (name, value)| request.header(name, value));
    request.body(Bytes::new()).unwrap()
}

#[tokio::test(start_paused = true)]
async fn get_requests_are_verified_too() {
    let simulator = simulator();
    simulator.task("12 34%", TaskScript::runs_forever());
    assert_eq!(send(get("TaskId=12+34%25"), &simulator).await["Status"], 2);
    let mut changed = get("TaskId=12+34%25");
    *changed.uri_mut() = "https://clb.tencentcloudapi.com/?TaskId=12%2034%25".parse().unwrap();
    assert_eq!(code(&send(changed, &simulator).await), "AuthFailure.SignatureFailure");
}

#[tokio::test(start_paused = true)]
async fn other_methods_and_paths_are_rejected() {
    assert_eq!(changed(|request| *request.method_mut() = Method::PUT).await, "UnsupportedProtocol");
    let mut elsewhere = Call::poll("1234").request();
    *elsewhere.uri_mut() = "/v2".parse().unwrap();
    let page = simulator().handle(elsewhere).await.unwrap();
    assert_eq!(
        (page.status(), &page.headers()["content-type"]),
        (StatusCode::NOT_FOUND, &HeaderValue::from_static("text/html"))
    );
}

#[tokio::test(start_paused = true)]
async fn requests_have_a_largest_size() {
    let large = json!({ "TaskId": "1".repeat(10 << 20) });
    let call = Call::clb("DescribeTaskStatus", &large);
    assert_eq!(call.code(&simulator()).await, "RequestSizeLimitExceeded");
    let query = format!("TaskId={}", "1".repeat(32 << 10));
    assert_eq!(code(&send(get(&query), &simulator()).await), "RequestSizeLimitExceeded");
}

#[tokio::test(start_paused = true)]
async fn signed_headers_are_verified_as_the_manual_signs_them() {
    let call = Call::poll("1234");
    let signing = SignableRequest::post("clb", &call.host, call.content_type, call.body.as_bytes()).unwrap();
    let signing = signing.with_header("x-tc-action", "describetaskstatus").unwrap();
    let signed = sign(&signing, &call.credential, SigningTime::from_unix(START).unwrap());
    let mut request = call.request();
    for (name, value) in signed.iter() {
        put(request.headers_mut(), name, value);
    }
    let mut changed = request.clone();
    changed.headers_mut().insert("x-tc-action", HeaderValue::from_static("CreateListener"));
    let simulator = with_a_task();
    assert_eq!(send(request, &simulator).await["Status"], 2);
    assert_eq!(code(&send(changed, &simulator).await), "AuthFailure.SignatureFailure");
}

#[tokio::test(start_paused = true)]
async fn the_payload_may_be_left_out_of_the_signature() {
    let call = Call::poll("1234");
    let signing =
        SignableRequest::post("clb", &call.host, call.content_type, b"").unwrap().with_unsigned_payload();
    let signed = sign(&signing, &call.credential, SigningTime::from_unix(START).unwrap());
    let mut request = call.request();
    for (name, value) in signed.iter() {
        put(request.headers_mut(), name, value);
    }
    assert_eq!(send(request, &with_a_task()).await["Status"], 2);
}

fn put(headers: &mut HeaderMap, name: &str, value: &str) {
    let name: http::HeaderName = name.parse().unwrap();
    headers.insert(name, HeaderValue::from_str(value).unwrap());
}

#[tokio::test(start_paused = true)]
async fn every_response_has_its_own_id_and_the_date_of_the_service() {
    let simulator = with_a_task();
    advance(Duration::from_secs(10)).await;
    let first = simulator.handle(Call::poll("1234").request()).await.unwrap();
    assert_eq!(first.headers()["date"], "Tue, 14 Nov 2023 22:13:30 GMT");
    let ids = [Call::poll("1234"), Call::poll("none"), Call::clb("None", &json!({}))];
    let mut seen = std::collections::HashSet::new();
    for call in ids {
        let id = call.send(&simulator).await["RequestId"].as_str().unwrap().to_owned();
        assert_eq!(id.len(), 36);
        assert!(seen.insert(id));
    }
}
