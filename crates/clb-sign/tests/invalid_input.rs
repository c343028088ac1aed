//! Constructors reject inputs that a server could read in two ways. Unusual inputs with one meaning are signed.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use clb_sign::{
    Authorization, Credential, InvalidAuthorizationError, InvalidCredentialError, InvalidParameterError,
    InvalidRequestError, Method, SecretId, SecretKey, SecurityToken, SignableParameters, SignableRequest,
    SigningKey, SigningTime, WrongKeyError,
};

const CONTROLS: &[char] = &['\n', '\r', '\0', '\u{b}', '\u{c}', '\u{1b}', '\u{7f}', '\u{85}'];

fn post() -> SignableRequest<'static> {
    SignableRequest::post("clb", "clb.tencentcloudapi.com", "application/json", b"{}").unwrap()
}

fn credential() -> Credential {
    Credential::new(SecretId::new("AKIDEXAMPLE").unwrap(), SecretKey::new("EXAMPLEKEY").unwrap())
}

#[test]
fn control_characters_enter_no_header() {
    for control in CONTROLS {
        let text = format!("a{control}b");
        let forbidden = |part| InvalidCredentialError::Forbidden { part };
        assert_eq!(SecretId::new(&*text).unwrap_err(), forbidden("secret id"));
        assert_eq!(SecurityToken::new(&*text).unwrap_err(), forbidden("security token"));
        assert_eq!(SignableRequest::get(&text, "host", "").unwrap_err(), InvalidRequestError::Service);
        assert_eq!(SignableRequest::get("clb", &text, "").unwrap_err(), InvalidRequestError::Host);
        assert_eq!(SignableRequest::get("clb", "host", &text).unwrap_err(), InvalidRequestError::Query);
        assert_eq!(
            SignableRequest::post("clb", "host", &text, b"").unwrap_err(),
            InvalidRequestError::ContentType
        );
        assert_eq!(post().with_header(&text, "v").unwrap_err(), InvalidRequestError::HeaderName);
        assert_eq!(post().with_header("x-a", &text).unwrap_err(), InvalidRequestError::HeaderValue);
        assert_eq!(SignableParameters::new(Method::Get, &text).unwrap_err(), InvalidParameterError::Host);
        let request = SignableParameters::new(Method::Get, "host").unwrap();
        assert_eq!(request.with_parameter(&text, "v").unwrap_err(), InvalidParameterError::Name);
    }
}

#[test]
fn a_scope_has_only_its_own_separators() {
    for text in ["AKID/2023-11-14/clb/tc3_request", "AKID, SignedHeaders=host", "", " AKID", "AKID\u{a0}"] {
        assert!(SecretId::new(text).is_err(), "{text}");
        assert_eq!(
            SignableRequest::post(text, "host", "text/plain", b"").unwrap_err(),
            InvalidRequestError::Service,
            "{text}"
        );
    }
}

#[test]
fn keys_are_rejected_as_the_vendors_sdk_rejects_them() {
    assert_eq!(SecretKey::new("").unwrap_err(), InvalidCredentialError::Empty { part: "secret key" });
    for text in [" ", " key", "key\n", "\tkey"] {
        assert_eq!(SecretKey::new(text).unwrap_err(), InvalidCredentialError::Space { part: "secret key" });
    }
    assert!(SecretKey::new("inner space, \n and 密钥").is_ok());
}

#[test]
fn queries_come_encoded() {
    for query in ["a b", "a=é", "a=1#b", "a\t"] {
        assert_eq!(
            SignableRequest::get("cvm", "host", query).unwrap_err(),
            InvalidRequestError::Query,
            "{query}"
        );
    }
    assert!(SignableRequest::get("cvm", "host", "a=%20+&b=[]{}|'\"").is_ok());
}

#[test]
fn a_header_has_one_place() {
    for name in ["Host", "content-type", "AUTHORIZATION"] {
        assert_eq!(post().with_header(name, "v").unwrap_err(), InvalidRequestError::ReservedHeader);
    }
    let once = post().with_header("X-TC-Action", "a").unwrap();
    assert_eq!(once.with_header("x-tc-action", "b").unwrap_err(), InvalidRequestError::RepeatedHeader);
    for name in ["", "a b", "a:b", "é", "a;b"] {
        assert_eq!(post().with_header(name, "v").unwrap_err(), InvalidRequestError::HeaderName);
    }
}

#[test]
fn a_parameter_has_one_place() {
    let request = || SignableParameters::new(Method::Post, "host").unwrap();
    for name in ["Signature", "SecretId", "Nonce", "Timestamp", "SignatureMethod", "Token"] {
        assert_eq!(request().with_parameter(name, "v").unwrap_err(), InvalidParameterError::Reserved);
    }
    let once = request().with_parameter("A_B", "v").unwrap();
    assert_eq!(once.with_parameter("A.B", "v").unwrap_err(), InvalidParameterError::Repeated);
    for name in ["", "a=b", "a&Signature"] {
        assert_eq!(request().with_parameter(name, "v").unwrap_err(), InvalidParameterError::Name);
    }
}

#[test]
fn a_key_signs_only_for_its_day_and_service() {
    let credential = credential();
    let [before, midnight] =
        [1_704_067_199, 1_704_067_200].map(|seconds| SigningTime::from_unix(seconds).unwrap());
    let derive = |service| SigningKey::derive(credential.secret_key(), before.date(), service);
    assert!(derive("clb").sign(&post(), &credential, before).is_ok());
    let wrong = WrongKeyError::Date { key: before.date(), request: midnight.date() };
    assert_eq!(derive("clb").sign(&post(), &credential, midnight).unwrap_err(), wrong);
    assert_eq!(derive("cvm").sign(&post(), &credential, before).unwrap_err(), WrongKeyError::Service);
}

#[test]
fn an_authorization_has_one_form() {
    use InvalidAuthorizationError::{Algorithm, Credential, Parts, Signature, SignedHeaders};
    let signature = "e14d99112318abfd1ac0db3d2647d8412c5700f9f5ed77ebada082ddcbbfba99";
    let credential = "AKID/2023-11-14/clb/tc3_request";
    let value = |credential: &str, headers: &str, signature: &str| {
        format!("TC3-HMAC-SHA256 Credential={credential}, SignedHeaders={headers}, Signature={signature}")
    };
    let parse = |value: &str| Authorization::parse(value).map(drop);
    let good = value(credential, "content-type;host", signature);
    assert_eq!(parse(&good), Ok(()));
    assert_eq!(parse(&good.replace(", ", ",")), Ok(()));

    assert_eq!(parse("SKIP"), Err(Algorithm));
    assert_eq!(parse(&good.replace("TC3", "tc3")), Err(Algorithm));
    assert_eq!(parse("TC3-HMAC-SHA256 "), Err(Parts));
    assert_eq!(parse(&good.replace("Signature", "signature")), Err(Parts));
    assert_eq!(parse(&format!("{good}, Signature={signature}")), Err(Parts));
    assert_eq!(parse(&good.replace(", SignedHeaders=content-type;host", "")), Err(Parts));
    for credential in [
        "AKID",
        "AKID/2023-11-14/clb",
        "AKID/2023-02-30/clb/tc3_request",
        "AKID/2023-11-14//tc3_request",
        "/2023-11-14/clb/tc3_request",
        "AKID/2023-11-14/a/b/tc3_request",
        "AKID/2023-11-14/clb/aws4_request",
    ] {
        assert_eq!(parse(&value(credential, "host", signature)), Err(Credential), "{credential}");
    }
    for headers in ["", "Host", "host;", "a b"] {
        assert_eq!(parse(&value(credential, headers, signature)), Err(SignedHeaders), "{headers}");
    }
    for signature in ["", "00", &signature.to_uppercase(), &signature.replace('e', "g")] {
        assert_eq!(parse(&value(credential, "host", signature)), Err(Signature), "{signature}");
    }
}
