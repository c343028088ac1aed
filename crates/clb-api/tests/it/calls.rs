//! Signed calls, and how the client reads their responses.

use std::{sync::Arc, time::Duration};

use clb_api::{Client, ClientBuilder, Environment, ErrorClass, ErrorScope, Language, Options, SetupError};
use clb_sim::{Fault, Simulator, TaskScript, When};
use clb_task::{DealName, PollOutcome, StatusSource, TaskRef, TaskStatus};
use http::StatusCode;
use serde_json::json;

use crate::support::{SimulatorClock, builder, client, demo_keys, region, simulator, task};

const DESCRIBE: &str = "DescribeTaskStatus";

/// What the client makes of this fault of a poll.
async fn outcome(fault: impl Into<Fault>) -> PollOutcome {
    let simulator = simulator();
    simulator
        .task("t-1", TaskScript::already_complete().then_succeeds())
        .fault(When::always().of(DESCRIBE), fault);
    client(&simulator).poll_once(&task("t-1")).await
}

#[tokio::test(start_paused = true)]
async fn a_task_is_described() {
    let simulator = simulator();
    let script = TaskScript::runs_for_polls(1).then_fails("no quota").with_load_balancers(["lb-1"]);
    simulator.task("t-1", script);
    let client = client(&simulator);
    assert_eq!(client.describe_task_status(&task("t-1")).await.unwrap().status, TaskStatus::Running);
    let report = client.describe_task_status(&task("t-1")).await.unwrap();
    assert_eq!((report.status, report.message.as_deref()), (TaskStatus::Failed, Some("no quota")));
    assert_eq!(report.request_id, simulator.calls()[1].request_id);
}

#[tokio::test(start_paused = true)]
async fn an_order_is_described_by_its_name() {
    let simulator = simulator();
    simulator.deal("20260101000001", TaskScript::already_complete().then_succeeds());
    let deal = TaskRef::Deal(DealName::parse("20260101000001").unwrap());
    assert_eq!(client(&simulator).describe_task_status(&deal).await.unwrap().status, TaskStatus::Succeeded);
    assert_eq!(simulator.calls()[0].parameters, *json!({"DealName": "20260101000001"}).as_object().unwrap());
}

#[tokio::test(start_paused = true)]
async fn a_call_says_who_calls_where_and_in_which_language() {
    let simulator = simulator();
    let client = builder(&simulator).credentials(demo_keys()).request_client("my-tool/1").build().unwrap();
    let elsewhere = client.with_region(region("ap-shanghai-fsi"));
    let response = elsewhere
        .call("DeleteListener", &json!({"LoadBalancerId": "lb-1", "ListenerId": "lbl-1"}))
        .await
        .unwrap();
    let call = &simulator.calls()[0];
    assert_eq!(call.host.as_deref(), Some("clb.ap-shanghai-fsi.tencentcloudapi.com"));
    assert_eq!(call.region.as_deref(), Some("ap-shanghai-fsi"));
    assert_eq!((call.client.as_deref(), call.language.as_deref()), (Some("my-tool/1"), Some("en-US")));
    assert_eq!(
        (call.request_id.as_deref(), "DeleteListener"),
        (Some(response.request_id.as_str()), call.action.as_str())
    );
    assert_eq!(client.region().await.unwrap(), region("ap-guangzhou"));
}

#[tokio::test(start_paused = true)]
async fn the_service_speaks_the_language_of_the_request() {
    let simulator = simulator();
    let client = builder(&simulator).credentials(demo_keys()).language(Language::Chinese).build().unwrap();
    client.call("DescribeLoadBalancers", &json!({})).await.unwrap();
    assert_eq!(simulator.calls()[0].language.as_deref(), Some("zh-CN"));
}

#[tokio::test(start_paused = true)]
async fn network_and_server_errors_are_transient() {
    let cases: [Fault; 13] = [
        Fault::api_error("InternalError", "m").into(),
        Fault::api_error("ResourceInUse", "m").with_status(StatusCode::BAD_REQUEST).into(),
        Fault::api_error("FailedOperation.ResourceInOperating", "m").into(),
        Fault::http(StatusCode::REQUEST_TIMEOUT).into(),
        Fault::http(StatusCode::BAD_GATEWAY).into(),
        Fault::http(StatusCode::GATEWAY_TIMEOUT).into(),
        Fault::body("").into(),
        Fault::body("{\"Response\":").into(),
        Fault::body("<html>").into(),
        Fault::Reset,
        Fault::Hang,
        Fault::Truncated(20),
        Fault::Endless,
    ];
    for fault in cases {
        let outcome = outcome(fault.clone()).await;
        assert!(matches!(outcome, PollOutcome::Transient { retry_after: None, .. }), "{fault}: {outcome:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn throttling_is_told_apart_with_the_time_to_wait() {
    let PollOutcome::Throttled { error, retry_after } = outcome(Fault::throttled().with_retry_after(3)).await
    else {
        panic!()
    };
    assert_eq!(
        (error.code.as_deref(), retry_after),
        (Some("RequestLimitExceeded"), Some(Duration::from_secs(3)))
    );
    let too_many = Fault::http(StatusCode::TOO_MANY_REQUESTS).with_retry_after(5);
    let PollOutcome::Throttled { retry_after, .. } = outcome(too_many).await else { panic!() };
    assert_eq!(retry_after, Some(Duration::from_secs(5)));
    let unavailable = Fault::http(StatusCode::SERVICE_UNAVAILABLE).with_retry_after(7);
    let PollOutcome::Transient { retry_after, .. } = outcome(unavailable).await else { panic!() };
    assert_eq!(retry_after, Some(Duration::from_secs(7)));
}

#[tokio::test(start_paused = true)]
async fn an_odd_status_is_shown_as_it_came() {
    for (status, shown) in [
        (json!(null), "null"),
        (json!(7), "7"),
        (json!(-1), "-1"),
        (json!("0"), "\"0\""),
        (json!(1.5), "1.5"),
    ] {
        let simulator = simulator();
        simulator.task("t-1", TaskScript::already_complete().then_reports(status));
        let PollOutcome::Unrecognized { value, request_id } =
            client(&simulator).poll_once(&task("t-1")).await
        else {
            panic!("{shown}")
        };
        assert_eq!((value.as_str(), request_id), (shown, simulator.calls()[0].request_id.clone()));
    }
    let simulator = simulator();
    simulator.task("t-1", TaskScript::already_complete().then_omits_status());
    assert!(
        matches!(client(&simulator).poll_once(&task("t-1")).await, PollOutcome::Unrecognized { value, .. } if value == "missing")
    );
}

#[tokio::test(start_paused = true)]
async fn errors_keep_their_class_and_message() {
    let cases = [
        ("AuthFailure.SecretIdNotFound", ErrorClass::Auth, ErrorScope::Caller),
        ("UnauthorizedOperation", ErrorClass::Auth, ErrorScope::Caller),
        ("ResourceNotFound", ErrorClass::NotFound, ErrorScope::Resource),
        ("InvalidParameter", ErrorClass::Rejected, ErrorScope::Resource),
        ("InvalidParameter.RegionNotFound", ErrorClass::Rejected, ErrorScope::Caller),
        ("FailedOperation", ErrorClass::LimitedRetries, ErrorScope::Resource),
        ("SomethingNew.Here", ErrorClass::Rejected, ErrorScope::Caller),
    ];
    for (code, class, scope) in cases {
        let simulator = simulator();
        simulator.fault(When::always(), Fault::api_error(code, "the words"));
        let error = client(&simulator).describe_task_status(&task("t-1")).await.unwrap_err();
        assert_eq!((error.code(), error.class(), error.scope()), (Some(code), class, scope));
        assert_eq!(error.message(), "the words");
        assert_eq!(error.remedy().is_none(), code == "SomethingNew.Here");
        assert_eq!(error.request_id(), simulator.calls().last().unwrap().request_id.as_deref());
    }
}

#[tokio::test(start_paused = true)]
async fn a_change_may_be_sent_again_only_if_it_was_certainly_not_begun() {
    let safe = async |fault: Fault| {
        let simulator = simulator();
        simulator.fault(When::always(), fault);
        let error = client(&simulator).call("CreateListener", &json!({})).await.unwrap_err();
        assert_eq!(simulator.calls().len(), 1, "sent once");
        (error.is_safe_to_resend(), error.may_have_acted())
    };
    assert_eq!(safe(Fault::throttled().into()).await, (true, false));
    assert_eq!(
        safe(Fault::api_error("FailedOperation.ResourceInOperating", "m").into()).await,
        (true, false)
    );
    assert_eq!(safe(Fault::api_error("AuthFailure.SignatureFailure", "m").into()).await, (false, false));
    assert_eq!(safe(Fault::api_error("InvalidParameter", "m").into()).await, (false, false));
    assert_eq!(safe(Fault::api_error("InternalError", "m").into()).await, (false, true));
    assert_eq!(safe(Fault::api_error("SomethingNew", "m").into()).await, (false, true));
    assert_eq!(safe(Fault::http(StatusCode::BAD_GATEWAY).into()).await, (false, true));
    assert_eq!(safe(Fault::Reset).await, (false, true));
    assert_eq!(safe(Fault::Hang).await, (false, true));
}

#[tokio::test(start_paused = true)]
async fn a_clock_that_is_off_is_corrected_once() {
    for seconds in [-600, 600, 86_400] {
        let simulator = simulator();
        simulator.task("t-1", TaskScript::already_complete().then_succeeds());
        let clock = SimulatorClock(simulator.clone(), seconds);
        let client = builder(&simulator).clock(Arc::new(clock)).credentials(demo_keys()).build().unwrap();
        assert_eq!(client.clock_correction(), None);
        for _ in 0..3 {
            client.describe_task_status(&task("t-1")).await.unwrap();
        }
        assert_eq!(client.clock_correction(), Some(-seconds));
        assert_eq!(simulator.calls().len(), 4, "one call was rejected and repeated");
    }
}

#[tokio::test(start_paused = true)]
async fn a_clock_that_stays_wrong_is_an_error() {
    let simulator = simulator();
    simulator.fault(When::always(), Fault::api_error("AuthFailure.SignatureExpire", "too late"));
    let error = client(&simulator).describe_task_status(&task("t-1")).await.unwrap_err();
    assert!(error.is_auth() && simulator.calls().len() == 4, "{error}");
}

#[tokio::test(start_paused = true)]
async fn fixed_keys_are_not_tried_twice() {
    let simulator = simulator();
    simulator.fault(When::always(), Fault::ExpiredToken);
    let error = client(&simulator).describe_task_status(&task("t-1")).await.unwrap_err();
    assert_eq!((error.code(), simulator.calls().len()), (Some("AuthFailure.TokenFailure"), 1));
}

/// A builder that reads nothing of the machine that tests run on.
fn bare() -> ClientBuilder {
    Client::builder().environment(Environment::empty())
}

#[tokio::test]
async fn what_the_client_lacks_is_the_first_calls_error() {
    let lacks = async |client: Client| client.describe_task_status(&task("t-1")).await.unwrap_err();
    let error = lacks(bare().credentials(demo_keys()).build().unwrap()).await;
    assert!(matches!(error.setup_error(), Some(SetupError::NoRegion { .. })), "{error}");
    let error = lacks(bare().region(region("ap-guangzhou")).build().unwrap()).await;
    assert!(matches!(error.setup_error(), Some(SetupError::Credentials(_))), "{error}");
    assert!(!error.may_have_acted() && !error.is_transient() && error.class() == ErrorClass::Setup);
}

#[tokio::test]
async fn building_takes_anything_and_the_first_call_names_what_is_wrong() {
    let some = |text: &str| Some(text.to_owned());
    let wrong = || Options { region: some("ap-guangzhou"), ca_file: some("/nowhere"), ..Options::default() };
    let cases = [
        (Options { region: some("Guangzhou"), ..wrong() }, "`region`: "),
        (Options { endpoint: some("nonsense"), ..wrong() }, "`endpoint`: "),
        (Options { sts_endpoint: some("ftp://x"), ..wrong() }, "`sts_endpoint`: "),
        (Options { domain: some("https://x"), ..wrong() }, "`domain`: "),
        (Options { protocol: some("QUIC"), ..wrong() }, "`protocol`: "),
        (
            Options { secret_id: some(" a"), secret_key: some("k"), ..wrong() },
            "`secret_id` and `secret_key`: ",
        ),
        (wrong(), "no credentials were found; "),
        (
            Options { secret_id: some("i"), secret_key: some("k"), ..wrong() },
            "`ca_file` /nowhere cannot be read",
        ),
    ];
    for (options, names) in cases {
        let client = bare().options(options).build().unwrap();
        let error = client.describe_task_status(&task("t-1")).await.unwrap_err();
        assert!(error.to_string().starts_with(names) && error.class() == ErrorClass::Setup, "{error}");
    }
}

#[tokio::test(start_paused = true)]
async fn keys_are_in_no_error_and_no_debug_output() {
    let simulator = simulator();
    let message = format!("{} and the token a-token are unknown", clb_sim::DEMO_SECRET_ID);
    simulator.fault(When::always(), Fault::api_error("AuthFailure", message));
    let keys = clb_api::StaticCredentials::parse(clb_sim::DEMO_SECRET_ID, "a-key", Some("a-token")).unwrap();
    let client = builder(&simulator).credentials(keys.clone()).build().unwrap();
    let error = client.describe_task_status(&task("t-1")).await.unwrap_err();
    assert_eq!(error.message(), "[redacted] and the token [redacted] are unknown");
    for text in [
        format!("{client:?}"),
        format!("{keys:?}"),
        format!("{error:?}"),
        format!("{:?}", error.poll_error()),
    ] {
        assert!(!text.contains("a-key") && !text.contains("a-token"), "{text}");
    }
}

#[tokio::test(start_paused = true)]
async fn parameters_reach_the_service_as_they_are() {
    let simulator: Simulator = simulator();
    let parameters = json!({"Names": ["负载", "a b"], "Deep": {"N": 1.5, "B": true}});
    client(&simulator).call("AddCustomizedConfig", &parameters).await.unwrap();
    assert_eq!(simulator.calls()[0].parameters, *parameters.as_object().unwrap());
}

#[tokio::test(start_paused = true)]
async fn a_poll_is_repeated_as_the_row_of_its_error_code_says() {
    for row in clb_api::error_table::ROWS {
        let outcome = outcome(Fault::api_error(row.code, "the words")).await;
        let expected = match row.class {
            ErrorClass::Throttled => matches!(outcome, PollOutcome::Throttled { .. }),
            ErrorClass::Busy | ErrorClass::Transient => matches!(outcome, PollOutcome::Transient { .. }),
            ErrorClass::LimitedRetries => matches!(outcome, PollOutcome::Rejected { retries: 3, .. }),
            ErrorClass::CorrectClock => matches!(outcome, PollOutcome::Rejected { retries: 3, .. }),
            _ => matches!(outcome, PollOutcome::Rejected { retries: 0, .. }),
        };
        assert!(expected, "{row:?}: {outcome:?}");
    }
}
