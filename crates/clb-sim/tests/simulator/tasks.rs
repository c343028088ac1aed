//! The status of tasks.

use std::time::Duration;

use clb_sim::{Fault, Simulator, TaskScript, UnknownTask, When};
use serde_json::{Value, json};
use tokio::time::advance;

use crate::support::{Call, code, options, simulator};

async fn check(script: TaskScript, expected: Value) {
    let simulator = simulator();
    simulator.task("1234", script);
    let mut response = Call::poll("1234").send(&simulator).await;
    response.as_object_mut().unwrap().remove("RequestId");
    assert_eq!(response, expected);
}

#[tokio::test(start_paused = true)]
async fn a_task_runs_for_three_questions_and_the_second_call_is_throttled() {
    let simulator = simulator();
    simulator
        .task("1234", TaskScript::runs_for_polls(3).then_succeeds())
        .fault(When::call(2).of("DescribeTaskStatus"), Fault::throttled());
    let mut seen = Vec::new();
    for _ in 0..5 {
        let response = Call::poll("1234").send(&simulator).await;
        seen.push(response.get("Status").cloned().unwrap_or_else(|| json!(code(&response))));
    }
    assert_eq!(seen, [json!(2), json!("RequestLimitExceeded"), json!(2), json!(2), json!(0)]);
    simulator.assert_expectations_met();
}

#[tokio::test(start_paused = true)]
async fn a_task_completes_after_its_duration() {
    let simulator = simulator();
    simulator.task("1234", TaskScript::runs_for(Duration::from_secs(3)).then_succeeds());
    advance(Duration::from_millis(2999)).await;
    assert_eq!(Call::poll("1234").send(&simulator).await["Status"], 2);
    advance(Duration::from_millis(1)).await;
    assert_eq!(Call::poll("1234").send(&simulator).await["Status"], 0);
}

#[tokio::test(start_paused = true)]
async fn outcomes_are_reported_as_scripted() {
    let over = TaskScript::already_complete;
    let balancers = over().then_succeeds().with_load_balancers(["lb-1", "lb-2"]);
    check(balancers, json!({ "Status": 0, "LoadBalancerIds": ["lb-1", "lb-2"] })).await;
    check(over().then_fails("the port is taken"), json!({ "Status": 1, "Message": "the port is taken" }))
        .await;
    check(over().then_fails(""), json!({ "Status": 1 })).await;
    check(over().then_omits_status(), json!({})).await;
    for status in [json!(7), json!(-1), json!(null), json!("0"), json!(1.5)] {
        check(over().then_reports(status.clone()), json!({ "Status": status })).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_task_can_be_polled_by_its_order() {
    let simulator = simulator();
    simulator.deal("2024", TaskScript::runs_forever());
    let by_order = Call::clb("DescribeTaskStatus", &json!({ "DealName": "2024" }));
    assert_eq!(by_order.send(&simulator).await["Status"], 2);
    assert_eq!(Call::poll("2024").code(&simulator).await, "InvalidParameter");
}

#[tokio::test(start_paused = true)]
async fn an_unknown_task_is_an_error_that_names_it() {
    let simulator = simulator();
    let response = Call::poll("1234").send(&simulator).await;
    assert_eq!(code(&response), "InvalidParameter");
    assert_eq!(response["Error"]["Message"], "there is no task `1234`");

    let simulator = Simulator::new(options().with_unknown_task(UnknownTask::ResourceNotFound));
    assert_eq!(Call::poll("1234").code(&simulator).await, "ResourceNotFound");
}

#[tokio::test(start_paused = true)]
async fn the_service_forgets_tasks() {
    let simulator = simulator();
    let minute = Duration::from_secs(60);
    simulator
        .task("timed", TaskScript::runs_for(minute).then_succeeds().forgotten_after(minute))
        .task("sent", TaskScript::runs_for_polls(1).then_succeeds().forgotten_after(minute))
        .task("dropped", TaskScript::already_complete().then_succeeds())
        .forget_task("dropped");
    assert_eq!(Call::poll("dropped").code(&simulator).await, "InvalidParameter");
    assert_eq!(Call::poll("sent").send(&simulator).await["Status"], 2);
    advance(Duration::from_millis(119_999)).await;
    assert_eq!(Call { unix: 1_700_000_119, ..Call::poll("timed") }.send(&simulator).await["Status"], 0);
    assert_eq!(Call::poll("sent").send(&simulator).await["Status"], 0);
    advance(minute).await;
    assert_eq!(Call::poll("timed").code(&simulator).await, "InvalidParameter");
    assert_eq!(Call::poll("sent").code(&simulator).await, "InvalidParameter");
}

#[tokio::test(start_paused = true)]
async fn the_longest_durations_do_not_overflow() {
    let simulator = Simulator::new(options().with_session_duration(Duration::MAX));
    let longest = TaskScript::runs_for(Duration::MAX).then_succeeds().forgotten_after(Duration::MAX);
    simulator.task("1234", longest);
    assert_eq!(Call::poll("1234").send(&simulator).await["Status"], 2);
    let role = json!({ "RoleArn": "qcs::cam::uin/1:roleName/r", "RoleSessionName": "s" });
    assert!(Call::sts("AssumeRole", &role).send(&simulator).await["Expiration"].is_string());
}

#[tokio::test(start_paused = true)]
async fn twenty_polls_a_second_are_accepted_and_the_others_throttled() {
    let simulator = simulator();
    simulator.task("1234", TaskScript::runs_forever());
    for _ in 0..20 {
        assert_eq!(Call::poll("1234").code(&simulator).await, "none");
    }
    for _ in 0..3 {
        assert_eq!(Call::poll("1234").code(&simulator).await, "RequestLimitExceeded");
    }
    assert_eq!(simulator.throttled_calls(), 3);
    advance(Duration::from_secs(1)).await;
    assert_eq!(Call::poll("1234").code(&simulator).await, "none");

    let unlimited = Simulator::new(options().with_rate_limit(None));
    unlimited.task("1234", TaskScript::runs_forever());
    for _ in 0..100 {
        assert_eq!(Call::poll("1234").code(&unlimited).await, "none");
    }
}

#[tokio::test(start_paused = true)]
async fn parameters_of_the_question_are_checked() {
    let simulator = simulator();
    simulator.task("1234", TaskScript::runs_forever());
    for (parameters, code) in [
        (json!({}), "MissingParameter"),
        (json!({ "TaskId": "", "DealName": null }), "MissingParameter"),
        (json!({ "TaskId": 1234 }), "InvalidParameter"),
        (json!({ "TaskId": "1234", "Task": "1234" }), "UnknownParameter"),
        (json!(["1234"]), "InvalidParameter"),
        (json!({ "TaskId": "1234", "DealName": "" }), "none"),
    ] {
        assert_eq!(Call::clb("DescribeTaskStatus", &parameters).code(&simulator).await, code, "{parameters}");
    }
}
