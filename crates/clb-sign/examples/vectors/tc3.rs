//! TC3-HMAC-SHA256.

use std::borrow::Cow;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use clb_sign::{Authorization, Explanation, SignableRequest, encode_query, explain, verify};
use serde_json::Value;

use crate::check::{self, Difference, compare, text};

const FORM: &str = "application/x-www-form-urlencoded";

/// Signs the input and holds each stage against the expectation.
pub(crate) fn check(input: &Value, expect: &Value) -> Result<(), Difference> {
    let (credential, time) = (check::credential(input)?, check::time(input)?);
    let (query, body) = (query(input), body(input)?);
    let request = request(input, &query, &body)?;

    let explanation = explain(&request, &credential, time);
    let (canonical_request, string_to_sign) = (explanation.canonical_request(), explanation.string_to_sign());
    compare(expect, "date", &time.date().to_string())?;
    compare(expect, "credential_scope", string_to_sign.scope())?;
    compare(expect, "hashed_payload", canonical_request.payload_hash())?;
    compare(expect, "canonical_request", canonical_request.as_str())?;
    compare(expect, "hashed_canonical_request", &canonical_request.hash())?;
    compare(expect, "string_to_sign", string_to_sign.as_str())?;
    compare(expect, "signature", explanation.signature())?;
    compare(expect, "authorization", explanation.headers().authorization())?;
    headers(&expect["headers"], &request, &explanation)?;

    let differs = |found: &str| Difference::new("verification", "a signature that verifies", found);
    let parsed = Authorization::parse(explanation.headers().authorization())
        .map_err(|error| differs(&error.to_string()))?;
    verify(&parsed, &request, &credential, time).map_err(|error| differs(&error.to_string()))
}

fn request<'a>(input: &'a Value, query: &'a str, body: &'a [u8]) -> Result<SignableRequest<'a>, Difference> {
    let (service, host) = (text(input, "service"), text(input, "host"));
    let given = input["content_type"].as_str();
    let request = if text(input, "method").eq_ignore_ascii_case("GET") {
        SignableRequest::get(service, host, query)
            .and_then(|request| request.with_content_type(given.unwrap_or(FORM)))
    } else {
        SignableRequest::post(service, host, given.unwrap_or("application/json"), body)
    };
    // As the SDK signed them.
    let request = request.map_err(Difference::rejected)?.with_verbatim_headers();
    Ok(if input["unsigned_payload"] == true { request.with_unsigned_payload() } else { request })
}

/// The query as it was sent, or made from its pairs.
fn query(input: &Value) -> Cow<'_, str> {
    let Some(query) = input["query"].as_str() else {
        let pairs = input["query_pairs"].as_array().into_iter().flatten();
        return encode_query(pairs.filter_map(|pair| Some((pair[0].as_str()?, pair[1].as_str()?)))).into();
    };
    query.into()
}

fn body(input: &Value) -> Result<Cow<'_, [u8]>, Difference> {
    let body = text(input, "body");
    match text(input, "body_encoding") {
        "base64" => STANDARD.decode(body).map(Cow::Owned).map_err(Difference::rejected),
        "hex" => unhex(body).map(Cow::Owned).ok_or_else(|| Difference::rejected("body is not hexadecimal")),
        _ => Ok(body.as_bytes().into()),
    }
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let (pairs, []) = text.as_bytes().as_chunks::<2>() else { return None };
    pairs.iter().map(|pair| u8::from_str_radix(str::from_utf8(pair).ok()?, 16).ok()).collect()
}

/// Every header of ours is in the file, and the file has no other that signing would add.
fn headers(
    expect: &Value,
    request: &SignableRequest<'_>,
    explanation: &Explanation,
) -> Result<(), Difference> {
    let Some(expect) = expect.as_object() else { return Ok(()) };
    let ours = explanation
        .headers()
        .iter()
        .chain([("content-type", request.content_type()), ("host", request.host())]);
    let ours: Vec<_> = ours.collect();
    let expected = |name: &str| {
        expect.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    };
    for (name, value) in &ours {
        match expected(name) {
            Some(expected) if expected == value => {}
            expected => {
                return Err(Difference::new(
                    "headers",
                    format!("{name}: {expected:?}"),
                    format!("{name}: {value}"),
                ));
            }
        }
    }
    for name in ["x-tc-token", "x-tc-content-sha256"] {
        if expected(name).is_some() && !ours.iter().any(|(known, _)| *known == name) {
            return Err(Difference::new("headers", name, "no such header"));
        }
    }
    Ok(())
}
