//! A response with a wrong date in the middle of a wait.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
    time::{Duration, SystemTime},
};

use async_trait::async_trait;
use bytes::Bytes;
use clb_api::{Client, Clock, SystemClock, Transport, TransportError};
use clb_task::{TaskStatus, WaitOptions};
use http::header;
use serde_json::Value;

use crate::support::{demo_keys, region, task};

/// A service whose clock is right, but for the one response in which it is an hour ahead.
#[derive(Default)]
struct Service {
    polls: Mutex<HashMap<String, u32>>,
    requests: Mutex<u32>,
    skewed: u32,
}

/// Polls until a task is done.
const POLLS: u32 = 4;
const HOUR: u64 = 3600;

fn expired(date: u64) -> http::Response<Bytes> {
    let body =
        r#"{"Response":{"Error":{"Code":"AuthFailure.SignatureExpire","Message":"m"},"RequestId":"r-1"}}"#;
    let date = httpdate::fmt_http_date(SystemTime::UNIX_EPOCH + Duration::from_secs(date));
    http::Response::builder().header(header::DATE, date).body(Bytes::from_static(body.as_bytes())).unwrap()
}

#[async_trait]
impl Transport for Service {
    async fn send(
        &self,
        request: http::Request<Bytes>,
        _: Duration,
    ) -> Result<http::Response<Bytes>, TransportError> {
        tokio::time::sleep(Duration::from_millis(30)).await;
        let now = SystemClock.unix();
        let number = {
            let mut requests = self.requests.lock().unwrap();
            *requests += 1;
            *requests
        };
        let signed: u64 = request.headers()["x-tc-timestamp"].to_str().unwrap().parse().unwrap();
        if number == self.skewed {
            return Ok(expired(now + HOUR));
        }
        if signed.abs_diff(now) > 300 {
            return Ok(expired(now));
        }
        let parameters: Value = serde_json::from_slice(request.body()).unwrap();
        let mut polls = self.polls.lock().unwrap();
        let polls = polls.entry(parameters["TaskId"].to_string()).or_default();
        *polls += 1;
        let status = if *polls < POLLS { 2 } else { 0 };
        Ok(http::Response::new(Bytes::from(format!(
            r#"{{"Response":{{"Status":{status},"RequestId":"r-1"}}}}"#
        ))))
    }
}

#[tokio::test(start_paused = true)]
async fn one_skewed_response_in_the_middle_ends_no_wait() {
    for waits in [1, 10, 50, 200] {
        let service = Arc::new(Service { skewed: waits * 2, ..Service::default() });
        let client = Client::builder()
            .credentials(demo_keys())
            .region(region("ap-guangzhou"))
            .transport(service.clone())
            .build()
            .unwrap();
        let tasks = (0..waits).map(|number| task(&format!("t-{number}")));
        let results = client.wait_all(tasks, WaitOptions::default()).await;
        for result in &results {
            assert_eq!(result.as_ref().unwrap().report.status, TaskStatus::Succeeded, "{waits} waits");
        }
        assert!(*service.requests.lock().unwrap() > waits * POLLS, "the skewed response was met");
        assert_eq!(client.clock_correction(), None, "corrected back");
    }
}

#[tokio::test(start_paused = true)]
async fn one_skewed_response_ends_no_call() {
    let service = Arc::new(Service { skewed: 1, ..Service::default() });
    let builder = Client::builder().credentials(demo_keys()).region(region("ap-guangzhou"));
    let client = builder.transport(service).build().unwrap();
    client.call("DeleteListener", &serde_json::json!({"TaskId": "t"})).await.unwrap();
}
