//! Defects of the vendor's SDKs: each test shows that this client does not have one of them. The letters name the SDK.

use clb_api::ErrorClass;
use clb_sim::{Fault, TaskScript, When};
use clb_task::{PollOutcome, StatusSource, TaskStatus, WaitOptions, Waiter, WaiterOptions};
use http::StatusCode;
use serde_json::json;
use std::{sync::Arc, time::Duration};

use crate::support::{client, simulator, task};

fn minute() -> WaitOptions {
    WaitOptions::default().with_timeout(Duration::from_secs(60))
}

/// Python: its retryer keeps the first error, and raises it after all three calls although the second one succeeded.
#[tokio::test(start_paused = true)]
async fn an_error_is_forgotten_when_the_next_poll_succeeds() {
    let simulator = simulator();
    simulator
        .task("t-1", TaskScript::already_complete().then_succeeds())
        .fault(When::call(1), Fault::throttled());
    let waiter = Waiter::new(WaiterOptions::default());
    let wait = waiter.wait(Arc::new(client(&simulator)), task("t-1"), minute());
    let done = wait.await.unwrap();
    assert_eq!((done.report.status, simulator.calls().len()), (TaskStatus::Succeeded, 2));
}

/// Python: under `application/json; charset=utf-8` an error body came back as an response whose status is null.
#[tokio::test(start_paused = true)]
async fn an_error_body_is_an_error_under_every_content_type() {
    for kind in ["application/json; charset=utf-8", "text/html", "application/octet-stream", "nonsense"] {
        let simulator = simulator();
        simulator.fault(
            When::always(),
            Fault::api_error("InvalidParameter", "no such task").with_content_type(kind),
        );
        let error = client(&simulator).describe_task_status(&task("t-1")).await.unwrap_err();
        assert_eq!((error.code(), error.message()), (Some("InvalidParameter"), "no such task"), "{kind}");
    }
    let simulator = simulator();
    simulator.fault(When::always(), Fault::api_error("InvalidParameter", "m").without_content_type());
    assert!(client(&simulator).describe_task_status(&task("t-1")).await.unwrap_err().code().is_some());
}

/// Python: code and request id of an response that is not 200 are dropped. Go: the status of a page is lost.
#[tokio::test(start_paused = true)]
async fn neither_code_nor_status_is_lost() {
    let simulator = simulator();
    let coded = Fault::api_error("UnauthorizedOperation", "not allowed").with_status(StatusCode::FORBIDDEN);
    simulator.fault(When::call(1), coded).fault(When::call(2), Fault::http(StatusCode::BAD_GATEWAY));
    let client = client(&simulator);
    let error = client.describe_task_status(&task("t-1")).await.unwrap_err();
    assert_eq!((error.code(), error.http_status()), (Some("UnauthorizedOperation"), Some(403)));
    assert!(error.request_id().is_some());
    let error = client.describe_task_status(&task("t-1")).await.unwrap_err();
    assert_eq!((error.class(), error.http_status()), (ErrorClass::Transient, Some(502)));
}

/// Python: a `KeyError` on the shape before 3.0.
#[tokio::test(start_paused = true)]
async fn the_older_shape_is_read() {
    let simulator = simulator();
    simulator.fault(When::always(), Fault::old_error("InvalidParameter", "no such task"));
    let error = client(&simulator).describe_task_status(&task("t-1")).await.unwrap_err();
    assert_eq!(error.code(), Some("InvalidParameter"));
}

/// Python leaves `RequestLimitExceeded.IPLimitExceeded` out, Go every code with a dot; neither repeats
/// `InternalError`.
#[tokio::test(start_paused = true)]
async fn every_limit_and_internal_error_is_repeated() {
    for code in
        ["RequestLimitExceeded.IPLimitExceeded", "RequestLimitExceeded.UinLimitExceeded", "InternalError"]
    {
        let simulator = simulator();
        simulator.fault(When::always(), Fault::api_error(code, "m"));
        let response = client(&simulator).poll_once(&task("t-1")).await;
        assert!(
            matches!(response, PollOutcome::Throttled { .. } | PollOutcome::Transient { .. }),
            "{code}: {response:?}"
        );
    }
}

/// No SDK waits as long as `Retry-After` says.
#[tokio::test(start_paused = true)]
async fn retry_after_is_respected() {
    let simulator = simulator();
    simulator
        .task("t-1", TaskScript::already_complete().then_succeeds())
        .fault(When::call(1), Fault::throttled().with_retry_after(30));
    let waiter = Waiter::new(WaiterOptions::default());
    let wait = waiter.wait(Arc::new(client(&simulator)), task("t-1"), minute());
    wait.await.unwrap();
    let calls = simulator.calls();
    assert!(calls[1].at >= calls[0].at + Duration::from_secs(30), "{calls:?}");
}

/// Python sends its own framing of numbers and booleans, and Go drops empty strings; here JSON is JSON.
#[tokio::test(start_paused = true)]
async fn empty_texts_and_nulls_are_the_callers_business() {
    let simulator = simulator();
    let parameters = json!({"Empty": "", "Null": null, "One": 1.0, "Yes": true});
    client(&simulator).call("AddCustomizedConfig", &parameters).await.unwrap();
    assert_eq!(simulator.calls()[0].parameters, *parameters.as_object().unwrap());
}
