//! The vendor's own signatures, stage by stage.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use clb_sign::{
    Authorization, CachingSigner, Credential, SecretId, SecretKey, SecurityToken, SignBuffer, SigningRequest,
    SigningTime, explain, sign, verify,
};
use serde_json::Value;

const TC3: &str = include_str!("vectors/tc3.json");

#[test]
fn every_stage_is_the_vendors() {
    let vectors: Value = serde_json::from_str(TC3).unwrap();
    let vectors = vectors["vectors"].as_array().unwrap();
    assert_eq!(vectors.len(), 24);
    vectors.iter().for_each(check);
}

/// The first difference names the bug.
fn check(vector: &Value) {
    let (name, input, expect) = (&vector["name"], &vector["input"], &vector["expect"]);
    let (credential, request, time) = (credential(input), request(input), time(input));

    let explanation = explain(&request, &credential, time);
    let canonical_request = explanation.canonical_request();
    assert_eq!(canonical_request.payload_hash(), text(expect, "hashed_payload"), "{name}");
    assert_eq!(canonical_request.as_str(), text(expect, "canonical_request"), "{name}");
    assert_eq!(canonical_request.hash(), text(expect, "hashed_canonical_request"), "{name}");
    assert_eq!(explanation.string_to_sign().scope(), text(expect, "credential_scope"), "{name}");
    assert_eq!(explanation.string_to_sign().as_str(), text(expect, "string_to_sign"), "{name}");
    assert_eq!(explanation.signature(), text(expect, "signature"), "{name}");

    let signed = sign(&request, &credential, time);
    assert_eq!(signed.authorization(), text(expect, "authorization"), "{name}");
    for (header, value) in signed.iter() {
        assert_eq!(Some(value), header_of(&expect["headers"], header), "{name}: {header}");
    }
    assert_eq!(signed.token(), header_of(&expect["headers"], "x-tc-token"), "{name}");

    let (mut caching, mut buffer) = (CachingSigner::new(credential.clone()), SignBuffer::new());
    for _ in 0..2 {
        assert_eq!(
            caching.sign_into(&request, time, &mut buffer).authorization(),
            signed.authorization(),
            "{name}"
        );
    }
    let parsed = Authorization::parse(signed.authorization()).unwrap();
    assert_eq!(verify(&parsed, &request, &credential, time), Ok(()), "{name}");
}

fn credential(input: &Value) -> Credential {
    let id = SecretId::new(text(input, "secret_id")).unwrap();
    let credential = Credential::new(id, SecretKey::new(text(input, "secret_key")).unwrap());
    match input["token"].as_str() {
        Some(token) => credential.with_token(SecurityToken::new(token).unwrap()),
        None => credential,
    }
}

fn request(input: &Value) -> SigningRequest<'_> {
    let [service, host, content_type] = ["service", "host", "content_type"].map(|name| text(input, name));
    let request = match text(input, "method") {
        "GET" => {
            SigningRequest::get(service, host, text(input, "query")).unwrap().with_content_type(content_type)
        }
        _ => SigningRequest::post(service, host, content_type, text(input, "body").as_bytes()),
    };
    if input["unsigned_payload"] == true {
        return request.unwrap().with_unsigned_payload();
    }
    request.unwrap()
}

fn time(input: &Value) -> SigningTime {
    SigningTime::from_unix(input["timestamp"].as_u64().unwrap()).unwrap()
}

fn header_of<'a>(headers: &'a Value, name: &str) -> Option<&'a str> {
    let mut headers = headers.as_object().unwrap().iter();
    headers.find(|(known, _)| known.eq_ignore_ascii_case(name)).and_then(|(_, value)| value.as_str())
}

#[track_caller]
fn text<'a>(object: &'a Value, name: &str) -> &'a str {
    object[name].as_str().unwrap()
}
