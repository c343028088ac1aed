//! Queries read back what calls made.

use std::time::Duration;

use clb_sim::{Options, Simulator, TargetHealth, TaskScript};
use serde_json::{Value, json};
use tokio::time::advance;

use crate::support::{Call, code, options};

/// A simulator that knows only what calls created, and whose tasks complete at once.
fn strict() -> Simulator {
    Simulator::new(immediate().with_strict_ids())
}

fn immediate() -> Options {
    options().with_action_duration(Duration::ZERO)
}

/// Sends a call that succeeds.
async fn call(simulator: &Simulator, action: &str, parameters: Value) -> Value {
    let response = Call::clb(action, &parameters).send(simulator).await;
    assert_eq!(code(&response), "none", "{action} {parameters}: {response}");
    response
}

async fn error(simulator: &Simulator, action: &str, parameters: Value) -> String {
    Call::clb(action, &parameters).code(simulator).await
}

/// A load balancer with a listener of this protocol: both ids.
async fn listener(simulator: &Simulator, protocol: &str) -> (String, String) {
    let created = call(simulator, "CreateLoadBalancer", json!({ "LoadBalancerType": "OPEN" })).await;
    let load_balancer = created["LoadBalancerIds"][0].as_str().unwrap().to_owned();
    let created = call(
        simulator,
        "CreateListener",
        json!({ "LoadBalancerId": load_balancer, "Ports": [80], "Protocol": protocol, "ListenerNames": ["web"] }),
    )
    .await;
    (load_balancer, created["ListenerIds"][0].as_str().unwrap().to_owned())
}

#[tokio::test(start_paused = true)]
async fn load_balancers_are_read_back_and_deleted() {
    let simulator = strict();
    let parameters = json!({
        "LoadBalancerType": "INTERNAL", "LoadBalancerName": "web", "VpcId": "vpc-1", "Number": 2,
        "Tags": [{ "TagKey": "stage", "TagValue": "test" }],
    });
    let ids = call(&simulator, "CreateLoadBalancer", parameters).await["LoadBalancerIds"].take();
    let all = call(&simulator, "DescribeLoadBalancers", json!({ "VpcId": "vpc-1" })).await;
    assert_eq!(all["TotalCount"], 2);
    let page = call(&simulator, "DescribeLoadBalancers", json!({ "Offset": 1, "Limit": 1 })).await;
    assert_eq!((&page["TotalCount"], page["LoadBalancerSet"].as_array().unwrap().len()), (&json!(2), 1));
    let query = json!({ "LoadBalancerIds": [ids[0]] });
    let first = call(&simulator, "DescribeLoadBalancers", query.clone()).await["LoadBalancerSet"][0].take();
    assert_eq!(
        (&first["LoadBalancerId"], &first["LoadBalancerName"], &first["Status"]),
        (&ids[0], &json!("web"), &json!(1))
    );
    assert_eq!(first["Tags"][0]["TagValue"], "test");
    assert_eq!(first["CreateTime"], "2023-11-15 06:13:20");
    call(
        &simulator,
        "ModifyLoadBalancerAttributes",
        json!({ "LoadBalancerId": ids[0], "LoadBalancerName": "new" }),
    )
    .await;
    let first = call(&simulator, "DescribeLoadBalancers", query).await["LoadBalancerSet"][0].take();
    assert_eq!(first["LoadBalancerName"], "new");

    call(&simulator, "DeleteLoadBalancer", json!({ "LoadBalancerIds": ids })).await;
    assert_eq!(call(&simulator, "DescribeLoadBalancers", json!({})).await["TotalCount"], 0);
    let again = error(&simulator, "DeleteLoadBalancer", json!({ "LoadBalancerIds": ids })).await;
    assert_eq!(again, "InvalidParameter.LBIdNotFound");
}

#[tokio::test(start_paused = true)]
async fn a_load_balancer_is_shown_while_it_is_created() {
    let simulator = Simulator::new(options());
    let create = json!({ "LoadBalancerType": "OPEN" });
    let created = call(&simulator, "CreateLoadBalancer", create.clone()).await;
    let query = json!({ "LoadBalancerIds": created["LoadBalancerIds"] });
    let status = async || {
        call(&simulator, "DescribeLoadBalancers", query.clone()).await["LoadBalancerSet"][0]["Status"].take()
    };
    assert_eq!(status().await, 0);
    advance(Duration::from_secs(5)).await;
    assert_eq!(status().await, 1);

    simulator
        .action("CreateLoadBalancer", TaskScript::runs_for(Duration::from_secs(1)).then_fails("no quota"));
    let failed = call(&simulator, "CreateLoadBalancer", create).await;
    advance(Duration::from_secs(1)).await;
    let query = json!({ "LoadBalancerIds": failed["LoadBalancerIds"] });
    assert_eq!(call(&simulator, "DescribeLoadBalancers", query).await["TotalCount"], 0);
}

#[tokio::test(start_paused = true)]
async fn listeners_are_read_back_and_deleted() {
    let simulator = strict();
    let (load_balancer, listener) = listener(&simulator, "TCP").await;
    let query = json!({ "LoadBalancerId": load_balancer, "Port": 80 });
    let listeners = call(&simulator, "DescribeListeners", query.clone()).await;
    let read = &listeners["Listeners"][0];
    assert_eq!(
        (&read["ListenerId"], &read["ListenerName"], &read["Port"]),
        (&json!(listener), &json!("web"), &json!(80))
    );
    let names = json!({ "LoadBalancerId": load_balancer, "ListenerId": listener });
    let mut change = names.clone();
    change["Scheduler"] = json!("LEAST_CONN");
    change["HealthCheck"] = json!({ "IntervalTime": 9 });
    call(&simulator, "ModifyListener", change).await;
    let read = call(&simulator, "DescribeListeners", query.clone()).await["Listeners"][0].take();
    assert_eq!(read["Scheduler"], "LEAST_CONN");
    assert_eq!(
        (&read["HealthCheck"]["IntervalTime"], &read["HealthCheck"]["HealthSwitch"]),
        (&json!(9), &json!(1))
    );

    call(&simulator, "DeleteListener", names.clone()).await;
    assert_eq!(call(&simulator, "DescribeListeners", query).await["Listeners"], json!([]));
    assert_eq!(error(&simulator, "DeleteListener", names).await, "InvalidParameter.ListenerIdNotFound");
}

#[tokio::test(start_paused = true)]
async fn impossible_listeners_are_rejected() {
    let simulator = strict();
    let (load_balancer, _) = listener(&simulator, "TCP").await;
    for (protocol, port, expected) in [
        ("HTTP", 80, "InvalidParameter.PortCheckFailed"),
        ("UDP", 80, "none"),
        ("TCP", 0, "InvalidParameterValue.Range"),
        ("FTP", 21, "InvalidParameter.ProtocolCheckFailed"),
    ] {
        let listener = json!({ "LoadBalancerId": load_balancer, "Ports": [port], "Protocol": protocol });
        assert_eq!(error(&simulator, "CreateListener", listener).await, expected, "{protocol} {port}");
    }
}

#[tokio::test(start_paused = true)]
async fn rules_and_their_certificates_are_read_back() {
    let simulator = strict();
    let (load_balancer, listener) = listener(&simulator, "HTTPS").await;
    let names = json!({ "LoadBalancerId": load_balancer, "ListenerId": listener });
    let mut create = names.clone();
    create["Rules"] = json!([
        { "Domain": "a.example", "Url": "/", "Certificate": { "SSLMode": "UNIDIRECTIONAL", "CertId": "old" } },
        { "Domain": "b.example", "Url": "/", "Certificate": { "CertId": "old" } },
    ]);
    let ids = call(&simulator, "CreateRule", create.clone()).await["LocationIds"].take();
    assert_eq!(error(&simulator, "CreateRule", create).await, "InvalidParameterValue.Duplicate");
    let rules = async || {
        let query = json!({ "LoadBalancerId": load_balancer });
        call(&simulator, "DescribeListeners", query).await["Listeners"][0]["Rules"].take()
    };
    let mut change = names.clone();
    change["Domain"] = json!("a.example");
    change["Certificate"] = json!({ "CertId": "new" });
    call(&simulator, "ModifyDomainAttributes", change).await;
    let read = rules().await;
    let certificate = |index: usize| read[index]["Certificate"]["CertId"].as_str().unwrap();
    assert_eq!((&read[0]["LocationId"], certificate(0), certificate(1)), (&ids[0], "new", "old"));

    let replace = json!({ "OldCertificateId": "old", "Certificate": { "CertId": "new" } });
    call(&simulator, "ReplaceCertForLoadBalancers", replace).await;
    assert_eq!(rules().await[1]["Certificate"]["CertId"], "new");
    let mut delete = names;
    delete["LocationIds"] = json!([ids[0]]);
    call(&simulator, "DeleteRule", delete.clone()).await;
    assert_eq!(rules().await.as_array().unwrap().len(), 1);
    assert_eq!(error(&simulator, "DeleteRule", delete).await, "InvalidParameter.LocationNotFound");
}

#[tokio::test(start_paused = true)]
async fn targets_change_their_weight_and_go() {
    let simulator = strict();
    let (load_balancer, listener) = listener(&simulator, "TCP").await;
    let with = |targets: Value| json!({ "LoadBalancerId": load_balancer, "ListenerId": listener, "Targets": targets });
    let weights = async || {
        let query = json!({ "LoadBalancerId": load_balancer });
        let mut listeners = call(&simulator, "DescribeTargets", query).await;
        let targets = listeners["Listeners"][0]["Targets"].take();
        targets.as_array().unwrap().iter().map(|target| target["Weight"].clone()).collect::<Vec<_>>()
    };
    let targets =
        json!([{ "InstanceId": "ins-1", "Port": 80 }, { "EniIp": "10.0.0.2", "Port": 80, "Weight": 30 }]);
    call(&simulator, "RegisterTargets", with(targets)).await;
    assert_eq!(weights().await, [10, 30]);
    call(&simulator, "ModifyTargetWeight", with(json!([{ "EniIp": "10.0.0.2", "Port": 80, "Weight": 0 }])))
        .await;
    assert_eq!(weights().await, [10, 0]);
    let unknown = with(json!([{ "EniIp": "10.0.0.3", "Port": 80, "Weight": 0 }]));
    assert_eq!(error(&simulator, "ModifyTargetWeight", unknown).await, "InvalidParameter");
    let nameless = with(json!([{ "EniIp": "10.0.0.3", "Port": 80 }, { "Port": 80 }]));
    let response = Call::clb("RegisterTargets", &nameless).send(&simulator).await;
    let message = "The request is missing a required parameter `Targets.1.InstanceId`.";
    assert_eq!(response["Error"]["Message"], message);
    let heavy = with(json!([{ "EniIp": "10.0.0.3", "Port": 80, "Weight": 101 }]));
    assert_eq!(error(&simulator, "RegisterTargets", heavy).await, "InvalidParameterValue.Range");
    call(&simulator, "DeregisterTargets", with(json!([{ "EniIp": "10.0.0.2", "Port": 80 }]))).await;
    assert_eq!(weights().await, [10]);
}

#[tokio::test(start_paused = true)]
async fn batches_name_the_listeners_for_which_they_failed() {
    let simulator = strict();
    let (load_balancer, listener) = listener(&simulator, "TCP").await;
    let target = |listener: &str| json!({ "ListenerId": listener, "EniIp": "10.0.0.1", "Port": 80 });
    let targets = json!([target(&listener), target("lbl-unknown")]);
    let batch = json!({ "LoadBalancerId": load_balancer, "Targets": targets });
    let response = call(&simulator, "BatchRegisterTargets", batch).await;
    assert_eq!(response["FailListenerIdSet"], json!(["lbl-unknown"]));
    let weights =
        json!([{ "ListenerId": listener, "Targets": [{ "EniIp": "10.0.0.1", "Port": 80 }], "Weight": 7 }]);
    let change = json!({ "LoadBalancerId": load_balancer, "ModifyList": weights });
    call(&simulator, "BatchModifyTargetWeight", change).await;
    let read = call(&simulator, "DescribeTargets", json!({ "LoadBalancerId": load_balancer })).await;
    assert_eq!(read["Listeners"][0]["Targets"][0]["Weight"], 7);
}

#[tokio::test(start_paused = true)]
async fn targets_turn_healthy_some_time_after_their_registration() {
    let simulator = Simulator::new(options().with_health_delay(Duration::from_secs(2)));
    simulator
        .target_health("10.0.0.2", TargetHealth::Dead)
        .target_health("10.0.0.3:81", TargetHealth::Closed);
    let addresses = [("10.0.0.1", 80), ("10.0.0.2", 80), ("10.0.0.3", 81)];
    let targets = addresses.map(|(address, port)| json!({ "EniIp": address, "Port": port }));
    let register = json!({ "LoadBalancerId": "lb-1", "ListenerId": "lbl-1", "Targets": targets });
    call(&simulator, "RegisterTargets", register).await;
    let details = async || {
        let health = call(&simulator, "DescribeTargetHealth", json!({ "LoadBalancerIds": ["lb-1"] })).await;
        let targets = health.pointer("/LoadBalancers/0/Listeners/0/Rules/0/Targets");
        let detail = |target: &Value| {
            assert_eq!(target["HealthStatus"], target["HealthStatusDetail"] == "Alive");
            target["HealthStatusDetail"].as_str().unwrap().to_owned()
        };
        targets.and_then(Value::as_array).into_iter().flatten().map(detail).collect::<Vec<_>>()
    };
    assert_eq!(details().await, [""; 0], "the task runs");
    advance(Duration::from_secs(6)).await;
    assert_eq!(details().await, ["Unknown", "Dead", "Close"]);
    advance(Duration::from_secs(1)).await;
    assert_eq!(details().await, ["Alive", "Dead", "Close"]);
    let off =
        json!({ "LoadBalancerId": "lb-1", "ListenerId": "lbl-1", "HealthCheck": { "HealthSwitch": 0 } });
    call(&simulator, "ModifyListener", off).await;
    advance(Duration::from_secs(5)).await;
    assert_eq!(details().await, ["Close"; 3]);
}

#[tokio::test(start_paused = true)]
async fn target_groups_share_their_instances() {
    let simulator = strict();
    let (load_balancer, listener) = listener(&simulator, "TCP").await;
    let create = json!({ "TargetGroupName": "web", "VpcId": "vpc-1", "TargetGroupInstances": [{ "BindIP": "10.0.0.1", "Port": 80 }] });
    let group = call(&simulator, "CreateTargetGroup", create).await["TargetGroupId"].take();
    let instances = json!([{ "BindIP": "10.0.0.2", "Port": 80, "Weight": 5 }]);
    let names = json!({ "TargetGroupId": group, "TargetGroupInstances": instances });
    call(&simulator, "RegisterTargetGroupInstances", names.clone()).await;
    let association =
        json!({ "LoadBalancerId": load_balancer, "ListenerId": listener, "TargetGroupId": group });
    let associations = json!({ "Associations": [association] });
    call(&simulator, "AssociateTargetGroups", associations.clone()).await;

    let groups = call(&simulator, "DescribeTargetGroups", json!({ "TargetGroupIds": [group] })).await;
    let read = &groups["TargetGroupSet"][0];
    assert_eq!(
        (&read["TargetGroupName"], &read["AssociatedRule"][0]["ListenerId"]),
        (&json!("web"), &json!(listener))
    );
    let filter = json!({ "Filters": [{ "Name": "TargetGroupId", "Values": [group] }] });
    let instances = call(&simulator, "DescribeTargetGroupInstances", filter).await;
    assert_eq!(instances["TotalCount"], 2);
    assert_eq!(instances["TargetGroupInstanceSet"][1]["Weight"], 5);
    let health =
        call(&simulator, "DescribeTargetHealth", json!({ "LoadBalancerIds": [load_balancer] })).await;
    let targets = &health["LoadBalancers"][0]["Listeners"][0]["Rules"][0]["Targets"];
    assert_eq!((&targets[1]["IP"], &targets[1]["TargetGroupId"]), (&json!("10.0.0.2"), &group));

    let delete = json!({ "TargetGroupIds": [group] });
    assert_eq!(error(&simulator, "DeleteTargetGroups", delete.clone()).await, "ResourceInUse");
    call(&simulator, "DisassociateTargetGroups", associations).await;
    call(&simulator, "DeregisterTargetGroupInstances", names).await;
    call(&simulator, "DeleteTargetGroups", delete.clone()).await;
    assert_eq!(call(&simulator, "DescribeTargetGroups", json!({})).await["TotalCount"], 0);
    assert_eq!(error(&simulator, "DeleteTargetGroups", delete).await, "ResourceNotFound");
}

#[tokio::test(start_paused = true)]
async fn redirections_are_read_back_and_deleted() {
    let simulator = strict();
    let (load_balancer, listener) = listener(&simulator, "HTTPS").await;
    let port = json!({ "LoadBalancerId": load_balancer, "Ports": [443], "Protocol": "HTTPS" });
    let https = call(&simulator, "CreateListener", port).await["ListenerIds"][0].take();
    let rule = |listener: &Value| json!({ "LoadBalancerId": load_balancer, "ListenerId": listener, "Rules": [{ "Domain": "a.example", "Url": "/" }] });
    let source = call(&simulator, "CreateRule", rule(&json!(listener))).await["LocationIds"][0].take();
    let target = call(&simulator, "CreateRule", rule(&https)).await["LocationIds"][0].take();
    let rewrite = json!({
        "LoadBalancerId": load_balancer, "SourceListenerId": listener, "TargetListenerId": https,
        "RewriteInfos": [{ "SourceLocationId": source, "TargetLocationId": target }],
    });
    call(&simulator, "ManualRewrite", rewrite.clone()).await;
    let query = json!({ "LoadBalancerId": load_balancer });
    let set = call(&simulator, "DescribeRewrite", query.clone()).await["RewriteSet"].take();
    assert_eq!((&set[0]["LocationId"], &set[0]["RewriteTarget"]["TargetLocationId"]), (&source, &target));
    call(&simulator, "DeleteRewrite", rewrite.clone()).await;
    assert_eq!(call(&simulator, "DescribeRewrite", query).await["RewriteSet"], json!([]));
    assert_eq!(error(&simulator, "DeleteRewrite", rewrite).await, "InvalidParameter.SomeRewriteNotFound");
}

#[tokio::test(start_paused = true)]
async fn https_domains_are_redirected_automatically() {
    let simulator = strict();
    let (load_balancer, listener) = listener(&simulator, "UDP").await;
    let port = json!({ "LoadBalancerId": load_balancer, "Ports": [443], "Protocol": "HTTPS" });
    let https = call(&simulator, "CreateListener", port).await["ListenerIds"][0].take();
    let rule = json!({ "LoadBalancerId": load_balancer, "ListenerId": https, "Rules": [{ "Domain": "a.example", "Url": "/" }] });
    call(&simulator, "CreateRule", rule).await;
    call(&simulator, "AutoRewrite", json!({ "LoadBalancerId": load_balancer, "ListenerId": https })).await;
    let set =
        call(&simulator, "DescribeRewrite", json!({ "LoadBalancerId": load_balancer })).await["RewriteSet"]
            .take();
    assert_eq!(
        (&set[0]["Domain"], &set[0]["RewriteTarget"]["RewriteType"]),
        (&json!("a.example"), &json!("Auto"))
    );
    assert!(set[0]["ListenerId"] != json!(listener) && set[0]["ListenerId"] != https);
}

#[tokio::test(start_paused = true)]
async fn a_redirection_needs_port_80() {
    let simulator = strict();
    let (load_balancer, _) = listener(&simulator, "TCP").await;
    let port = json!({ "LoadBalancerId": load_balancer, "Ports": [443], "Protocol": "HTTPS" });
    let https = call(&simulator, "CreateListener", port).await["ListenerIds"][0].take();
    let redirect = json!({ "LoadBalancerId": load_balancer, "ListenerId": https });
    assert_eq!(error(&simulator, "AutoRewrite", redirect).await, "InvalidParameter.PortCheckFailed");
}

#[tokio::test(start_paused = true)]
async fn a_failed_task_changes_nothing() {
    let simulator = strict();
    let (load_balancer, listener) = listener(&simulator, "TCP").await;
    simulator.action("DeleteListener", TaskScript::already_complete().then_fails("in use"));
    let deleted = call(
        &simulator,
        "DeleteListener",
        json!({ "LoadBalancerId": load_balancer, "ListenerId": listener }),
    )
    .await;
    Call::poll(deleted["RequestId"].as_str().unwrap()).send(&simulator).await;
    let listeners = call(&simulator, "DescribeListeners", json!({ "LoadBalancerId": load_balancer })).await;
    assert_eq!(listeners["Listeners"].as_array().unwrap().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn unknown_ids_exist_from_their_first_mention_on_unless_ids_are_strict() {
    let lenient = Simulator::new(immediate());
    let delete = json!({ "LoadBalancerId": "lb-1", "ListenerId": "lbl-1" });
    assert_eq!(error(&lenient, "DeleteListener", delete.clone()).await, "none");
    assert_eq!(
        error(&lenient, "DeleteListener", delete.clone()).await,
        "InvalidParameter.ListenerIdNotFound"
    );
    let read = call(&lenient, "DescribeLoadBalancers", json!({ "LoadBalancerIds": ["lb-1", "lb-2"] })).await;
    assert_eq!(read["TotalCount"], 2);
    assert_eq!(error(&strict(), "DeleteListener", delete).await, "InvalidParameter.LBIdNotFound");
    let odd = json!({ "LoadBalancerId": "1234", "ListenerId": "lbl-1" });
    assert_eq!(error(&lenient, "DeleteListener", odd).await, "InvalidParameter.FormatError");
}

#[tokio::test(start_paused = true)]
async fn each_region_has_its_own_resources() {
    let simulator = strict();
    let (load_balancer, _) = listener(&simulator, "TCP").await;
    let query = Call::clb("DescribeListeners", &json!({ "LoadBalancerId": load_balancer }));
    let elsewhere = Call { region: "ap-beijing", ..query.clone() };
    assert_eq!(query.code(&simulator).await, "none");
    assert_eq!(elsewhere.code(&simulator).await, "InvalidParameter.LBIdNotFound");
}

#[tokio::test(start_paused = true)]
async fn what_queries_cannot_choose_by_is_an_error() {
    let simulator = strict();
    assert_eq!(
        error(&simulator, "DescribeLoadBalancers", json!({ "WithRs": 1 })).await,
        "UnsupportedOperation"
    );
    let filter = json!({ "Filters": [{ "Name": "tag", "Values": ["a"] }] });
    assert_eq!(error(&simulator, "DescribeTargetGroups", filter).await, "UnsupportedOperation");
    assert_eq!(
        error(&simulator, "DescribeLoadBalancers", json!({ "Limit": 101 })).await,
        "InvalidParameterValue.Range"
    );
}
