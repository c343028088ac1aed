//! Records of calls.

use std::time::Duration;

use clb_sim::{CallOutcome, DEMO_SECRET_ID, Fault, TaskScript, When};
use serde_json::json;
use tokio::time::advance;

use crate::support::{Call, credential, simulator};

#[tokio::test(start_paused = true)]
async fn every_call_is_recorded_with_its_details() {
    let simulator = simulator();
    simulator.task("1234", TaskScript::runs_forever());
    advance(Duration::from_millis(1500)).await;
    let response = Call::poll("1234").send(&simulator).await;
    let calls = simulator.calls();
    let [call] = calls.as_slice() else { panic!("{calls:?}") };
    assert_eq!(call.action, "DescribeTaskStatus");
    assert_eq!(call.region.as_deref(), Some("ap-guangzhou"));
    assert_eq!(call.task.as_deref(), Some("1234"));
    assert_eq!(call.at, Duration::from_millis(1500));
    assert_eq!(call.secret_id.as_deref(), Some(DEMO_SECRET_ID));
    assert_eq!(call.client.as_deref(), Some("clb-sim tests"));
    assert_eq!(call.language, None);
    assert_eq!(call.host.as_deref(), Some("clb.tencentcloudapi.com"));
    assert_eq!(call.parameters["TaskId"], "1234");
    assert_eq!(call.outcome, CallOutcome::Accepted);
    assert_eq!(call.request_id.as_deref(), response["RequestId"].as_str());
}

#[tokio::test(start_paused = true)]
async fn observers_see_every_call() {
    let simulator = simulator();
    let (sender, lines) = std::sync::mpsc::channel();
    simulator.on_call(move |call| sender.send(call.to_string()).unwrap());
    advance(Duration::from_millis(1500)).await;
    Call::poll("1234").send(&simulator).await;
    Call::create_listener(80).send(&simulator).await;
    simulator.fault(When::call(1), Fault::Endless).fault(When::call(2), Fault::throttled());
    simulator.handle(Call::poll("1234").request()).await.unwrap_err();
    Call::poll("1234").send(&simulator).await;
    assert_eq!(
        lines.try_iter().collect::<Vec<_>>(),
        [
            "1.500s DescribeTaskStatus 1234: rejected, InvalidParameter",
            "1.500s CreateListener: accepted",
            "1.500s DescribeTaskStatus 1234: faulty, endless",
            "1.500s DescribeTaskStatus 1234: throttled",
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn outcomes_are_distinguished() {
    let simulator = simulator();
    simulator
        .fault(When::call(1), Fault::throttled())
        .fault(When::call(2), Fault::body("not JSON"))
        .fault(When::call(3), Fault::Reset);
    for _ in 0..2 {
        simulator.handle(Call::poll("1234").request()).await.unwrap();
    }
    simulator.handle(Call::poll("1234").request()).await.unwrap_err();
    Call::poll("1234").send(&simulator).await;
    Call::create_listener(80).send(&simulator).await;
    let outcomes: Vec<_> = simulator.calls().into_iter().map(|call| call.outcome).collect();
    assert_eq!(
        outcomes,
        [
            CallOutcome::Throttled,
            CallOutcome::Faulty("body not JSON".to_owned()),
            CallOutcome::Faulty("reset".to_owned()),
            CallOutcome::Rejected("InvalidParameter".to_owned()),
            CallOutcome::Accepted,
        ]
    );
    assert_eq!(simulator.calls_of("CreateListener").len(), 1);
    assert_eq!(simulator.throttled_calls(), 0);
}

#[tokio::test(start_paused = true)]
async fn records_and_keys_print_without_secrets() {
    let simulator = simulator();
    let secret = json!({ "WebIdentityToken": "hidden" });
    Call::sts("AssumeRoleWithWebIdentity", &secret).by(credential("id", "hidden")).send(&simulator).await;
    simulator.key(clb_sim::Key::new("id", "hidden").with_token("hidden"));
    let printed = format!("{:?} {simulator:?}", simulator.calls());
    assert!(printed.contains("AssumeRoleWithWebIdentity") && !printed.contains("hidden"), "{printed}");
}
