//! Other products, scripted responses and rate limits.

use clb_sim::{ApiError, TaskScript};
use serde_json::json;

use crate::support::{Call, simulator};

fn gwlb(action: &str, parameters: &serde_json::Value) -> Call {
    let host = "gwlb.tencentcloudapi.com".to_owned();
    Call { service: "gwlb", host, version: "2024-09-06", ..Call::clb(action, parameters) }
}

#[tokio::test(start_paused = true)]
async fn a_product_has_scripted_responses_and_tasks() {
    let simulator = simulator();
    let call = gwlb("CreateGatewayLoadBalancer", &json!({}));
    assert_eq!(call.code(&simulator).await, "NoSuchProduct");
    simulator
        .product("gwlb", "2024-09-06")
        .action("CreateGatewayLoadBalancer", TaskScript::runs_for_polls(1).then_succeeds())
        .response("DescribeGatewayLoadBalancers", json!({ "TotalCount": 0 }));
    let created = call.send(&simulator).await;
    let poll = gwlb("DescribeTaskStatus", &json!({ "TaskId": created["RequestId"] }));
    assert_eq!(poll.send(&simulator).await["Status"], 2);
    assert_eq!(poll.send(&simulator).await["Status"], 0);
    let described = gwlb("DescribeGatewayLoadBalancers", &json!({})).send(&simulator).await;
    assert_eq!(described["TotalCount"], 0);
    for (call, code) in [
        (gwlb("DeleteGatewayLoadBalancer", &json!({})), "InvalidAction"),
        (Call { version: "2018-03-17", ..call.clone() }, "NoSuchVersion"),
        (Call { region: "", ..call.clone() }, "MissingParameter"),
        (
            Call { credential: crate::support::credential(clb_sim::DEMO_SECRET_ID, "x"), ..call },
            "AuthFailure.SignatureFailure",
        ),
    ] {
        assert_eq!(call.code(&simulator).await, code, "{call:?}");
    }
    assert_eq!(Call::clb("DescribeGatewayLoadBalancers", &json!({})).code(&simulator).await, "InvalidAction");
}

#[tokio::test(start_paused = true)]
async fn a_global_product_needs_no_region() {
    let simulator = simulator();
    simulator.global_product("cam", "2019-01-16").response("ListUsers", json!({ "Data": [] }));
    let host = "cam.tencentcloudapi.com".to_owned();
    let call = Call {
        service: "cam",
        host,
        version: "2019-01-16",
        region: "",
        ..Call::clb("ListUsers", &json!({}))
    };
    assert_eq!(call.send(&simulator).await["Data"], json!([]));
}

#[tokio::test(start_paused = true)]
async fn responses_come_in_sequence_and_the_last_repeats() {
    let simulator = simulator();
    simulator.responses(
        "DescribeQuota",
        [Ok(json!({ "TotalCount": 1 })), Err(ApiError::new("InternalError", ""))],
    );
    let call = Call::clb("DescribeQuota", &json!({}));
    assert_eq!(simulator.unmet_expectations(), ["0 of 2 responses of DescribeQuota were used"]);
    assert_eq!(call.send(&simulator).await["TotalCount"], 1);
    assert_eq!(call.code(&simulator).await, "InternalError");
    assert_eq!(call.code(&simulator).await, "InternalError");
    simulator.assert_expectations_met();
}

#[tokio::test(start_paused = true)]
async fn a_function_sees_the_call() {
    let simulator = simulator();
    let mut calls = 0;
    simulator.respond_with("DescribeQuota", move |call| {
        calls += 1;
        json!({ "Region": call.region, "Calls": calls, "Parameters": call.parameters })
    });
    let call = Call::clb("DescribeQuota", &json!({ "Any": [1] }));
    call.send(&simulator).await;
    let response = call.send(&simulator).await;
    assert_eq!((&response["Region"], &response["Calls"]), (&json!("ap-guangzhou"), &json!(2)));
    assert_eq!(response["Parameters"], json!({ "Any": [1] }));
}

#[tokio::test(start_paused = true)]
async fn tasks_of_an_action_are_scripted_in_sequence() {
    let simulator = simulator();
    let done = TaskScript::already_complete();
    simulator.actions("CreateListener", [done.clone().then_fails("first"), done.then_succeeds()]);
    let mut statuses = Vec::new();
    for port in 80..83 {
        let created = Call::create_listener(port).send(&simulator).await;
        let id = created["RequestId"].as_str().unwrap();
        statuses.push(Call::poll(id).send(&simulator).await["Status"].take());
    }
    assert_eq!(statuses, [1, 0, 0]);
}

#[tokio::test(start_paused = true)]
async fn a_synchronous_action_starts_a_task_if_it_is_scripted_to() {
    let simulator = simulator();
    let create = Call::clb("CreateTargetGroup", &json!({ "TargetGroupName": "web" }));
    let created = create.send(&simulator).await;
    assert_eq!(Call::poll(created["RequestId"].as_str().unwrap()).code(&simulator).await, "InvalidParameter");
    simulator.action("CreateTargetGroup", TaskScript::already_complete().then_fails("no quota"));
    let created = create.send(&simulator).await;
    let status = Call::poll(created["RequestId"].as_str().unwrap()).send(&simulator).await;
    assert_eq!(status["Message"], "no quota");
}

#[tokio::test(start_paused = true)]
async fn every_action_has_its_own_rate_limit() {
    let simulator = simulator();
    simulator.rate_limit("DescribeTaskStatus", Some(2)).rate_limit("DescribeQuota", None);
    let accepted = async |call: Call, code: &'static str| {
        let mut accepted = 0;
        for _ in 0..30 {
            accepted += u32::from(call.code(&simulator).await == code);
        }
        accepted
    };
    let load_balancers = Call::clb("DescribeLoadBalancers", &json!({}));
    assert_eq!(accepted(load_balancers, "none").await, 20);
    assert_eq!(accepted(Call::poll("1234"), "InvalidParameter").await, 2);
    assert_eq!(accepted(Call::clb("DescribeQuota", &json!({})), "UnsupportedOperation").await, 30);
    assert_eq!(accepted(Call::sts("GetCallerIdentity", &json!({})), "none").await, 20);
    assert_eq!((simulator.throttled_calls(), simulator.throttled_calls_of("DescribeTaskStatus")), (48, 28));
}
