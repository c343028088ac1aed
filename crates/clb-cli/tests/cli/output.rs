//! The documented output formats for programs.

use std::time::Duration;

use clb_sim::{Fault, TaskScript, When};

use crate::support::World;

/// Ids of requests and measured times differ from run to run.
#[track_caller]
fn check(name: &str, text: &str) {
    insta::with_settings!({ filters => vec![
        (r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "[uuid]"),
        (r#""elapsed_seconds":( ?)[0-9.e-]+"#, r#""elapsed_seconds":$1[seconds]"#),
        (r#""in_seconds":( ?)[0-9.e-]+"#, r#""in_seconds":$1[seconds]"#),
        (r#""pause_seconds":( ?)[0-9.e-]+"#, r#""pause_seconds":$1[seconds]"#),
        (r"within [0-9.]+m?s", "within [seconds]"),
        (r"lbl-[0-9a-f]{8}", "lbl-[id]"),
    ]}, { insta::assert_snapshot!(name, text) });
}

fn world() -> World {
    let world = World::new();
    world.simulator.task("good", TaskScript::runs_for(Duration::ZERO).then_succeeds());
    world.simulator.task("bad", TaskScript::already_complete().then_fails("no quota"));
    world.simulator.task("slow", TaskScript::runs_forever());
    world
}

#[test]
fn results_are_one_document() {
    let arguments =
        ["wait", "good", "bad", "slow", "unknown", "-q", "--output", "json", "--timeout", "1s", "-i", "5s"];
    check("wait", &world().run(&arguments).expect(1).out);
}

#[test]
fn events_are_a_line_each_and_the_document_is_the_last() {
    let world = World::new();
    world.simulator.task("t-1", TaskScript::runs_for(Duration::from_millis(1500)).then_succeeds());
    world.simulator.fault(When::call(2), Fault::throttled().with_retry_after(1));
    let ran = world.run(&["wait", "t-1", "-q", "--output", "json", "--events", "-i", "2s"]).expect(0);
    for line in ran.out.lines() {
        serde_json::from_str::<serde_json::Value>(line).unwrap();
    }
    check("events", &ran.out);
}

#[test]
fn events_are_json_without_another_option() {
    let ran = world().run(&["wait", "good", "-q", "--events"]).expect(0);
    let lines: Vec<serde_json::Value> =
        ran.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!((lines.len(), &lines[2]["all_succeeded"]), (3, &true.into()), "{}", ran.out);
}

#[test]
fn calls_have_a_document_of_their_own() {
    let parameters = "{\"LoadBalancerId\":\"lb-1\",\"Ports\":[80],\"Protocol\":\"TCP\"}";
    let arguments = ["call", "CreateListener", "-p", parameters, "-q", "--output", "json"];
    check("call", &World::new().run(&arguments).expect(0).out);
}

#[test]
fn events_of_a_call_tell_its_way_to_the_completed_task() {
    let world = World::new();
    world
        .simulator
        .action("CreateListener", TaskScript::runs_for(Duration::from_millis(1500)).then_succeeds());
    world.simulator.fault(When::call(1), Fault::throttled().with_retry_after(1));
    world
        .simulator
        .fault(When::call(2), Fault::api_error("FailedOperation.ResourceInOperating", "lb-1 is busy"));
    world.simulator.fault(When::call(1).of("DescribeTaskStatus"), Fault::http(http::StatusCode::BAD_GATEWAY));
    let parameters = "{\"LoadBalancerId\":\"lb-1\",\"Ports\":[80],\"Protocol\":\"TCP\"}";
    let arguments = [
        "call",
        "CreateListener",
        "-p",
        parameters,
        "-q",
        "--wait",
        "--output",
        "json",
        "--events",
        "-i",
        "2s",
    ];
    check("call_events", &world.run(&arguments).expect(0).out);
}

#[test]
fn actions_are_a_list_of_objects() {
    let ran = World::new().run(&["actions", "usergroup", "--output", "json"]).expect(0);
    check("actions", &ran.out);
}
