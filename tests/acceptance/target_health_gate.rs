//! `resource "clb_target_health_gate"`: waits once for healthy targets, keeps what it saw, and sends nothing afterwards.

use clb_sim::{Fault, When};
use serde_json::{Value, json};

#[cfg(unix)]
use crate::harness::wait_until;
use crate::harness::{Configuration, World, unwrapped, with_filters};

const ACTION: &str = "DescribeTargetHealth";

fn gate(arguments: &str) -> String {
    format!(
        "resource \"clb_target_health_gate\" \"g\" {{\n  load_balancer_id = \"lb-1\"\n  {arguments}\n}}\n\noutput \"gate\" {{\n  value = \
         clb_target_health_gate.g\n}}\n"
    )
}

fn output(configuration: &Configuration) -> Value {
    configuration.run(&["output", "-json"]).expect_success().json()["gate"]["value"].clone()
}

/// A response about listeners `lbl-1`, `lbl-2`, ... with a target each.
fn health(targets: &[(bool, &str)]) -> Fault {
    let listeners = (1..).zip(targets).map(|(number, (healthy, detail))| {
        let target = json!({"IP": format!("10.0.0.{number}"), "Port": 80, "TargetId": format!("ins-{number}"), "HealthStatus": healthy,
            "HealthStatusDetail": detail});
        json!({"ListenerId": format!("lbl-{number}"), "Rules": [{"LocationId": "", "Targets": [target]}]})
    });
    let listeners: Vec<_> = listeners.collect();
    let load_balancers = json!([{"LoadBalancerId": "lb-1", "Listeners": listeners}]);
    let request_id = "0f9f5a5e-7c55-4a0c-8d0e-4d1b6a2e7c31";
    Fault::Response(Fault::body(
        json!({"Response": {"LoadBalancers": load_balancers, "RequestId": request_id}}).to_string(),
    ))
}

#[test]
#[cfg_attr(without_acceptance, ignore)]
fn a_gate_waits_for_healthy_targets_and_sends_nothing_afterwards() {
    let world = World::new();
    world
        .simulator
        .fault(When::next(1).of(ACTION), health(&[]))
        .fault(When::next(1).of(ACTION), health(&[(true, "Alive"), (false, "Unknown")]))
        .fault(When::next(1).of(ACTION), health(&[(true, "Alive"), (true, "Alive")]));
    let configuration = world.configuration(&gate(""));
    configuration.apply().expect_success();
    let before = output(&configuration);
    assert_eq!((&before["healthy"], &before["total"]), (&json!(2), &json!(2)));
    let target = json!({"listener_id": "lbl-1", "location_id": null, "ip": "10.0.0.1", "port": 80, "target_id": "ins-1", "healthy": true,
        "detail": "Alive"});
    assert_eq!(before["targets"][0], target);
    assert_eq!(world.simulator.calls_of(ACTION).len(), 3);
    let configuration =
        configuration.with_env("TENCENTCLOUD_SECRET_ID", "").with_env("TENCENTCLOUD_SECRET_KEY", "");
    assert!(configuration.plan().expect_success().stdout.contains("No changes"));
    configuration.run(&["apply", "-auto-approve", "-refresh-only"]).expect_success();
    assert_eq!(output(&configuration), before);
    configuration.run(&["destroy", "-auto-approve"]).expect_success();
    assert_eq!(world.simulator.calls().len(), 3);
}

#[test]
#[cfg_attr(without_acceptance, ignore)]
fn a_higher_minimum_waits_again_in_place_and_a_lower_one_does_not() {
    let world = World::new();
    let healthy = health(&[(true, "Alive"), (false, "Dead"), (true, "Alive")]);
    world.simulator.fault(When::always().of(ACTION), healthy);
    let configuration = world.configuration(&gate("minimum_healthy = 1"));
    configuration.apply().expect_success();
    let first = output(&configuration);
    configuration.rewrite(&gate("minimum_healthy = 2"));
    assert!(configuration.apply().expect_success().stdout.contains("1 changed"));
    assert_eq!(world.simulator.calls_of(ACTION).len(), 2);
    configuration.rewrite(&gate("minimum_healthy = 1\n  region = \"ap-tokyo\""));
    configuration.apply().expect_success();
    assert_eq!(world.simulator.calls_of(ACTION).len(), 2);
    let last = output(&configuration);
    assert_eq!((&last["id"], &last["healthy"], &last["total"]), (&first["id"], &json!(2), &json!(3)));
    configuration.rewrite(&gate("minimum_healthy = 1\n  listener_ids = [\"lbl-1\"]"));
    let plan = configuration.plan().expect_success();
    assert!(plan.stdout.contains("forces replacement"), "{}", plan.stdout);
}

#[test]
#[cfg_attr(without_acceptance, ignore)]
fn the_timeout_error_lists_every_target_that_is_not_healthy() {
    let world = World::new();
    world.simulator.fault(
        When::always().of(ACTION),
        health(&[(true, "Alive"), (false, "Dead"), (false, "Unknown"), (false, "Close")]),
    );
    let body = gate("timeouts {\n    create = \"3s\"\n  }");
    let configuration = world.configuration(&body);
    let run = configuration.apply().expect_failure();
    with_filters(|| insta::assert_snapshot!("error_of_unhealthy_targets", unwrapped(&run.stderr)));
    assert_eq!(configuration.run(&["state", "list"]).stdout, "");
}

#[test]
#[cfg_attr(without_acceptance, ignore)]
fn a_rejected_query_ends_the_wait_at_once() {
    let world = World::new();
    let error = Fault::api_error("InvalidParameter.LBIdNotFound", "no such load balancer");
    world.simulator.fault(When::always().of(ACTION), error);
    let configuration = world.configuration(&gate(""));
    configuration.apply().expect_error(&[
        "target health could not be polled",
        "LBIdNotFound",
        "in ap-guangzhou at",
    ]);
    assert_eq!(world.simulator.calls_of(ACTION).len(), 1);
}

#[test]
#[cfg_attr(without_acceptance, ignore)]
fn fewer_targets_than_have_to_be_healthy_is_what_the_error_says() {
    let world = World::new();
    world.simulator.fault(When::always().of(ACTION), health(&[(true, "Alive")]));
    let error = world
        .configuration(&gate("minimum_healthy = 2\n  timeouts {\n    create = \"1s\"\n  }"))
        .apply()
        .error();
    assert!(error.contains("There are fewer targets than `minimum_healthy`"), "{error}");
    assert!(!error.contains("not healthy:") && !error.contains("security groups"), "{error}");
}

#[test]
#[cfg_attr(without_acceptance, ignore)]
fn malformed_arguments_are_errors_at_the_argument() {
    for (arguments, error) in [
        ("minimum_healthy = 0", "whole number, 1 or more, found 0"),
        ("minimum_healthy = 1.5", "whole number, 1 or more, found 1.5"),
        ("listener_ids = []", "invalid `listener_ids`"),
        ("region = \"Mars\"", "invalid `region`"),
    ] {
        Configuration::new(&gate(arguments)).validate().expect_error(&[error]);
    }
}

#[cfg(unix)] // elsewhere a signal for a group of processes is another thing
#[test]
#[cfg_attr(without_acceptance, ignore)]
fn an_interrupt_ends_the_wait_for_targets() {
    let world = World::new();
    world.simulator.fault(When::always().of(ACTION), Fault::Hang);
    let configuration = world.configuration(&gate(""));
    let apply = configuration.start(&["apply", "-auto-approve"]);
    wait_until("a poll", || !world.simulator.calls_of(ACTION).is_empty());
    let run = apply.interrupt().expect_error(&["wait was interrupted"]);
    assert!(run.elapsed.as_secs() < 2, "took {:?}", run.elapsed);
}
