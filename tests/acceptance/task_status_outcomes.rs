//! Every status that the service can report, and the effect of the flags.

use clb_sim::TaskScript;
use serde_json::{Value, json};

use crate::harness::World;

const TASK: &str = "1234";

fn gate(arguments: &str) -> String {
    format!(
        "data \"clb_task_status\" \"gate\" {{\n  {arguments}\n}}\n\noutput \"gate\" {{\n  value = data.clb_task_status.gate\n}}\n"
    )
}

/// Applies and gives the output.
fn applied(world: &World, arguments: &str) -> Value {
    let configuration = world.configuration(&gate(arguments));
    configuration.apply().expect_success();
    let outputs = configuration.run(&["output", "-json"]).expect_success().json();
    outputs["gate"]["value"].clone()
}

#[test]
#[cfg_attr(without_acceptance, ignore)]
fn only_status_0_opens_the_gate() {
    let odd =
        [json!(7), json!(-1), json!("0"), json!(1.5), json!(null), json!(0.5), json!(false), json!([0])];
    for status in odd {
        let world = World::new();
        world.simulator.task(TASK, TaskScript::already_complete().then_reports(status.clone()));
        let shown = format!("undocumented ({status})");
        world
            .configuration(&gate("task_id = \"1234\"\n  error_on_failure = false"))
            .plan()
            .expect_error(&[&shown, "1234"]);
        assert_eq!(world.polls().len(), 1);
    }
    let world = World::new();
    world.simulator.task(TASK, TaskScript::already_complete().then_omits_status());
    world.configuration(&gate("task_id = \"1234\"")).plan().expect_error(&["undocumented (missing)"]);
}

#[test]
#[cfg_attr(without_acceptance, ignore)]
fn a_single_poll_reports_a_running_task() {
    let world = World::new();
    world.simulator.task(TASK, TaskScript::runs_forever());
    let gate = applied(&world, "task_id = \"1234\"\n  wait_for_completion = false");
    assert_eq!((&gate["state"], &gate["status"], &gate["polls"]), (&json!("running"), &json!(2), &json!(1)));
    assert_eq!(gate["message"], Value::Null);
}

#[test]
#[cfg_attr(without_acceptance, ignore)]
fn a_failed_task_is_an_error_after_a_single_poll_too() {
    let world = World::new();
    world.simulator.task(TASK, TaskScript::already_complete().then_fails("quota exceeded"));
    let once = "task_id = \"1234\"\n  wait_for_completion = false";
    world.configuration(&gate(once)).plan().expect_error(&["task failed", "quota exceeded"]);
    let gate = applied(&world, "task_id = \"1234\"\n  error_on_failure = false");
    assert_eq!((&gate["state"], &gate["status"]), (&json!("failed"), &json!(1)));
    assert_eq!(gate["message"], "quota exceeded");
}

#[test]
#[cfg_attr(without_acceptance, ignore)]
fn an_order_is_polled_by_its_name_in_the_region_of_the_argument() {
    let world = World::new();
    world.simulator.deal(
        "20260101770000000000001",
        TaskScript::already_complete().then_succeeds().with_load_balancers(["lb-1", "lb-2"]),
    );
    let gate = applied(&world, "deal_name = \"20260101770000000000001\"\n  region = \"eu-frankfurt\"");
    assert_eq!(gate["id"], "20260101770000000000001");
    assert_eq!(gate["load_balancer_ids"], json!(["lb-1", "lb-2"]));
    assert!(world.polls().iter().all(|call| call.region.as_deref() == Some("eu-frankfurt")));
}

#[test]
#[cfg_attr(without_acceptance, ignore)]
fn the_state_repeats_the_configuration_as_it_was_written() {
    let world = World::new();
    world.simulator.task(TASK, TaskScript::runs_for_polls(1).then_succeeds());
    let gate = applied(
        &world,
        "task_id = \"1234\"\n  polling = {\n    strategy = \"fixed\"\n    interval = \"500ms\"\n  }\n  timeouts {\n    read = \"1.5m\"\n  }",
    );
    let polling = json!({"strategy": "fixed", "interval": "500ms", "max_interval": null, "multiplier": null});
    assert_eq!(gate["polling"], polling);
    assert_eq!(gate["timeouts"], json!({"read": "1.5m"}));
    assert_eq!(
        (&gate["region"], &gate["wait_for_completion"], &gate["deal_name"]),
        (&Value::Null, &Value::Null, &Value::Null)
    );
    assert_eq!(gate["load_balancer_ids"], json!([]));
    let polls = world.polls();
    assert!((polls[1].at - polls[0].at).as_millis() >= 500, "{polls:?}");
}
