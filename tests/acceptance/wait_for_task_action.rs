//! `action "clb_wait_for_task"`, with Terraform 1.14 and later.

use std::time::Duration;

use clb_sim::TaskScript;

use crate::harness::World;

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
    for line in
        ["Task a succeeded after", "Still waiting for 1 task after 10s", "Task b succeeded after", "1 added"]
    {
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
