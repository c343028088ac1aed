//! Signatures: normalised header values, GET parameters, and the older kind.

use bytes::Bytes;
use clb_sign::{
    Method, SignableParameters, SignableRequest, SignatureMethod, SigningTime, encode_query, sign,
};
use clb_sim::{DEMO_SECRET_ID, DEMO_SECRET_KEY, Simulator, TaskScript};
use http::Request;
use serde_json::{Value, json};

use crate::support::{START, code, credential, send, simulator};

const HOST: &str = "clb.tencentcloudapi.com";

fn with_a_task() -> Simulator {
    let simulator = simulator();
    simulator.task("55c85074-3e7f-4c6d-864f-673660d4f8de", TaskScript::already_complete().then_succeeds());
    simulator
}

/// A call whose content type is signed as `signed` and sent as `sent`.
async fn content_type(signed: &str, sent: &str) -> String {
    let body = br#"{"TaskId":"55c85074-3e7f-4c6d-864f-673660d4f8de"}"#;
    let signable = SignableRequest::post("clb", HOST, signed, body).unwrap();
    let demo = credential(DEMO_SECRET_ID, DEMO_SECRET_KEY);
    let headers = sign(&signable, &demo, SigningTime::from_unix(START).unwrap());
    let request = Request::post("/")
        .header("host", HOST)
        .header("x-tc-action", "DescribeTaskStatus")
        .header("x-tc-version", "2018-03-17")
        .header("x-tc-region", "ap-guangzhou");
    let request = headers.iter().fold(request, |request, (name, value)| request.header(name, value));
    let mut request = request.body(Bytes::from_static(body)).unwrap();
    request.headers_mut().insert("content-type", sent.parse().unwrap());
    code(&send(request, &with_a_task()).await)
}

#[tokio::test(start_paused = true)]
async fn header_values_are_verified_in_lowercase() {
    let lower = "application/json; charset=utf-8";
    let mixed = "application/json; charset=UTF-8";
    assert_eq!(content_type(lower, mixed).await, "none");
    assert_eq!(content_type(lower, lower).await, "none");
}

fn get(action: &str, query: &str) -> Request<Bytes> {
    let signable = SignableRequest::get("clb", HOST, query).unwrap();
    let demo = credential(DEMO_SECRET_ID, DEMO_SECRET_KEY);
    let headers = sign(&signable, &demo, SigningTime::from_unix(START).unwrap());
    let request = Request::get(format!("https://{HOST}/?{query}"))
        .header("content-type", "application/x-www-form-urlencoded")
        .header("x-tc-action", action)
        .header("x-tc-version", "2018-03-17")
        .header("x-tc-region", "ap-guangzhou");
    let request = headers.iter().fold(request, |request, (name, value)| request.header(name, value));
    request.body(Bytes::new()).unwrap()
}

#[tokio::test(start_paused = true)]
async fn get_parameters_keep_lists_and_numbers() {
    let simulator = simulator();
    let query = encode_query([
        ("LoadBalancerId", "lb-1"),
        ("Ports.0", "80"),
        ("Ports.1", "81"),
        ("Protocol", "TCP"),
        ("ListenerNames.0", "监听 器"),
        ("HealthCheck.HealthSwitch", "0"),
    ]);
    let created = send(get("CreateListener", &query), &simulator).await;
    assert_eq!(created["ListenerIds"].as_array().unwrap().len(), 2);
    let parameters = Value::Object(simulator.calls()[0].parameters.clone());
    let expected = json!({
        "LoadBalancerId": "lb-1", "Ports": [80, 81], "Protocol": "TCP", "ListenerNames": ["监听 器"],
        "HealthCheck": { "HealthSwitch": 0 },
    });
    assert_eq!(parameters, expected);
    let page =
        send(get("DescribeLoadBalancers", "Offset=0&Limit=1&LoadBalancerIds.0=lb-1"), &simulator).await;
    assert_eq!(page["LoadBalancerSet"].as_array().unwrap().len(), 1);
}

fn v1(method: Method, key: &str, signature: SignatureMethod) -> Request<Bytes> {
    let parameters = [
        ("Action", "DescribeTaskStatus"),
        ("Version", "2018-03-17"),
        ("Region", "ap-guangzhou"),
        ("TaskId", "55c85074-3e7f-4c6d-864f-673660d4f8de"),
    ];
    let request = SignableParameters::new(method, HOST).unwrap();
    let request = parameters
        .iter()
        .fold(request, |request, (name, value)| request.with_parameter(name, *value).unwrap());
    let time = SigningTime::from_unix(START).unwrap();
    let signed = request.sign(&credential(DEMO_SECRET_ID, key), time, 11886, signature);
    match method {
        Method::Get => {
            Request::get(format!("/?{}", signed.encoded())).header("host", HOST).body(Bytes::new())
        }
        Method::Post => Request::post("/")
            .header("host", HOST)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(Bytes::from(signed.encoded().to_owned())),
    }
    .unwrap()
}

#[tokio::test(start_paused = true)]
async fn the_older_signatures_are_verified_too() {
    for method in [Method::Get, Method::Post] {
        for signature in [SignatureMethod::HmacSha1, SignatureMethod::HmacSha256, SignatureMethod::Unnamed] {
            let simulator = with_a_task();
            let response = send(v1(method, DEMO_SECRET_KEY, signature), &simulator).await;
            assert_eq!(response["Status"], 0, "{method} {signature:?}: {response}");
            assert_eq!(simulator.calls()[0].secret_id.as_deref(), Some(DEMO_SECRET_ID));
            let wrong = send(v1(method, "wrong", signature), &simulator).await;
            assert_eq!(code(&wrong), "AuthFailure.SignatureFailure");
        }
    }
    let mut changed = v1(Method::Get, DEMO_SECRET_KEY, SignatureMethod::HmacSha1);
    *changed.uri_mut() = changed.uri().to_string().replace("55c8", "55c9").parse().unwrap();
    assert_eq!(code(&send(changed, &with_a_task()).await), "AuthFailure.SignatureFailure");
}
