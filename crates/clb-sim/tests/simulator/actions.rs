//! Actions that start tasks, and scripted outcomes.

use std::time::Duration;

use clb_sim::{Simulator, TaskScript};
use serde_json::{Value, json};
use tokio::time::advance;

use crate::support::{Call, options, simulator};

fn deleted(listener: &str) -> Value {
    json!({ "LoadBalancerId": "lb-1", "ListenerId": listener })
}

async fn started(simulator: &Simulator, action: &str, parameters: Value) -> (Value, String) {
    let response = Call::clb(action, &parameters).send(simulator).await;
    let id = response["RequestId"].as_str().unwrap().to_owned();
    (response, id)
}

#[tokio::test(start_paused = true)]
async fn an_asynchronous_action_starts_a_task_with_the_id_of_its_call() {
    let simulator = Simulator::new(options().with_action_duration(Duration::from_secs(2)));
    let (_, id) = started(&simulator, "DeleteListener", deleted("lbl-1")).await;
    assert_eq!(Call::poll(&id).send(&simulator).await["Status"], 2);
    advance(Duration::from_secs(2)).await;
    assert_eq!(Call::poll(&id).send(&simulator).await["Status"], 0);
}

#[tokio::test(start_paused = true)]
async fn the_tasks_of_an_action_can_be_scripted() {
    let simulator = simulator();
    simulator.action("DeleteListener", TaskScript::already_complete().then_fails("the listener is in use"));
    let (_, id) = started(&simulator, "DeleteListener", deleted("lbl-1")).await;
    assert_eq!(Call::poll(&id).send(&simulator).await["Message"], "the listener is in use");
    let other = json!({ "LoadBalancerId": "lb-2", "ListenerId": "lbl-1" });
    let (_, id) = started(&simulator, "ModifyListener", other).await;
    assert_eq!(Call::poll(&id).send(&simulator).await["Status"], 2);
}

#[tokio::test(start_paused = true)]
async fn creating_actions_return_the_ids_of_what_they_create() {
    let simulator = Simulator::new(options().with_action_duration(Duration::ZERO));
    let listener = json!({ "LoadBalancerId": "lb-1", "Ports": [80, 81], "Protocol": "HTTP" });
    let (listeners, _) = started(&simulator, "CreateListener", listener).await;
    assert_eq!(listeners["ListenerIds"].as_array().unwrap().len(), 2);
    let rules = json!([{ "Url": "/a" }, { "Url": "/b" }, { "Url": "/c" }]);
    let rule = json!({ "LoadBalancerId": "lb-1", "ListenerId": listeners["ListenerIds"][0], "Rules": rules });
    let (rules, _) = started(&simulator, "CreateRule", rule).await;
    assert_eq!(rules["LocationIds"].as_array().unwrap().len(), 3);
    let sla = json!([{ "LoadBalancerId": "lb-1", "SlaType": "clb.c2.medium" }]);
    let (sla, _) = started(&simulator, "ModifyLoadBalancerSla", json!({ "LoadBalancerSla": sla })).await;
    assert!(sla["DealName"].is_string());
}

#[tokio::test(start_paused = true)]
async fn an_order_and_its_call_name_the_same_task() {
    let simulator = Simulator::new(options().with_action_duration(Duration::ZERO));
    let (created, id) =
        started(&simulator, "CreateLoadBalancer", json!({ "LoadBalancerType": "OPEN", "Number": 2 })).await;
    let by_order = Call::clb("DescribeTaskStatus", &json!({ "DealName": created["DealName"] }));
    for poll in [Call::poll(&id), by_order] {
        let status = poll.send(&simulator).await;
        assert_eq!(status["Status"], 0);
        assert_eq!(status["LoadBalancerIds"], created["LoadBalancerIds"]);
        assert_eq!(status["LoadBalancerIds"].as_array().unwrap().len(), 2);
    }
}

#[tokio::test(start_paused = true)]
async fn actions_with_another_poller_start_no_task() {
    let simulator = simulator();
    let (created, id) =
        started(&simulator, "CreateUserGroup", json!({ "ModelRouterId": "mr-1", "UserGroupName": "a" }))
            .await;
    assert_eq!(crate::support::code(&created), "none");
    assert_eq!(Call::poll(&id).code(&simulator).await, "InvalidParameter");
}

#[tokio::test(start_paused = true)]
async fn scripted_queries_return_their_response() {
    let simulator = simulator();
    let call = Call::clb("DescribeQuota", &json!({}));
    assert_eq!(call.code(&simulator).await, "UnsupportedOperation");
    simulator.response("DescribeQuota", json!({ "TotalCount": 3 }));
    let response = call.send(&simulator).await;
    assert_eq!(response["TotalCount"], 3);
    assert!(response["RequestId"].is_string());
    assert_eq!(Call::clb("DescribeListner", &json!({})).code(&simulator).await, "InvalidAction");
}
