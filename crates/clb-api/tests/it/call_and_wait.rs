//! Calls that change something: the client sends them in order and at the service's rate, repeats them only where that is safe,
//! and waits for their tasks.

use std::{
    collections::HashSet,
    future::pending,
    sync::{Arc, Mutex},
    time::Duration,
};

use clb_api::{ActionError, CallError, CallEvent, Client, CompletedCall};
use clb_task::{TaskId, TaskStatus, WaitErrorKind, WaitOptions};
use futures_util::future::join_all;
use serde_json::{Value, json};
use tokio::time::{Instant, sleep, timeout};

use crate::{
    service::{Fate, Service},
    support::{chain, task},
};

const LISTENER: &str = "CreateListener";
const SECOND: Duration = Duration::from_secs(1);

async fn call(client: &Client, action: &str, parameters: Value) -> Result<CompletedCall, CallError> {
    client.call_and_wait(action, &parameters, WaitOptions::default()).await
}

async fn listener(client: &Client, id: &str) -> Result<CompletedCall, CallError> {
    call(client, LISTENER, json!({ "LoadBalancerId": id })).await
}

fn for_seconds(seconds: u64) -> WaitOptions {
    WaitOptions::default().with_timeout(Duration::from_secs(seconds))
}

#[tokio::test(start_paused = true)]
async fn a_call_completes_with_its_task() {
    let service = Service::new(SECOND * 30);
    let completed = listener(&service.client(), "lb-1").await.unwrap();
    assert_eq!(completed.response.request_id, "task-0");
    assert_eq!(completed.wait.unwrap().report.status, TaskStatus::Succeeded);
}

#[tokio::test(start_paused = true)]
async fn a_failed_task_is_an_error() {
    let service = Service::new(SECOND).failing_tasks();
    let client = service.client();
    let error = listener(&client, "lb-1").await.unwrap_err();
    assert_eq!(
        (error.to_string().as_str(), error.request_id()),
        ("the task failed: no quota", Some("task-0"))
    );
    let CallError::TaskFailed { message, wait, .. } = error else { panic!("{error:?}") };
    assert_eq!((message.as_deref(), wait.report.status), (Some("no quota"), TaskStatus::Failed));

    let error = client.wait(task("task-0"), WaitOptions::default()).await.unwrap_err();
    assert!(matches!(error, CallError::TaskFailed { response: None, .. }), "{error:?}");
    let results = client.wait_all([task("task-0")], WaitOptions::default()).await;
    assert!(matches!(results[0], Err(CallError::TaskFailed { .. })), "{results:?}");
    let report = client.wait_for_report(task("task-0"), WaitOptions::default()).await.unwrap();
    assert_eq!(report.report.status, TaskStatus::Failed);
}

#[tokio::test(start_paused = true)]
async fn two_hundred_creations_take_ten_seconds_and_none_fails() {
    let service = Service::new(SECOND * 5).latency(Duration::from_millis(80));
    let client = service.client();
    let began = Instant::now();
    let created = Arc::new(Mutex::new(Vec::new()));
    let calls = (0..200).map(|number| {
        let (client, created) = (client.clone(), Arc::clone(&created));
        let parameters = json!({ "LoadBalancerName": format!("lb-{number}") });
        async move {
            let call = client.prepare_call("CreateLoadBalancer", &parameters)?.on_event(move |event| {
                if matches!(event, CallEvent::Accepted(_)) {
                    created.lock().unwrap().push(began.elapsed());
                }
            });
            call.send(WaitOptions::default()).await?.wait().await
        }
    });
    assert!(join_all(calls).await.into_iter().all(|result: Result<_, CallError>| result.is_ok()));
    assert_eq!((service.accepted().len(), service.throttled()), (200, 0));
    let last = created.lock().unwrap().iter().max().unwrap().as_secs_f64();
    assert!((10.0..11.0).contains(&last), "{last}");
}

#[tokio::test(start_paused = true)]
async fn throttled_by_others_each_creation_is_still_accepted_once() {
    let throttled = [Fate::Error("RequestLimitExceeded", "m"); 60];
    let service = Service::new(SECOND).fates(throttled);
    let client = service.client();
    let calls = (0..100).map(|_| call(&client, "CreateLoadBalancer", json!({})));
    assert!(join_all(calls).await.into_iter().all(|result| result.is_ok()));
    assert_eq!(service.accepted().len(), 100);
}

#[tokio::test(start_paused = true)]
async fn calls_about_one_resource_go_one_after_the_other() {
    let service = Service::new(SECOND * 4);
    let client = service.client();
    let calls = (0..20).map(|number| {
        let target =
            json!({"TargetGroupId": "lbtg-1", "TargetGroupInstances": [{"BindIP": number.to_string()}]});
        call(&client, "RegisterTargetGroupInstances", target)
    });
    let began = Instant::now();
    assert!(join_all(calls).await.into_iter().all(|result| result.is_ok()));
    assert_eq!((service.accepted().len(), service.busy()), (20, 0));
    let order: Vec<_> = service
        .accepted()
        .iter()
        .map(|(_, call)| call["TargetGroupInstances"][0]["BindIP"].clone())
        .collect();
    assert_eq!(order, (0..20).map(|number| json!(number.to_string())).collect::<Vec<_>>());
    assert!(began.elapsed() < SECOND * 4 * 20 * 5 / 4, "{:?}", began.elapsed());
}

#[tokio::test(start_paused = true)]
async fn several_resources_are_taken_in_sorted_order() {
    let service = Service::new(SECOND * 2);
    let client = service.client();
    let pairs = [["lb-a", "lb-b"], ["lb-b", "lb-a"], ["lb-b", "lb-c"], ["lb-c", "lb-a"]];
    let calls = pairs
        .iter()
        .map(|ids| call(&client, "ModifyLoadBalancersProject", json!({ "LoadBalancerIds": ids })));
    assert!(timeout(SECOND * 60, join_all(calls)).await.unwrap().into_iter().all(|result| result.is_ok()));
    assert_eq!(service.busy(), 0);
}

#[tokio::test(start_paused = true)]
async fn calls_about_different_resources_go_side_by_side() {
    let service = Service::new(SECOND * 10);
    let client = service.client();
    let ids: Vec<_> = (0..10).map(|number| format!("lb-{number}")).collect();
    let began = Instant::now();
    join_all(ids.iter().map(|id| listener(&client, id))).await;
    assert!(began.elapsed() < SECOND * 15, "{:?}", began.elapsed());
}

#[tokio::test(start_paused = true)]
async fn a_call_that_is_not_waited_for_keeps_its_place() {
    let service = Service::new(SECOND * 30);
    let client = service.client();
    let not_waiting = WaitOptions::default().with_wait_for_completion(false);
    for _ in 0..3 {
        client.call_and_wait(LISTENER, &json!({"LoadBalancerId": "lb-1"}), not_waiting).await.unwrap();
    }
    assert_eq!((service.accepted().len(), service.busy()), (3, 0));
    let arrivals = service.arrivals(LISTENER);
    assert!(arrivals[1] >= SECOND * 30 && arrivals[2] >= SECOND * 60, "{arrivals:?}");
}

#[tokio::test(start_paused = true)]
async fn a_dropped_wait_leaves_its_task_to_the_next_call() {
    let service = Service::new(SECOND * 30);
    let client = service.client();
    assert!(timeout(SECOND * 5, listener(&client, "lb-1")).await.is_err());
    let polls = service.arrivals("DescribeTaskStatus").len();
    sleep(SECOND * 5).await;
    assert_eq!(service.arrivals("DescribeTaskStatus").len(), polls, "dropped: nobody polls");
    listener(&client, "lb-1").await.unwrap();
    assert_eq!((service.accepted().len(), service.busy()), (2, 0));
}

#[tokio::test(start_paused = true)]
async fn a_resource_that_others_keep_busy_is_waited_for() {
    let service = Service::new(SECOND);
    service.lock("lb-1", SECOND * 40);
    let completed = listener(&service.client(), "lb-1").await;
    assert!(completed.is_ok() && service.busy() > 3, "{completed:?}");
    let gaps: Vec<_> =
        service.arrivals(LISTENER).windows(2).map(|pair| pair[1].abs_diff(pair[0]).as_secs_f64()).collect();
    assert!(gaps.iter().all(|gap| (0.99..=10.01).contains(gap)), "{gaps:?}");
}

#[tokio::test(start_paused = true)]
async fn a_resource_that_stays_busy_ends_in_an_error_that_nothing_was_done() {
    let service = Service::new(SECOND);
    service.lock("lb-1", SECOND * 400);
    let error =
        service.client().call_and_wait(LISTENER, &json!({"LoadBalancerId": "lb-1"}), for_seconds(60)).await;
    let error = error.unwrap_err();
    assert!(!error.may_have_acted() && error.api_error().unwrap().is_busy(), "{error:?}");
    assert!(matches!(error, CallError::NotAccepted { attempts: 6.., .. }), "{error:?}");
    let times = service.arrivals(LISTENER);
    assert_eq!(
        times[times.len() - 1].abs_diff(times[0]).as_secs(),
        60,
        "the last attempt is made at the timeout"
    );
    assert!(std::error::Error::source(&error).is_some() && service.accepted().is_empty());
}

#[tokio::test(start_paused = true)]
async fn an_earlier_call_that_outlasts_the_timeout_leaves_the_next_unsent() {
    let service = Service::new(SECOND * 300);
    let client = service.client();
    let parameters = json!({"LoadBalancerId": "lb-1"});
    let calls = [60, 30].map(|seconds| client.call_and_wait(LISTENER, &parameters, for_seconds(seconds)));
    let results = join_all(calls).await;
    assert!(
        matches!(&results[0], Err(CallError::Wait { error, .. }) if error.kind == WaitErrorKind::TimedOut)
    );
    assert!(matches!(&results[1], Err(error @ CallError::NotSent { .. }) if !error.may_have_acted()));
    assert_eq!(service.accepted().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn what_may_have_been_carried_out_is_not_repeated_without_a_token() {
    for (fate, acted) in [(Fate::ActedAndReset, 1), (Fate::ActedAndHangs, 1), (Fate::BadGateway, 0)] {
        let service = Service::new(SECOND).fates([fate]);
        let error = listener(&service.client(), "lb-1").await.unwrap_err();
        assert!(
            matches!(error, CallError::Ambiguous { repeated: false, .. }) && error.may_have_acted(),
            "{error:?}"
        );
        assert_eq!(error.to_string(), "the call may have been carried out, and was not repeated");
        assert_eq!((service.arrivals(LISTENER).len(), service.accepted().len()), (1, acted));
    }
}

#[tokio::test(start_paused = true)]
async fn with_a_token_whatever_happens_a_call_is_carried_out_once() {
    let fates = [
        Fate::ActedAndReset,
        Fate::Error("InternalError", "m"),
        Fate::ActedAndHangs,
        Fate::Refused,
        Fate::BadGateway,
        Fate::Error("RequestLimitExceeded", "m"),
    ];
    let service = Service::new(SECOND).fates(fates);
    call(&service.client(), "CreateLoadBalancer", json!({"LoadBalancerType": "OPEN"})).await.unwrap();
    assert_eq!((service.arrivals("CreateLoadBalancer").len(), service.accepted().len()), (7, 1));
}

#[tokio::test(start_paused = true)]
async fn a_token_is_fresh_for_each_call_unless_one_is_given() {
    let service = Service::new(SECOND);
    let client = service.client();
    for _ in 0..3 {
        call(&client, "CreateLoadBalancer", json!({})).await.unwrap();
    }
    call(&client, "CreateLoadBalancer", json!({"ClientToken": "mine"})).await.unwrap();
    listener(&client, "lb-1").await.unwrap();
    let tokens: Vec<_> = service.accepted().iter().map(|(_, call)| call["ClientToken"].clone()).collect();
    assert_eq!(tokens[..3].iter().collect::<HashSet<_>>().len(), 3);
    assert!(tokens[..3].iter().all(|token| token.as_str().is_some_and(|token| token.len() == 36)));
    assert_eq!((&tokens[3], &tokens[4]), (&json!("mine"), &Value::Null));
}

#[tokio::test(start_paused = true)]
async fn a_refused_connection_is_tried_again() {
    let service = Service::new(SECOND).fates([Fate::Refused; 3]);
    listener(&service.client(), "lb-1").await.unwrap();
    assert_eq!((service.arrivals(LISTENER).len(), service.accepted().len()), (4, 1));
}

#[tokio::test(start_paused = true)]
async fn a_rejected_call_is_final() {
    let service = Service::new(SECOND).fates([Fate::Error("LimitExceeded", "no more")]);
    let error = listener(&service.client(), "lb-1").await.unwrap_err();
    assert!(
        matches!(&error, CallError::Rejected(error) if error.code() == Some("LimitExceeded")),
        "{error:?}"
    );
    assert!(!error.may_have_acted() && service.arrivals(LISTENER).len() == 1);
}

#[tokio::test(start_paused = true)]
async fn an_accepted_call_is_not_lost_when_its_wait_ends() {
    let service = Service::new(SECOND * 600);
    let parameters = json!({"LoadBalancerId": "lb-1"});
    let error = service.client().call_and_wait(LISTENER, &parameters, for_seconds(60)).await.unwrap_err();
    assert_eq!((error.request_id(), error.is_still_running()), (Some("task-0"), true));
    assert!(chain(&error)[1].starts_with("task task-0 did not complete within 60s ("), "{error}");
}

#[tokio::test(start_paused = true)]
async fn a_wait_is_resumed_without_a_second_call_and_others_wait_for_it() {
    let service = Service::new(SECOND * 60);
    let parameters = json!({"LoadBalancerId": "lb-1"});
    let first = service.client();
    assert!(timeout(SECOND, listener(&first, "lb-1")).await.is_err());

    let second = service.client(); // another process
    let id = TaskId::parse("task-0").unwrap();
    let resumed = second.resume_call(LISTENER, &parameters, id, WaitOptions::default()).unwrap();
    assert_eq!(resumed.request_id(), "task-0");
    let (resumed, next) = tokio::join!(resumed.wait(), listener(&second, "lb-1"));
    assert_eq!(resumed.unwrap().response.request_id, "task-0");
    assert_eq!((next.unwrap().response.request_id.as_str(), service.busy()), ("task-1", 0));
}

#[tokio::test(start_paused = true)]
async fn an_interrupt_lets_a_request_in_flight_finish_and_sends_nothing_more() {
    let send = async |service: &Service, after: Duration| {
        let client = service.client();
        let call = client.prepare_call(LISTENER, &json!({"LoadBalancerId": "lb-1"})).unwrap();
        let began = Instant::now();
        let result = call.send_unless(WaitOptions::default(), sleep(after)).await;
        assert!(began.elapsed() <= after + SECOND, "{:?}", began.elapsed());
        result
    };
    // The response arrives shortly after the interrupt: the call is accepted, and its id is known.
    let service = Service::new(SECOND).latency(Duration::from_millis(600));
    assert_eq!(send(&service, Duration::from_millis(300)).await.unwrap().request_id(), "task-0");
    // It does not arrive in time.
    let service = Service::new(SECOND).fates([Fate::ActedAndHangs]);
    let error = send(&service, SECOND).await.unwrap_err();
    assert!(matches!(error, CallError::Interrupted { may_have_acted: true }), "{error:?}");
    // Interrupted in a pause: nothing was done, and nothing more is sent.
    let service = Service::new(SECOND);
    service.lock("lb-1", SECOND * 100);
    let error = send(&service, Duration::from_millis(500)).await.unwrap_err();
    assert!(matches!(error, CallError::Interrupted { may_have_acted: false }), "{error:?}");
    sleep(SECOND * 20).await;
    assert_eq!(service.arrivals(LISTENER).len(), 1);
}

#[tokio::test(start_paused = true)]
async fn events_tell_what_a_call_does() {
    let service = Service::new(SECOND * 3).fates([
        Fate::Error("RequestLimitExceeded", "m"),
        Fate::Error("FailedOperation.ResourceInOperating", "m"),
        Fate::Refused,
    ]);
    let events = Arc::new(Mutex::new(Vec::new()));
    let told = Arc::clone(&events);
    let client = service.client();
    let call =
        client.prepare_call(LISTENER, &json!({"LoadBalancerId": "lb-1"})).unwrap().on_event(move |event| {
            let name = format!("{event:?}");
            told.lock().unwrap().push(name.split(['(', ' ']).take(2).collect::<Vec<_>>().join(" "));
        });
    call.clone().send(WaitOptions::default()).await.unwrap().wait().await.unwrap();
    let (held, queued) = (call.send(WaitOptions::default()).await.unwrap(), call.clone());
    let queued = tokio::spawn(async move { queued.send(WaitOptions::default()).await.map(|_| ()) });
    sleep(SECOND).await;
    held.wait().await.unwrap();
    queued.await.unwrap().unwrap();
    let events = events.lock().unwrap();
    let first = events[..9].join("; ");
    assert_eq!(
        first,
        "Sent {; Throttled {; Sent {; Busy {; Sent {; Resent {; Sent {; Accepted Response; Wait Polled"
    );
    assert!(
        events.iter().any(|event| event == "Wait Completed")
            && events.iter().any(|event| event == "Queued {"),
        "{events:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_response_that_lists_failures_is_one() {
    let service =
        Service::new(SECOND).responding(json!({"FailListenerIdSet": ["lbl-1", "lbl-2"], "Message": "full"}));
    let error =
        call(&service.client(), "BatchRegisterTargets", json!({"LoadBalancerId": "lb-1"})).await.unwrap_err();
    assert_eq!(error.to_string(), "the call did not work for lbl-1, lbl-2: full");
    assert_eq!(error.response().unwrap().request_id, "task-0");
    let service = Service::new(SECOND).responding(json!({"FailListenerIdSet": []}));
    assert!(call(&service.client(), "BatchRegisterTargets", json!({})).await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn an_undocumented_outcome_is_polled_where_the_service_knows_the_task() {
    let known = Service::new(SECOND * 5);
    let completed =
        call(&known.client(), "DeleteTargetGroups", json!({"TargetGroupIds": ["lbtg-1"]})).await.unwrap();
    assert!(completed.wait.is_some());
    let unknown = Service::new(SECOND).without_tasks();
    let completed =
        call(&unknown.client(), "DeleteTargetGroups", json!({"TargetGroupIds": ["lbtg-1"]})).await.unwrap();
    assert!(completed.wait.is_none() && unknown.arrivals("DescribeTaskStatus").len() == 1);
    let error = listener(&unknown.client(), "lb-1").await.unwrap_err();
    assert!(matches!(error, CallError::Wait { .. }), "a documented task has to be known: {error:?}");
}

#[tokio::test(start_paused = true)]
async fn actions_that_start_no_task_are_rejected_before_anything_is_sent() {
    let service = Service::new(SECOND);
    for action in ["DescribeListeners", "CreateTargetGroup", "CreateUserGroup", "CreateListner", "no action"]
    {
        let error = call(&service.client(), action, json!({})).await.unwrap_err();
        assert!(matches!(error, CallError::Action(_)) && !error.may_have_acted(), "{error:?}");
        assert!(service.arrivals(action).is_empty());
    }
    let error = call(&service.client(), "CreateUserGroup", json!({})).await.unwrap_err();
    assert!(matches!(error, CallError::Action(ActionError::OtherPoller { poller: "DescribeAsyncJobs", .. })));
    let error = call(&service.client(), LISTENER, json!([])).await.unwrap_err();
    assert!(matches!(error, CallError::Rejected(_)) && !error.may_have_acted(), "{error:?}");
}

#[tokio::test(start_paused = true)]
async fn numbers_are_sent_with_all_their_digits() {
    let service = Service::new(SECOND);
    let parameters =
        serde_json::value::RawValue::from_string(r#"{"N":0.10,"LoadBalancerId":"lb-1"}"#.to_owned()).unwrap();
    let call = service.client().prepare_call("CreateLoadBalancer", &parameters).unwrap();
    assert_eq!(call.resources().collect::<Vec<_>>(), ["lb-1"]);
    call.send(WaitOptions::default()).await.unwrap().without_waiting();
    assert_eq!(service.accepted()[0].1["N"], json!(0.10));
}

#[tokio::test(start_paused = true)]
async fn queries_are_sent_again_and_changes_are_not() {
    let errors = [
        Fate::Error("InternalError", "m"),
        Fate::BadGateway,
        Fate::Error("RequestLimitExceeded", "m"),
        Fate::ActedAndReset,
    ];
    let service = Service::new(SECOND).fates(errors);
    assert_eq!(
        service.client().call("DescribeLoadBalancers", &()).await.unwrap().body["TotalCount"],
        json!(0)
    );
    for fate in errors {
        let service = Service::new(SECOND).fates([fate]);
        assert!(service.client().call(LISTENER, &()).await.is_err());
        assert_eq!(service.arrivals(LISTENER).len(), 1);
    }
    let service = Service::new(SECOND).fates([Fate::BadGateway; 100]);
    let began = Instant::now();
    assert!(service.client().call("DescribeLoadBalancers", &()).await.is_err());
    assert!((SECOND * 50..SECOND * 61).contains(&began.elapsed()), "{:?}", began.elapsed());
}

#[tokio::test(start_paused = true)]
async fn a_timeout_bounds_a_call_whatever_the_transport_does() {
    let service = Service::new(SECOND).fates([Fate::ActedAndHangs; 100]);
    let client = service.builder().request_timeout(SECOND * 600).build().unwrap();
    let began = Instant::now();
    let error =
        client.call_and_wait(LISTENER, &json!({"LoadBalancerId": "lb-1"}), for_seconds(5)).await.unwrap_err();
    assert!(error.may_have_acted() && began.elapsed() <= SECOND * 7, "{error:?} {:?}", began.elapsed());
    let began = Instant::now();
    assert!(
        service.builder().request_timeout(SECOND * 3).build().unwrap().call(LISTENER, &()).await.is_err()
    );
    assert_eq!(began.elapsed().as_secs(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_call_without_end_can_be_dropped() {
    let service = Service::new(SECOND).latency(SECOND * 2);
    let client = service.client();
    let call = client.prepare_call(LISTENER, &json!({"LoadBalancerId": "lb-1"})).unwrap();
    assert!(timeout(SECOND / 2, call.send_unless(WaitOptions::default(), pending())).await.is_err());
    sleep(SECOND * 60).await;
    assert!(service.arrivals(LISTENER).is_empty());
}
