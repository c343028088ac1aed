//! The examples with calls: what their plans show, and which requests they send in which order.

use std::time::Duration;

use clb_sim::Options;

use crate::harness::{World, with_filters};

/// Whether the order of the requests is part of the example.
#[derive(Clone, Copy, PartialEq)]
enum Order {
    Fixed,
    Any,
}

fn world() -> World {
    let options = Options::starting_now().with_action_duration(Duration::from_millis(200));
    World::with(options.with_health_delay(Duration::from_secs(1)))
}

/// Plans, applies and destroys an example of this name, and compares plan, requests and outputs with its snapshot.
#[track_caller]
fn check(name: &str, order: Order, arguments: &[&str]) {
    let world = world();
    let configuration = world.example(name);
    if !configuration.is_supported() {
        return;
    }
    let plan = configuration.plan().expect_success();
    assert!(world.simulator.calls().is_empty(), "the plan has sent a request");
    configuration.run(&[&["apply", "-auto-approve"], arguments].concat()).expect_success();
    let applied = requests(&world, order, 0);
    let plan_after = configuration.plan().expect_success();
    assert!(plan_after.stdout.contains("No changes"), "{}", plan_after.stdout);
    let outputs = configuration.run(&["output"]).expect_success().stdout;
    let sent = world.simulator.calls().len();
    configuration.run(&["destroy", "-auto-approve"]).expect_success();
    let destroyed = requests(&world, order, sent);
    assert_eq!(rejected(&world), Vec::<String>::new());
    let text = format!(
        "{}\n\n# apply sends\n{applied}\n\n# outputs\n{}\n# destroy sends\n{destroyed}\n",
        planned(&plan.stdout),
        if outputs.contains("No outputs found") { "none\n" } else { &outputs }
    );
    with_filters(|| insta::assert_snapshot!(format!("example_{}", name.replace('/', "_")), text));
}

/// The changes of a plan, without what the versions of Terraform say around them.
fn planned(stdout: &str) -> String {
    let start = stdout.find("\n  # ").unwrap_or_default();
    let end = stdout.find("\nPlan: ").unwrap_or(stdout.len());
    let summary = stdout[end..].trim_start().lines().next().unwrap_or_default();
    format!("{}\n\n{summary}", stdout[start..end].trim_matches('\n'))
}

/// The requests from number `first` on, polls left out: action and parameters.
fn requests(world: &World, order: Order, first: usize) -> String {
    let calls = world.simulator.calls().into_iter().skip(first);
    let calls = calls.filter(|call| call.action != "DescribeTaskStatus");
    let mut lines: Vec<_> =
        calls.map(|call| format!("{} {}", call.action, serde_json::Value::from(call.parameters))).collect();
    lines.dedup();
    if order == Order::Any {
        lines.sort();
    }
    if lines.is_empty() { "nothing".to_owned() } else { lines.join("\n") }
}

/// Calls that the service has not accepted: none of our own making.
fn rejected(world: &World) -> Vec<String> {
    let calls = world.simulator.calls().into_iter().filter(|call| !call.accepted);
    calls.map(|call| format!("{} {:?}", call.action, call.outcome)).collect()
}

#[test]
#[cfg_attr(without_acceptance, ignore)]
fn a_listener_is_created_and_its_id_used() {
    check("create-a-listener", Order::Fixed, &[]);
}

#[test]
#[cfg_attr(without_acceptance, ignore)]
fn three_calls_go_in_order() {
    check("calls-in-order", Order::Fixed, &[]);
}

#[test]
#[cfg_attr(without_acceptance, ignore)]
fn twenty_instances_are_registered_in_one_target_group() {
    check("register-target-group-instances", Order::Any, &["-parallelism=20"]);
}

#[cfg(unix)] // the pause is a shell command
#[test]
#[cfg_attr(without_acceptance, ignore)]
fn weights_go_to_zero_before_targets_are_deregistered() {
    check("drain-before-delete", Order::Fixed, &[]);
}

#[test]
#[cfg_attr(without_acceptance, ignore)]
fn a_certificate_is_rotated_on_many_domains() {
    check("rotate-a-certificate", Order::Any, &[]);
    let world = world();
    let configuration = world.example("rotate-a-certificate");
    configuration.apply().expect_success();
    let run =
        configuration.run(&["apply", "-auto-approve", "-var", "certificate_id=cert0002"]).expect_success();
    assert!(run.stdout.contains("4 added, 0 changed, 4 destroyed"), "{}", run.stdout);
    assert_eq!(world.simulator.accepted_calls_of("ModifyDomainAttributes"), 8);
}

#[test]
#[cfg_attr(without_acceptance, ignore)]
fn dns_comes_after_healthy_targets() {
    check("dns-after-healthy-targets", Order::Fixed, &[]);
}

#[test]
#[cfg_attr(without_acceptance, ignore)]
fn a_change_triggers_a_call() {
    check("call-from-a-trigger", Order::Fixed, &[]);
}

#[test]
#[cfg_attr(without_acceptance, ignore)]
fn the_examples_of_the_pages_about_calls_run() {
    check("resources/clb_call", Order::Fixed, &[]);
    check("actions/clb_call", Order::Fixed, &[]);
    let world = world();
    let configuration = world.example("resources/clb_target_health_gate");
    configuration.validate().expect_success();
}
