//! Waits for tasks.

use std::{sync::Arc, time::Duration};

use clb_api::WaitOptions;
use clb_sim::{Fault, TaskScript, When};
use clb_task::TaskStatus;
use tokio::time::Instant;

use crate::support::{builder, client, demo_keys, simulator, task};

#[tokio::test(start_paused = true)]
async fn many_tasks_are_waited_for_under_one_rate_limit() {
    let simulator = simulator();
    let ids: Vec<_> = (0..100).map(|number| format!("t-{number}")).collect();
    for (number, id) in (0..).zip(&ids) {
        simulator.task(id, TaskScript::runs_for(Duration::from_millis(number * 300)).then_succeeds());
    }
    let tasks = ids.iter().map(|id| task(id));
    let outcomes = client(&simulator).wait_all(tasks, WaitOptions::default()).await;
    assert!(outcomes.iter().all(|outcome| outcome.as_ref().unwrap().report.status == TaskStatus::Succeeded));
    assert_eq!((outcomes.len(), simulator.throttled_calls()), (100, 0));
}

#[tokio::test(start_paused = true)]
async fn a_call_ends_with_its_timeout() {
    let simulator = simulator();
    simulator.fault(When::always(), Fault::Hang);
    let client =
        builder(&simulator).credentials(demo_keys()).request_timeout(Duration::from_secs(3)).build().unwrap();
    let began = Instant::now();
    let error = Arc::new(client).describe_task_status(&task("t-1")).await.unwrap_err();
    assert_eq!((began.elapsed().as_secs(), error.is_transient()), (3, true));
}

#[tokio::test(start_paused = true)]
async fn a_failure_before_any_request_counts_no_poll() {
    let simulator = simulator();
    let client = builder(&simulator).environment(clb_api::Environment::of([])).build().unwrap();
    let error = client.wait_for_report(task("t-1"), WaitOptions::default()).await.unwrap_err();
    assert_eq!((error.polls, simulator.calls().len()), (0, 0));
    assert_eq!(error.to_string(), "no poll of task t-1 could be sent");
    let rejection = std::error::Error::source(&error).unwrap().to_string();
    assert!(rejection.starts_with("no credentials were found"), "{rejection}");
}
