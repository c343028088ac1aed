//! Faults on request, and unmet expectations.

use std::time::Duration;

use clb_sim::{ConnectionError, Fault, Simulator, TaskScript, When};
use http::{HeaderMap, StatusCode};
use serde_json::{Value, json};
use tokio::time::{Instant, advance, timeout};

use crate::support::{Call, code, content, simulator};

fn with_a_task() -> Simulator {
    let simulator = simulator();
    simulator.task("1234", TaskScript::runs_forever()).task("5678", TaskScript::runs_forever());
    simulator
}

/// Codes of the outcomes to so many polls about each of two tasks.
async fn codes(simulator: &Simulator, polls: usize) -> Vec<String> {
    let mut codes = Vec::new();
    for _ in 0..polls {
        for task in ["1234", "5678"] {
            codes.push(Call::poll(task).code(simulator).await);
        }
    }
    codes
}

async fn affected_calls(when: When) -> Vec<usize> {
    let simulator = with_a_task();
    simulator.fault(when, Fault::api_error("InternalError", ""));
    let codes = codes(&simulator, 3).await;
    codes.iter().enumerate().filter(|(_, code)| *code == "InternalError").map(|(call, _)| call + 1).collect()
}

#[tokio::test(start_paused = true)]
async fn faults_affect_the_scripted_calls() {
    assert_eq!(affected_calls(When::always()).await, [1, 2, 3, 4, 5, 6]);
    assert_eq!(affected_calls(When::next(2)).await, [1, 2]);
    assert_eq!(affected_calls(When::call(3)).await, [3]);
    assert_eq!(affected_calls(When::always().about("5678")).await, [2, 4, 6]);
    assert_eq!(affected_calls(When::call(2).about("1234")).await, [3]);
    assert_eq!(affected_calls(When::next(1).of("DescribeTaskStatus")).await, [1]);
    assert_eq!(affected_calls(When::always().of("CreateListener")).await, [0; 0]);
}

#[tokio::test(start_paused = true)]
async fn a_fault_can_be_about_a_load_balancer() {
    let simulator = simulator();
    simulator.fault(When::next(1).about("lb-2"), Fault::throttled());
    let create = |id: &str| {
        Call::clb("CreateListener", &json!({ "LoadBalancerId": id, "Ports": [80], "Protocol": "TCP" }))
    };
    assert_eq!(create("lb-1").code(&simulator).await, "none");
    assert_eq!(create("lb-2").code(&simulator).await, "RequestLimitExceeded");
    assert_eq!(create("lb-2").code(&simulator).await, "none");
}

#[tokio::test(start_paused = true)]
async fn a_fault_can_have_its_time() {
    let simulator = with_a_task();
    let second = Duration::from_secs(1);
    simulator.fault(When::between(second * 2, second * 4), Fault::throttled());
    let mut throttled = Vec::new();
    for _ in 0..5 {
        throttled.push(Call::poll("1234").code(&simulator).await == "RequestLimitExceeded");
        advance(second).await;
    }
    assert_eq!(throttled, [false, false, true, true, false]);
}

#[tokio::test(start_paused = true)]
async fn of_two_faults_the_first_scripted_one_comes_first() {
    let simulator = with_a_task();
    simulator
        .fault(When::next(1), Fault::api_error("InternalError", ""))
        .fault(When::next(1), Fault::api_error("FailedOperation", ""));
    assert_eq!(codes(&simulator, 2).await, ["InternalError", "FailedOperation", "none", "none"]);
}

/// Status, headers and body of the response under a fault.
async fn under(fault: impl Into<Fault>) -> (StatusCode, HeaderMap, String) {
    let simulator = with_a_task();
    simulator.fault(When::always(), fault);
    let (head, body) = simulator.handle(Call::poll("1234").request()).await.unwrap().into_parts();
    (head.status, head.headers, String::from_utf8(body.to_vec()).unwrap())
}

#[tokio::test(start_paused = true)]
async fn throttling_comes_with_or_without_a_time_to_wait() {
    let (status, headers, body) = under(Fault::throttled()).await;
    assert_eq!((status, headers.get("retry-after")), (StatusCode::OK, None));
    assert_eq!(code(&content(body.as_bytes())), "RequestLimitExceeded");
    let (_, headers, _) = under(Fault::throttled().with_retry_after(2)).await;
    assert_eq!(headers["retry-after"], "2");
}

#[tokio::test(start_paused = true)]
async fn gateways_send_pages() {
    let (status, headers, body) = under(Fault::http(StatusCode::BAD_GATEWAY)).await;
    assert_eq!((status, &headers["content-type"]), (StatusCode::BAD_GATEWAY, &"text/html".parse().unwrap()));
    assert!(body.starts_with("<html>") && body.contains("502 Bad Gateway"), "{body}");
}

#[tokio::test(start_paused = true)]
async fn errors_come_under_any_status_and_content_type() {
    let error = Fault::api_error("InternalError", "again").with_status(StatusCode::SERVICE_UNAVAILABLE);
    let (status, headers, body) = under(error.with_content_type("text/html; charset=gbk")).await;
    assert_eq!(
        (status, &headers["content-type"]),
        (StatusCode::SERVICE_UNAVAILABLE, &"text/html; charset=gbk".parse().unwrap())
    );
    assert_eq!(content(body.as_bytes())["Error"], json!({ "Code": "InternalError", "Message": "again" }));
    let (_, headers, _) = under(Fault::api_error("InternalError", "").without_content_type()).await;
    assert_eq!(headers.get("content-type"), None);
}

#[tokio::test(start_paused = true)]
async fn any_body_can_be_scripted() {
    let (_, _, body) = under(Fault::old_error("InvalidParameter", "no such task")).await;
    let old = json!({ "code": 4000, "message": "no such task", "codeDesc": "InvalidParameter" });
    assert_eq!(serde_json::from_str::<Value>(&body).unwrap(), old);
    assert_eq!(under(Fault::body("{\"Status\":0}")).await.2, "{\"Status\":0}");
    assert_eq!(under(Fault::body("not JSON")).await.2, "not JSON");
    let (_, headers, body) = under(Fault::ContentType("application/json; charset=utf-8".to_owned())).await;
    assert_eq!(headers["content-type"], "application/json; charset=utf-8");
    assert_eq!(content(body.as_bytes())["Status"], 2);
}

#[tokio::test(start_paused = true)]
async fn a_clock_that_is_off_rejects_honest_timestamps_and_tells_its_time() {
    let (_, headers, body) = under(Fault::ClockSkew(600)).await;
    assert_eq!(code(&content(body.as_bytes())), "AuthFailure.SignatureExpire");
    assert_eq!(headers["date"], "Tue, 14 Nov 2023 22:23:20 GMT");
    let simulator = with_a_task();
    simulator.fault(When::always(), Fault::ClockSkew(-600)).fault(When::call(2), Fault::throttled());
    let corrected = Call { unix: 1_699_999_400, ..Call::poll("1234") };
    assert_eq!(corrected.code(&simulator).await, "none");
    assert_eq!(corrected.code(&simulator).await, "RequestLimitExceeded");
}

#[tokio::test(start_paused = true)]
async fn tokens_can_be_expired_by_a_fault() {
    let (_, _, body) = under(Fault::ExpiredToken).await;
    assert_eq!(code(&content(body.as_bytes())), "AuthFailure.TokenFailure");
}

async fn broken(fault: Fault) -> ConnectionError {
    let simulator = with_a_task();
    simulator.fault(When::next(1), fault);
    simulator.handle(Call::poll("1234").request()).await.unwrap_err()
}

#[tokio::test(start_paused = true)]
async fn broken_connections_are_errors_where_there_is_no_socket() {
    assert_eq!(broken(Fault::Reset).await, ConnectionError::Reset);
    assert_eq!(broken(Fault::Truncated(3)).await, ConnectionError::Truncated);
    assert_eq!(broken(Fault::Endless).await, ConnectionError::Endless);
}

#[tokio::test(start_paused = true)]
async fn a_hang_never_returns_and_delays_take_their_time() {
    let simulator = with_a_task();
    simulator
        .fault(When::call(1), Fault::Hang)
        .fault(When::call(2), Fault::Delayed(Duration::from_secs(3)))
        .fault(When::call(3), Fault::Slow(Duration::from_millis(10)));
    let day = Duration::from_secs(86_400);
    assert!(timeout(day, simulator.handle(Call::poll("1234").request())).await.is_err());
    let call = Call { unix: 1_700_086_400, ..Call::poll("1234") };
    let sent = Instant::now();
    assert_eq!(call.send(&simulator).await["Status"], 2);
    assert_eq!(sent.elapsed(), Duration::from_secs(3));
    let sent = Instant::now();
    let response = simulator.handle(call.request()).await.unwrap();
    assert_eq!(sent.elapsed().as_millis(), 10 * response.body().len() as u128);
}

#[tokio::test(start_paused = true)]
async fn a_lost_response_does_not_undo_the_call() {
    let simulator = with_a_task();
    simulator
        .task("once", TaskScript::runs_for_polls(1).then_succeeds())
        .fault(When::call(1).about("once"), Fault::Reset)
        .fault(When::call(2).about("once"), Fault::http(StatusCode::BAD_GATEWAY));
    assert!(simulator.handle(Call::poll("once").request()).await.is_err());
    assert!(simulator.handle(Call::poll("once").request()).await.is_ok());
    assert_eq!(Call::poll("once").send(&simulator).await["Status"], 0);
}

#[tokio::test(start_paused = true)]
async fn unmet_expectations_are_described() {
    let simulator = with_a_task();
    simulator
        .task("ends", TaskScript::runs_for_polls(1).then_succeeds())
        .fault(When::next(3).of("DescribeTaskStatus"), Fault::throttled())
        .fault(When::call(9), Fault::Reset)
        .fault(When::always(), Fault::Delayed(Duration::ZERO))
        .expect_calls("CreateListener", 1..=2)
        .expect_calls("DescribeTaskStatus", 3..);
    for task in ["ends", "1234", "ends", "ends"] {
        Call::poll(task).send(&simulator).await;
    }
    assert_eq!(
        simulator.unmet_expectations(),
        [
            "task 1234 was never polled",
            "task 5678 was never polled",
            "task ends did not complete in 1 polls",
            "call 9: reset affected 0 of 4 matching calls",
            "CreateListener was called 0 times, 1..=2 expected",
        ]
    );
}

#[tokio::test(start_paused = true)]
#[should_panic(expected = "task 1234 was never polled")]
async fn unmet_expectations_panic() {
    with_a_task().assert_expectations_met();
}
