//! Verification on a server: the error names the stage that differs.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use clb_sign::{
    Authorization, Credential, Method, SecretId, SecretKey, SignableParameters, SignableRequest,
    SignatureMethod, SigningTime, VerifyError, sign, verify, verify_parameters,
};
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use sha2::Sha256;

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

/// Parameters of the older signatures as they arrive, not in the order of their names.
const ARRIVED: [(&str, &str); 6] = [
    ("Version", "2018-03-17"),
    ("Timestamp", "1700000000"),
    ("SignatureMethod", "HmacSHA256"),
    ("SecretId", "A"),
    ("Nonce", "7"),
    ("LoadBalancerName", "a b"),
];

/// The older signature that somebody makes of these parameters.
fn older(method: Method, host: &str, name: &str, signature: SignatureMethod) -> String {
    let signable = SignableParameters::new(method, host).unwrap();
    let signable = signable
        .with_parameter("Version", "2018-03-17")
        .unwrap()
        .with_parameter("LoadBalancerName", name)
        .unwrap();
    signable.sign(&credential("A"), time(1_700_000_000), 7, signature).signature().to_owned()
}

#[track_caller]
fn check_older(signature: &str, expected: Result<(), VerifyError>) {
    let arrived = [&ARRIVED[..], &[("Signature", signature)]].concat();
    let verified = verify_parameters(Method::Get, "127.0.0.1:8080", &arrived, &credential("A"));
    assert_eq!(verified.map(|_| ()), expected);
}

#[test]
fn usual_mistakes_with_the_older_signatures_are_named() {
    let host = "127.0.0.1:8080";
    let sha256 = SignatureMethod::HmacSha256;
    check_older(&older(Method::Get, host, "a b", sha256), Ok(()));
    check_older(&older(Method::Get, "127.0.0.1", "a b", sha256), Err(VerifyError::Host));
    check_older(&older(Method::Post, host, "a b", sha256), Err(VerifyError::HttpMethod));
    check_older(&older(Method::Get, host, "a+b", sha256), Err(VerifyError::EncodedValues));
    check_older(&older(Method::Get, host, "a%20b", sha256), Err(VerifyError::EncodedValues));
    check_older(&older(Method::Get, host, "a-b", sha256), Err(VerifyError::Signature));
}

#[test]
fn parameters_that_were_not_sorted_are_named() {
    let pairs: Vec<_> = ARRIVED.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let text = format!("GET127.0.0.1:8080/?{}", pairs.join("&"));
    let secret_key = credential("A").secret_key().expose().to_owned();
    let mac = Hmac::<Sha256>::new_from_slice(secret_key.as_bytes()).unwrap().chain_update(text);
    check_older(&STANDARD.encode(mac.finalize().into_bytes()), Err(VerifyError::ParameterOrder));
}

#[test]
fn the_other_hash_function_is_named() {
    let text = "GET127.0.0.1:8080/?LoadBalancerName=a b&Nonce=7&SecretId=A&SignatureMethod=HmacSHA256&Timestamp=1700000000&Version=2018-03-17";
    let secret_key = credential("A").secret_key().expose().to_owned();
    let mac = Hmac::<Sha1>::new_from_slice(secret_key.as_bytes()).unwrap().chain_update(text);
    check_older(&STANDARD.encode(mac.finalize().into_bytes()), Err(VerifyError::SignatureMethod));
}
