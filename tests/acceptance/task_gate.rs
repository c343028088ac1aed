//! `resource "clb_task_gate"`: waits once, keeps the outcomes, and sends nothing afterwards.

use clb_sim::{Options, TaskScript, UnknownTask};
use serde_json::{Value, json};

#[cfg(unix)]
use crate::harness::wait_until;
use crate::harness::{Configuration, World};

fn gate(arguments: &str) -> String {
    format!(
        "resource \"clb_task_gate\" \"g\" {{\n  {arguments}\n}}\n\noutput \"gate\" {{\n  value = clb_task_gate.g\n}}\n"
    )
}

fn output(configuration: &Configuration) -> Value {
    configuration.run(&["output", "-json"]).expect_success().json()["gate"]["value"].clone()
}

#[test]
#[cfg_attr(without_acceptance, ignore)]
fn a_gate_waits_when_it_is_created_and_sends_nothing_afterwards() {
    let world = World::new();
    world.simulator.task("a", TaskScript::runs_for_polls(1).then_succeeds().with_load_balancers(["lb-1"]));
    let configuration = world.configuration(&gate("task_ids = [\"a\"]"));
    configuration.apply().expect_success();
    let before = output(&configuration);
    let task = &before["tasks"]["a"];
    assert_eq!(
        (&task["state"], &task["polls"], &task["load_balancer_ids"]),
        (&json!("succeeded"), &json!(2), &json!(["lb-1"]))
    );
    assert!(before["completed_at"].as_str().unwrap().ends_with('Z'), "{before}");
    let polls = world.polls().len();
    world.simulator.forget_task("a");
    // Neither keys nor a service are there any more.
    let configuration =
        configuration.with_env("TENCENTCLOUD_SECRET_ID", "").with_env("TENCENTCLOUD_SECRET_KEY", "");
    let plan = configuration.plan().expect_success();
    assert!(plan.stdout.contains("No changes"), "{}", plan.stdout);
    configuration.run(&["apply", "-auto-approve", "-refresh-only"]).expect_success();
    configuration.apply().expect_success();
    assert_eq!(output(&configuration), before);
    configuration.run(&["destroy", "-auto-approve"]).expect_success();
    assert_eq!(world.polls().len(), polls);
}

#[test]
#[cfg_attr(without_acceptance, ignore)]
fn a_failed_gate_saves_nothing_and_the_next_apply_waits_again() {
    let world = World::new();
    world.simulator.task("a", TaskScript::already_complete().then_fails("no quota"));
    let configuration = world.configuration(&gate("task_ids = [\"a\"]"));
    configuration.apply().expect_error(&["not all tasks succeeded", "a: no quota"]);
    assert_eq!(configuration.run(&["state", "list"]).stdout, "");
    world.simulator.task("a", TaskScript::already_complete().then_succeeds());
    configuration.apply().expect_success();
}

#[test]
#[cfg_attr(without_acceptance, ignore)]
fn added_ids_are_waited_for_in_place_and_removed_ones_forgotten() {
    let world = World::new();
    for id in ["a", "b"] {
        world.simulator.task(id, TaskScript::already_complete().then_succeeds());
    }
    let configuration = world.configuration(&gate("task_ids = [\"a\"]"));
    configuration.apply().expect_success();
    let first = output(&configuration);
    configuration.rewrite(&gate("task_ids = [\"a\", \"b\"]"));
    let run = configuration.apply().expect_success();
    assert!(run.stdout.contains("1 changed"), "{}", run.stdout);
    let second = output(&configuration);
    assert_eq!((&second["id"], &second["tasks"]["a"]), (&first["id"], &first["tasks"]["a"]));
    assert_eq!(second["tasks"]["b"]["state"], "succeeded");
    assert_eq!(world.polls().len(), 2);
    configuration.rewrite(&gate("task_ids = [\"b\"]\n  timeouts {\n    create = \"1m\"\n  }"));
    configuration.apply().expect_success();
    let third = output(&configuration);
    assert_eq!(third["tasks"].as_object().unwrap().len(), 1);
    assert_eq!(third["completed_at"], second["completed_at"]);
    assert_eq!(world.polls().len(), 2);
    assert!(configuration.plan().expect_success().stdout.contains("No changes"));
}

#[test]
#[cfg_attr(without_acceptance, ignore)]
fn a_failed_update_keeps_the_prior_state() {
    let world = World::new();
    world
        .simulator
        .task("a", TaskScript::already_complete().then_succeeds())
        .task("b", TaskScript::already_complete().then_fails("no"));
    let configuration = world.configuration(&gate("task_ids = [\"a\"]"));
    configuration.apply().expect_success();
    let before = output(&configuration);
    configuration.rewrite(&gate("task_ids = [\"a\", \"b\"]"));
    configuration.apply().expect_error(&["b: no"]);
    configuration.rewrite(&gate("task_ids = [\"a\"]"));
    assert!(configuration.plan().expect_success().stdout.contains("No changes"));
    assert_eq!(output(&configuration), before);
}

#[test]
#[cfg_attr(without_acceptance, ignore)]
fn triggers_replace_the_gate() {
    let world = World::new();
    world.simulator.task("a", TaskScript::already_complete().then_succeeds());
    let configuration = world.configuration(&gate("task_ids = [\"a\"]\n  triggers = { version = \"1\" }"));
    configuration.apply().expect_success();
    let before = output(&configuration);
    configuration.rewrite(&gate("task_ids = [\"a\"]\n  triggers = { version = \"2\" }"));
    configuration.apply().expect_success();
    assert_ne!(output(&configuration)["id"], before["id"]);
    assert_eq!(world.polls().len(), 2);
}

#[test]
#[cfg_attr(without_acceptance, ignore)]
fn for_each_iterates_over_the_tasks_in_the_plan_that_creates_the_gate() {
    let world = World::new();
    for id in ["a", "b"] {
        world.simulator.task(id, TaskScript::already_complete().then_succeeds());
    }
    let body = format!(
        "{}\nresource \"terraform_data\" \"each\" {{\n  for_each = clb_task_gate.g.tasks\n  input    = each.value.state\n}}\n",
        gate("task_ids = [\"a\", \"b\"]")
    );
    let configuration = world.configuration(&body);
    let plan = configuration.plan().expect_success();
    assert!(plan.stdout.contains("3 to add"), "{}", plan.stdout);
    assert_eq!(world.polls().len(), 0, "the plan has sent a poll");
    configuration.apply().expect_success();
    assert!(configuration.plan().expect_success().stdout.contains("No changes"));
}

#[test]
#[cfg_attr(without_acceptance, ignore)]
fn an_id_of_the_same_apply_is_waited_for() {
    let world = World::new();
    world.simulator.task("a", TaskScript::already_complete().then_succeeds());
    let call = "resource \"terraform_data\" \"call\" {\n  input = \"a\"\n}\n";
    let configuration =
        world.configuration(&format!("{call}\n{}", gate("task_ids = [terraform_data.call.output]")));
    configuration.apply().expect_success();
    assert_eq!(output(&configuration)["tasks"]["a"]["state"], "succeeded");
}

#[test]
#[cfg_attr(without_acceptance, ignore)]
fn a_gate_is_created_and_not_imported() {
    let world = World::new();
    let configuration = world.configuration(&gate("task_ids = [\"a\"]"));
    configuration.run(&["import", "clb_task_gate.g", "a"]).expect_error(&["a gate cannot be imported"]);
}

#[test]
#[cfg_attr(without_acceptance, ignore)]
fn a_plan_shows_the_tasks_that_it_waits_for() {
    let world = World::new();
    let configuration = world.configuration(&gate("task_ids = [\"a\"]"));
    let plan = configuration.run(&["plan", "-out=plan"]).expect_success();
    assert!(plan.stdout.contains("+ \"a\" = {"), "{}", plan.stdout);
    let plan = configuration.run(&["show", "-json", "plan"]).expect_success().json();
    let after = &plan["resource_changes"][0]["change"]["after"];
    assert_eq!(after["tasks"]["a"], json!({"status": 0, "state": "succeeded"}));
}

#[test]
#[cfg_attr(without_acceptance, ignore)]
fn a_gate_without_tasks_warns() {
    let world = World::new();
    let configuration = world.configuration(&gate("task_ids = []"));
    let run = configuration.apply().expect_success();
    assert!(run.stdout.contains("the gate waits for no task"), "{}", run.stdout);
    assert!(!configuration.plan().expect_success().stdout.contains("the gate waits for no task"));
    assert_eq!(world.simulator.calls().len(), 0);
}

#[test]
#[cfg_attr(without_acceptance, ignore)]
fn a_task_that_the_service_has_forgotten_is_no_reason_to_use_a_gate() {
    let world = World::with(Options::starting_now().with_unknown_task(UnknownTask::ResourceNotFound));
    let run = world.configuration(&gate("task_ids = [\"a\"]")).apply();
    assert!(!run.error().contains("clb_task_gate` polls only once"), "{}", run.stderr);
    run.expect_error(&["may have forgotten this task", "remove the id", "in ap-guangzhou at 127.0.0.1"]);
}

#[cfg(unix)] // elsewhere a signal for a group of processes is another thing
#[test]
#[cfg_attr(without_acceptance, ignore)]
fn an_interrupted_gate_says_so() {
    let world = World::new();
    world.simulator.task("a", TaskScript::runs_forever());
    let configuration = world.configuration(&gate("task_ids = [\"a\"]"));
    let apply = configuration.start(&["apply", "-auto-approve"]);
    wait_until("the response to a poll", || world.polls().len() > 1);
    apply.interrupt().expect_error(&["wait was interrupted", "still running"]);
}
