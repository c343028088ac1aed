//! Properties of signatures, for any input.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use clb_sign::{
    Authorization, CachingSigner, CanonicalRequest, Credential, Date, Method, SecretId, SecretKey,
    SecurityToken, SignableParameters, SignableRequest, SignatureMethod, SigningKey, SigningTime,
    VerifyError, encode_query, sign, verify,
};
use proptest::collection::vec;
use proptest::prelude::*;

/// The last second of the year 9999.
const LAST: u64 = 253_402_300_799;

/// The parts of a request that can be signed.
#[derive(Clone, Debug)]
struct Parts {
    get: bool,
    service: String,
    host: String,
    content_type: String,
    query: String,
    body: Vec<u8>,
    headers: Vec<(String, String)>,
    unsigned: bool,
}

impl Parts {
    fn request(&self) -> SignableRequest<'_> {
        let request = if self.get {
            SignableRequest::get(&self.service, &self.host, &self.query)
                .unwrap()
                .with_content_type(&self.content_type)
        } else {
            SignableRequest::post(&self.service, &self.host, &self.content_type, &self.body)
        };
        let headers = &mut self.headers.iter();
        let request = headers
            .try_fold(request.unwrap(), |request, (name, value)| request.with_header(name, value))
            .unwrap();
        if self.unsigned { request.with_unsigned_payload() } else { request }
    }
}

prop_compose! {
    fn parts()(
        get: bool,
        service in "[ab]{1,2}|[a-z]{1,8}",
        host in r"[a-zA-Z0-9.\[\]:é]{1,40}",
        content_type in "[ -~é]{0,40}",
        query in "[a-zA-Z0-9=&%+._~-]{0,200}",
        body in vec(any::<u8>(), 0..300),
        names in proptest::collection::btree_set("x-[a-z]{1,8}|a[a-z]{1,8}|d[a-z]{0,4}", 0..5),
        value in "[ -~]{0,20}",
        unsigned: bool,
    ) -> Parts {
        let headers = names.into_iter().filter(|name| name != "authorization").map(|name| (name, value.clone())).collect();
        Parts { get, service, host, content_type, query, body, headers, unsigned }
    }
}

prop_compose! {
    fn credential()(id in "[!-+.0-~-]{1,40}", key in "[!-~é密]{1,100}", token in proptest::option::of("[!-~]{1,60}")) -> Credential {
        let credential = Credential::new(SecretId::new(id).unwrap(), SecretKey::new(key).unwrap());
        match token {
            Some(token) => credential.with_token(SecurityToken::new(token).unwrap()),
            None => credential,
        }
    }
}

/// Texts in which what separates parts, lines and headers is frequent.
fn tricky() -> impl Strategy<Value = String> {
    prop_oneof![2 => "[a-zé:;= -]{1,6}", 1 => "[a/,;:= \t\r\n\0-]{1,6}", 1 => any::<String>()]
}

/// Any second, or one of a few around a midnight.
fn time() -> impl Strategy<Value = SigningTime> {
    let seconds = prop_oneof![0..=LAST, prop::sample::select(vec![0, 1, 86_399, 86_400, 86_401])];
    seconds.prop_map(|seconds| SigningTime::from_unix(seconds).unwrap())
}

proptest! {
    /// Requests, seconds and days come again in them, since the signer caches its keys.
    #[test]
    fn all_ways_of_signing_agree(
        credential in credential(), parts in vec(parts(), 1..4), steps in vec((any::<prop::sample::Index>(), time()), 1..9),
    ) {
        let caching = CachingSigner::new(credential.clone());
        for (which, time) in &steps {
            let request = which.get(&parts).request();
            let expected = sign(&request, &credential, *time);
            let key = SigningKey::derive(credential.secret_key(), time.date(), request.service());
            let keyed = key.sign(&request, &credential, *time).unwrap();
            for other in [caching.sign(&request, *time), keyed] {
                prop_assert!(other.iter().eq(expected.iter()));
            }
        }
    }

    /// The vendor's rule: values are signed in lowercase and without white space around them.
    #[test]
    fn neither_case_nor_space_around_header_values_matters(
        credential in credential(), parts in parts(), time in time(),
    ) {
        let mut other = parts.clone();
        other.content_type = format!(" {}\t", other.content_type.to_ascii_uppercase());
        for (_, value) in &mut other.headers {
            *value = format!("\t{} ", value.to_ascii_uppercase());
        }
        let [signed, otherwise] = [&parts, &other].map(|parts| sign(&parts.request(), &credential, time));
        prop_assert_eq!(signed.authorization(), otherwise.authorization());
    }

    #[test]
    fn what_is_signed_verifies(credential in credential(), parts in parts(), time in time()) {
        let request = parts.request();
        let authorization = Authorization::parse(sign(&request, &credential, time).authorization()).unwrap();
        prop_assert_eq!(verify(&authorization, &request, &credential, time), Ok(()));
        prop_assert_eq!(authorization.secret_id(), credential.secret_id());
        prop_assert_eq!(authorization.date(), time.date());
        prop_assert_eq!(authorization.service(), request.service());
        prop_assert_eq!(authorization.signed_headers().collect::<Vec<_>>().join(";"), request.signed_headers());
    }

    #[test]
    fn any_change_of_a_signed_part_is_found(
        credential in credential(), parts in parts(), time in time(), what in 0..6usize, bit in 0..8u32, place: prop::sample::Index,
    ) {
        let parts = Parts { unsigned: false, get: what == 1, ..parts };
        let mut changed = parts.clone();
        match what {
            0 => changed.body.push(b'x'),
            1 => changed.query.push('x'),
            2 => changed.host.push('x'),
            3 => changed.content_type.push('x'),
            4 if !changed.body.is_empty() => *place.get_mut(&mut changed.body) ^= 1 << bit,
            _ => changed.headers.push(("y".into(), String::new())),
        }
        let authorization = Authorization::parse(sign(&parts.request(), &credential, time).authorization()).unwrap();
        prop_assert!(verify(&authorization, &changed.request(), &credential, time).is_err());
    }

    #[test]
    fn another_key_or_second_is_found(credential in credential(), parts in parts(), seconds in 0..LAST) {
        let [time, later] = [seconds, seconds + 1].map(|seconds| SigningTime::from_unix(seconds).unwrap());
        let request = parts.request();
        let authorization = Authorization::parse(sign(&request, &credential, time).authorization()).unwrap();
        let expected = if time.date() == later.date() { VerifyError::Signature } else { VerifyError::Date };
        prop_assert_eq!(verify(&authorization, &request, &credential, later), Err(expected));
        let other = Credential::new(credential.secret_id().clone(), SecretKey::new("another key").unwrap());
        prop_assert_eq!(verify(&authorization, &request, &other, time), Err(VerifyError::Signature));
    }

    #[test]
    fn neither_order_nor_case_of_header_names_matters(
        credential in credential(), parts in parts(), time in time(), upper: bool,
    ) {
        let mut other = parts.clone();
        other.headers.reverse();
        if upper {
            other.headers.iter_mut().for_each(|(name, _)| name.make_ascii_uppercase());
        }
        let [signed, otherwise] = [&parts, &other].map(|parts| sign(&parts.request(), &credential, time));
        prop_assert_eq!(signed.authorization(), otherwise.authorization());
    }

    #[test]
    fn signed_headers_are_sorted_and_one_a_line(parts in parts()) {
        let request = parts.request();
        let names = request.signed_headers();
        prop_assert!(names.split(';').is_sorted());
        let canonical = CanonicalRequest::new(&request);
        let lines: Vec<_> = canonical.as_str().split('\n').collect();
        prop_assert_eq!(lines.len(), 6 + names.split(';').count());
        for (line, name) in lines[3..].iter().zip(names.split(';')) {
            prop_assert_eq!(line.split_once(':').unwrap().0, name);
        }
    }

    /// Whatever is accepted has its own place in the canonical request and the header, and cannot reach into another's.
    #[test]
    fn nothing_can_be_smuggled_in(
        id in tricky(), service in tricky(), host in tricky(), content_type in tricky(), name in "[a-zX:\n-]{1,4}", value in tricky(),
        query in "[a-z=&%\n #?]{0,4}",
    ) {
        let Ok(id) = SecretId::new(id) else { return Ok(()) };
        let Ok(request) = SignableRequest::get(&service, &host, &query) else { return Ok(()) };
        let Ok(request) = request.with_content_type(&content_type) else { return Ok(()) };
        let Ok(request) = request.with_header(&name, &value) else { return Ok(()) };
        let credential = Credential::new(id, SecretKey::new("key").unwrap());
        let signed = sign(&request, &credential, SigningTime::from_unix(0).unwrap());
        prop_assert!(!signed.authorization().contains(char::is_control));
        let authorization = Authorization::parse(signed.authorization()).unwrap();
        prop_assert_eq!(authorization.secret_id(), credential.secret_id());
        prop_assert_eq!(authorization.service(), &service);
        prop_assert_eq!(CanonicalRequest::new(&request).as_str().split('\n').count(), 9);
    }

    #[test]
    fn any_text_is_a_value_or_an_error(text in any::<String>(), bytes in vec(any::<u8>(), 0..100), seconds: u64) {
        let _ = (SecretId::new(text.clone()), SecretKey::new(text.clone()), SecurityToken::new(text.clone()));
        let _ = (SignableRequest::get(&text, &text, &text), SignableRequest::post(&text, &text, &text, &bytes));
        let _ = (Authorization::parse(&text), Date::parse(&text), SigningTime::from_unix(seconds));
        let _ = Authorization::parse(&format!("TC3-HMAC-SHA256 {text}"));
        let _ = Authorization::parse(&format!("TC3-HMAC-SHA256 Credential={text}, SignedHeaders={text}, Signature={text}"));
    }

    #[test]
    fn a_token_is_sent_as_it_is_and_never_signed(credential in credential(), parts in parts(), time in time()) {
        let request = parts.request();
        let bare = Credential::new(credential.secret_id().clone(), credential.secret_key().clone());
        let [with, without] = [&credential, &bare].map(|credential| sign(&request, credential, time));
        prop_assert_eq!(with.authorization(), without.authorization());
        prop_assert_eq!(with.token(), credential.token().map(SecurityToken::as_str));
    }

    #[test]
    fn every_encoded_query_can_be_signed(pairs in vec((any::<String>(), any::<String>()), 0..5)) {
        let query = encode_query(pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())));
        prop_assert!(SignableRequest::get("cvm", "cvm.tencentcloudapi.com", &query).is_ok());
    }

    #[test]
    fn parameters_are_signed_in_the_order_of_their_names(
        credential in credential(), names in proptest::collection::btree_set("[A-Za-z][A-Za-z0-9.]{0,9}", 0..6), value: String,
    ) {
        let sign = |names: &[&String]| {
            let mut request = SignableParameters::new(Method::Post, "cvm.tencentcloudapi.com").unwrap();
            for name in names {
                request = request.with_parameter(name, value.as_str()).unwrap();
            }
            let time = SigningTime::from_unix(1).unwrap();
            request.sign(&credential, time, 2, SignatureMethod::HmacSha1).signature().to_owned()
        };
        let reserved = ["Nonce", "Timestamp", "Token", "SecretId"];
        let mut names: Vec<_> = names.iter().filter(|name| !reserved.contains(&name.as_str())).collect();
        let forwards = sign(&names);
        names.reverse();
        prop_assert_eq!(forwards, sign(&names));
    }
}
