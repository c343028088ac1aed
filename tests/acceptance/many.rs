//! Many gates of one provider share one budget.

use std::time::Duration;

use clb_sim::TaskScript;

use crate::world::World;

#[test]
#[cfg_attr(without_acceptance, ignore)]
fn a_hundred_gates_at_once_send_no_request_too_many() {
    let world = World::new();
    for number in 0..100 {
        world
            .simulator
            .task(format!("task-{number}"), TaskScript::runs_for(Duration::from_secs(2)).then_succeeds());
    }
    let body =
        "data \"clb_task_status\" \"gate\" {\n  count   = 100\n  task_id = \"task-${count.index}\"\n}\n";
    world.configuration(body).run(&["apply", "-auto-approve", "-parallelism=100"]).expect_success();
    assert_eq!(world.simulator.throttled_calls(), 0);
    assert!(world.questions().len() >= 100);
}

#[test]
#[cfg_attr(without_acceptance, ignore)]
fn the_gate_opens_soon_after_the_end_of_each_of_ten_tasks() {
    let world = World::new();
    let length = |number: u64| Duration::from_millis(1500 + 300 * number);
    for number in 0..10 {
        world.simulator.task(format!("task-{number}"), TaskScript::runs_for(length(number)).then_succeeds());
    }
    let scripted = world.simulator.elapsed();
    let body =
        "data \"clb_task_status\" \"gate\" {\n  count   = 10\n  task_id = \"task-${count.index}\"\n}\n";
    world.configuration(body).plan().expect_success();
    for number in 0..10 {
        let task = format!("task-{number}");
        let questions = world.questions();
        let last = questions.iter().rfind(|call| call.task.as_deref() == Some(&task)).unwrap();
        let lag = last.at.saturating_sub(scripted + length(number));
        assert!(lag <= Duration::from_millis(1500), "{task} was seen {lag:?} late");
    }
    assert_eq!(world.simulator.throttled_calls(), 0);
}
