//! A real pseudo-terminal.

use std::time::Duration;

use clb_sim::TaskScript;
use rexpect::session::{PtySession, spawn_command};

use crate::support::World;

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
    let last = rest.rsplit(['\n', '\r']).next().unwrap_or_default();
    assert!(!last.contains("t-1"), "{rest:?}");
    let status = terminal.process().wait().unwrap();
    assert!(format!("{status:?}").contains(", 130)"), "{status:?}");
}
