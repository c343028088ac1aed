//! `data "clb_task_status"`: Terraform creates dependent resources only after the task has succeeded.

use std::time::Duration;

use clb_sim::{Fault, TaskScript, When};

use crate::harness::{World, unwrapped, with_filters};

const GATE: &str = r#"
variable "task_id" {
  default = "55c85074-3e7f-4c6d-864f-673660d4f8de"
}

data "clb_task_status" "gate" {
  task_id = var.task_id
}

resource "terraform_data" "gated" {
  input = data.clb_task_status.gate.state
}

output "gate" {
  value = data.clb_task_status.gate
}
"#;

const TASK: &str = "55c85074-3e7f-4c6d-864f-673660d4f8de";

#[test]
#[cfg_attr(without_acceptance, ignore)]
fn a_resource_is_created_only_after_its_task_has_succeeded() {
    let world = World::new();
    let length = Duration::from_secs(3);
    world
        .simulator
        .task(TASK, TaskScript::runs_for(length).then_succeeds().with_load_balancers(["lb-12345678"]));
    let scripted = world.simulator.elapsed();
    let configuration = world.configuration(GATE);
    let run = configuration.apply().expect_success();
    let last = world.polls().last().unwrap().at;
    assert!(last >= scripted + length, "the gate opened before the task had ended");
    assert!(
        last <= scripted + length + Duration::from_millis(1500),
        "the gate opened {:?} late",
        last - scripted - length
    );
    assert!(run.stdout.contains("1 added"), "{}", run.stdout);
    let outputs = configuration.run(&["output", "-json"]).expect_success().json();
    let gate = serde_json::to_string_pretty(&outputs["gate"]["value"]).unwrap();
    with_filters(|| insta::assert_snapshot!("outputs_of_a_gate", gate));
}

#[test]
#[cfg_attr(without_acceptance, ignore)]
fn a_completed_task_costs_one_poll() {
    let world = World::new();
    world.simulator.task(TASK, TaskScript::already_complete().then_succeeds());
    world.configuration(GATE).plan().expect_success();
    assert_eq!(world.polls().len(), 1);
}

#[test]
#[cfg_attr(without_acceptance, ignore)]
fn nothing_is_created_after_a_failed_task_and_the_reason_is_shown() {
    let world = World::new();
    world.simulator.task(TASK, TaskScript::runs_for_polls(1).then_fails("backend ins-1 is not in this VPC"));
    let configuration = world.configuration(GATE);
    let run = configuration.apply().expect_failure();
    assert_eq!(configuration.run(&["state", "list"]).stdout, "");
    with_filters(|| insta::assert_snapshot!("error_of_a_failed_task", unwrapped(&run.stderr)));
}

#[test]
#[cfg_attr(without_acceptance, ignore)]
fn a_timeout_is_an_error_that_says_how_to_continue() {
    let world = World::new();
    world.simulator.task(TASK, TaskScript::runs_forever());
    let body =
        GATE.replace("task_id = var.task_id", "task_id = var.task_id\n  timeouts {\n    read = \"2s\"\n  }");
    let run = world.configuration(&body).apply().expect_failure();
    with_filters(|| insta::assert_snapshot!("error_of_a_timeout", unwrapped(&run.stderr)));
}

#[test]
#[cfg_attr(without_acceptance, ignore)]
fn an_unknown_id_is_polled_during_apply() {
    let world = World::new();
    world.simulator.task(TASK, TaskScript::runs_for_polls(1).then_succeeds());
    let body = format!("{GATE}\nresource \"terraform_data\" \"call\" {{\n  input = \"{TASK}\"\n}}\n")
        .replace("task_id = var.task_id", "task_id = terraform_data.call.output");
    let configuration = world.configuration(&body);
    let plan = configuration.plan().expect_success();
    assert!(plan.stdout.contains("known after apply"), "{}", plan.stdout);
    assert_eq!(world.polls().len(), 0, "the plan has sent a poll");
    configuration.apply().expect_success();
    assert_eq!(world.polls().len(), 2);
}

/// The example of the vendor's page about `DescribeTaskStatus`, word for word.
#[test]
#[cfg_attr(without_acceptance, ignore)]
fn the_example_of_the_vendor_is_read_as_the_vendor_explains_it() {
    const RESPONSE: &str = r#"{
    "Response": {
        "Status": 0,
        "RequestId": "917384bc-5b8d-4b68-a0bc-a58f815e8e3b"
    }
}
"#;
    let world = World::new();
    world.simulator.fault(When::always(), Fault::body(RESPONSE));
    let configuration = world.configuration(GATE);
    configuration.apply().expect_success();
    let outputs = configuration.run(&["output", "-json"]).expect_success().json();
    let gate = &outputs["gate"]["value"];
    assert_eq!((&gate["id"], &gate["state"]), (&TASK.into(), &"succeeded".into()));
    assert_eq!(gate["request_id"], "917384bc-5b8d-4b68-a0bc-a58f815e8e3b");
    let poll = &world.polls()[0];
    assert_eq!(serde_json::Value::from(poll.parameters.clone()), serde_json::json!({"TaskId": TASK}));
    let headers = poll.request.headers();
    assert_eq!(
        (&headers["x-tc-action"], &headers["x-tc-version"]),
        (&"DescribeTaskStatus".parse().unwrap(), &"2018-03-17".parse().unwrap())
    );
}
