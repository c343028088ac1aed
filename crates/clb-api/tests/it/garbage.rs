//! Whatever comes in, from a service, a user or a file: a value or an error, never a panic, and never success by
//! accident.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use bytes::Bytes;
use clb_api::{Client, Domain, Endpoint, Protocol, Region, Transport, TransportError};
use clb_task::{PollOutcome, StatusSource, TaskStatus};
use proptest::prelude::*;

use crate::support::{demo_keys, region, task};

const DONE: &str = r#"{"Response":{"Status":0,"LoadBalancerIds":["lb-1"],"Message":null,"RequestId":"r-1"}}"#;

/// Responds to everything with the same bytes.
struct Always(http::Response<Bytes>);

#[async_trait]
impl Transport for Always {
    async fn send(
        &self,
        _: http::Request<Bytes>,
        _: Duration,
    ) -> Result<http::Response<Bytes>, TransportError> {
        Ok(self.0.clone())
    }
}

fn outcome(status: u16, headers: &[(&str, &[u8])], body: &[u8]) -> PollOutcome {
    let mut response = http::Response::builder().status(status);
    for (name, value) in headers {
        response = response.header(*name, *value);
    }
    let response = response.body(Bytes::copy_from_slice(body)).unwrap();
    let client = Client::builder()
        .environment(clb_api::Environment::empty())
        .credentials(demo_keys())
        .region(region("ap-guangzhou"))
        .transport(Arc::new(Always(response)))
        .build()
        .unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    runtime.block_on(client.poll_once(&task("t-1")))
}

fn is_done(outcome: &PollOutcome) -> bool {
    matches!(outcome, PollOutcome::Report(report) if report.status == TaskStatus::Succeeded)
}

#[test]
fn no_part_of_a_success_is_one() {
    assert!(is_done(&outcome(200, &[], DONE.as_bytes())));
    for end in 0..DONE.len() {
        assert!(
            matches!(outcome(200, &[], &DONE.as_bytes()[..end]), PollOutcome::Transient { .. }),
            "{}",
            &DONE[..end]
        );
    }
}

proptest! {
    #[test]
    fn any_bytes_are_no_success(body: Vec<u8>, status in 200_u16..600, header in "[ -~]{0,40}") {
        let headers = [("retry-after", header.as_bytes()), ("date", header.as_bytes()), ("location", header.as_bytes())];
        prop_assert!(!matches!(outcome(status, &headers, &body), PollOutcome::Report(_)));
    }

    #[test]
    fn any_json_in_the_place_of_the_status_is_shown(value in "-?[0-9]{1,3}(\\.[0-9]{1,2})?(e[0-9]{1,2})?|null|true|\"[a-z0-9]{0,5}\"") {
        let body = DONE.replace("\"Status\":0", &format!("\"Status\":{value}"));
        match outcome(200, &[], body.as_bytes()) {
            PollOutcome::Report(report) => prop_assert_eq!(report.status.code().to_string(), value),
            PollOutcome::Unrecognized { value: shown, .. } => prop_assert_eq!(shown, value),
            // `007` is no JSON.
            other => {
                let is_transient = matches!(other, PollOutcome::Transient { .. });
                prop_assert!(is_transient && value.trim_start_matches('-').starts_with('0'));
            }
        }
    }

    #[test]
    fn a_changed_byte_never_turns_running_into_done(at in 0..DONE.len(), byte: u8) {
        let mut body = DONE.replace("\"Status\":0", "\"Status\":2").into_bytes();
        let status = body.windows(9).position(|part| part == b"\"Status\":").unwrap() + 9;
        prop_assume!(at != status);
        body[at] = byte;
        prop_assert!(!is_done(&outcome(200, &[], &body)));
    }

    #[test]
    fn any_text_is_parsed_or_an_error(text in "\\PC{0,40}") {
        let _ = (Region::parse(&text), Domain::parse(&text), Protocol::parse(&text));
        if let Ok(endpoint) = Endpoint::parse(&text) {
            prop_assert_eq!(Endpoint::parse(&endpoint.url()), Ok(endpoint));
        }
    }

    #[test]
    fn an_endpoint_is_its_url(host in "[a-z0-9]([a-z0-9.-]{0,20}[a-z0-9])?", port in 1_u16.., path in "(/[a-zA-Z0-9._~-]{0,8}){0,2}") {
        for scheme in ["http", "https"] {
            if let Ok(endpoint) = Endpoint::parse(&format!("{scheme}://{host}:{port}{path}")) {
                prop_assert_eq!(Endpoint::parse(&endpoint.url()), Ok(endpoint.clone()));
                let uri: http::Uri = endpoint.url().parse().unwrap();
                prop_assert_eq!(uri.authority().unwrap().as_str(), endpoint.host());
            }
        }
    }
}
