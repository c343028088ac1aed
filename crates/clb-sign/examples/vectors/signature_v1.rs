//! The older signatures, `HmacSHA1` and `HmacSHA256`.

use std::collections::BTreeSet;

use clb_sign::{Method, SignableParameters, SignatureMethod, SignedParameters, encode_query};
use serde_json::Value;

use crate::check::{self, Difference, compare, number, text};

/// Signs the input and holds each stage against the expectation.
pub(crate) fn check(input: &Value, expect: &Value) -> Result<(), Difference> {
    let (credential, time, signature) = (check::credential(input)?, check::time(input)?, signature(input)?);
    let nonce = number(&input["nonce"]).ok_or_else(|| Difference::rejected("there is no nonce"))?;
    let signed = request(input)?.sign(&credential, time, nonce, signature);

    signed_params(&expect["signed_params"], &signed)?;
    compare(expect, "string_to_sign", signed.string_to_sign())?;
    compare(expect, "signature", signed.signature())?;
    encoded(&expect["encoded"], &signed)
}

fn signature(input: &Value) -> Result<SignatureMethod, Difference> {
    match text(input, "signature_method") {
        "" => Ok(SignatureMethod::Unnamed),
        "HmacSHA1" => Ok(SignatureMethod::HmacSha1),
        "HmacSHA256" => Ok(SignatureMethod::HmacSha256),
        other => Err(Difference::rejected(format!("signature method {other:?} is not known"))),
    }
}

fn request(input: &Value) -> Result<SignableParameters<'_>, Difference> {
    let method = if text(input, "method").eq_ignore_ascii_case("GET") { Method::Get } else { Method::Post };
    let request = SignableParameters::new(method, text(input, "host")).map_err(Difference::rejected)?;
    let common = [
        ("Action", capitalized(text(input, "action"))),
        ("RequestClient", text(input, "request_client").to_owned()),
        ("Version", text(input, "version").to_owned()),
        ("Region", text(input, "region").to_owned()),
        ("Language", text(input, "language").to_owned()),
    ];
    let given = common.into_iter().filter(|(_, value)| !value.is_empty());
    let mut parameters = parameters(&input["params"]).into_iter().chain(given);
    parameters
        .try_fold(request, |request, (name, value)| request.with_parameter(name, value))
        .map_err(Difference::rejected)
}

/// The SDKs write an action's first letter large before they sign it.
fn capitalized(action: &str) -> String {
    let mut letters = action.chars();
    letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect()
}

/// Pairs in a list, or members of an object.
fn parameters(params: &Value) -> Vec<(&str, String)> {
    let pairs =
        params.as_array().into_iter().flatten().filter_map(|pair| Some((pair[0].as_str()?, &pair[1])));
    let members = params.as_object().into_iter().flatten().map(|(name, value)| (name.as_str(), value));
    pairs.chain(members).map(|(name, value)| (name, plain(value))).collect()
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn signed_params(expect: &Value, signed: &SignedParameters) -> Result<(), Difference> {
    let Some(expect) = expect.as_object() else { return Ok(()) };
    let expected = expect.iter().map(|(name, value)| encode_query([(name.as_str(), plain(value).as_str())]));
    let expected: BTreeSet<_> = expected.collect();
    let found = pairs(signed.encoded()).filter(|pair| !pair.starts_with("Signature=")).map(str::to_owned);
    same("signed_params", &expected, &found.collect())
}

/// The order of the encoded parameters has no meaning.
fn encoded(expect: &Value, signed: &SignedParameters) -> Result<(), Difference> {
    let Some(expect) = expect.as_str() else { return Ok(()) };
    same("encoded", &pairs(expect).collect(), &pairs(signed.encoded()).collect())
}

fn pairs(encoded: &str) -> impl Iterator<Item = &str> {
    encoded.split('&')
}

fn same<T: Ord + std::fmt::Debug>(
    stage: &'static str,
    expected: &BTreeSet<T>,
    found: &BTreeSet<T>,
) -> Result<(), Difference> {
    if expected == found {
        return Ok(());
    }
    Err(Difference::new(stage, format!("{expected:?}"), format!("{found:?}")))
}
