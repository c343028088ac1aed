//! The official SDKs for Python and Node.js and TCCLI, unmodified, against the simulator. Their versions are pinned
//! and installed among the scratch files of the build; where that is impossible, the tests are reported as ignored.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod command;
mod node;
mod python;
mod signatures;

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use clb_sim::{DEMO_SECRET_ID, DEMO_SECRET_KEY, Options, RunningSimulator, Simulator, TaskScript};
use libtest_mimic::{Arguments, Trial};
use serde_json::{Value, json};
use tokio::runtime::Runtime;

use crate::command::succeed;
use crate::node::Node;
use crate::python::Python;

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let python = (!arguments.list).then(Python::install).and_then(installed);
    let node = (!arguments.list).then(Node::install).and_then(installed);
    let trials = vec![
        trial(
            "the_sdk_for_python_creates_a_listener_over_tls_and_reads_it_back",
            python.as_ref(),
            python_creates_a_listener,
        ),
        trial(
            "tccli_creates_a_listener_over_tls_and_reads_it_back",
            python.as_ref(),
            tccli_creates_a_listener,
        ),
        trial(
            "the_sdk_for_python_and_clb_sign_make_the_same_signatures",
            python.as_ref(),
            signatures::are_the_same,
        ),
        trial(
            "the_sdk_for_node_js_creates_listeners_with_every_signature",
            node.as_ref(),
            node_creates_listeners,
        ),
    ];
    libtest_mimic::run(&arguments, trials).exit_code()
}

/// A client that is installed; the reason is printed if it is not.
fn installed<T>(client: Result<T, String>) -> Option<Arc<T>> {
    client.inspect_err(|reason| eprintln!("a client cannot be installed here: {reason}")).ok().map(Arc::new)
}

/// A test of a client, ignored where the client is not installed. It panics if it fails.
fn trial<T: Send + Sync + 'static>(name: &str, client: Option<&Arc<T>>, test: fn(&T)) -> Trial {
    let is_ignored = client.is_none();
    let client = client.cloned();
    let run = move || {
        test(client.as_deref().ok_or("the client is not installed")?);
        Ok(())
    };
    Trial::test(name, run).with_ignored_flag(is_ignored)
}

/// A simulator over TLS, whose tasks run for a moment, and the runtime that it runs on.
fn simulator() -> (Runtime, RunningSimulator) {
    simulator_with(Duration::from_millis(300))
}

fn simulator_with(action_duration: Duration) -> (Runtime, RunningSimulator) {
    let runtime = Runtime::new().unwrap();
    let options = Options::starting_now().with_action_duration(action_duration);
    let running = runtime.block_on(Simulator::new(options).listen_tls()).unwrap();
    (runtime, running)
}

fn endpoint(simulator: &RunningSimulator) -> &str {
    simulator.url().split("://").nth(1).unwrap()
}

fn python_creates_a_listener(python: &Python) {
    let (_runtime, simulator) = simulator();
    let mut script = python.script("listener.py");
    script
        .arg(endpoint(&simulator))
        .arg(simulator.ca_file().unwrap())
        .args([DEMO_SECRET_ID, DEMO_SECRET_KEY]);
    let output = succeed(&mut script).unwrap();
    let read: Value = serde_json::from_slice(&output.stdout).unwrap();
    let listener = &read["Listeners"][0];
    assert_eq!((&read["TotalCount"], &listener["Port"]), (&json!(1), &json!(8443)));
    assert_eq!(
        (&listener["ListenerName"], &listener["HealthCheck"]["HealthSwitch"]),
        (&json!("监听 器"), &json!(1))
    );
    assert_eq!(simulator.accepted_calls_of("CreateListener"), 1);
    assert!(simulator.accepted_calls_of("DescribeTaskStatus") >= 2);
}

fn tccli_creates_a_listener(python: &Python) {
    let (_runtime, simulator) = simulator();
    python.trust(simulator.ca_file().unwrap()).unwrap();
    let tccli = |arguments: &[&str]| {
        let mut tccli = python.tccli();
        tccli.arg("clb").args(arguments).args([
            "--region",
            "ap-guangzhou",
            "--endpoint",
            endpoint(&simulator),
        ]);
        tccli.env("TENCENTCLOUD_SECRET_ID", DEMO_SECRET_ID).env("TENCENTCLOUD_SECRET_KEY", DEMO_SECRET_KEY);
        let output = succeed(&mut tccli).unwrap();
        serde_json::from_slice::<Value>(&output.stdout).unwrap()
    };
    let listener = ["--LoadBalancerId", "lb-12345678", "--Ports", "[8443]", "--Protocol", "TCP"];
    let created = tccli(&[&["CreateListener"], &listener[..]].concat());
    let id = created["RequestId"].as_str().unwrap();
    simulator.task("scripted", TaskScript::already_complete().then_fails("no quota"));
    let scripted = tccli(&["DescribeTaskStatus", "--TaskId", "scripted"]);
    assert_eq!((&scripted["Status"], &scripted["Message"]), (&json!(1), &json!("no quota")));
    let mut statuses = (0..20).map(|_| tccli(&["DescribeTaskStatus", "--TaskId", id])["Status"].take());
    assert_eq!(statuses.find(|status| *status != 2).unwrap(), 0);
    let read = tccli(&["DescribeListeners", "--LoadBalancerId", "lb-12345678"]);
    assert_eq!(read["Listeners"][0]["ListenerId"], created["ListenerIds"][0]);
}

fn node_creates_listeners(node: &Node) {
    let (_runtime, simulator) = simulator_with(Duration::ZERO);
    let mut script = node.script("listener.js", simulator.ca_file().unwrap());
    let output = succeed(script.arg(endpoint(&simulator)).args([DEMO_SECRET_ID, DEMO_SECRET_KEY])).unwrap();
    let read: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(read["TotalCount"], 6);
    assert_eq!(read["Listeners"][5]["ListenerName"], "监听 器");
}
