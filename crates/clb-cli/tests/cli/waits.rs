//! Exit codes, and what TCCLI's `--waiter` cannot do: each line of the README's table.

use std::time::{Duration, Instant};

use clb_sim::{Fault, TaskScript, When};

use crate::support::World;

fn running(seconds: u64) -> TaskScript {
    TaskScript::runs_for(Duration::from_secs(seconds)).then_succeeds()
}

#[test]
fn a_task_that_succeeds_ends_with_0() {
    let world = World::new();
    world.simulator.task("t-1", running(1));
    let ran = world.run(&["wait", "t-1"]).expect(0);
    assert_eq!((ran.out.as_str(), ran.err.as_str()), ("t-1  succeeded\n", "t-1: running\nt-1: succeeded\n"));
}

#[test]
#[expect(clippy::disallowed_methods, reason = "real time, which nothing pauses")]
fn a_task_that_fails_ends_at_once_with_its_reason() {
    let world = World::new();
    world.simulator.task("t-1", TaskScript::already_complete().then_fails("no quota"));
    let started = Instant::now();
    let ran = world.run(&["wait", "t-1", "--timeout", "1m"]).expect(1);
    assert_eq!(ran.out, "t-1  failed     no quota\n");
    assert!(started.elapsed() < Duration::from_secs(10));
}

#[test]
fn throttling_slows_down_and_never_fails_a_wait() {
    let world = World::new();
    world.simulator.task("t-1", running(0)).fault(When::next(2), Fault::throttled());
    let ran = world.run(&["wait", "t-1"]).expect(0);
    assert!(ran.err.contains("t-1: throttled: RequestLimitExceeded"), "{}", ran.err);
}

#[test]
fn network_and_server_errors_are_part_of_the_wait() {
    let world = World::new();
    world.simulator.task("t-1", running(0)).fault(When::call(1), Fault::Reset);
    world.simulator.fault(When::call(2), Fault::http(http::StatusCode::BAD_GATEWAY));
    let ran = world.run(&["wait", "t-1"]).expect(0);
    assert_eq!(ran.err.matches("transient error").count(), 2, "{}", ran.err);
}

#[test]
fn a_task_that_runs_at_the_timeout_ends_with_3() {
    let world = World::new();
    world.simulator.task("t-1", TaskScript::runs_forever());
    let ran = world.run(&["wait", "t-1", "--timeout", "1s"]).expect(3);
    assert!(ran.out.starts_with("t-1  running    timed out after 1.0"), "{}", ran.out);
}

#[test]
fn what_cannot_be_polled_ends_with_4() {
    let world = World::new();
    let ran = world.run(&["wait", "t-1"]).expect(4);
    assert!(ran.out.contains("the service may have forgotten this task"), "{}", ran.out);
    let ran = crate::support::Ran::of(
        &world.command(&["wait", "t-1"]).env("TENCENTCLOUD_SECRET_KEY", "another").output().unwrap(),
    );
    assert!(ran.expect(4).out.contains("AuthFailure"));
    let keyless = crate::support::clb(&["wait", "t-1", "--region", "ap-guangzhou"]).output().unwrap();
    assert!(crate::support::Ran::of(&keyless).expect(4).out.contains("TENCENTCLOUD_SECRET_ID"));
}

#[test]
fn many_tasks_are_one_process_under_one_rate_limit() {
    let world = World::new();
    let ids: Vec<String> = (0..40).map(|number| format!("t-{number}")).collect();
    for id in &ids {
        world.simulator.task(id, running(0));
    }
    let arguments: Vec<&str> =
        ["wait", "--quiet"].into_iter().chain(ids.iter().map(String::as_str)).collect();
    let ran = world.run(&arguments).expect(0);
    assert_eq!((ran.out.lines().count(), ran.err.as_str()), (40, ""));
    let calls = world.simulator.calls();
    assert!(
        calls.len() == 40 && calls[39].at >= calls[0].at + Duration::from_millis(1900),
        "{}",
        calls.len()
    );
}

#[test]
fn the_worst_of_several_tasks_decides() {
    let world = World::new();
    world.simulator.task("good", running(0)).task("slow", TaskScript::runs_forever());
    world.simulator.task("bad", TaskScript::already_complete().then_fails("no"));
    let wait = |ids: &[&str]| {
        let arguments: Vec<&str> = ["wait", "-q", "--timeout", "1s"].iter().chain(ids).copied().collect();
        world.run(&arguments).code
    };
    assert_eq!(wait(&["good", "slow"]), Some(3));
    assert_eq!(wait(&["good", "slow", "unknown"]), Some(4));
    assert_eq!(wait(&["slow", "unknown", "bad"]), Some(1));
}

#[test]
fn status_polls_once_and_is_content_with_any_state() {
    let world = World::new();
    world.simulator.task("slow", TaskScript::runs_forever());
    world.simulator.task("bad", TaskScript::already_complete().then_fails("no"));
    let ran = world.run(&["status", "slow", "bad"]).expect(0);
    assert_eq!((ran.out.as_str(), ran.err.as_str()), ("slow  running\nbad   failed     no\n", ""));
    assert_eq!(world.simulator.calls().len(), 2);
    world.run(&["status", "unknown"]).expect(4);
}

#[test]
fn health_is_shown_or_waited_for() {
    let world = World::new();
    let ran = world.run(&["health", "lb-1"]).expect(0);
    assert_eq!(ran.out, "no targets\n");
    world.run(&["health", "lb-1", "--wait", "--timeout", "1s"]).expect(3);
}
