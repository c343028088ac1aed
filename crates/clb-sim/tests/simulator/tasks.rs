//! What the service tells about tasks.

use std::time::Duration;

use clb_sim::{Fault, TaskScript, When};
use serde_json::json;

use crate::support::{Call, simulator};

#[tokio::test(start_paused = true)]
async fn a_task_runs_for_three_questions_and_the_second_call_is_throttled() {
    let simulator = simulator();
    simulator
        .task("1234", TaskScript::runs_for_questions(3).then_succeeds().with_load_balancers(["lb-1"]))
        .fault(When::call(2).of("DescribeTaskStatus"), Fault::throttled());
    let mut seen = Vec::new();
    for _ in 0..5 {
        let answer = Call::about("1234").send(&simulator).await;
        seen.push(answer.get("Status").cloned().unwrap_or_else(|| answer["Error"]["Code"].clone()));
    }
    assert_eq!(seen, [json!(2), json!("RequestLimitExceeded"), json!(2), json!(2), json!(0)]);
    simulator.assert_met();
}

#[tokio::test(start_paused = true)]
async fn a_task_ends_when_its_time_is_over() {
    let simulator = simulator();
    simulator.task("1234", TaskScript::runs_for(Duration::from_secs(3)).then_fails("the port is taken"));
    tokio::time::advance(Duration::from_millis(2999)).await;
    assert_eq!(Call::about("1234").send(&simulator).await["Status"], 2);
    tokio::time::advance(Duration::from_millis(1)).await;
    let answer = Call::about("1234").send(&simulator).await;
    assert_eq!((&answer["Status"], &answer["Message"]), (&json!(1), &json!("the port is taken")));
}
