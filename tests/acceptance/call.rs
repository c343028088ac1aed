//! `resource "clb_call"`: creation makes one accepted call, other resources use its response, and destruction undoes it.

use std::time::Duration;

use clb_sim::{Fault, Options, TaskScript, When};
use serde_json::{Value, json};

use crate::harness::{Configuration, World};

const CREATE: &str = "CreateListener";
const DELETE: &str = "DeleteListener";

/// A listener on `lb-1`, with more arguments.
fn listener(arguments: &str) -> String {
    format!(
        "resource \"clb_call\" \"listener\" {{\n  action = \"CreateListener\"\n  parameters = {{\n    LoadBalancerId = \"lb-1\"\n    \
         Ports          = [443]\n    Protocol       = \"TCP\"\n  }}\n  {arguments}\n}}\n\noutput \"listener\" {{\n  value = \
         clb_call.listener\n}}\n"
    )
}

/// The call that takes the listener back.
const ON_DESTROY: &str = "
resource \"clb_call\" \"delete\" {
  on_destroy = {
    action = \"DeleteListener\"
    parameters = {
      LoadBalancerId = \"lb-1\"
      ListenerId     = clb_call.listener.response.ListenerIds[0]
    }
  }
}
";

fn world() -> World {
    World::with(Options::starting_now().with_action_duration(Duration::from_millis(700)))
}

fn output(configuration: &Configuration) -> Value {
    configuration.run(&["output", "-json"]).expect_success().json()["listener"]["value"].clone()
}

/// The attributes of a resource in state, tainted or not.
pub(crate) fn state(configuration: &Configuration, address: &str) -> Value {
    let state = configuration.run(&["show", "-json"]).expect_success().json();
    let resources = state["values"]["root_module"]["resources"].as_array().cloned().unwrap_or_default();
    resources.into_iter().find(|resource| resource["address"] == address).unwrap_or_default()
}

#[test]
#[cfg_attr(without_acceptance, ignore)]
fn a_call_is_made_once_and_its_response_is_used_in_the_same_apply() {
    let world = world();
    let body = format!(
        "{}\nresource \"terraform_data\" \"user\" {{\n  input = clb_call.listener.response.ListenerIds[0]\n}}\n",
        listener("")
    );
    let configuration = world.configuration(&body);
    configuration.plan().expect_success();
    assert!(world.simulator.calls().is_empty(), "the plan has sent a request");
    configuration.apply().expect_success();
    let call = output(&configuration);
    assert_eq!(
        (&call["state"], &call["status"], &call["message"]),
        (&json!("succeeded"), &json!(0), &Value::Null)
    );
    assert_eq!(call["response"]["RequestId"], call["request_id"]);
    assert!(call["response"]["ListenerIds"][0].as_str().unwrap().starts_with("lbl-"), "{call}");
    let calls = world.simulator.calls().len();
    let configuration =
        configuration.with_env("TENCENTCLOUD_SECRET_ID", "").with_env("TENCENTCLOUD_SECRET_KEY", "");
    assert!(configuration.plan().expect_success().stdout.contains("No changes"));
    configuration.run(&["destroy", "-auto-approve"]).expect_success();
    assert_eq!(world.simulator.calls().len(), calls);
    assert_eq!(world.simulator.accepted_calls_of(CREATE), 1);
}

#[test]
#[cfg_attr(without_acceptance, ignore)]
fn another_way_to_write_the_same_json_is_no_change() {
    let world = world();
    let configuration = world.configuration(&listener(""));
    configuration.apply().expect_success();
    for same in ["Ports          = [443.0]", "Ports          = tolist([443])\n    ListenerNames = null"] {
        configuration.rewrite(&listener("").replace("Ports          = [443]", same));
        let plan = configuration.plan().expect_success();
        assert!(plan.stdout.contains("No changes"), "{same}:\n{}", plan.stdout);
    }
    let none = |parameters: &str| {
        format!(
            "resource \"clb_call\" \"none\" {{\n  on_destroy = {{\n    action = \"DeleteListener\"\n    {parameters}\n  }}\n}}\n"
        )
    };
    let empty = world.configuration(&none(""));
    empty.apply().expect_success();
    empty.rewrite(&none("parameters = {}"));
    empty.apply().expect_success();
    empty.rewrite(&none(""));
    empty.apply().expect_success();
    configuration.rewrite(&listener("").replace("[443]", "[\"443\"]"));
    let plan = configuration.plan().expect_success();
    assert!(plan.stdout.contains("must be replaced"), "{}", plan.stdout);
    configuration.rewrite(&listener("wait_for_completion = true\n  timeouts {\n    create = \"1m\"\n  }"));
    let plan = configuration.apply().expect_success();
    assert!(plan.stdout.contains("1 changed"), "{}", plan.stdout);
    assert_eq!(world.simulator.accepted_calls_of(CREATE), 1);
}

#[test]
#[cfg_attr(without_acceptance, ignore)]
fn on_destroy_is_sent_once_and_waited_for_before_the_rest_is_destroyed() {
    let world = world();
    let configuration = world.configuration(&format!("{}{ON_DESTROY}", listener("")));
    configuration.apply().expect_success();
    assert_eq!(world.simulator.calls_of(DELETE).len(), 0);
    let id = output(&configuration)["response"]["ListenerIds"][0].clone();
    configuration.run(&["destroy", "-auto-approve"]).expect_success();
    let deletions = world.simulator.calls_of(DELETE);
    assert_eq!(deletions.len(), 1);
    assert_eq!((&deletions[0].parameters["ListenerId"], deletions[0].accepted), (&id, true));
    assert!(world.polls().last().unwrap().task == deletions[0].request_id, "the deletion was not waited for");
}

#[test]
#[cfg_attr(without_acceptance, ignore)]
fn a_destroy_call_about_an_object_that_is_gone_is_done_with_a_warning() {
    let world = world();
    let configuration = world.configuration(&format!("{}{ON_DESTROY}", listener("")));
    configuration.apply().expect_success();
    let gone = Fault::api_error("InvalidParameter.ListenerIdNotFound", "no such listener");
    world.simulator.fault(When::always().of(DELETE), gone);
    let run = configuration.run(&["destroy", "-auto-approve"]).expect_success();
    assert!(run.stdout.contains("the object does not exist any more"), "{}", run.stdout);
    assert_eq!(configuration.run(&["state", "list"]).stdout, "");
}

#[test]
#[cfg_attr(without_acceptance, ignore)]
fn a_failed_destroy_call_keeps_the_resource_and_is_made_again() {
    let world = world();
    let configuration = world.configuration(&format!("{}{ON_DESTROY}", listener("")));
    configuration.apply().expect_success();
    world.simulator.action(DELETE, TaskScript::already_complete().then_fails("it is in use"));
    configuration.run(&["destroy", "-auto-approve"]).expect_error(&["task failed", "it is in use"]);
    assert!(configuration.run(&["state", "list"]).stdout.contains("clb_call.delete"));
    world.simulator.action(DELETE, TaskScript::already_complete().then_succeeds());
    configuration.run(&["destroy", "-auto-approve"]).expect_success();
    assert_eq!(world.simulator.accepted_calls_of(DELETE), 2);
}

#[cfg(unix)] // elsewhere a signal for a group of processes is another thing
#[test]
#[cfg_attr(without_acceptance, ignore)]
fn an_interrupted_destroy_call_is_not_sent_again() {
    let world = world();
    let configuration = world.configuration(&format!("{}{ON_DESTROY}", listener("")));
    configuration.apply().expect_success();
    world.simulator.action(DELETE, TaskScript::runs_for(Duration::from_secs(4)).then_succeeds());
    let polls = world.polls().len();
    let destroy = configuration.start(&["destroy", "-auto-approve"]);
    crate::harness::wait_until("a poll of the deletion", || world.polls().len() > polls);
    destroy.interrupt().expect_error(&["wait was interrupted", "sends no second call"]);
    configuration.run(&["destroy", "-auto-approve"]).expect_success();
    assert_eq!(world.simulator.calls_of(DELETE).len(), 1);
    assert_eq!(configuration.run(&["state", "list"]).stdout, "");
}

#[test]
#[cfg_attr(without_acceptance, ignore)]
fn a_failed_task_is_saved_tainted_and_the_call_made_again() {
    let world = world();
    world.simulator.action(CREATE, TaskScript::already_complete().then_fails("no quota"));
    let configuration = world.configuration(&listener(""));
    configuration.apply().expect_error(&[
        "task failed",
        "no quota",
        "tainted",
        "in ap-guangzhou at 127.0.0.1",
    ]);
    let saved = state(&configuration, "clb_call.listener");
    assert_eq!((&saved["tainted"], &saved["values"]["state"]), (&json!(true), &json!("failed")));
    assert_eq!(saved["values"]["message"], "no quota");
    configuration.run(&["untaint", "clb_call.listener"]).expect_success();
    let plan = configuration.plan().expect_success();
    assert!(plan.stdout.contains("1 to add, 0 to change, 1 to destroy"), "{}", plan.stdout);
    world.simulator.action(CREATE, TaskScript::already_complete().then_succeeds());
    configuration.apply().expect_success();
    assert_eq!(world.simulator.accepted_calls_of(CREATE), 2);
}

#[test]
#[cfg_attr(without_acceptance, ignore)]
fn a_call_on_destruction_goes_to_the_region_of_the_creation() {
    let world = world();
    let configuration = world.configuration(&format!("{}{ON_DESTROY}", listener("")));
    configuration.apply().expect_success();
    let moved = configuration.with_env("TENCENTCLOUD_REGION", "ap-beijing");
    assert!(moved.plan().expect_success().stdout.contains("No changes"));
    moved.run(&["destroy", "-auto-approve"]).expect_success();
    let regions =
        |action| world.simulator.calls_of(action).into_iter().map(|call| call.region).collect::<Vec<_>>();
    assert_eq!(regions(DELETE), regions(CREATE));
}

#[test]
#[cfg_attr(without_acceptance, ignore)]
fn a_changed_listener_is_deleted_before_another_is_created() {
    let world = world();
    let undo = ON_DESTROY.replace(
        "{\n  on_destroy",
        "{\n  triggers = { listener = clb_call.listener.request_id }\n  on_destroy",
    );
    let configuration = world.configuration(&format!("{}{undo}", listener("")));
    configuration.apply().expect_success();
    configuration.rewrite(&format!("{}{undo}", listener("").replace("443", "8443")));
    configuration.apply().expect_success();
    let actions: Vec<_> = world
        .simulator
        .calls()
        .into_iter()
        .map(|call| call.action)
        .filter(|action| action != "DescribeTaskStatus")
        .collect();
    assert_eq!(actions, [CREATE, DELETE, CREATE]);
}

#[test]
#[cfg_attr(without_acceptance, ignore)]
fn a_call_on_destruction_that_is_unknown_as_a_whole_is_an_error_that_says_what_to_write() {
    let world = world();
    let body = "resource \"terraform_data\" \"t\" {\n  input = \"x\"\n}\n\nresource \"clb_call\" \"c\" {\n  on_destroy = \
                terraform_data.t.output == \"x\" ? null : { action = \"DeleteListener\", parameters = { LoadBalancerId = \"lb-1\" } }\n}\n";
    world
        .configuration(body)
        .plan()
        .expect_error(&["`on_destroy` is not known yet", "the values inside may be unknown"]);
}

#[cfg(unix)] // elsewhere a signal for a group of processes is another thing
#[test]
#[cfg_attr(without_acceptance, ignore)]
fn an_interrupted_call_is_continued_after_untaint() {
    let world = world();
    world.simulator.action(CREATE, TaskScript::runs_for(Duration::from_secs(5)).then_succeeds());
    let configuration = world.configuration(&listener(""));
    let apply = configuration.start(&["apply", "-auto-approve"]);
    crate::harness::wait_until("a poll", || !world.polls().is_empty());
    let run = apply.interrupt().expect_error(&["wait was interrupted", "accepted", "terraform untaint"]);
    assert!(run.elapsed < Duration::from_secs(2), "took {:?}", run.elapsed);
    let saved = state(&configuration, "clb_call.listener");
    assert_eq!((&saved["tainted"], &saved["values"]["state"]), (&json!(true), &json!("running")));
    let request_id = saved["values"]["request_id"].clone();
    configuration.run(&["untaint", "clb_call.listener"]).expect_success();
    let plan = configuration.plan().expect_success();
    assert!(plan.stdout.contains("1 to change"), "{}", plan.stdout);
    configuration.apply().expect_success();
    let call = output(&configuration);
    assert_eq!((&call["state"], &call["request_id"]), (&json!("succeeded"), &request_id));
    assert!(call["response"]["ListenerIds"][0].is_string(), "{call}");
    assert_eq!(world.simulator.calls_of(CREATE).len(), 1);
    assert!(configuration.plan().expect_success().stdout.contains("No changes"));
}

#[test]
#[cfg_attr(without_acceptance, ignore)]
fn a_task_that_fails_while_an_update_waits_replaces_the_resource_next() {
    let world = world();
    world.simulator.action(CREATE, TaskScript::runs_for(Duration::from_secs(3)).then_fails("no quota"));
    let configuration = world.configuration(&listener("timeouts {\n    create = \"1s\"\n  }"));
    configuration.apply().expect_error(&["task did not complete in time", "terraform untaint"]);
    configuration.run(&["untaint", "clb_call.listener"]).expect_success();
    configuration.apply().expect_error(&["task failed", "no quota", "The next apply replaces the resource"]);
    assert_eq!(state(&configuration, "clb_call.listener")["values"]["state"], "failed");
    assert_eq!(world.simulator.calls_of(CREATE).len(), 1);
    world.simulator.action(CREATE, TaskScript::already_complete().then_succeeds());
    let run = configuration.apply().expect_success();
    assert!(run.stdout.contains("1 added"), "{}", run.stdout);
    assert_eq!(world.simulator.calls_of(CREATE).len(), 2);
}

#[test]
#[cfg_attr(without_acceptance, ignore)]
fn without_waiting_a_call_is_done_when_it_is_accepted_and_a_gate_waits_for_it() {
    let world = world();
    world.simulator.action(CREATE, TaskScript::runs_for(Duration::from_secs(2)).then_succeeds());
    let gate = "\nresource \"clb_task_gate\" \"g\" {\n  task_ids = [clb_call.listener.request_id]\n}\n";
    let configuration = world.configuration(&format!("{}{gate}", listener("wait_for_completion = false")));
    configuration.apply().expect_success();
    assert_eq!(output(&configuration)["state"], "running");
    assert!(configuration.plan().expect_success().stdout.contains("No changes"));
    assert_eq!(world.simulator.calls_of(CREATE).len(), 1);
}

#[test]
#[cfg_attr(without_acceptance, ignore)]
fn a_call_that_may_have_been_carried_out_is_not_repeated() {
    for fault in [Fault::Reset, Fault::Truncated(10)] {
        let world = world();
        world.simulator.fault(When::next(1).of(CREATE), fault);
        let configuration = world.configuration(&listener(""));
        configuration.apply().expect_error(&[
            "call may have been carried out",
            "was not repeated",
            "Nothing was saved",
        ]);
        assert_eq!(world.simulator.calls_of(CREATE).len(), 1);
        assert_eq!(configuration.run(&["state", "list"]).stdout, "");
    }
}

#[test]
#[cfg_attr(without_acceptance, ignore)]
fn what_the_service_certainly_did_not_do_is_sent_again() {
    let world = world();
    let busy = "Your task is working (BindTargetGroupDevice)";
    world
        .simulator
        .fault(When::next(1).of(CREATE), Fault::throttled())
        .fault(When::next(1).of(CREATE), Fault::api_error("FailedOperation.ResourceInOperating", "busy"))
        .fault(When::next(1).of(CREATE), Fault::api_error("FailedOperation", busy));
    let configuration = world.configuration(&listener(""));
    configuration.apply().expect_success();
    assert_eq!((world.simulator.calls_of(CREATE).len(), world.simulator.accepted_calls_of(CREATE)), (4, 1));
    let other = world.configuration(&listener("").replace("[443]", "[444]"));
    let message = "Load balancer lb-1 is not in a usable state";
    world.simulator.fault(When::always().of(CREATE), Fault::api_error("FailedOperation", message));
    other.apply().expect_error(&["call was rejected", message]);
    assert_eq!(world.simulator.calls_of(CREATE).len(), 5);
}

#[test]
#[cfg_attr(without_acceptance, ignore)]
fn calls_about_one_load_balancer_go_one_after_the_other() {
    let world = world();
    let body = "resource \"clb_call\" \"listener\" {\n  count  = 6\n  action = \"CreateListener\"\n  parameters = {\n    LoadBalancerId \
                = \"lb-1\"\n    Ports          = [8000 + count.index]\n    Protocol       = \"TCP\"\n  }\n}\n";
    world.configuration(body).run(&["apply", "-auto-approve", "-parallelism=20"]).expect_success();
    assert_eq!((world.simulator.calls_of(CREATE).len(), world.simulator.accepted_calls_of(CREATE)), (6, 6));
}

#[test]
#[cfg_attr(without_acceptance, ignore)]
fn numbers_unicode_and_unknown_parts_arrive_as_they_are_written() {
    let world = world();
    let parameters = "LoadBalancerId   = terraform_data.id.output\n    LoadBalancerName = \"名前 \\\"é\\\" 😀\"\n    \
                      DeleteProtect    = true\n    ModifyClassicDomain = null\n    InternetChargeInfo = {\n      \
                      InternetMaxBandwidthOut = 12345678901234567890123456789\n    }";
    let body = format!(
        "resource \"terraform_data\" \"id\" {{\n  input = \"lb-1\"\n}}\n\nresource \"clb_call\" \"listener\" {{\n  action = \
         \"ModifyLoadBalancerAttributes\"\n  parameters = {{\n    {parameters}\n  }}\n}}\n"
    );
    let configuration = world.configuration(&body);
    // The service rejects the bandwidth; what matters here is what it has received.
    let _ = configuration.apply();
    let calls = world.simulator.calls_of("ModifyLoadBalancerAttributes");
    let body = String::from_utf8(calls[0].request.body().to_vec()).unwrap();
    let expected = "{\"DeleteProtect\":true,\"InternetChargeInfo\":{\"InternetMaxBandwidthOut\":12345678901234567890123456789},\
                    \"LoadBalancerId\":\"lb-1\",\"LoadBalancerName\":\"名前 \\\"é\\\" 😀\"}";
    assert_eq!(body, expected);
}

#[test]
#[cfg_attr(without_acceptance, ignore)]
fn malformed_calls_are_errors_at_the_argument() {
    let call = |arguments: &str| format!("resource \"clb_call\" \"c\" {{\n  {arguments}\n}}\n");
    for (arguments, error) in [
        ("triggers = {}", "no call to make"),
        ("action = \"DescribeListeners\"", "is a query"),
        ("action = \"CreateListner\"", "`CreateListener`"),
        ("action = \"CreateListener\"\n  parameters = jsonencode({})", "parameters are an object"),
        ("action = \"CreateListener\"\n  parameters = { Ports = [null] }", "must not hold null"),
        ("parameters = { A = 1 }\n  on_destroy = { action = \"DeleteListener\" }", "needs an `action`"),
        ("action = \"CreateListener\"\n  timeouts {\n    delete = \"0s\"\n  }", "timeouts.delete"),
        ("on_destroy = { action = \"DescribeListeners\" }", "on_destroy.action"),
    ] {
        Configuration::new(&call(arguments)).validate().expect_error(&[error]);
    }
    let unknown = Configuration::new(&call("action = \"CreateSomethingNew\"")).validate().expect_success();
    assert!(unknown.stdout.contains("unknown action"), "{}", unknown.stdout);
}

#[test]
#[cfg_attr(without_acceptance, ignore)]
fn a_response_that_lists_what_failed_is_an_error_that_names_it() {
    let world = world();
    let response = json!({"Response": {"FailListenerIdSet": ["lbl-7"], "Message": "no such port", "RequestId": "0f9f5a5e-7c55-4a0c-8d0e-4d1b6a2e7c31"}});
    world
        .simulator
        .fault(When::always().of("BatchRegisterTargets"), Fault::Response(Fault::body(response.to_string())));
    let body = "resource \"clb_call\" \"c\" {\n  action = \"BatchRegisterTargets\"\n  parameters = {\n    LoadBalancerId = \"lb-1\"\n    \
                Targets = [{ ListenerId = \"lbl-7\", Port = 80, InstanceId = \"ins-1\" }]\n  }\n}\n";
    world.configuration(body).apply().expect_error(&[
        "call failed in part",
        "lbl-7",
        "State: failed",
        "no such port",
    ]);
}

#[test]
#[cfg_attr(without_acceptance, ignore)]
fn an_undocumented_status_is_an_error_that_no_longer_wait_would_mend() {
    let world = world();
    let response = json!({"Response": {"Status": 7, "RequestId": "0f9f5a5e-7c55-4a0c-8d0e-4d1b6a2e7c31"}});
    world
        .simulator
        .fault(When::always().of("DescribeTaskStatus"), Fault::Response(Fault::body(response.to_string())));
    let run = world.configuration(&listener("")).apply();
    assert!(!run.error().contains("to wait longer"), "{}", run.error());
    run.expect_error(&["task has an undocumented status", "undocumented (7)", "continues the wait"]);
}

#[test]
#[cfg_attr(without_acceptance, ignore)]
fn a_client_token_makes_an_ambiguous_failure_safe_to_repeat() {
    let world = world();
    world.simulator.fault(When::next(2).of("CreateLoadBalancer"), Fault::Reset);
    let body = "resource \"clb_call\" \"lb\" {\n  action = \"CreateLoadBalancer\"\n  parameters = {\n    LoadBalancerType = \"OPEN\"\n    \
                Forward = 1\n  }\n}\n\noutput \"listener\" {\n  value = clb_call.lb\n}\n";
    let configuration = world.configuration(body);
    configuration.apply().expect_success();
    let calls = world.simulator.calls_of("CreateLoadBalancer");
    let tokens: std::collections::BTreeSet<_> =
        calls.iter().map(|call| call.parameters["ClientToken"].to_string()).collect();
    assert_eq!((calls.len(), tokens.len()), (3, 1), "{tokens:?}");
    let created = output(&configuration)["load_balancer_ids"].as_array().unwrap().len();
    assert_eq!(created, 1, "the service has carried out the call once");
    configuration.rewrite(&body.replace("Forward = 1", "Forward = 1\n    Number = 1"));
    configuration.apply().expect_success();
    let last = world.simulator.calls_of("CreateLoadBalancer").pop().unwrap();
    assert!(
        !tokens.contains(&last.parameters["ClientToken"].to_string()),
        "another creation has another token"
    );
}

#[test]
#[cfg_attr(without_acceptance, ignore)]
fn a_response_that_never_comes_ends_with_what_is_known() {
    let world = world();
    world.simulator.fault(When::always().of(CREATE), Fault::Hang);
    let provider = "provider \"clb\" {\n  request_timeout = \"1s\"\n}\n\n";
    let configuration = world.configuration(&format!("{provider}{}", listener("")));
    configuration.apply().expect_error(&[
        "call may have been carried out",
        "was not repeated",
        "Check whether the change was made",
    ]);
    assert_eq!(world.simulator.calls_of(CREATE).len(), 1);
}

#[test]
#[cfg_attr(without_acceptance, ignore)]
fn a_busy_load_balancer_is_waited_for_until_the_timeout_and_no_longer() {
    let world = world();
    world.simulator.occupy("lb-1", Duration::from_secs(60));
    let configuration = world.configuration(&listener("timeouts {\n    create = \"4s\"\n  }"));
    let run = configuration.apply();
    assert!(run.elapsed < Duration::from_secs(10), "took {:?}", run.elapsed);
    run.expect_error(&[
        "call was not accepted in time",
        "certainly did not act on it",
        "timeouts.create",
        "ResourceInOperating",
    ]);
    assert_eq!(world.simulator.accepted_calls_of(CREATE), 0);
}

/// The pattern that the guide recommends: nothing but the gate waits, so that no end of a process can lose the call.
#[cfg(target_os = "linux")] // the provider is found in /proc
#[test]
#[cfg_attr(without_acceptance, ignore)]
fn a_provider_that_is_killed_while_a_gate_waits_leads_to_no_second_call() {
    let world = world();
    world.simulator.action(CREATE, TaskScript::runs_for(Duration::from_secs(4)).then_succeeds());
    let gate = "\nresource \"clb_task_gate\" \"g\" {\n  task_ids = [clb_call.listener.request_id]\n}\n";
    let configuration = world.configuration(&format!("{}{gate}", listener("wait_for_completion = false")));
    let apply = configuration.start(&["apply", "-auto-approve"]);
    crate::harness::wait_until("a poll", || !world.polls().is_empty());
    apply.kill_provider().expect_failure();
    configuration.apply().expect_success();
    assert_eq!(world.simulator.calls_of(CREATE).len(), 1);
}

#[cfg(target_os = "linux")] // the provider is found in /proc
#[test]
#[cfg_attr(without_acceptance, ignore)]
fn a_provider_that_is_killed_while_a_destroy_call_runs_finds_the_object_gone() {
    let world = world();
    let configuration = world.configuration(&format!("{}{ON_DESTROY}", listener("")));
    configuration.apply().expect_success();
    world.simulator.action(DELETE, TaskScript::runs_for(Duration::from_secs(2)).then_succeeds());
    let polls = world.polls().len();
    let destroy = configuration.start(&["destroy", "-auto-approve"]);
    crate::harness::wait_until("a poll of the deletion", || world.polls().len() > polls);
    destroy.kill_provider().expect_failure();
    configuration.run(&["destroy", "-auto-approve"]).expect_success();
    assert_eq!(world.simulator.accepted_calls_of(DELETE), 1);
}

#[test]
#[cfg_attr(without_acceptance, ignore)]
fn two_hundred_calls_take_as_long_as_the_rate_limit_allows() {
    let world = world();
    let body = "resource \"clb_call\" \"listener\" {\n  count  = 200\n  action = \"CreateListener\"\n  wait_for_completion = false\n  \
                parameters = {\n    LoadBalancerId = \"lb-${count.index}\"\n    Ports          = [80]\n    Protocol       = \"TCP\"\n  }\n}\n";
    world.configuration(body).run(&["apply", "-auto-approve", "-parallelism=200"]).expect_success();
    let calls = world.simulator.calls_of(CREATE);
    assert_eq!((calls.len(), world.simulator.accepted_calls_of(CREATE)), (200, 200));
    let took = calls[199].at - calls[0].at;
    assert!(took < Duration::from_secs(14), "took {took:?}");
}
