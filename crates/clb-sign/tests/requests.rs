//! Verification of an `http::Request` as a server receives it.
#![allow(clippy::unwrap_used, reason = "a test that cannot continue fails")]

use clb_sign::{
    Credential, InvalidAuthorizationError, Payload, SecretId, SecretKey, SecurityToken, SigningTime,
    VerifyError, VerifyRequestError, sign_request, sign_request_with_payload, verify_request,
};
use http::{HeaderValue, Request};

fn credential() -> Credential {
    Credential::new(SecretId::new("AKID").unwrap(), SecretKey::new("key").unwrap())
}

fn time() -> SigningTime {
    SigningTime::from_unix(1_700_000_000).unwrap()
}

fn post() -> Request<Vec<u8>> {
    let request = Request::post("https://hooks.example.com/").header("content-type", "application/json");
    request.body(b"{}".to_vec()).unwrap()
}

fn signed(mut request: Request<Vec<u8>>) -> Request<Vec<u8>> {
    sign_request(&mut request, "hooks", &credential(), time()).unwrap();
    request
}

fn check(request: &Request<Vec<u8>>, expected: Result<SigningTime, VerifyRequestError>) {
    let key_of = |id: &SecretId| (id.as_str() == "AKID").then(credential);
    assert_eq!(verify_request(request, key_of), expected);
}

#[test]
fn what_was_signed_verifies_at_its_time() {
    check(&signed(post()), Ok(time()));
    let get = Request::get("https://hooks.example.com/?b=1&a=%20").body(Vec::new()).unwrap();
    check(&signed(get), Ok(time()));
    let mut temporary = post();
    let with_token = credential().with_token(SecurityToken::new("a-token").unwrap());
    sign_request(&mut temporary, "hooks", &with_token, time()).unwrap();
    check(&temporary, Ok(time()));
    let mut unsigned = post();
    sign_request_with_payload(&mut unsigned, Payload::Unsigned, "hooks", &credential(), time()).unwrap();
    check(&unsigned, Ok(time()));
}

#[test]
fn a_change_of_any_signed_part_is_found() {
    let differs = Err(VerifyRequestError::Differs(VerifyError::Signature));
    let mut body = signed(post());
    *body.body_mut() = b"{ }".to_vec();
    check(&body, differs);
    let mut host = signed(post());
    host.headers_mut().insert("host", HeaderValue::from_static("other.example.com"));
    check(&host, differs);
    let mut get = signed(Request::get("https://hooks.example.com/?a=1").body(Vec::new()).unwrap());
    *get.uri_mut() = "/?a=2".parse().unwrap();
    check(&get, differs);
    let mut later = signed(post());
    later.headers_mut().insert("x-tc-timestamp", HeaderValue::from_static("1700000001"));
    check(&later, differs);
    let mut unsigned = signed(post());
    unsigned.headers_mut().insert("x-tc-content-sha256", HeaderValue::from_static("UNSIGNED-PAYLOAD"));
    check(&unsigned, Err(VerifyRequestError::Differs(VerifyError::Payload)));
}

#[test]
fn what_no_signature_covers_is_rejected() {
    for uri in ["/admin", "/?admin=1"] {
        let mut request = signed(post());
        *request.uri_mut() = uri.parse().unwrap();
        check(&request, Err(VerifyRequestError::Path));
    }
    let mut put = signed(post());
    *put.method_mut() = http::Method::PUT;
    check(&put, Err(VerifyRequestError::Method));
}

#[test]
fn what_is_missing_or_unknown_is_named() {
    for name in ["authorization", "x-tc-timestamp", "host", "content-type"] {
        let mut request = signed(post());
        request.headers_mut().remove(name);
        check(&request, Err(VerifyRequestError::Header(name)));
        let mut request = signed(post());
        request.headers_mut().append(name, HeaderValue::from_static("again"));
        check(&request, Err(VerifyRequestError::Header(name)));
    }
    let replaced = |name: &'static str, value: &'static str| {
        let mut request = signed(post());
        request.headers_mut().insert(name, HeaderValue::from_static(value));
        request
    };
    check(&replaced("x-tc-timestamp", "now"), Err(VerifyRequestError::Timestamp));
    let scheme = VerifyRequestError::Authorization(InvalidAuthorizationError::Algorithm);
    check(&replaced("authorization", "Bearer x"), Err(scheme));
    assert_eq!(verify_request(&signed(post()), |_| None), Err(VerifyRequestError::UnknownKey));
}
