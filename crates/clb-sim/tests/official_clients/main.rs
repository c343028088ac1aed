//! The official SDK for Python and TCCLI, unmodified, against the simulator. Their versions are pinned and installed into a
//! scratch environment of the build; where that is impossible, the tests are reported as ignored.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod environment;
mod signatures;

use std::sync::Arc;
use std::time::Duration;

use clb_sim::{DEMO_SECRET_ID, DEMO_SECRET_KEY, Options, RunningSimulator, Simulator, TaskScript};
use libtest_mimic::{Arguments, Failed, Trial};
use serde_json::{Value, json};
use tokio::runtime::Runtime;

use crate::environment::{Environment, succeed};

/// A test, which panics if it fails.
type Test = fn(&Environment);

fn main() {
    let arguments = Arguments::from_args();
    let tests: [(&str, Test); 3] = [
        ("the_official_sdk_creates_a_listener_over_tls_and_reads_it_back", the_sdk_creates_a_listener),
        ("tccli_creates_a_listener_over_tls_and_reads_it_back", tccli_creates_a_listener),
        ("the_official_sdk_and_clb_sign_make_the_same_signatures", signatures::are_the_same),
    ];
    let environment = if arguments.list { Err("only listed".to_owned()) } else { Environment::install() };
    if let Err(reason) = &environment
        && !arguments.list
    {
        eprintln!("the official clients cannot be installed here: {reason}");
    }
    let environment = environment.ok().map(Arc::new);
    let trials = tests.map(|(name, test)| {
        let environment = environment.clone();
        let is_ignored = environment.is_none();
        let run = move || match &environment {
            Some(environment) => {
                test(environment);
                Ok(())
            }
            None => Err(Failed::from("the official clients are not installed")),
        };
        Trial::test(name, run).with_ignored_flag(is_ignored)
    });
    libtest_mimic::run(&arguments, trials.into()).exit();
}

/// A simulator over TLS, whose tasks run for a moment, and the runtime that it runs on.
fn simulator() -> (Runtime, RunningSimulator) {
    let runtime = Runtime::new().unwrap();
    let options = Options::starting_now().with_action_duration(Duration::from_millis(300));
    let running = runtime.block_on(Simulator::new(options).listen_tls()).unwrap();
    (runtime, running)
}

fn endpoint(simulator: &RunningSimulator) -> &str {
    simulator.url().split("://").nth(1).unwrap()
}

fn the_sdk_creates_a_listener(environment: &Environment) {
    let (_runtime, simulator) = simulator();
    let mut python = environment.python("listener.py");
    python
        .arg(endpoint(&simulator))
        .arg(simulator.ca_file().unwrap())
        .args([DEMO_SECRET_ID, DEMO_SECRET_KEY]);
    let output = succeed(&mut python).unwrap();
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

fn tccli_creates_a_listener(environment: &Environment) {
    let (_runtime, simulator) = simulator();
    environment.trust(simulator.ca_file().unwrap()).unwrap();
    let tccli = |arguments: &[&str]| {
        let mut tccli = environment.tccli();
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
