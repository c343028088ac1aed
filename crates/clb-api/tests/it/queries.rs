//! Queries whose result has several pages.

use clb_api::{Client, Paging, models::LoadBalancer};
use clb_sim::{RunningSimulator, Simulator};
use clb_task::{RequestRate, WaitOptions};
use serde_json::{Value, json};

use crate::support::{demo_keys, region};

async fn start() -> (Client, RunningSimulator) {
    let options = clb_sim::Options::starting_now()
        .with_rate_limit(None)
        .with_action_duration(std::time::Duration::from_millis(1));
    let simulator = Simulator::new(options).listen().await.unwrap();
    let client = Client::builder()
        .credentials(demo_keys())
        .region(region("ap-guangzhou"))
        .endpoint(clb_api::Endpoint::parse(simulator.url()).unwrap())
        .request_rate(RequestRate::new(1000.0).unwrap())
        .build();
    (client.unwrap(), simulator)
}

async fn change(client: &Client, action: &str, parameters: Value) -> Value {
    let completed = client.call_and_wait(action, &parameters, WaitOptions::default()).await.unwrap();
    Value::Object(completed.response.body)
}

async fn load_balancer(client: &Client) -> String {
    let created = change(client, "CreateLoadBalancer", json!({"LoadBalancerType": "OPEN"})).await;
    created["LoadBalancerIds"][0].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn pages_bring_every_item_once() {
    let (client, simulator) = start().await;
    let mut ids = Vec::new();
    for _ in 0..5 {
        ids.push(load_balancer(&client).await);
    }
    let paging = Paging::offset("LoadBalancerSet", 2);
    let pages = client.pages("DescribeLoadBalancers", &json!({"LoadBalancerType": "OPEN"}), paging).unwrap();
    let all: Vec<LoadBalancer> = pages.collect().await.unwrap();
    let mut found: Vec<_> = all.iter().map(|load_balancer| load_balancer.load_balancer_id.clone()).collect();
    found.sort_unstable();
    ids.sort_unstable();
    assert_eq!(found, ids);
    let calls = simulator.calls_of("DescribeLoadBalancers");
    let offsets: Vec<_> = calls.iter().map(|call| call.parameters["Offset"].clone()).collect();
    assert_eq!(offsets, [json!(0), json!(2), json!(4)]);
}

#[tokio::test]
async fn pages_follow_the_token_that_each_names() {
    let (client, simulator) = start().await;
    simulator.respond_with("DescribeAsyncJobs", |call| match call.parameters.get("NextToken") {
        None => json!({"Jobs": [{"Id": 1}, {"Id": 2}], "NextToken": "a"}),
        Some(token) if token == "a" => json!({"Jobs": [], "NextToken": "b"}),
        Some(_) => json!({"Jobs": [{"Id": 3}], "NextToken": null}),
    });
    let parameters = json!({"MaxResults": 2});
    let pages = client.pages("DescribeAsyncJobs", &parameters, Paging::token("Jobs", "NextToken")).unwrap();
    let jobs: Vec<Value> = pages.collect().await.unwrap();
    assert_eq!(jobs, [json!({"Id": 1}), json!({"Id": 2}), json!({"Id": 3})]);
    let calls = simulator.calls_of("DescribeAsyncJobs");
    assert!(calls.len() == 3 && calls.iter().all(|call| call.parameters["MaxResults"] == 2), "{calls:?}");
}
