//! Any parts give a signature that verifies and nothing else, or an error: `cargo fuzz run sign` in `crates/clb-sign`.

#![no_main]

use arbitrary::Arbitrary;
use clb_sign::{
    Authorization, CanonicalRequest, Credential, Method, SignableParameters, SignatureMethod, SecretId,
    SecretKey, SecurityToken, SignableRequest, SigningTime, explain, sign, verify,
};
use libfuzzer_sys::fuzz_target;

#[derive(Arbitrary, Debug)]
struct Input<'a> {
    id: &'a str,
    key: &'a str,
    token: Option<&'a str>,
    service: &'a str,
    host: &'a str,
    content_type: &'a str,
    query: Option<&'a str>,
    body: &'a [u8],
    headers: Vec<(&'a str, &'a str)>,
    unsigned: bool,
    seconds: u64,
    authorization: &'a str,
}

fuzz_target!(|input: Input| {
    let _ = Authorization::parse(input.authorization);
    let Some((credential, time)) = signer(&input) else { return };
    if let Some(request) = request(&input) {
        check(&request, &credential, time);
    }
    if let Some(request) = parameters(&input) {
        let signed = request.sign(&credential, time, input.seconds, SignatureMethod::HmacSha256);
        assert_eq!(signed.encoded().split('&').filter(|pair| pair.starts_with("Signature=")).count(), 1);
    }
});

fn check(request: &SignableRequest<'_>, credential: &Credential, time: SigningTime) {
    let signed = sign(request, credential, time);
    let authorization = Authorization::parse(signed.authorization()).expect("what is signed can be read");
    assert_eq!(verify(&authorization, request, credential, time), Ok(()));
    assert_eq!(authorization.secret_id(), credential.secret_id());
    assert_eq!(authorization.service(), request.service());
    assert!(signed.iter().all(|(_, value)| !value.contains(|c: char| c.is_control() && c != '\t')));
    let names = request.signed_headers();
    let lines = CanonicalRequest::new(request).as_str().split('\n').count();
    assert_eq!(lines, 6 + names.split(';').count());
    assert_eq!(explain(request, credential, time).headers().authorization(), signed.authorization());
}

fn signer(input: &Input<'_>) -> Option<(Credential, SigningTime)> {
    let credential = Credential::new(SecretId::new(input.id).ok()?, SecretKey::new(input.key).ok()?);
    let time = SigningTime::from_unix(input.seconds % 300_000_000_000).ok()?;
    match input.token {
        Some(token) => Some((credential.with_token(SecurityToken::new(token).ok()?), time)),
        None => Some((credential, time)),
    }
}

fn request<'a>(input: &Input<'a>) -> Option<SignableRequest<'a>> {
    let request = match input.query {
        Some(query) => {
            SignableRequest::get(input.service, input.host, query).ok()?.with_content_type(input.content_type)
        }
        None => SignableRequest::post(input.service, input.host, input.content_type, input.body),
    };
    let request = input
        .headers
        .iter()
        .try_fold(request.ok()?, |request, (name, value)| request.with_header(name, value))
        .ok()?;
    Some(if input.unsigned { request.with_unsigned_payload() } else { request })
}

fn parameters<'a>(input: &Input<'a>) -> Option<SignableParameters<'a>> {
    let request = SignableParameters::new(Method::Post, input.host).ok()?;
    input.headers.iter().try_fold(request, |request, (name, value)| request.with_parameter(name, *value)).ok()
}
