//! Errors during a wait: transient ones, rejections, interrupts.

use std::time::Duration;

use clb_sim::{Fault, Options, TaskScript, UnknownTask, When};
use http::StatusCode;

#[cfg(unix)]
use crate::harness::wait_until;
use crate::harness::{Configuration, World, unwrapped, with_filters};

const TASK: &str = "1234";

const GATE: &str = "data \"clb_task_status\" \"gate\" {\n  task_id = \"1234\"\n}\n";

#[test]
#[cfg_attr(without_acceptance, ignore)]
fn throttling_and_transient_errors_are_part_of_the_wait() {
    let world = World::new();
    let polls = || When::next(1).of("DescribeTaskStatus");
    world
        .simulator
        .task(TASK, TaskScript::runs_for(Duration::from_secs(2)).then_succeeds())
        .fault(polls(), Fault::throttled())
        .fault(polls(), Fault::Reset)
        .fault(polls(), Fault::http(StatusCode::BAD_GATEWAY))
        .fault(polls(), Fault::Truncated(10))
        .fault(polls(), Fault::api_error("InternalError", "try again"))
        .fault(polls(), Fault::body("not json"));
    world.configuration(GATE).apply().expect_success();
    world.simulator.assert_expectations_met();
}

#[test]
#[cfg_attr(without_acceptance, ignore)]
fn throttling_slows_the_polls_down() {
    let world = World::new();
    world
        .simulator
        .task(TASK, TaskScript::already_complete().then_succeeds())
        .fault(When::next(1), Fault::throttled().with_retry_after(2));
    world.configuration(GATE).plan().expect_success();
    let polls = world.polls();
    assert_eq!(polls.len(), 2);
    assert!(polls[1].at - polls[0].at >= Duration::from_secs(2), "{polls:?}");
}

#[test]
#[cfg_attr(without_acceptance, ignore)]
fn rejected_keys_end_the_wait_at_once() {
    let world = World::new();
    world.simulator.task(TASK, TaskScript::already_complete().then_succeeds());
    let configuration =
        world.configuration(GATE).with_env("TENCENTCLOUD_SECRET_KEY", "not-the-key-of-this-id");
    let run = configuration.apply().expect_failure();
    assert_eq!(world.polls().len(), 1);
    with_filters(|| insta::assert_snapshot!("error_of_rejected_keys", unwrapped(&run.stderr)));
}

#[test]
#[cfg_attr(without_acceptance, ignore)]
fn an_unknown_task_is_an_error_that_names_the_gate() {
    for (response, code) in [
        (UnknownTask::InvalidParameter, "InvalidParameter"),
        (UnknownTask::ResourceNotFound, "ResourceNotFound"),
    ] {
        let world = World::with(Options::starting_now().with_unknown_task(response));
        let hint = "the service may have forgotten this task; a `clb_task_gate` polls only once";
        world.configuration(GATE).plan().expect_error(&[code, hint, "1234"]);
        assert_eq!(world.polls().len(), 1);
    }
}

#[test]
#[cfg_attr(without_acceptance, ignore)]
fn a_bare_failed_operation_is_polled_three_more_times() {
    let world = World::new();
    let failed = Fault::api_error("FailedOperation", "operation failed");
    world
        .simulator
        .task(TASK, TaskScript::already_complete().then_succeeds())
        .fault(When::next(3), failed.clone());
    world.configuration(GATE).plan().expect_success();
    assert_eq!(world.polls().len(), 4);
    let world = World::new();
    world.simulator.task(TASK, TaskScript::already_complete().then_succeeds()).fault(When::always(), failed);
    world.configuration(GATE).plan().expect_error(&["FailedOperation: operation failed"]);
    assert_eq!(world.polls().len(), 4);
}

#[cfg(unix)] // elsewhere a signal for a group of processes is another thing
#[test]
#[cfg_attr(without_acceptance, ignore)]
fn an_interrupt_ends_the_wait_whatever_is_in_flight() {
    for hangs in [false, true] {
        let world = World::new();
        world.simulator.task(TASK, TaskScript::runs_forever());
        if hangs {
            world.simulator.fault(When::always(), Fault::Hang);
        }
        let configuration = world.configuration(GATE);
        let apply = configuration.start(&["apply", "-auto-approve"]);
        wait_until("a poll", || !world.polls().is_empty());
        let run = apply.interrupt().expect_failure();
        assert!(run.elapsed < Duration::from_secs(2), "took {:?}", run.elapsed);
        assert!(run.error().contains("wait was interrupted"), "{}", run.stderr);
    }
}

#[test]
#[cfg_attr(without_acceptance, ignore)]
fn a_clock_that_is_off_is_corrected_with_a_warning() {
    let world = World::new();
    world
        .simulator
        .task(TASK, TaskScript::already_complete().then_succeeds())
        .fault(When::always(), Fault::ClockSkew(900));
    let run = world.configuration(GATE).plan().expect_success();
    assert!(run.stdout.contains("clock of this machine is off"), "{}", run.stdout);
    assert_eq!(world.polls().len(), 2);
}

#[test]
#[cfg_attr(without_acceptance, ignore)]
fn a_service_that_is_not_there_is_an_error_after_the_timeout() {
    let body = "data \"clb_task_status\" \"gate\" {\n  task_id = \"1234\"\n  timeouts {\n    read = \"1s\"\n  }\n}\n";
    let configuration = Configuration::new(body)
        .with_env("TENCENTCLOUD_CLB_ENDPOINT", "http://127.0.0.1:9")
        .with_env("TENCENTCLOUD_SECRET_ID", "AKIDEXAMPLE")
        .with_env("TENCENTCLOUD_SECRET_KEY", "EXAMPLEKEY")
        .with_env("TENCENTCLOUD_REGION", "ap-guangzhou");
    configuration.plan().expect_error(&["task could not be polled in time", "1234", "timeouts.read"]);
}

#[test]
#[ignore = "a timing, for a machine that does nothing else: cargo test --test acceptance stall -- --ignored"]
fn repeated_validation_does_not_stall() {
    let configuration = Configuration::new(GATE);
    let times: Vec<_> = (0..20).map(|_| configuration.validate().expect_success().elapsed).collect();
    // A socket without no-delay stalls in most runs, 40 ms at a time. Other work slows single runs, so the fastest of each
    // five is compared.
    let fastest: Vec<_> = times.chunks(5).filter_map(|five| five.iter().min()).collect();
    let spread = **fastest.iter().max().unwrap() - **fastest.iter().min().unwrap();
    assert!(spread < Duration::from_millis(40), "{times:?}");
}

#[test]
#[cfg_attr(without_acceptance, ignore)]
fn throttling_until_the_timeout_is_named_as_the_reason() {
    let world = World::new();
    world.simulator.task(TASK, TaskScript::runs_forever()).fault(When::always(), Fault::throttled());
    let body = "data \"clb_task_status\" \"gate\" {\n  task_id = \"1234\"\n  timeouts {\n    read = \"3s\"\n  }\n}\n";
    let configuration = world.configuration(body).with_env("TF_LOG", "WARN");
    let run = configuration.plan();
    assert!(run.stderr.contains("the service throttled a poll"), "{}", run.stderr);
    run.expect_error(&["The service throttled polls", "requests_per_second", "RequestLimitExceeded"]);
}

#[test]
#[cfg_attr(without_acceptance, ignore)]
fn a_hold_after_retry_after_is_named_by_every_task_that_it_kept_from_being_polled() {
    let world = World::new();
    world.simulator.task("a", TaskScript::runs_forever()).task("b", TaskScript::runs_forever());
    world.simulator.fault(When::next(1), Fault::throttled().with_retry_after(60));
    let body = "data \"clb_task_statuses\" \"all\" {\n  task_ids = [\"a\", \"b\"]\n  timeouts {\n    read = \"3s\"\n  }\n}\n";
    let run = world.configuration(body).plan();
    assert_eq!(run.error().matches("held all polls back for").count(), 2, "{}", run.stderr);
    run.expect_error(&["RequestLimitExceeded"]);
}
