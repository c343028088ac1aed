//! Pipes, signals, completions.

use std::{
    io::{BufRead, BufReader},
    process::Stdio,
    time::Duration,
};

use clb_sim::{DEMO_SECRET_ID, DEMO_SECRET_KEY, Fault, TaskScript, When};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};

use crate::support::{Ran, World, clb};

const LISTENER: &str = "{\"LoadBalancerId\":\"lb-1\",\"Ports\":[80],\"Protocol\":\"TCP\"}";

#[test]
fn a_closed_pipe_ends_quietly() {
    let mut child = clb(&["actions"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let ran = Ran::of(&child.wait_with_output().unwrap()).expect(0);
    assert_eq!(ran.err, "");
}

/// The exit code is for the shell, whoever reads the output.
#[test]
fn a_closed_pipe_hides_no_failed_task() {
    let world = World::new();
    world.simulator.task("bad", TaskScript::already_complete().then_fails("no quota"));
    let mut child =
        world.command(&["wait", "bad"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    Ran::of(&child.wait_with_output().unwrap()).expect(1);
}

#[test]
fn events_that_nobody_reads_end_the_command_quietly() {
    let world = World::new();
    world.simulator.task("t-1", TaskScript::runs_forever());
    let mut child = world
        .command(&["wait", "t-1", "--events", "-q"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let ran = Ran::of(&child.wait_with_output().unwrap()).expect(0);
    assert_eq!((line.contains("\"event\""), ran.err.as_str()), (true, ""));
}

#[test]
fn an_interrupt_ends_a_wait_with_130() {
    let world = World::new();
    world.simulator.task("t-1", TaskScript::runs_forever());
    let mut child =
        world.command(&["wait", "t-1"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    assert_eq!(lines.next().unwrap().unwrap(), "t-1: running");
    kill_process(Pid::from_child(&child), Signal::INT).unwrap();
    let ran = Ran::of(&child.wait_with_output().unwrap());
    assert_eq!(ran.code, Some(130));
    assert!(ran.out.starts_with("t-1  running    interrupted after "), "{}", ran.out);
}

#[test]
fn an_interrupt_keeps_what_was_seen_of_each_task() {
    let world = World::new();
    world
        .simulator
        .task("good", TaskScript::already_complete().then_succeeds())
        .task("slow", TaskScript::runs_forever());
    let mut child = world
        .command(&["wait", "good", "slow", "--output", "json"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    assert_eq!(BufReader::new(child.stderr.take().unwrap()).lines().take(2).count(), 2);
    kill_process(Pid::from_child(&child), Signal::INT).unwrap();
    let document = Ran::of(&child.wait_with_output().unwrap()).expect(130).json();
    assert_eq!(document["all_succeeded"], false);
    let seen = |index: usize| (&document["tasks"][index]["outcome"], &document["tasks"][index]["state"]);
    assert_eq!(seen(0), (&json!("completed"), &json!("succeeded")));
    assert_eq!(seen(1), (&json!("interrupted"), &json!("running")));
}

#[test]
fn an_interrupted_call_names_its_id_first() {
    let world = World::new();
    world.simulator.action("CreateListener", TaskScript::runs_for(Duration::from_secs(600)).then_succeeds());
    let arguments = ["call", "CreateListener", "-p", LISTENER, "--wait"];
    let mut child = world.command(&arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let accepted = lines.next().unwrap().unwrap();
    let id = accepted.strip_prefix("accepted: ").unwrap();
    kill_process(Pid::from_child(&child), Signal::INT).unwrap();
    let advice = format!("clb: interrupted; the call was accepted: continue with `clb wait {id}`");
    assert_eq!(lines.last().unwrap().unwrap(), advice);
    let ran = Ran::of(&child.wait_with_output().unwrap()).expect(130);
    assert_eq!(ran.json()["RequestId"], id);
}

/// Ctrl-C comes while the request is in flight, and the service accepts the call a moment later.
#[test]
fn a_call_that_is_accepted_after_the_interrupt_is_named_as_well() {
    let world = World::new();
    world.simulator.fault(When::call(1), Fault::Delayed(Duration::from_millis(500)));
    let mut child = world
        .command(&["call", "CreateListener", "-p", LISTENER, "--wait", "--output", "json", "--events"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut events = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
    assert_eq!(events.next().unwrap(), "{\"attempt\":1,\"event\":\"sent\"}");
    kill_process(Pid::from_child(&child), Signal::INT).unwrap();
    let accepted: Value = serde_json::from_str(&events.next().unwrap()).unwrap();
    let document: Value = serde_json::from_str(&events.last().unwrap()).unwrap();
    assert_eq!((&accepted["event"], &accepted["id"]), (&json!("accepted"), &document["request_id"]));
    let ran = Ran::of(&child.wait_with_output().unwrap()).expect(130);
    assert!(ran.err.contains(accepted["id"].as_str().unwrap()), "{}", ran.err);
}

#[test]
fn wrong_usage_ends_with_2() {
    for arguments in [
        &["wait"][..],
        &["status", "two words"],
        &["wait", "a", "-t", "0s"],
        &["wait", "a", "-i", "1ms"],
        &["no"],
    ] {
        Ran::of(&clb(arguments).output().unwrap()).expect(2);
    }
    Ran::of(&clb(&["--version"]).output().unwrap()).expect(0);
}

/// The simulator of the command, over TLS, and the command against it.
#[test]
fn the_simulator_starts_responds_to_polls_and_it_stops_cleanly() {
    let folder = tempfile::tempdir().unwrap();
    let ca_file = folder.path().join("ca.pem");
    let ca_file = ca_file.to_str().unwrap();
    let arguments = ["simulate", "--tls", ca_file, "--task", "t-1=0"];
    let mut child = clb(&arguments).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut url = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut url).unwrap();
    assert!(url.starts_with("https://127.0.0.1:"), "{url}");
    let mut wait = clb(&[
        "wait",
        "t-1",
        "-q",
        "--ca-file",
        ca_file,
        "--endpoint",
        url.trim(),
        "--region",
        "ap-guangzhou",
    ]);
    wait.envs([("TENCENTCLOUD_SECRET_ID", DEMO_SECRET_ID), ("TENCENTCLOUD_SECRET_KEY", DEMO_SECRET_KEY)]);
    Ran::of(&wait.output().unwrap()).expect(0);
    kill_process(Pid::from_child(&child), Signal::INT).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[test]
fn the_simulator_serves_over_tls_beside_the_options_for_connections() {
    let folder = tempfile::tempdir().unwrap();
    let ca_file = folder.path().join("ca.pem");
    let arguments =
        ["simulate", "--tls", ca_file.to_str().unwrap(), "--region", "ap-beijing", "--ca-file", "other.pem"];
    let mut child = clb(&arguments).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut url = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut url).unwrap();
    assert!(url.starts_with("https://127.0.0.1:") && ca_file.exists(), "{url}");
    kill_process(Pid::from_child(&child), Signal::INT).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(0));
}
