//! A load balancer or target group is busy while a task runs on it.

use std::time::Duration;

use clb_sim::{BusyResponse, CallOutcome, Fault, Simulator, TaskScript, When};
use serde_json::json;
use tokio::time::advance;

use crate::support::{Call, options, simulator};

const SECOND: Duration = Duration::from_secs(1);

#[tokio::test(start_paused = true)]
async fn a_second_call_is_rejected_until_the_task_completes() {
    let simulator = simulator();
    assert_eq!(Call::create_listener(80).code(&simulator).await, "none");
    assert_eq!(Call::create_listener(81).code(&simulator).await, "FailedOperation.ResourceInOperating");
    let other = json!({ "LoadBalancerId": "lb-2", "Ports": [80], "Protocol": "TCP" });
    assert_eq!(Call::clb("CreateListener", &other).code(&simulator).await, "none");
    advance(SECOND * 5).await;
    assert_eq!(Call::create_listener(81).code(&simulator).await, "none");
    assert_eq!(simulator.accepted_calls_of("CreateListener"), 3);
}

#[tokio::test(start_paused = true)]
async fn a_task_that_is_counted_in_polls_ends_with_the_last() {
    let simulator = simulator();
    simulator.action("CreateListener", TaskScript::runs_for_polls(1).then_succeeds());
    let created = Call::create_listener(80).send(&simulator).await;
    let poll = Call::poll(created["RequestId"].as_str().unwrap());
    assert_eq!(poll.send(&simulator).await["Status"], 2);
    assert_eq!(Call::create_listener(81).code(&simulator).await, "FailedOperation.ResourceInOperating");
    assert_eq!(poll.send(&simulator).await["Status"], 0);
    assert_eq!(Call::create_listener(81).code(&simulator).await, "none");
}

#[tokio::test(start_paused = true)]
async fn every_named_resource_is_busy() {
    let simulator = simulator();
    let association = json!({ "LoadBalancerId": "lb-1", "ListenerId": "lbl-1", "TargetGroupId": "lbtg-1" });
    let associate = Call::clb("AssociateTargetGroups", &json!({ "Associations": [association] }));
    assert_eq!(associate.code(&simulator).await, "none");
    let instances = json!([{ "BindIP": "10.0.0.1", "Port": 80 }]);
    let register = json!({ "TargetGroupId": "lbtg-1", "TargetGroupInstances": instances });
    let register = Call::clb("RegisterTargetGroupInstances", &register);
    assert_eq!(register.code(&simulator).await, "FailedOperation.ResourceInOperating");
    assert_eq!(Call::create_listener(80).code(&simulator).await, "FailedOperation.ResourceInOperating");
}

#[tokio::test(start_paused = true)]
async fn busy_has_the_forms_that_users_met() {
    for (response, code, message) in [
        (BusyResponse::ResourceInOperating, "FailedOperation.ResourceInOperating", "`lb-1` is in operation"),
        (BusyResponse::TaskIsWorking, "FailedOperation", "Your task is working (CreateListener)."),
        (
            BusyResponse::SameNameIsWorking,
            "FailedOperation",
            "Task Check Failed : Same wsName is Working(CreateListener), pls Try Later",
        ),
        (
            BusyResponse::TasksAreBeingProcessed,
            "FailedOperation",
            "Loadbalancer(lb-1) is not in normal desState, maybe some tasks are being processed",
        ),
        (
            BusyResponse::InvalidStatus,
            "FailedOperation.InvalidLBStatus",
            "the status of `lb-1` is not normal",
        ),
    ] {
        let simulator = Simulator::new(options().with_busy_response(response));
        Call::create_listener(80).send(&simulator).await;
        let busy = Call::create_listener(81).send(&simulator).await;
        assert_eq!(busy["Error"], json!({ "Code": code, "Message": message }));
    }
}

#[tokio::test(start_paused = true)]
async fn another_process_can_keep_a_resource_busy() {
    let simulator = simulator();
    simulator.occupy("lb-1", SECOND * 2);
    assert_eq!(Call::create_listener(80).code(&simulator).await, "FailedOperation.ResourceInOperating");
    advance(SECOND * 2).await;
    assert_eq!(Call::create_listener(80).code(&simulator).await, "none");
}

#[tokio::test(start_paused = true)]
async fn a_client_token_creates_once() {
    let simulator = simulator();
    let create = |token: &str| {
        Call::clb("CreateLoadBalancer", &json!({ "LoadBalancerType": "OPEN", "ClientToken": token }))
    };
    simulator.fault(When::call(1).of("CreateLoadBalancer"), Fault::Reset);
    simulator.handle(create("a").request()).await.unwrap_err();
    let first = create("a").send(&simulator).await;
    assert_eq!(create("a").send(&simulator).await, first);
    assert_eq!(Call::poll(first["RequestId"].as_str().unwrap()).send(&simulator).await["Status"], 2);
    assert_ne!(create("b").send(&simulator).await["LoadBalancerIds"], first["LoadBalancerIds"]);
    assert_eq!(simulator.accepted_calls_of("CreateLoadBalancer"), 2);
    assert_eq!(simulator.calls_of("CreateLoadBalancer")[1].outcome, CallOutcome::Repeated);
    let other = json!({ "LoadBalancerType": "INTERNAL", "ClientToken": "a" });
    assert_eq!(Call::clb("CreateLoadBalancer", &other).code(&simulator).await, "InvalidParameterValue");
}

#[tokio::test(start_paused = true)]
async fn faults_come_before_or_after_the_call_is_accepted() {
    let simulator = simulator();
    simulator
        .fault(When::call(1), Fault::ResetBeforeExecution)
        .fault(When::call(2), Fault::Reset)
        .fault(When::call(3), Fault::HangBeforeExecution);
    simulator.handle(Call::create_listener(80).request()).await.unwrap_err();
    assert_eq!(simulator.accepted_calls_of("CreateListener"), 0);
    simulator.handle(Call::create_listener(80).request()).await.unwrap_err();
    assert_eq!(simulator.accepted_calls_of("CreateListener"), 1);
    let hang = simulator.handle(Call::create_listener(81).request());
    assert!(tokio::time::timeout(SECOND, hang).await.is_err());
    assert_eq!(simulator.accepted_calls_of("CreateListener"), 1);
}
