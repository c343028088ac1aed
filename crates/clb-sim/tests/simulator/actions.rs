//! Actions that start tasks, and answers that are scripted whole.

use std::time::Duration;

use clb_sim::{Simulator, TaskScript};
use serde_json::{Map, Value, json};
use tokio::time::advance;

use crate::support::{Call, options, simulator};

async fn started(simulator: &Simulator, action: &str, parameters: Value) -> (Value, String) {
    let answer = Call::clb(action, &parameters).send(simulator).await;
    let id = answer["RequestId"].as_str().unwrap().to_owned();
    (answer, id)
}

#[tokio::test(start_paused = true)]
async fn an_asynchronous_action_starts_a_task_with_the_id_of_its_call() {
    let simulator = Simulator::new(options().with_action_duration(Duration::from_secs(2)));
    let (_, id) = started(&simulator, "RegisterTargets", json!({ "LoadBalancerId": "lb-1" })).await;
    assert_eq!(Call::about(&id).send(&simulator).await["Status"], 2);
    advance(Duration::from_secs(2)).await;
    assert_eq!(Call::about(&id).send(&simulator).await["Status"], 0);
}

#[tokio::test(start_paused = true)]
async fn the_tasks_of_an_action_can_be_scripted() {
    let simulator = simulator();
    simulator.action("DeleteListener", TaskScript::is_over().then_fails("the listener is in use"));
    let (_, id) = started(&simulator, "DeleteListener", json!({})).await;
    assert_eq!(Call::about(&id).send(&simulator).await["Message"], "the listener is in use");
    let (_, id) = started(&simulator, "CreateListener", json!({})).await;
    assert_eq!(Call::about(&id).send(&simulator).await["Status"], 2);
}

#[tokio::test(start_paused = true)]
async fn creating_actions_answer_the_ids_of_what_they_create() {
    let simulator = simulator();
    let (listeners, _) = started(&simulator, "CreateListener", json!({ "Ports": [80, 81] })).await;
    assert_eq!(listeners["ListenerIds"].as_array().unwrap().len(), 2);
    let (rules, _) = started(&simulator, "CreateRule", json!({ "Rules": [{}, {}, {}] })).await;
    assert_eq!(rules["LocationIds"].as_array().unwrap().len(), 3);
    let (sla, _) = started(&simulator, "ModifyLoadBalancerSla", json!({})).await;
    assert!(sla["DealName"].is_string());
}

#[tokio::test(start_paused = true)]
async fn an_order_and_its_call_name_the_same_task() {
    let simulator = Simulator::new(options().with_action_duration(Duration::ZERO));
    let (created, id) = started(&simulator, "CreateLoadBalancer", json!({ "Number": 2 })).await;
    let by_order = Call::clb("DescribeTaskStatus", &json!({ "DealName": created["DealName"] }));
    for question in [Call::about(&id), by_order] {
        let status = question.send(&simulator).await;
        assert_eq!(status["Status"], 0);
        assert_eq!(status["LoadBalancerIds"], created["LoadBalancerIds"]);
        assert_eq!(status["LoadBalancerIds"].as_array().unwrap().len(), 2);
    }
}

#[tokio::test(start_paused = true)]
async fn what_has_another_poller_starts_no_task() {
    let simulator = simulator();
    let (_, id) = started(&simulator, "CreateUserGroup", json!({})).await;
    assert_eq!(Call::about(&id).code(&simulator).await, "InvalidParameter");
}

#[tokio::test(start_paused = true)]
async fn queries_are_answered_where_they_are_scripted() {
    let simulator = simulator();
    let call = Call::clb("DescribeLoadBalancers", &json!({}));
    assert_eq!(call.code(&simulator).await, "UnsupportedOperation");
    simulator.answer("DescribeLoadBalancers", Map::from_iter([("TotalCount".to_owned(), json!(3))]));
    let answer = call.send(&simulator).await;
    assert_eq!(answer["TotalCount"], 3);
    assert!(answer["RequestId"].is_string());
    assert_eq!(Call::clb("DescribeListner", &json!({})).code(&simulator).await, "InvalidAction");
}
