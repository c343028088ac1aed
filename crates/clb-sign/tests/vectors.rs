//! The vendor's own signatures, stage by stage, with the checks of the `vectors` example.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "../examples/vectors/check.rs"]
mod check;
#[path = "../examples/vectors/signature_v1.rs"]
mod signature_v1;
#[path = "../examples/vectors/tc3.rs"]
mod tc3;

use clb_sign::{CachingSigner, SignableRequest};
use serde_json::{Value, json};

const TC3: &[u8] = include_bytes!("vectors/tc3.json");
const V1: &[u8] = include_bytes!("vectors/signature-v1.json");
const TC3_ODD: &[u8] = include_bytes!("vectors/tc3-odd.json");
const V1_ODD: &[u8] = include_bytes!("vectors/signature-v1-odd.json");

#[track_caller]
fn check(file: &[u8], count: usize) {
    let checked = check::file(file).unwrap();
    assert_eq!(checked.len(), count);
    for vector in checked {
        assert_eq!(vector.outcome, Ok(()), "{}", vector.name);
    }
}

/// A file with one thing changed in every vector differs in that stage, every time.
#[track_caller]
fn check_changed(file: &[u8], stage: &str, change: impl Fn(&mut Value)) {
    let mut file: Value = serde_json::from_slice(file).unwrap();
    file["vectors"].as_array_mut().unwrap().iter_mut().for_each(change);
    for vector in check::file(file.to_string().as_bytes()).unwrap() {
        assert_eq!(vector.outcome.unwrap_err().stage, stage, "{}", vector.name);
    }
}

#[test]
fn every_stage_of_tc3_is_the_vendors() {
    check(TC3, 24);
    check(TC3_ODD, 73);
}

#[test]
fn every_stage_of_the_older_signatures_is_the_vendors() {
    check(V1, 6);
    check(V1_ODD, 18);
}

#[test]
fn a_changed_expectation_is_named() {
    let stages =
        ["date", "credential_scope", "hashed_payload", "canonical_request", "hashed_canonical_request"];
    for stage in stages.into_iter().chain(["string_to_sign", "signature", "authorization"]) {
        check_changed(TC3, stage, |vector| vector["expect"][stage] = json!("other"));
    }
    check_changed(TC3, "headers", |vector| vector["expect"]["headers"]["Host"] = json!("other"));
    for stage in ["string_to_sign", "signature", "encoded"] {
        check_changed(V1, stage, |vector| vector["expect"][stage] = json!("other"));
    }
    check_changed(V1, "signed_params", |vector| vector["expect"]["signed_params"]["Limit"] = json!("21"));
}

#[test]
fn a_changed_input_differs_where_it_first_shows() {
    check_changed(TC3, "canonical_request", |vector| vector["input"]["host"] = json!("elsewhere"));
    check_changed(TC3, "date", |vector| vector["input"]["timestamp"] = json!(0));
    check_changed(TC3, "signature", |vector| vector["input"]["secret_key"] = json!("other"));
    check_changed(TC3, "authorization", |vector| vector["input"]["secret_id"] = json!("other"));
    check_changed(TC3, "input", |vector| {
        vector["input"]["host"] = json!("clb.tencentcloudapi.com\nx-evil:1");
    });
    check_changed(V1, "signature", |vector| vector["input"]["secret_key"] = json!("other"));
    check_changed(V1, "string_to_sign", |vector| {
        vector["input"]["host"] = json!("elsewhere");
    });
}

#[test]
fn a_caching_signer_changes_its_key_at_midnight() {
    let file: Value = serde_json::from_slice(TC3).unwrap();
    let vectors = file["vectors"].as_array().unwrap().iter();
    let around: Vec<_> =
        vectors.filter(|vector| vector["name"].as_str().unwrap().ends_with("-second-of-day")).collect();
    let (before, after) = (around[0], around[1]);
    let signer = CachingSigner::new(check::credential(&before["input"]).unwrap());
    for vector in [before, before, after, after, before] {
        let input = &vector["input"];
        let [service, host, content_type, body] =
            ["service", "host", "content_type", "body"].map(|name| check::text(input, name));
        let request = SignableRequest::post(service, host, content_type, body.as_bytes()).unwrap();
        let headers = signer.sign(&request, check::time(input).unwrap());
        assert_eq!(vector["expect"]["authorization"], headers.authorization());
    }
}

#[test]
fn a_body_may_be_written_in_base64_or_hex() {
    let file: Value = serde_json::from_slice(TC3).unwrap();
    let vector = &file["vectors"][2];
    let body = vector["input"]["body"].as_str().unwrap();
    let hex = body.bytes().fold(String::new(), |hex, byte| format!("{hex}{byte:02X}"));
    let base64 = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, body);
    for (encoding, body) in [("hex", hex), ("base64", base64)] {
        let mut input = vector["input"].clone();
        (input["body_encoding"], input["body"]) = (json!(encoding), json!(body));
        assert_eq!(tc3::check(&input, &vector["expect"]), Ok(()), "{encoding}");
    }
}
