//! Every request gets a response.

use bytes::Bytes;
use clb_sim::{Fault, Scenario, When};
use http::{HeaderName, HeaderValue, Request, Uri};
use proptest::collection::vec;
use proptest::prelude::{Strategy, any, prop_oneof, proptest};
use proptest::sample::select;

use crate::support::{Call, simulator};

const HEADERS: [&str; 8] = [
    "authorization",
    "content-type",
    "host",
    "x-tc-action",
    "x-tc-region",
    "x-tc-timestamp",
    "x-tc-token",
    "x-tc-version",
];

fn gets_a_response(request: Request<Bytes>) {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let response = runtime.block_on(simulator().handle(request)).unwrap();
    assert!(response.headers().contains_key("date"));
}

fn value() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        vec(any::<u8>(), 0..60),
        "TC3-HMAC-SHA256 Credential=[a-z/-]{0,20}/tc3_request, SignedHeaders=[a-z;-]{0,20}, Signature=[0-9a-f]{0,64}"
            .prop_map(String::into_bytes),
        "[0-9]{0,24}".prop_map(String::into_bytes),
    ]
}

proptest! {
    #[test]
    fn a_call_with_one_odd_header_gets_a_response(name in select(&HEADERS[..]), value in value()) {
        if let Ok(value) = HeaderValue::from_bytes(&value) {
            let mut request = Call::poll("1234").request();
            request.headers_mut().insert(HeaderName::from_static(name), value);
            gets_a_response(request);
        }
    }

    #[test]
    fn any_signed_body_gets_a_response(action in "[A-Z][a-z]{0,8}|DescribeTaskStatus|CreateListener", body in ".{0,80}") {
        gets_a_response(Call { action, body, ..Call::poll("") }.request());
    }

    #[test]
    fn any_query_gets_a_response(query in "((Ports|Filters|Action|SecretId|Timestamp|[A-Z])(\\.[0-9]{1,3}|\\.[A-Z])*=[!-~]{0,8}&){0,6}") {
        if let Ok(uri) = format!("/?{query}").parse::<Uri>() {
            let mut request = Call::poll("1234").request();
            *request.method_mut() = http::Method::GET;
            *request.uri_mut() = uri;
            gets_a_response(request.clone());
            request.headers_mut().remove("authorization");
            gets_a_response(request);
        }
    }

    #[test]
    fn any_path_and_body_get_a_response(path in "/[ -~]{0,60}", body in vec(any::<u8>(), 0..80)) {
        if let Ok(uri) = path.parse::<Uri>() {
            let mut request = Call::poll("1234").request().map(|_| Bytes::from(body));
            *request.uri_mut() = uri;
            gets_a_response(request);
        }
    }

    #[test]
    fn any_text_is_read_or_rejected(text in "(next|call|always|of|about|to|[0-9]{1,30}(s|ms)?|error|http|slow|.){0,6}") {
        if let Ok(when) = text.parse::<When>() {
            assert_eq!(when.to_string().parse(), Ok(when));
        }
        text.parse::<Fault>().ok();
        Scenario::from_json(&text).ok();
    }
}
