//! Calls that are repeated, and tasks that are waited for.

use std::{sync::Arc, time::Duration};

use clb_api::{CallError, Client, WaitOptions};
use clb_sim::{Fault, Simulator, TaskScript, When};
use clb_task::{TaskStatus, WaitErrorKind};
use http::StatusCode;
use serde_json::json;
use tokio::time::Instant;

use crate::support::{builder, client, demo_keys, simulator, task};

const LISTENER: &str = "DeleteListener";

async fn patiently(client: &Client, seconds: u64) -> Result<clb_api::Response, clb_api::ApiError> {
    client
        .call_until_accepted(
            LISTENER,
            &json!({"LoadBalancerId": "lb-1", "ListenerId": "lbl-1"}),
            Duration::from_secs(seconds),
        )
        .await
}

fn at(simulator: &Simulator) -> Vec<u64> {
    simulator.calls().iter().map(|call| call.at.as_secs()).collect()
}

#[tokio::test(start_paused = true)]
async fn a_change_is_repeated_while_the_service_does_not_act() {
    let simulator = simulator();
    simulator
        .fault(When::call(1), Fault::throttled())
        .fault(When::call(2), Fault::api_error("FailedOperation.ResourceInOperating", "busy"))
        .fault(When::call(3), Fault::throttled().with_retry_after(7))
        .fault(When::call(4), Fault::throttled().with_retry_after(0));
    patiently(&client(&simulator), 60).await.unwrap();
    assert_eq!(at(&simulator), [0, 1, 3, 10, 18]);
}

#[tokio::test(start_paused = true)]
async fn patience_ends() {
    let simulator = simulator();
    simulator.fault(When::always(), Fault::throttled());
    assert!(patiently(&client(&simulator), 40).await.unwrap_err().is_throttled());
    assert_eq!(at(&simulator), [0, 1, 3, 7, 15, 25, 35]);
}

#[tokio::test(start_paused = true)]
async fn a_change_that_may_have_begun_is_never_repeated() {
    for fault in [
        Fault::Reset,
        Fault::Hang,
        Fault::http(StatusCode::BAD_GATEWAY).into(),
        Fault::api_error("InternalError", "m").into(),
    ] {
        let simulator = simulator();
        simulator.fault(When::always(), fault);
        let error = patiently(&client(&simulator), 600).await.unwrap_err();
        assert!(error.may_have_acted() && simulator.calls().len() == 1, "{error}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_and_its_task_are_one_wait() {
    let simulator = simulator();
    simulator.action(LISTENER, TaskScript::runs_for(Duration::from_secs(30)).then_fails("no quota"));
    let finished = client(&simulator)
        .call_and_wait(
            LISTENER,
            &json!({"LoadBalancerId": "lb-1", "ListenerId": "lbl-1"}),
            WaitOptions::default(),
        )
        .await
        .unwrap();
    assert_eq!(finished.waited.report.message.as_deref(), Some("no quota"));
    assert_eq!(simulator.calls()[1].task, finished.response.request_id);
    assert_eq!(simulator.calls_of(LISTENER).len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_call_that_was_accepted_is_not_lost_when_its_wait_ends() {
    let simulator = simulator();
    simulator.action(LISTENER, TaskScript::runs_forever());
    let options = WaitOptions::default().with_timeout(Duration::from_secs(60));
    let error = client(&simulator)
        .call_and_wait(LISTENER, &json!({"LoadBalancerId": "lb-1", "ListenerId": "lbl-1"}), options)
        .await
        .unwrap_err();
    let CallError::Wait { response, error } = error else { panic!("{error}") };
    assert_eq!(
        (&error.kind, response.request_id.as_deref()),
        (&WaitErrorKind::TimedOut, Some(error.task.as_str()))
    );
}

#[tokio::test(start_paused = true)]
async fn many_tasks_are_one_wait_under_one_pace() {
    let simulator = simulator();
    let ids: Vec<_> = (0..100).map(|number| format!("t-{number}")).collect();
    for (number, id) in (0..).zip(&ids) {
        simulator.task(id, TaskScript::runs_for(Duration::from_millis(number * 300)).then_succeeds());
    }
    let tasks = ids.iter().map(|id| task(id));
    let outcomes = client(&simulator).wait_all(tasks, WaitOptions::default()).await;
    assert!(outcomes.iter().all(|outcome| outcome.as_ref().unwrap().report.status == TaskStatus::Succeeded));
    assert_eq!((outcomes.len(), simulator.throttled_calls()), (100, 0));
}

#[tokio::test(start_paused = true)]
async fn a_call_ends_with_its_timeout() {
    let simulator = simulator();
    simulator.fault(When::always(), Fault::Hang);
    let client =
        builder(&simulator).credentials(demo_keys()).request_timeout(Duration::from_secs(3)).build().unwrap();
    let began = Instant::now();
    let error = Arc::new(client).describe_task_status(&task("t-1")).await.unwrap_err();
    assert_eq!((began.elapsed().as_secs(), error.is_transient()), (3, true));
}
