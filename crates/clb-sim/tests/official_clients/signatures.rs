//! The same requests, signed by the official SDK and by `clb-sign`.

use clb_sign::{
    Authorization, Credential, Method, SecretId, SecretKey, SecurityToken, SignableParameters,
    SignableRequest, SignatureMethod, SigningTime, sign,
};
use clb_sim::{CallRecord, DEMO_SECRET_ID, DEMO_SECRET_KEY, Key, Options, Simulator};
use serde_json::{Value, json};
use tokio::runtime::Runtime;

use crate::command::succeed;
use crate::python::Python;

/// POST and GET, with and without token and signed payload, with three signature methods.
const REQUESTS: usize = 24;

pub(crate) fn are_the_same(python: &Python) {
    let runtime = Runtime::new().unwrap();
    let options = Options::starting_now().with_rate_limit(None);
    let simulator = runtime.block_on(Simulator::new(options).listen()).unwrap();
    simulator.key(Key::new("temporary", DEMO_SECRET_KEY).with_token("a-token"));
    // The simulator verifies each signature before it responds with the parameters that it read.
    simulator.respond_with("DescribeOddParameters", |call| json!({ "Echo": call.parameters }));
    let mut script = python.script("signatures.py");
    let endpoint = simulator.url().strip_prefix("http://").unwrap();
    let output = succeed(script.args([endpoint, DEMO_SECRET_ID, DEMO_SECRET_KEY])).unwrap();
    let echoes: Vec<Value> = output.stdout.split(|byte| *byte == b'\n').filter_map(parse).collect();
    let calls = simulator.calls();
    assert_eq!((echoes.len(), calls.len()), (REQUESTS, REQUESTS));
    for (call, echo) in calls.iter().zip(&echoes) {
        assert!(call.accepted, "{call:?}");
        assert_eq!(echo["Text"], "监听 器 ~!*'()&=+/?%20\"\\");
        assert_eq!(echo["Nested"][0]["Names"], json!(["x y", "z"]));
        match call.request.headers().get("authorization") {
            Some(authorization) => same_tc3(call, authorization.to_str().unwrap()),
            None => same_v1(call),
        }
    }
}

fn parse(line: &[u8]) -> Option<Value> {
    serde_json::from_slice(line).ok()
}

fn credential(call: &CallRecord) -> Credential {
    let id = SecretId::new(call.secret_id.clone().unwrap()).unwrap();
    let credential = Credential::new(id, SecretKey::new(DEMO_SECRET_KEY).unwrap());
    match call.secret_id.as_deref() {
        Some("temporary") => credential.with_token(SecurityToken::new("a-token").unwrap()),
        _ => credential,
    }
}

fn same_tc3(call: &CallRecord, authorization: &str) {
    let request = &call.request;
    let header = |name: &str| request.headers()[name].to_str().unwrap();
    let query = request.uri().query().unwrap_or_default();
    let signable = match request.method().as_str() {
        "GET" => SignableRequest::get("clb", header("host"), query).unwrap(),
        _ => SignableRequest::post("clb", header("host"), header("content-type"), request.body()).unwrap(),
    };
    let signable = match request.headers().get("x-tc-content-sha256") {
        Some(_) => signable.with_unsigned_payload(),
        None => signable,
    };
    let time = SigningTime::from_unix(header("x-tc-timestamp").parse().unwrap()).unwrap();
    let headers = sign(&signable, &credential(call), time);
    let ours = headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("authorization")).unwrap().1;
    assert_eq!(ours, authorization);
    assert_eq!(Authorization::parse(authorization).unwrap().service(), "clb");
}

fn same_v1(call: &CallRecord) {
    let request = &call.request;
    let is_get = request.method() == http::Method::GET;
    let text = if is_get { request.uri().query().unwrap_or_default().as_bytes() } else { request.body() };
    let pairs: Vec<(String, String)> = form_urlencoded::parse(text).into_owned().collect();
    let value = |wanted: &str| pairs.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.as_str());
    let method = if is_get { Method::Get } else { Method::Post };
    let mut signable = SignableParameters::new(method, call.host.as_deref().unwrap()).unwrap();
    let added = ["Nonce", "Timestamp", "Token", "SecretId", "SignatureMethod", "Signature"];
    for (name, value) in pairs.iter().filter(|(name, _)| !added.contains(&name.as_str())) {
        signable = signable.with_parameter(name, value.as_str()).unwrap();
    }
    let signature_method = match value("SignatureMethod") {
        Some("HmacSHA256") => SignatureMethod::HmacSha256,
        _ => SignatureMethod::HmacSha1,
    };
    let time = SigningTime::from_unix(value("Timestamp").unwrap().parse().unwrap()).unwrap();
    let nonce = value("Nonce").unwrap().parse().unwrap();
    let ours = signable.sign(&credential(call), time, nonce, signature_method);
    assert_eq!(Some(ours.signature()), value("Signature"));
}
