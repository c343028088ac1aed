//! Typed requests and responses, checked by the simulator, which knows every parameter of the actions.

use std::time::Duration;

use clb_api::{CallError, Client, Outcome, Service, WaitOptions, models::*};
use clb_sim::{Options, Simulator};
use serde_json::json;

use crate::support::{START, client};

fn simulator() -> Simulator {
    Simulator::new(Options::starting_at(START).with_action_duration(Duration::from_secs(2)))
}

async fn done<A: AsyncAction>(client: &Client, action: &A) -> A::Output {
    client.send_and_wait(action, WaitOptions::default()).await.unwrap().output
}

async fn created(client: &Client) -> String {
    let create = CreateLoadBalancer::new("OPEN")
        .load_balancer_name("front")
        .vpc_id("vpc-1")
        .internet_accessible(InternetAccessible::new().internet_max_bandwidth_out(10))
        .tags(vec![TagInfo::new("team", "edge")]);
    done(client, &create).await.load_balancer_ids.remove(0)
}

#[tokio::test(start_paused = true)]
async fn a_load_balancer_lives_through_typed_calls() {
    let client = client(&simulator());
    let id = created(&client).await;
    let found = client.send(&DescribeLoadBalancers::new().load_balancer_ids(vec![id.clone()])).await.unwrap();
    assert_eq!((found.total_count, &*found.load_balancer_set[0].load_balancer_name), (1, "front"));
    assert!(found.load_balancer_set[0].is_in_service());

    let tcp = CreateListener::new(&*id, vec![80, 81], "TCP")
        .listener_names(vec!["a".to_owned(), "b".to_owned()])
        .health_check(HealthCheck::new().health_switch(1).interval_time(5).unhealth_num(3));
    let tcp = done(&client, &tcp).await.listener_ids;
    let http = done(&client, &CreateListener::new(&*id, vec![8080], "HTTP")).await.listener_ids.remove(0);
    let rule = RuleInput::new("/").domain("example.com").scheduler("WRR");
    let rule = done(&client, &CreateRule::new(&*id, &*http, vec![rule])).await.location_ids.remove(0);

    let target = || vec![Target::new(9000_u16).eni_ip("10.0.0.7").weight(10)];
    done(&client, &RegisterTargets::new(&*id, &*tcp[0], target())).await;
    done(&client, &RegisterTargets::new(&*id, &*http, target()).location_id(&*rule)).await;
    let unweighted = vec![Target::new(9000_u16).eni_ip("10.0.0.7")];
    done(&client, &ModifyTargetWeight::new(&*id, &*tcp[0], unweighted).weight(50)).await;
    done(&client, &ModifyListener::new(&*id, &*tcp[1]).listener_name("c")).await;

    let listeners = client.send(&DescribeListeners::new(&*id)).await.unwrap().listeners;
    let shown: Vec<_> =
        listeners.iter().map(|it| (&*it.listener_name, &*it.protocol, it.port, it.rules.len())).collect();
    assert_eq!(shown, [("a", "TCP", 80, 0), ("c", "TCP", 81, 0), (&*http, "HTTP", 8080, 1)]);
    assert_eq!(listeners[2].rules[0].domain.as_deref(), Some("example.com"));

    let targets = client.send(&DescribeTargets::new(&*id)).await.unwrap().listeners;
    assert_eq!(targets[0].targets[0].weight, Some(50));
    assert_eq!(targets[2].rules[0].targets[0].private_ip_addresses, ["10.0.0.7"]);

    tokio::time::sleep(Duration::from_secs(60)).await;
    let health = client.send(&DescribeTargetHealth::new(vec![id.clone()])).await.unwrap();
    let first = health.targets().next().unwrap();
    assert_eq!((&*first.ip, first.port, first.health_status), ("10.0.0.7", 9000, true));

    done(&client, &DeregisterTargets::new(&*id, &*tcp[0], target())).await;
    done(&client, &DeleteRule::new(&*id, &*http).location_ids(vec![rule])).await;
    done(&client, &DeleteListener::new(&*id, &*tcp[0])).await;
    done(&client, &DeleteLoadBalancer::new(vec![id])).await;
    assert_eq!(client.send(&DescribeLoadBalancers::new()).await.unwrap().total_count, 0);
}

#[tokio::test(start_paused = true)]
async fn a_target_group_lives_through_typed_calls() {
    let client = client(&simulator());
    let id = created(&client).await;
    let listener = CreateListener::new(&*id, vec![80], "TCP").target_type("TARGETGROUP");
    let listener = done(&client, &listener).await.listener_ids.remove(0);
    let create = CreateTargetGroup::new().target_group_name("g").vpc_id("vpc-1").port(80_u16);
    let group = client.send(&create).await.unwrap().target_group_id;
    let instances = || vec![TargetGroupInstance::new("10.0.0.7").port(8080_u16).weight(10_u64)];
    done(&client, &RegisterTargetGroupInstances::new(&*group, instances())).await;
    let behind = || vec![TargetGroupAssociation::new(&*id, &*group).listener_id(&*listener)];
    done(&client, &AssociateTargetGroups::new(behind())).await;

    let groups =
        client.send(&DescribeTargetGroups::new().target_group_ids(vec![group.clone()])).await.unwrap();
    let found = &groups.target_group_set[0];
    assert_eq!((&*found.target_group_name, found.port), ("g", Some(80)));
    assert_eq!(found.associated_rule[0].listener_id.as_deref(), Some(&*listener));
    let filter = Filter::new("TargetGroupId", vec![group.clone()]);
    let found = client.send(&DescribeTargetGroupInstances::new(vec![filter])).await.unwrap();
    assert_eq!((found.total_count, found.target_group_instance_set[0].port), (1, 8080));

    done(&client, &DisassociateTargetGroups::new(behind())).await;
    done(&client, &DeregisterTargetGroupInstances::new(&*group, instances())).await;
    client.send(&DeleteTargetGroups::new(vec![group])).await.unwrap();
}

#[test]
fn requests_have_the_fields_that_are_set_under_the_services_names() {
    let listener = CreateListener::new("lb-1", vec![443], "HTTPS")
        .certificate(Certificate::new().ssl_mode("UNIDIRECTIONAL").cert_id("c"))
        .health_check(HealthCheck::new().unhealth_num(3));
    assert_eq!(
        serde_json::to_value(&listener).unwrap(),
        json!({
            "LoadBalancerId": "lb-1", "Ports": [443], "Protocol": "HTTPS",
            "Certificate": {"SSLMode": "UNIDIRECTIONAL", "CertId": "c"}, "HealthCheck": {"UnHealthNum": 3},
        })
    );
    let balancer = CreateLoadBalancer::new("OPEN").address_ip_version("IPV4");
    assert_eq!(
        serde_json::to_value(&balancer).unwrap(),
        json!({"LoadBalancerType": "OPEN", "AddressIPVersion": "IPV4"})
    );
    let instance = TargetGroupInstance::new("10.0.0.7");
    assert_eq!(serde_json::to_value(&instance).unwrap(), json!({"BindIP": "10.0.0.7"}));
    let target = Target::new(80_u16).target_type("ENI").eni_ip("10.0.0.7");
    assert_eq!(
        serde_json::to_value(&target).unwrap(),
        json!({"Port": 80, "Type": "ENI", "EniIp": "10.0.0.7"})
    );
}

#[test]
fn nulls_and_what_is_left_out_are_empty() {
    let listeners: DescribeListenersOutput = serde_json::from_value(json!({
        "TotalCount": 1, "RequestId": "r", "New": 1,
        "Listeners": [{"ListenerId": "lbl-1", "ListenerName": null, "Protocol": "TCP", "Port": 80, "Rules": null}],
    }))
    .unwrap();
    let listener = &listeners.listeners[0];
    assert_eq!((&*listener.listener_name, listener.rules.len(), &listener.scheduler), ("", 0, &None));
    for odd in [json!({"Listeners": {}}), json!({"Listeners": [{"ListenerName": "without id"}]})] {
        assert!(serde_json::from_value::<DescribeListenersOutput>(odd).is_err());
    }
}

#[test]
fn the_asynchronous_models_are_those_that_start_tasks() {
    fn starts_a_task<A: AsyncAction>() -> bool {
        Outcome::of(&Service::clb(), A::NAME) == Ok(Outcome::Task)
    }
    let asynchronous = [
        starts_a_task::<CreateLoadBalancer>(),
        starts_a_task::<DeleteLoadBalancer>(),
        starts_a_task::<CreateListener>(),
        starts_a_task::<ModifyListener>(),
        starts_a_task::<DeleteListener>(),
        starts_a_task::<CreateRule>(),
        starts_a_task::<DeleteRule>(),
        starts_a_task::<RegisterTargets>(),
        starts_a_task::<DeregisterTargets>(),
        starts_a_task::<ModifyTargetWeight>(),
        starts_a_task::<RegisterTargetGroupInstances>(),
        starts_a_task::<DeregisterTargetGroupInstances>(),
        starts_a_task::<AssociateTargetGroups>(),
        starts_a_task::<DisassociateTargetGroups>(),
    ];
    assert!(asynchronous.into_iter().all(|starts| starts), "{asynchronous:?}");
}

#[tokio::test(start_paused = true)]
async fn a_response_that_is_not_what_its_model_expects_is_an_error() {
    let simulator = simulator();
    let client = client(&simulator);
    let odd = json!({"Response": {"Listeners": 7, "RequestId": "r-1"}}).to_string();
    simulator.fault(clb_sim::When::next(1).of("DescribeListeners"), clb_sim::Fault::body(odd));
    let error = client.send(&DescribeListeners::new("lb-1")).await.unwrap_err();
    assert!(!error.is_transient() && error.message().contains("not what its model expects"), "{error}");

    let odd = json!({"Response": {"ListenerIds": 7, "RequestId": "r-1"}}).to_string();
    simulator.task("r-1", clb_sim::TaskScript::already_complete().then_succeeds());
    simulator.fault(clb_sim::When::next(1).of("CreateListener"), clb_sim::Fault::body(odd));
    let create = CreateListener::new("lb-1", vec![80], "TCP");
    let error = client.send_and_wait(&create, WaitOptions::default()).await.unwrap_err();
    assert!(matches!(error, CallError::Unreadable { .. }) && error.may_have_acted(), "{error}");
    assert_eq!(error.request_id(), Some("r-1"));
}
