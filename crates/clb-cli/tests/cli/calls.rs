//! `clb call`.

use std::time::Duration;

use clb_sim::{Fault, TaskScript, When};

use crate::support::{Ran, World, clb};

const LISTENER: &str = "{\"LoadBalancerId\":\"lb-1\",\"Ports\":[80],\"Protocol\":\"TCP\"}";

#[test]
fn a_call_is_waited_for_and_its_response_is_the_output() {
    let world = World::new();
    world
        .simulator
        .action("CreateListener", TaskScript::runs_for(Duration::from_millis(600)).then_succeeds());
    let ran = world.run(&["call", "CreateListener", "-p", LISTENER, "--wait"]).expect(0);
    let id = ran.json()["RequestId"].as_str().unwrap().to_owned();
    assert!(ran.err.starts_with(&format!("accepted: {id}\nrunning\nsucceeded after")), "{}", ran.err);
}

#[test]
fn a_failed_task_ends_with_1_and_its_reason() {
    let world = World::new();
    world.simulator.action("CreateListener", TaskScript::already_complete().then_fails("no quota"));
    let ran = world.run(&["call", "CreateListener", "-p", LISTENER, "--wait"]).expect(1);
    assert!(ran.err.contains("no quota") && ran.out.contains("RequestId"), "{ran:?}");
}

#[test]
fn what_the_service_did_not_act_on_is_sent_again() {
    let world = World::new();
    world.simulator.fault(When::call(1), Fault::throttled());
    let ran = world.run(&["call", "CreateListener", "-p", LISTENER]).expect(0);
    assert!(
        ran.err.contains("throttled: ") && world.simulator.calls_of("CreateListener").len() == 2,
        "{ran:?}"
    );
}

/// The request cannot have reached anybody, so it is safe to send it again.
#[test]
fn a_refused_connection_is_tried_again_until_the_timeout() {
    let mut command = clb(&["call", "CreateListener", "-p", LISTENER, "--timeout", "4s"]);
    command.envs([("TENCENTCLOUD_SECRET_ID", "id"), ("TENCENTCLOUD_SECRET_KEY", "key")]);
    command
        .envs([("TENCENTCLOUD_REGION", "ap-guangzhou"), ("TENCENTCLOUD_CLB_ENDPOINT", "http://127.0.0.1:9")]);
    let ran = Ran::of(&command.output().unwrap()).expect(3);
    assert!(
        ran.err.contains("transient error: ") && ran.err.contains("not accepted within 4.0s"),
        "{}",
        ran.err
    );
}

#[test]
fn what_it_may_have_acted_on_is_not() {
    let world = World::new();
    world.simulator.fault(When::always(), Fault::Reset);
    let ran = world.run(&["call", "CreateListener", "-p", LISTENER]).expect(4);
    assert!(ran.err.contains("was not repeated") && world.simulator.calls().len() == 1, "{ran:?}");
}

#[test]
fn a_query_responds_at_once() {
    let ran = World::new().run(&["call", "DescribeLoadBalancers"]).expect(0);
    assert!(ran.json()["RequestId"].is_string());
}

#[test]
fn calls_that_cannot_be_waited_for_are_rejected_unsent() {
    let world = World::new();
    for (arguments, why) in [
        (vec!["call", "CreateListner"], "`CreateListener` is one"),
        (vec!["call", "CreateUserGroup"], "DescribeAsyncJobs"),
        (vec!["call", "CreateListener", "-p", "[]"], "not a JSON object"),
        (vec!["call", "CreateListener", "-p", "{"], "not JSON"),
    ] {
        let ran = world.run(&arguments).expect(2);
        assert!(ran.err.contains(why), "{ran:?}");
    }
    assert!(world.simulator.calls().is_empty());
}

#[test]
fn snippets_send_nothing() {
    let world = World::new();
    for language in ["terraform", "rust", "tccli", "curl", "python"] {
        let ran = world.run(&["call", "CreateListener", "-p", LISTENER, "--as", language]).expect(0);
        assert!(ran.out.contains("CreateListener") && ran.out.contains("lb-1"), "{ran:?}");
    }
    assert!(world.simulator.calls().is_empty());
}

/// The snippet for `curl` is what `curl` can send.
#[test]
fn the_curl_snippet_is_accepted_by_the_service() {
    let world = World::new();
    let snippet = world.run(&["call", "DescribeLoadBalancers", "--as", "curl"]).expect(0).out;
    let Ok(output) =
        std::process::Command::new("sh").args(["-c", &format!("{} -s", snippet.trim())]).output()
    else {
        return;
    };
    if output.status.code() != Some(127) {
        assert!(String::from_utf8_lossy(&output.stdout).contains("LoadBalancerSet"), "{output:?}");
    }
}
