//! Verification on a server: the error names the stage that differs.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use clb_sign::{
    Authorization, Credential, SecretId, SecretKey, SignableRequest, SigningTime, VerifyError, sign, verify,
};

const NOW: u64 = 1_700_000_000;
const HOST: &str = "clb.tencentcloudapi.com";

/// Signs one request, and verifies it as another.
#[track_caller]
fn check(signed: &SignableRequest<'_>, arrived: &SignableRequest<'_>, expected: Result<(), VerifyError>) {
    let authorization = sign(signed, &credential("AKIDEXAMPLE"), time(NOW));
    let authorization = Authorization::parse(authorization.authorization()).unwrap();
    assert_eq!(verify(&authorization, arrived, &credential("AKIDEXAMPLE"), time(NOW)), expected);
}

fn post<'a>(host: &'a str, content_type: &'a str) -> SignableRequest<'a> {
    SignableRequest::post("clb", host, content_type, b"{}").unwrap()
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
    assert_eq!(verify(&authorization, &request, &credential("B"), time(NOW)), Err(VerifyError::SecretId));
    assert_eq!(
        verify(&authorization, &request, &credential("A"), time(NOW + 86_400)),
        Err(VerifyError::Date)
    );
    let other = SignableRequest::post("cvm", HOST, "application/json", b"{}").unwrap();
    assert_eq!(verify(&authorization, &other, &credential("A"), time(NOW)), Err(VerifyError::Service));
    let more = request.clone().with_header("x-tc-action", "describequota").unwrap();
    assert_eq!(verify(&authorization, &more, &credential("A"), time(NOW)), Err(VerifyError::SignedHeaders));
    assert_eq!(
        verify(&authorization, &request, &credential("A"), time(NOW + 1)),
        Err(VerifyError::Signature)
    );
}

#[test]
fn a_host_signed_without_its_port_is_named() {
    check(&post("127.0.0.1", "text/plain"), &post("127.0.0.1:8080", "text/plain"), Err(VerifyError::Host));
    check(&post("[::1]", "text/plain"), &post("[::1]:8080", "text/plain"), Err(VerifyError::Host));
    check(&post("[::1]", "text/plain"), &post("[::2]", "text/plain"), Err(VerifyError::Signature));
}

#[test]
fn a_payload_signed_otherwise_is_named() {
    let (signed, unsigned) = (post(HOST, "text/plain"), post(HOST, "text/plain").with_unsigned_payload());
    check(&signed, &unsigned, Err(VerifyError::Payload));
    check(&unsigned, &signed, Err(VerifyError::Payload));
}

#[test]
fn header_values_verify_whatever_capitals_are_sent() {
    let signed = post(HOST, "text/plain; charset=utf-8").with_header("x-tc-action", "describequota").unwrap();
    let arrived =
        post(HOST, "Text/Plain; charset=UTF-8").with_header("x-tc-action", " DescribeQuota ").unwrap();
    check(&signed, &arrived, Ok(()));
    check(&arrived, &signed, Ok(()));
}

#[test]
fn header_values_signed_verbatim_are_named() {
    let arrived = post(HOST, "text/plain").with_header("x-tc-action", "DescribeQuota").unwrap();
    check(&arrived.clone().with_verbatim_headers(), &arrived, Err(VerifyError::HeaderValues));
}

#[test]
fn another_body_leaves_only_the_signature_to_blame() {
    let other = SignableRequest::post("clb", HOST, "text/plain", b"[]").unwrap();
    check(&post(HOST, "text/plain"), &other, Err(VerifyError::Signature));
}
