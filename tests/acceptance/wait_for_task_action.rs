//! `action "clb_wait_for_task"`, with Terraform 1.14 and later.

use std::time::Duration;

use clb_sim::TaskScript;
use xtask::terraform::Feature;

use crate::harness::{Configuration, World};

const ACTION: &str =
    "action \"clb_wait_for_task\" \"wait\" {\n  config {\n    task_ids = [\"a\", \"b\"]\n  }\n}\n";

#[test]
#[cfg_attr(without_acceptance, ignore)]
fn an_action_before_a_creation_gates_it_and_reports_progress() {
    let world = World::new();
    world.simulator.task("a", TaskScript::already_complete().then_succeeds());
    world.simulator.task("b", TaskScript::runs_for(Duration::from_secs(12)).then_succeeds());
    let trigger = "resource \"terraform_data\" \"gated\" {\n  lifecycle {\n    action_trigger {\n      events  = [before_create]\n      \
                   actions = [action.clb_wait_for_task.wait]\n    }\n  }\n}\n";
    let configuration = world.configuration(&format!("{ACTION}\n{trigger}"));
    if !configuration.is_supported() {
        return;
    }
    configuration.plan().expect_success();
    assert_eq!(world.polls().len(), 0, "the plan has sent a poll");
    let run = configuration.apply().expect_success();
    for line in [
        "Task a succeeded after",
        "Still waiting after 10s for 1 task (b)",
        "Task b succeeded after",
        "1 added",
    ] {
        assert!(run.stdout.contains(line), "`{line}` is missing in:\n{}", run.stdout);
    }
}

#[test]
#[cfg_attr(without_acceptance, ignore)]
fn an_action_is_invoked_by_hand_and_a_failed_task_fails_it() {
    let world = World::new();
    world
        .simulator
        .task("a", TaskScript::already_complete().then_succeeds())
        .task("b", TaskScript::already_complete().then_fails("no quota"));
    let configuration = world.configuration(ACTION);
    if !configuration.is_supported() {
        return;
    }
    let run = configuration.run(&["apply", "-auto-approve", "-invoke=action.clb_wait_for_task.wait"]);
    assert!(run.stdout.contains("Task b failed after"), "{}", run.stdout);
    run.expect_error(&["not all tasks succeeded", "b: no quota"]);
}

/// A resource that triggers the action, and one that depends on it.
fn chain(event: &str) -> String {
    let lifecycle = format!(
        "lifecycle {{\n    action_trigger {{\n      events  = [{event}]\n      actions = [action.clb_wait_for_task.wait]\n    }}\n  }}"
    );
    format!(
        "{ACTION}\nresource \"terraform_data\" \"first\" {{\n  input = \"1\"\n  {lifecycle}\n}}\n\
         resource \"terraform_data\" \"second\" {{\n  input = terraform_data.first.output\n}}\n"
    )
}

/// A world in which the action fails.
fn failing_world() -> World {
    let world = World::new();
    for task in ["a", "b"] {
        world.simulator.task(task, TaskScript::already_complete().then_fails("no quota"));
    }
    world
}

/// Applies, expects the action to fail, and gives the resources that are there afterwards.
fn created(configuration: &Configuration) -> Vec<String> {
    configuration.apply().expect_error(&["not all tasks succeeded"]);
    configuration.run(&["state", "list"]).stdout.lines().map(str::to_owned).collect()
}

#[test]
#[cfg_attr(without_acceptance, ignore)]
fn an_action_that_fails_before_a_creation_prevents_it() {
    let world = failing_world();
    let configuration = world.configuration(&chain("before_create"));
    if configuration.is_supported() {
        assert!(created(&configuration).is_empty());
    }
}

/// Up to Terraform 1.15 the dependent is created beside the action.
#[test]
#[cfg_attr(without_acceptance, ignore)]
fn an_action_that_fails_after_a_creation_holds_back_what_depends_on_it_since_terraform_1_16() {
    let world = failing_world();
    let configuration = world.configuration(&chain("after_create"));
    if !configuration.is_supported() {
        return;
    }
    let expected: &[&str] = if configuration.has(Feature::GatingAfterEvents) {
        &["terraform_data.first"]
    } else {
        &["terraform_data.first", "terraform_data.second"]
    };
    assert_eq!(created(&configuration), expected);
}

#[test]
#[cfg_attr(without_acceptance, ignore)]
fn an_action_before_a_destruction_delays_it_and_its_failure_is_a_warning() {
    let world = failing_world();
    let configuration = world.configuration(&chain("before_destroy"));
    if !configuration.is_supported() {
        return;
    }
    configuration.apply().expect_success();
    assert_eq!(world.polls().len(), 0, "an event of a destruction has triggered the action");
    let run = configuration.run(&["destroy", "-auto-approve"]).expect_success();
    assert!(run.stdout.contains("not all tasks succeeded"), "{}", run.stdout);
    assert_eq!(world.polls().len(), 2);
}
