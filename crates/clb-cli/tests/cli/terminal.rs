//! A real pseudo-terminal.

use std::time::Duration;

use clb_sim::{Fault, TaskScript, When};
use rexpect::session::{PtySession, spawn_command};

use crate::support::World;

const LISTENER: &str = "{\"LoadBalancerId\":\"lb-1\",\"Ports\":[80],\"Protocol\":\"TCP\"}";

fn spawn(world: &World, arguments: &[&str]) -> PtySession {
    let mut command = world.command(arguments);
    command.env("TERM", "xterm");
    spawn_command(command, Some(20_000)).unwrap()
}

#[test]
fn a_live_line_shows_state_and_next_poll_and_leaves_the_results_alone() {
    let world = World::new();
    world.simulator.task("t-1", TaskScript::runs_for(Duration::from_secs(3)).then_succeeds());
    let mut terminal = spawn(&world, &["wait", "t-1"]);
    terminal.exp_string("t-1").unwrap();
    terminal.exp_string("next poll in").unwrap();
    let rest = terminal.exp_eof().unwrap();
    assert!(rest.trim_end().ends_with("t-1  succeeded"), "{rest:?}");
    // The line is erased before the result, and the cursor is visible again or was never hidden.
    assert!(rest.contains("\u{1b}[2K") || rest.contains("\u{1b}[K") || rest.contains("\u{1b}[J"), "{rest:?}");
    assert_eq!(rest.matches("\u{1b}[?25l").count(), rest.matches("\u{1b}[?25h").count(), "{rest:?}");
}

#[test]
fn an_interrupt_leaves_a_clean_line() {
    let world = World::new();
    world.simulator.task("t-1", TaskScript::runs_forever());
    let mut terminal = spawn(&world, &["wait", "t-1"]);
    terminal.exp_string("running").unwrap();
    terminal.send_control('c').unwrap();
    let rest = terminal.exp_eof().unwrap();
    assert!(wiped(&rest).starts_with("t-1  running    interrupted after"), "{rest:?}");
    assert_eq!(exit_code(&mut terminal), 130);
}

#[test]
fn a_call_is_followed_on_one_line_from_sending_to_its_completed_task() {
    let world = World::new();
    world.simulator.action("CreateListener", TaskScript::runs_for(Duration::from_secs(3)).then_succeeds());
    world.simulator.fault(When::call(1), Fault::throttled());
    let mut terminal = spawn(&world, &["call", "CreateListener", "-p", LISTENER, "--wait"]);
    for shown in
        ["CreateListener", "throttled, sent again in", ": RequestLimitExceeded", "running (", "next poll in"]
    {
        terminal.exp_string(shown).unwrap();
    }
    let rest = terminal.exp_eof().unwrap();
    let id = world.simulator.calls_of("DescribeTaskStatus")[0].parameters["TaskId"].clone();
    assert!(rest.contains(id.as_str().unwrap()), "{rest:?}");
    let result: serde_json::Value = serde_json::from_str(wiped(&rest)).unwrap();
    assert_eq!(result["RequestId"], id);
    assert_eq!(rest.matches("\u{1b}[?25l").count(), rest.matches("\u{1b}[?25h").count(), "{rest:?}");
    assert_eq!(exit_code(&mut terminal), 0);
}

#[test]
fn a_busy_load_balancer_is_shown_until_the_call_is_sent_again() {
    let world = World::new();
    let busy = Fault::api_error("FailedOperation.ResourceInOperating", "lb-1 is busy");
    world.simulator.fault(When::call(1), busy);
    let mut terminal = spawn(&world, &["call", "CreateListener", "-p", LISTENER]);
    for shown in ["busy, sent again in", ": FailedOperation.Res", "sent, attempt 2", "RequestId"] {
        terminal.exp_string(shown).unwrap();
    }
    terminal.exp_eof().unwrap();
    assert_eq!(exit_code(&mut terminal), 0);
}

#[test]
fn an_interrupted_call_wipes_its_line_and_names_the_accepted_id() {
    let world = World::new();
    world.simulator.action("CreateListener", TaskScript::runs_forever());
    let mut terminal = spawn(&world, &["call", "CreateListener", "-p", LISTENER, "--wait"]);
    terminal.exp_string("running (").unwrap();
    terminal.send_control('c').unwrap();
    let rest = terminal.exp_eof().unwrap();
    let id = world.simulator.calls_of("DescribeTaskStatus")[0].parameters["TaskId"].clone();
    let advice =
        format!("clb: interrupted; the call was accepted: continue with `clb wait {}`", id.as_str().unwrap());
    assert!(wiped(&rest).starts_with('{') && rest.trim_end().ends_with(&advice), "{rest:?}");
    assert_eq!(exit_code(&mut terminal), 130);
}

/// What stands on the terminal after the last live line was wiped.
fn wiped(printed: &str) -> &str {
    let end = ["\u{1b}[2K", "\u{1b}[K", "\u{1b}[J"]
        .iter()
        .filter_map(|erase| printed.rfind(erase).map(|at| at + erase.len()))
        .max();
    printed[end.expect("a line is wiped")..].trim_start_matches('\r')
}

fn exit_code(terminal: &mut PtySession) -> i32 {
    let status = format!("{:?}", terminal.process().wait().unwrap());
    status.rsplit(", ").next().unwrap().trim_end_matches(')').parse().expect(&status)
}
