//! No `Debug` or `Display` output contains a key or token.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fmt::Debug;

use clb_sign::{
    Authorization, CachingSigner, CanonicalRequest, Credential, Method, SecretId, SecretKey, SecurityToken,
    SignableParameters, SignableRequest, SignatureMethod, SigningKey, SigningTime, explain, sign,
};

const ID: &str = "AKIDEXAMPLE134701fb523ea275c4742bb57";
const KEY: &str = "EXAMPLEKEY5e473cde7a7e3a78d7d9bf";
const TOKEN: &str = "EXAMPLETOKENbff3b47c39e9968d64d34d4";

#[track_caller]
fn check(shown: &dyn Debug) {
    let text = format!("{shown:?} {shown:#?}");
    check_text(&text);
    assert!(!text.contains(ID), "{text}");
}

#[track_caller]
fn check_text(text: &str) {
    for secret in [KEY, TOKEN, "hidden"] {
        assert!(!text.contains(secret), "{text}");
    }
}

fn credential() -> Credential {
    let credential = Credential::new(SecretId::new(ID).unwrap(), SecretKey::new(KEY).unwrap());
    credential.with_token(SecurityToken::new(TOKEN).unwrap())
}

#[test]
fn debug_hides_keys_tokens_and_contents() {
    let time = SigningTime::from_unix(1_700_000_000).unwrap();
    let request = SignableRequest::get("cvm", "cvm.tencentcloudapi.com", "Password=hidden").unwrap();
    let caching = CachingSigner::new(credential());
    check(&credential());
    check(credential().secret_key());
    check(&request);
    check(&CanonicalRequest::new(&request));
    check(&sign(&request, &credential(), time));
    check(&caching.sign(&request, time));
    check(&caching);
    check(&SigningKey::derive(credential().secret_key(), time.date(), "cvm"));
    check(&explain(&request, &credential(), time));
    check(&Authorization::parse(sign(&request, &credential(), time).authorization()).unwrap());
    let parameters = SignableParameters::new(Method::Post, "cvm.tencentcloudapi.com").unwrap();
    let parameters = parameters.with_parameter("Password", "hidden").unwrap();
    check(&parameters);
    check(&parameters.sign(&credential(), time, 1, SignatureMethod::HmacSha256));
}

#[test]
fn an_explanation_shows_every_stage_and_no_secret() {
    let request = SignableRequest::post("clb", "clb.tencentcloudapi.com", "application/json", b"{}").unwrap();
    let explanation = explain(&request, &credential(), SigningTime::from_unix(1_700_000_000).unwrap());
    let text = explanation.to_string();
    check_text(&text);
    for stage in [
        explanation.canonical_request().as_str(),
        explanation.string_to_sign().as_str(),
        explanation.signature(),
    ] {
        assert!(text.contains(stage), "{text}");
    }
    assert!(text.ends_with("x-tc-timestamp: 1700000000\nx-tc-token: [redacted]"), "{text}");
}

#[test]
fn errors_do_not_repeat_what_was_rejected() {
    check_text(&SecretKey::new(format!(" {KEY}")).unwrap_err().to_string());
    check_text(&SecurityToken::new(format!("{TOKEN}\n{TOKEN}")).unwrap_err().to_string());
}
