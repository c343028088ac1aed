//! Every example of the documentation runs, and shows what it says.

use std::path::Path;

use clb_sim::TaskScript;

use xtask::terraform::Feature;

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
fn a_data_source_takes_a_task_id() {
    check("gate", &world().example("gate"), &["-var", &format!("task_id={}", TASKS[0])]);
}

/// The example has a module and a test beside its configuration.
#[test]
#[cfg_attr(without_acceptance, ignore)]
fn a_configuration_over_a_call_and_a_gate_is_tested_with_mocks() {
    let world = world();
    let configuration = world.example("mocks");
    if !configuration.has(Feature::OverrideDuringPlan) {
        return;
    }
    for file in ["gate/main.tf", "tests/main.tftest.hcl"] {
        let path = configuration.path().join(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::copy(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/mocks").join(file), path)
            .unwrap();
    }
    configuration.run(&["get"]).expect_success();
    let run = configuration.run(&["test"]).expect_success();
    assert!(run.stdout.contains("1 passed, 0 failed"), "{}", run.stdout);
    assert!(world.simulator.calls().is_empty());
}
