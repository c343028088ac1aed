//! All polls of one provider share one rate limit.

use std::time::Duration;

use clb_sim::TaskScript;

use crate::harness::World;

#[test]
#[cfg_attr(without_acceptance, ignore)]
fn a_hundred_data_sources_stay_within_the_rate_limit() {
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
    assert!(world.polls().len() >= 100);
}

#[test]
#[cfg_attr(without_acceptance, ignore)]
fn a_data_source_returns_soon_after_each_of_ten_tasks_completes() {
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
        let polls = world.polls();
        let last = polls.iter().rfind(|call| call.task.as_deref() == Some(&task)).unwrap();
        let lag = last.at.saturating_sub(scripted + length(number));
        assert!(lag <= Duration::from_millis(1500), "{task} was seen {lag:?} late");
    }
    assert_eq!(world.simulator.throttled_calls(), 0);
}
