//! Tasks that another action reports than `DescribeTaskStatus`.

use clb_api::{ActionError, CallError, Client, Service, TaskPoller, WaitOptions};
use clb_sim::Simulator;
use serde_json::json;

use crate::support::{client, simulator, task};

fn bare_metal(simulator: &Simulator) -> Client {
    let poller = TaskPoller::new("DescribeLoadBalancerTaskResult").task_id_in("TaskId");
    client(simulator).service(Service::new("bmlb", "2018-06-25").unwrap()).with_task_poller(poller)
}

/// A task `bm-1` whose polls bring these statuses.
fn with_statuses<const N: usize>(statuses: [i64; N]) -> Simulator {
    let simulator = simulator();
    simulator
        .product("bmlb", "2018-06-25")
        .response("DeleteListeners", json!({ "TaskId": "bm-1" }))
        .responses("DescribeLoadBalancerTaskResult", statuses.map(|status| json!({ "Status": status })));
    simulator
}

#[tokio::test(start_paused = true)]
async fn the_task_that_the_response_names_is_polled_with_the_action_of_the_service() {
    let simulator = with_statuses([2, 2, 0]);
    let options = WaitOptions::default();
    let completed = bare_metal(&simulator).call_and_wait("DeleteListeners", &(), options).await.unwrap();
    assert_eq!(completed.wait.unwrap().polls, 3);
    let polls = simulator.calls_of("DescribeLoadBalancerTaskResult");
    assert!(polls.len() == 3 && polls.iter().all(|poll| poll.parameters["TaskId"] == "bm-1"));
}

#[tokio::test(start_paused = true)]
async fn failed_and_undocumented_statuses_are_no_success() {
    let outcome = async |statuses: [i64; 1]| {
        bare_metal(&with_statuses(statuses)).wait(task("bm-1"), WaitOptions::default()).await.unwrap_err()
    };
    assert!(matches!(outcome([1]).await, CallError::TaskFailed { .. }));
    assert!(matches!(outcome([6]).await, CallError::Wait { .. }));
}

#[tokio::test(start_paused = true)]
async fn a_response_that_names_no_task_is_an_error_that_has_it() {
    let simulator = with_statuses([0]);
    simulator.product("bmlb", "2018-06-25").response("DeleteListeners", json!({ "TaskId": null }));
    let options = WaitOptions::default();
    let error = bare_metal(&simulator).call_and_wait("DeleteListeners", &(), options).await.unwrap_err();
    assert!(matches!(error, CallError::NoTask { .. }) && error.response().is_some(), "{error}");
}

/// `ModifyBlockIPList` is rejected before it is sent, unless the client polls with the action that reports it.
#[tokio::test(start_paused = true)]
async fn what_another_action_of_the_load_balancer_reports_needs_that_action() {
    let simulator = simulator();
    simulator
        .response("ModifyBlockIPList", json!({ "JodId": "job-1" }))
        .responses("DescribeBlockIPTask", [json!({ "Status": 1 }), json!({ "Status": 6 })]);
    let (client, options) = (client(&simulator), WaitOptions::default());
    let error = client.call_and_wait("ModifyBlockIPList", &(), options).await.unwrap_err();
    assert!(matches!(error, CallError::Action(ActionError::OtherPoller { .. })), "{error}");
    assert!(simulator.calls().is_empty());

    let poller = TaskPoller::new("DescribeBlockIPTask").task_id_in("JodId").statuses(6, 2, 1);
    let client = client.with_task_poller(poller);
    client.call_and_wait("ModifyBlockIPList", &(), options).await.unwrap();
    assert_eq!(simulator.calls_of("DescribeBlockIPTask").len(), 2);
    assert!(simulator.calls_of("DescribeTaskStatus").is_empty());
    let other = client.call_and_wait("CreateUserGroup", &(), options).await.unwrap_err();
    assert!(matches!(other, CallError::Action(ActionError::OtherPoller { .. })), "{other}");
}

#[tokio::test(start_paused = true)]
async fn another_service_goes_back_to_its_usual_action() {
    let simulator = simulator();
    simulator.product("gwlb", "2024-09-06").response("DescribeTaskStatus", json!({ "Status": 0 }));
    let gwlb = bare_metal(&simulator).service(Service::new("gwlb", "2024-09-06").unwrap());
    gwlb.describe_task_status(&task("t-1")).await.unwrap();
}
