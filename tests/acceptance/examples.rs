//! Every example of the documentation runs, and shows what it says.

use clb_sim::TaskScript;

#[cfg(unix)]
use crate::harness::variable;
use crate::harness::{Configuration, World, with_filters};

const TASKS: [&str; 4] = [
    "55c85074-3e7f-4c6d-864f-673660d4f8de",
    "6a3c1d42-0b1e-4f5a-9a53-2f5b8c7d9e10",
    "0f9f5a5e-7c55-4a0c-8d0e-4d1b6a2e7c31",
    "c1f0a9d4-52a1-4b0e-9a58-1de0c6b7f842",
];

/// A service that knows the tasks and the order of the examples.
fn world() -> World {
    let world = World::new();
    for task in &TASKS[..3] {
        world.simulator.task(*task, TaskScript::runs_for_polls(1).then_succeeds());
    }
    world
        .simulator
        .task(TASKS[3], TaskScript::already_complete().then_fails("backend ins-1 is not in this VPC"));
    world.simulator.deal("20260101770000000000001", TaskScript::already_complete().then_succeeds());
    world
}

/// Applies and compares the outputs with the snapshot of this name, where this Terraform has what the example uses.
#[track_caller]
fn check(name: &str, configuration: &Configuration, arguments: &[&str]) {
    if !configuration.is_supported() {
        return;
    }
    configuration.run(&[&["apply", "-auto-approve"], arguments].concat()).expect_success();
    let outputs = configuration.run(&["output", "-json"]).expect_success().json();
    let values =
        outputs.as_object().unwrap().iter().map(|(name, output)| (name.clone(), output["value"].clone()));
    let values = serde_json::to_string_pretty(&values.collect::<serde_json::Map<_, _>>()).unwrap();
    with_filters(|| insta::assert_snapshot!(format!("example_{name}"), values));
}

#[test]
#[cfg_attr(without_acceptance, ignore)]
fn examples_of_the_pages_run() {
    let world = world();
    for name in [
        "data-sources/clb_task_status",
        "data-sources/clb_task_statuses",
        "resources/clb_task_gate",
        "functions/task_id",
        "functions/is_task_id",
    ] {
        check(&name.replace('/', "_"), &world.example(name), &[]);
    }
    world.example("provider").validate().expect_success();
}

#[test]
#[cfg_attr(without_acceptance, ignore)]
fn the_example_of_the_action_runs() {
    check("action", &world().example("actions/clb_wait_for_task"), &[]);
}

#[test]
#[cfg_attr(without_acceptance, ignore)]
fn a_gate_takes_a_task_id_or_the_responses_of_a_pipeline() {
    let world = world();
    check("gate", &world.example("gate"), &["-var", &format!("task_id={}", TASKS[0])]);
    let answers = format!(r#"answers=["{{\"Response\":{{\"RequestId\":\"{}\"}}}}"]"#, TASKS[1]);
    check("gate-from-pipeline", &world.example("gate-from-pipeline"), &["-var", &answers]);
}

/// The `external` provider is another download, so a local value stands for what its script prints.
#[test]
#[cfg_attr(without_acceptance, ignore)]
fn a_gate_takes_the_response_of_a_script() {
    let world = world();
    let configuration = world.example("gate-from-tccli");
    configuration
        .write("call.tf", &format!("locals {{\n  answer = {{ RequestId = \"{}\" }}\n}}\n", TASKS[0]));
    check("gate-from-tccli", &configuration, &[]);
}

#[cfg(unix)] // the stand-in for TCCLI is a shell script
#[test]
#[cfg_attr(without_acceptance, ignore)]
fn a_gate_takes_the_response_that_a_provisioner_has_kept() {
    use std::os::unix::fs::PermissionsExt;
    let world = world();
    let configuration = world.example("gate-from-local-exec");
    configuration.write("tccli", &format!("#!/bin/sh\necho '{{\"RequestId\": \"{}\"}}'\n", TASKS[0]));
    let program = configuration.path().join("tccli");
    std::fs::set_permissions(&program, PermissionsExt::from_mode(0o755)).unwrap();
    let path = format!("{}:{}", configuration.path().display(), variable("PATH").unwrap());
    let configuration = configuration.with_env("PATH", &path);
    check("gate-from-local-exec", &configuration, &[]);
    if !configuration.is_supported() {
        return;
    }
    std::fs::remove_file(configuration.path().join("answer.json")).unwrap();
    assert!(configuration.plan().expect_success().stdout.contains("No changes"));
}
