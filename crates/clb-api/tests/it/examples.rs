//! The programs of `examples/` as a user runs them, against a simulator.

use std::{
    path::PathBuf,
    process::{Command, Output},
};

use clb_sim::{Fault, RunningSimulator, Simulator, TaskScript, When};
use insta::assert_snapshot;
use serde_json::json;

/// Cargo builds the examples of a package before its tests, beside them; not so for `cargo test --test it` alone, which finds
/// what the last build has left.
fn program(name: &str) -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let file = format!("{name}{}", std::env::consts::EXE_SUFFIX);
    let program = test.ancestors().nth(2).unwrap().join("examples").join(file);
    assert!(program.exists(), "build the examples first: cargo build -p clb-api --examples --all-features");
    program
}

/// What an example prints to the end, and its error, with only the variables of the simulator.
async fn run(simulator: &RunningSimulator, name: &str, arguments: &[&str]) -> String {
    let mut command = Command::new(program(name));
    command.args(arguments).env_clear().envs(simulator.environment()).env("HOME", "/nonexistent");
    let Output { status, stdout, stderr } =
        tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    format!("{}{}exit code {}", text(stdout), text(stderr), status.code().unwrap())
}

/// What differs from run to run.
fn settled(text: &str) -> String {
    let is_id = |word: &str| word.len() == 36 && word.matches('-').count() == 4;
    let word = |word: &str| match word {
        word if is_id(word) => "REQUEST-ID".to_owned(),
        word if word.trim_matches('"').starts_with("lbl-") => "LISTENER".to_owned(),
        word if word.starts_with("203.0.113.") => "ADDRESS".to_owned(),
        word => word.to_owned(),
    };
    let line = |line: &str| line.split(' ').map(word).collect::<Vec<_>>().join(" ");
    text.lines().map(line).collect::<Vec<_>>().join("\n")
}

#[tokio::test]
async fn a_listener_is_created_and_listed() {
    let (_, simulator) = Simulator::start().await;
    simulator
        .action("CreateListener", TaskScript::runs_for_polls(1).then_succeeds())
        .fault(When::call(1).of("CreateListener"), Fault::throttled());
    let created = run(&simulator, "create_listener", &["lb-1a2b3c4d", "443"]).await;
    let listed = run(&simulator, "list_load_balancers", &[]).await;
    assert_snapshot!(settled(&format!("{created}\n\n{listed}")));
    simulator.assert_expectations_met();
}

#[tokio::test]
async fn a_listener_that_is_not_created_says_why() {
    let (_, simulator) = Simulator::start().await;
    simulator.action("CreateListener", TaskScript::already_complete().then_fails("the port is taken"));
    assert_snapshot!(settled(&run(&simulator, "create_listener", &["lb-1a2b3c4d", "443"]).await));
}

#[tokio::test]
async fn a_task_that_another_action_reports_is_waited_for() {
    let (_, simulator) = Simulator::start().await;
    simulator
        .product("bmlb", "2018-06-25")
        .response("DeleteListeners", json!({ "TaskId": "bm-task-1" }))
        .responses("DescribeLoadBalancerTaskResult", [json!({ "Status": 2 }), json!({ "Status": 0 })]);
    assert_snapshot!(run(&simulator, "other_task_poller", &["lb-1", "lbl-1"]).await);
    let polls = simulator.calls_of("DescribeLoadBalancerTaskResult");
    assert!(polls.iter().all(|poll| poll.parameters["TaskId"] == "bm-task-1"), "{polls:?}");
}
