//! `data "clb_task_statuses"`: many tasks in one read.

use std::time::Duration;

use clb_sim::{Fault, TaskScript, When};
use serde_json::json;

use crate::harness::{World, unwrapped, with_filters};

fn statuses(arguments: &str) -> String {
    format!(
        "data \"clb_task_statuses\" \"all\" {{\n  {arguments}\n}}\n\noutput \"all\" {{\n  value = data.clb_task_statuses.all\n}}\n"
    )
}

#[test]
#[cfg_attr(without_acceptance, ignore)]
fn each_task_is_reported_by_its_outcome() {
    let world = World::new();
    world
        .simulator
        .task("a", TaskScript::runs_for_polls(2).then_succeeds().with_load_balancers(["lb-1"]))
        .task("b", TaskScript::already_complete().then_fails("no quota"))
        .deal("c", TaskScript::runs_for_polls(1).then_succeeds());
    let body = statuses("task_ids = [\"a\", \"b\"]\n  deal_names = [\"c\"]\n  error_on_failure = false");
    let configuration = world.configuration(&body);
    configuration.apply().expect_success();
    let all = &configuration.run(&["output", "-json"]).expect_success().json()["all"]["value"];
    assert_eq!((&all["all_succeeded"], &all["running"]), (&json!(false), &json!([])));
    assert_eq!((&all["succeeded"], &all["failed"]), (&json!(["a", "c"]), &json!(["b"])));
    let a = json!({"status": 0, "state": "succeeded", "message": null, "load_balancer_ids": ["lb-1"]});
    let b = json!({"status": 1, "state": "failed", "message": "no quota", "load_balancer_ids": []});
    assert_eq!((&all["tasks"]["a"], &all["tasks"]["b"]), (&a, &b));
    world.simulator.assert_expectations_met();
}

#[test]
#[cfg_attr(without_acceptance, ignore)]
fn one_error_names_every_task_that_did_not_succeed() {
    let world = World::new();
    world
        .simulator
        .task("done", TaskScript::already_complete().then_succeeds())
        .task("failed", TaskScript::already_complete().then_fails("no quota"))
        .task("odd", TaskScript::already_complete().then_reports(7))
        .task("running", TaskScript::runs_forever())
        .task("silent", TaskScript::already_complete().then_succeeds())
        .fault(When::always().about("silent"), Fault::api_error("InternalError", "try again"));
    let ids = "[\"done\", \"failed\", \"forgotten\", \"odd\", \"running\", \"silent\"]";
    let body = statuses(&format!("task_ids = {ids}\n  timeouts {{\n    read = \"2s\"\n  }}"));
    let run = world.configuration(&body).plan().expect_failure();
    with_filters(|| insta::assert_snapshot!("error_of_many_tasks", unwrapped(&run.stderr)));
}

#[test]
#[cfg_attr(without_acceptance, ignore)]
fn rejected_keys_end_the_whole_wait() {
    let world = World::new();
    for id in ["a", "b", "c"] {
        world.simulator.task(id, TaskScript::runs_forever());
    }
    let body = statuses("task_ids = [\"a\", \"b\", \"c\"]");
    let configuration = world.configuration(&body).with_env("TENCENTCLOUD_SECRET_KEY", "another");
    configuration.plan().expect_error(&["AuthFailure.SignatureFailure", "no longer polled"]);
}

#[test]
#[cfg_attr(without_acceptance, ignore)]
fn no_tasks_need_no_request_and_one_poll_reports_running_tasks() {
    let world = World::new();
    world.simulator.task("a", TaskScript::runs_forever());
    let configuration = world.configuration(&statuses("task_ids = []"));
    configuration.apply().expect_success();
    let all = configuration.run(&["output", "-json"]).expect_success().json();
    assert_eq!(all["all"]["value"]["all_succeeded"], json!(true));
    assert_eq!(world.polls().len(), 0);
    let configuration = world.configuration(&statuses("task_ids = [\"a\"]\n  wait_for_completion = false"));
    configuration.apply().expect_success();
    let all = configuration.run(&["output", "-json"]).expect_success().json();
    assert_eq!(all["all"]["value"]["running"], json!(["a"]));
}

#[test]
#[cfg_attr(without_acceptance, ignore)]
fn three_hundred_tasks_take_little_longer_than_the_rate_limit_allows() {
    const TASKS: u32 = 300;
    let world = World::new();
    for number in 0..TASKS {
        world.simulator.task(format!("task-{number}"), TaskScript::already_complete().then_succeeds());
    }
    let run = world
        .configuration(&statuses("task_ids = [for n in range(300) : \"task-${n}\"]"))
        .plan()
        .expect_success();
    assert_eq!((world.simulator.throttled_calls(), world.polls().len()), (0, TASKS as usize));
    let floor = Duration::from_secs(u64::from(TASKS) / 20);
    let (first, last) = (world.polls()[0].at, world.polls()[TASKS as usize - 1].at);
    assert!(
        last - first < floor.mul_f64(1.15),
        "{:?} against {floor:?}; all in all {:?}",
        last - first,
        run.elapsed
    );
}
