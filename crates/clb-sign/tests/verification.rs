//! A server's view: which stage differs.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use clb_sign::{
    Authorization, Credential, Mismatch, SecretId, SecretKey, SigningRequest, SigningTime, sign, verify,
};

const NOW: u64 = 1_700_000_000;
const HOST: &str = "clb.tencentcloudapi.com";

/// Signs one request, and verifies it as another.
#[track_caller]
fn check(signed: &SigningRequest<'_>, arrived: &SigningRequest<'_>, expected: Result<(), Mismatch>) {
    let authorization = sign(signed, &credential("AKIDEXAMPLE"), time(NOW));
    let authorization = Authorization::parse(authorization.authorization()).unwrap();
    assert_eq!(verify(&authorization, arrived, &credential("AKIDEXAMPLE"), time(NOW)), expected);
}

fn post<'a>(host: &'a str, content_type: &'a str) -> SigningRequest<'a> {
    SigningRequest::post("clb", host, content_type, b"{}").unwrap()
}

fn credential(id: &str) -> Credential {
    Credential::new(SecretId::new(id).unwrap(), SecretKey::new("EXAMPLEKEY").unwrap())
}

fn time(seconds: u64) -> SigningTime {
    SigningTime::from_unix(seconds).unwrap()
}

#[test]
fn the_same_request_verifies() {
    check(&post(HOST, "application/json"), &post(HOST, "application/json"), Ok(()));
}

#[test]
fn parts_of_the_header_are_named() {
    let request = post(HOST, "application/json");
    let authorization =
        Authorization::parse(sign(&request, &credential("A"), time(NOW)).authorization()).unwrap();
    assert_eq!(verify(&authorization, &request, &credential("B"), time(NOW)), Err(Mismatch::SecretId));
    assert_eq!(verify(&authorization, &request, &credential("A"), time(NOW + 86_400)), Err(Mismatch::Date));
    let other = SigningRequest::post("cvm", HOST, "application/json", b"{}").unwrap();
    assert_eq!(verify(&authorization, &other, &credential("A"), time(NOW)), Err(Mismatch::Service));
    let more = request.clone().with_header("x-tc-action", "describequota").unwrap();
    assert_eq!(verify(&authorization, &more, &credential("A"), time(NOW)), Err(Mismatch::SignedHeaders));
    assert_eq!(verify(&authorization, &request, &credential("A"), time(NOW + 1)), Err(Mismatch::Signature));
}

#[test]
fn a_host_signed_without_its_port_is_named() {
    check(&post("127.0.0.1", "text/plain"), &post("127.0.0.1:8080", "text/plain"), Err(Mismatch::Host));
    check(&post("[::1]", "text/plain"), &post("[::1]:8080", "text/plain"), Err(Mismatch::Host));
    check(&post("[::1]", "text/plain"), &post("[::2]", "text/plain"), Err(Mismatch::Signature));
}

#[test]
fn a_payload_signed_otherwise_is_named() {
    let (signed, unsigned) = (post(HOST, "text/plain"), post(HOST, "text/plain").with_unsigned_payload());
    check(&signed, &unsigned, Err(Mismatch::Payload));
    check(&unsigned, &signed, Err(Mismatch::Payload));
}

#[test]
fn values_signed_in_the_manuals_form_are_named() {
    let signed = post(HOST, "text/plain; charset=utf-8").with_header("x-tc-action", "describequota").unwrap();
    let arrived =
        post(HOST, "text/plain; charset=UTF-8").with_header("x-tc-action", "DescribeQuota").unwrap();
    check(&signed, &arrived, Err(Mismatch::HeaderValues));
}

#[test]
fn another_body_leaves_only_the_signature_to_blame() {
    let other = SigningRequest::post("clb", HOST, "text/plain", b"[]").unwrap();
    check(&post(HOST, "text/plain"), &other, Err(Mismatch::Signature));
}
