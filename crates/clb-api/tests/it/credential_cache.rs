//! Credentials that expire: the cache renews them in time, fetches them once for all callers, and uses id, key and token together.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use clb_api::{
    ApiError, AssumeRole, AssumedRole, Client, CredentialCache, CredentialContext, CredentialError,
    Credentials, CredentialsProvider, InstanceRole, MfaCertification, MfaSession, StaticCredentials,
};
use clb_sim::{CallOutcome, Fault, Key, Options, Simulator, TaskScript, When};
use clb_task::{PollPolicy, TaskStatus, WaitError, WaitOptions, WaitReport, Waiter, WaiterOptions};
use tokio::time::Instant;

use crate::support::{START, builder, demo_keys, task};

/// A simulator whose sessions last ten minutes.
fn simulator() -> Simulator {
    let options = Options::starting_at(START)
        .with_session_duration(Duration::from_secs(600))
        .with_instance_role("gate")
        .with_rate_limit(None);
    Simulator::new(options)
}

fn role_arguments() -> AssumeRole {
    AssumeRole {
        role_arn: Some("qcs::cam::uin/100000000001:roleName/gate".to_owned()),
        session_name: Some("gate".to_owned()),
        ..AssumeRole::default()
    }
}

fn role() -> AssumedRole {
    AssumedRole::new(demo_keys(), &role_arguments()).unwrap()
}

async fn poll(client: &Client) -> Result<(), ApiError> {
    client.describe_task_status(&task("t-1")).await.map(|_| ())
}

/// Waits for a task of two hours, with sessions of ten minutes.
async fn a_two_hour_wait(
    provider: impl CredentialsProvider + 'static,
) -> (Simulator, Result<WaitReport, WaitError>) {
    let simulator = simulator();
    simulator.task("t-1", TaskScript::runs_for(Duration::from_secs(7200)).then_succeeds());
    let client = builder(&simulator).credentials(provider).build().unwrap();
    let waiter = Waiter::new(WaiterOptions::default());
    let policy = PollPolicy::fixed(Duration::from_secs(5)).unwrap();
    let options = WaitOptions::default().with_policy(policy).with_timeout(Duration::from_secs(3 * 3600));
    let result = waiter.wait(Arc::new(client), task("t-1"), options).await;
    (simulator, result)
}

/// A wait during which `action` issues sessions.
async fn a_long_wait(provider: impl CredentialsProvider + 'static, action: &str) {
    let (simulator, result) = a_two_hour_wait(provider).await;
    assert_eq!(result.unwrap().report.status, TaskStatus::Succeeded);

    let calls = simulator.calls();
    assert!(simulator.elapsed() >= Duration::from_secs(7200) && calls.len() > 1000);
    assert!(
        calls.iter().all(|call| call.outcome == CallOutcome::Accepted),
        "nothing was polled with an expired session"
    );
    let fetches = simulator.calls_of(action).len();
    assert!((23..=25).contains(&fetches), "renewed at half of ten minutes: {fetches}");
}

#[tokio::test(start_paused = true)]
async fn a_two_hour_wait_outlives_ten_minute_credentials() {
    a_long_wait(role(), "AssumeRole").await;
    a_long_wait(InstanceRole::named("gate"), "InstanceMetadata").await;
}

#[tokio::test(start_paused = true)]
async fn the_credentials_in_use_can_be_read() {
    let simulator = simulator();
    let client = builder(&simulator).credentials(role()).build().unwrap();
    let credentials = client.credentials().await.unwrap();
    assert_eq!(credentials.expires_at(), Some(START + 600));
    let _ = poll(&client).await;
    let polled = simulator.calls().pop().unwrap();
    assert_eq!(polled.secret_id.as_deref(), Some(credentials.credential().secret_id().as_str()));
}

#[tokio::test(start_paused = true)]
async fn credentials_are_fetched_once_for_all_callers() {
    let simulator = simulator();
    simulator.task("t-1", TaskScript::runs_forever());
    simulator.fault(When::always().of("AssumeRole"), Fault::Delayed(Duration::from_secs(2)));
    let client = builder(&simulator).credentials(role()).build().unwrap();
    let all = (0..200).map(|_| {
        let client = client.clone();
        tokio::spawn(async move { poll(&client).await })
    });
    for polled in all.collect::<Vec<_>>() {
        polled.await.unwrap().unwrap();
    }
    assert_eq!(simulator.calls_of("AssumeRole").len(), 1);
    tokio::time::sleep(Duration::from_secs(700)).await;
    let all = (0..200).map(|_| {
        tokio::spawn({
            let client = client.clone();
            async move { poll(&client).await }
        })
    });
    for polled in all.collect::<Vec<_>>() {
        polled.await.unwrap().unwrap();
    }
    assert_eq!(simulator.calls_of("AssumeRole").len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_failed_fetch_is_one_failure_for_all_callers() {
    let simulator = simulator();
    simulator.fault(When::always().of("AssumeRole"), Fault::api_error("InternalError", "later"));
    let client = builder(&simulator).credentials(role()).build().unwrap();
    let all = (0..50).map(|_| {
        tokio::spawn({
            let client = client.clone();
            async move { poll(&client).await }
        })
    });
    for polled in all.collect::<Vec<_>>() {
        assert!(polled.await.unwrap().unwrap_err().is_transient());
    }
    assert_eq!(simulator.calls_of("AssumeRole").len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_dropped_caller_does_not_stop_the_fetch() {
    let simulator = simulator();
    simulator.task("t-1", TaskScript::runs_forever());
    simulator.fault(When::always().of("AssumeRole"), Fault::Delayed(Duration::from_secs(5)));
    let client = builder(&simulator).credentials(role()).build().unwrap();
    let gone = tokio::time::timeout(Duration::from_secs(1), poll(&client)).await;
    assert!(gone.is_err());
    tokio::time::timeout(Duration::from_secs(5), poll(&client)).await.unwrap().unwrap();
    assert_eq!(simulator.calls_of("AssumeRole").len(), 1);
}

#[tokio::test(start_paused = true)]
async fn calls_go_on_while_credentials_are_renewed_or_cannot_be() {
    let simulator = simulator();
    simulator.task("t-1", TaskScript::runs_forever());
    let client = builder(&simulator).credentials(role()).build().unwrap();
    poll(&client).await.unwrap();
    simulator.fault(When::always().of("AssumeRole"), Fault::Hang);
    tokio::time::sleep(Duration::from_secs(400)).await;
    for _ in 0..10 {
        let polled = tokio::time::Instant::now();
        poll(&client).await.unwrap();
        assert!(polled.elapsed() < Duration::from_secs(1));
        tokio::time::sleep(Duration::from_secs(15)).await;
    }
    let tries = simulator.calls_of("AssumeRole").len();
    assert!(
        (5..=11).contains(&tries),
        "each try hangs for ten seconds, and the next waits another ten: {tries}"
    );
    tokio::time::sleep(Duration::from_secs(100)).await;
    assert!(poll(&client).await.unwrap_err().is_transient(), "expired by now");
}

#[tokio::test(start_paused = true)]
async fn a_rejected_token_is_renewed_once_and_the_call_repeated() {
    let simulator = simulator();
    simulator.task("t-1", TaskScript::runs_forever());
    simulator.fault(When::call(2).of("DescribeTaskStatus"), Fault::ExpiredToken);
    let client = builder(&simulator).credentials(role()).build().unwrap();
    poll(&client).await.unwrap();
    poll(&client).await.unwrap();
    assert_eq!(
        (simulator.calls_of("AssumeRole").len(), simulator.calls_of("DescribeTaskStatus").len()),
        (2, 3)
    );
    simulator.fault(When::always().of("DescribeTaskStatus"), Fault::ExpiredToken);
    assert_eq!(poll(&client).await.unwrap_err().code(), Some("AuthFailure.TokenFailure"));
    assert_eq!(
        (simulator.calls_of("AssumeRole").len(), simulator.calls_of("DescribeTaskStatus").len()),
        (3, 5)
    );
}

/// Hands out another session each time.
struct Turning(AtomicU32);

#[async_trait]
impl CredentialsProvider for Turning {
    async fn credentials(&self, context: &CredentialContext) -> Result<Credentials, CredentialError> {
        let number = self.0.fetch_add(1, Ordering::Relaxed);
        let names = [format!("id-{number}"), format!("key-{number}"), format!("token-{number}")];
        tokio::task::yield_now().await;
        let keys = StaticCredentials::parse(&names[0], &names[1], Some(&names[2])).unwrap();
        let credentials = keys.credentials(context).await?;
        Ok(Credentials::expiring(credentials.credential().clone(), context.unix() + 20))
    }
}

#[tokio::test(start_paused = true)]
async fn id_key_and_token_are_always_of_one_session() {
    let simulator = simulator();
    simulator.task("t-1", TaskScript::runs_forever());
    for number in 0..100 {
        simulator.key(
            Key::new(format!("id-{number}"), format!("key-{number}")).with_token(format!("token-{number}")),
        );
    }
    let client = builder(&simulator).credentials(Turning(AtomicU32::new(0))).build().unwrap();
    let errors = Arc::new(Mutex::new(Vec::new()));
    let all = (0..500_u64).map(|number| {
        let (client, errors) = (client.clone(), Arc::clone(&errors));
        tokio::spawn(async move {
            tokio::time::sleep(Duration::from_millis(number * 500)).await;
            if let Err(error) = poll(&client).await {
                errors.lock().unwrap().push(error);
            }
        })
    });
    for polled in all.collect::<Vec<_>>() {
        polled.await.unwrap();
    }
    assert!(errors.lock().unwrap().is_empty(), "{errors:?}");
}

#[tokio::test(start_paused = true)]
async fn a_machine_whose_metadata_service_never_responded_has_no_role() {
    let simulator = simulator();
    simulator.task("t-1", TaskScript::runs_forever());
    simulator.fault(When::next(2).of("InstanceMetadata"), Fault::Reset);
    let client = builder(&simulator).credentials(InstanceRole::named("gate")).build().unwrap();
    poll(&client).await.unwrap();
    assert_eq!(simulator.calls_of("InstanceMetadata").len(), 3);

    let simulator = crate::support::simulator();
    simulator.fault(When::always().of("InstanceMetadata"), Fault::Reset);
    let client = builder(&simulator).credentials(InstanceRole::named("gate")).build().unwrap();
    let error = poll(&client).await.unwrap_err();
    assert!(!error.is_transient() && error.to_string().contains("is this a CVM with a role?"), "{error}");
}

/// A wait with the session that a one-time code opened.
async fn a_wait_that_outlives_its_code(provider: impl CredentialsProvider + 'static, action: &str) -> String {
    let (simulator, result) = a_two_hour_wait(provider).await;
    let error = result.unwrap_err();
    assert_eq!(simulator.calls_of(action).len(), 1, "a code is sent once");
    assert!((598..=610).contains(&simulator.elapsed().as_secs()), "{:?}", simulator.elapsed());
    format!("{error:?}")
}

#[tokio::test(start_paused = true)]
async fn a_one_time_code_is_sent_once() {
    let arguments = MfaCertification {
        serial_number: Some("mfa/softToken".to_owned()),
        token_code: Some("500001".to_owned()),
        ..MfaCertification::default()
    };
    let session = MfaSession::new(demo_keys(), &arguments).unwrap();
    let error = a_wait_that_outlives_its_code(session, "GetSessionToken").await;
    assert!(
        error.contains("`mfa_certification`: the one-time code was used and its session has expired"),
        "{error}"
    );
    assert!(
        error.contains("set a new one in `token_code` (or `TENCENTCLOUD_MFA_CERTIFICATION_TOKEN_CODE`)"),
        "{error}"
    );

    let arguments = AssumeRole {
        serial_number: Some("mfa/softToken".to_owned()),
        token_code: Some("500002".to_owned()),
        ..role_arguments()
    };
    let role = AssumedRole::new(demo_keys(), &arguments).unwrap();
    let error = a_wait_that_outlives_its_code(role, "AssumeRole").await;
    assert!(
        error.contains("set a new one in `token_code` (or `TENCENTCLOUD_ASSUME_ROLE_TOKEN_CODE`)"),
        "{error}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_second_client_does_not_send_the_code_again() {
    let simulator = simulator();
    simulator.task("t-1", TaskScript::runs_forever());
    let arguments = MfaCertification {
        serial_number: Some("mfa/softToken".to_owned()),
        token_code: Some("500004".to_owned()),
        ..MfaCertification::default()
    };
    let [first, second] = [(); 2].map(|()| {
        let session = MfaSession::new(demo_keys(), &arguments).unwrap();
        builder(&simulator).credentials(session).build().unwrap()
    });
    poll(&first).await.unwrap();
    let error = poll(&second).await.unwrap_err();
    for part in ["another client of this process sent the code", "set a new one in `token_code`"] {
        assert!(!error.is_transient() && error.message().contains(part), "{error}");
    }
    assert_eq!(simulator.calls_of("GetSessionToken").len(), 1);
    poll(&first).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_rejected_one_time_code_is_not_sent_again() {
    let simulator = simulator();
    simulator.fault(When::always().of("GetSessionToken"), Fault::api_error("InternalError", "later"));
    let arguments = MfaCertification {
        serial_number: Some("mfa/softToken".to_owned()),
        token_code: Some("500003".to_owned()),
        ..MfaCertification::default()
    };
    let session = MfaSession::new(demo_keys(), &arguments).unwrap();
    let client = builder(&simulator).credentials(session).build().unwrap();
    assert_eq!(poll(&client).await.unwrap_err().code(), Some("InternalError"));
    let error = poll(&client).await.unwrap_err();
    assert!(!error.is_transient() && error.message().contains("its session was not opened"), "{error}");
    assert!(error.message().contains("InternalError: later"), "{error}");
    assert_eq!(simulator.calls_of("GetSessionToken").len(), 1);
}

#[tokio::test(start_paused = true)]
async fn credentials_that_have_expired_when_they_arrive_are_an_error() {
    for expired_time in [0, START - 1, START] {
        let simulator = simulator();
        let response = serde_json::json!({ "Response": {
            "Credentials": { "TmpSecretId": "i", "TmpSecretKey": "k", "Token": "t" },
            "ExpiredTime": expired_time, "RequestId": "r",
        }});
        simulator.fault(When::always().of("AssumeRole"), Fault::body(response.to_string()));
        let client = builder(&simulator).credentials(role()).build().unwrap();
        let error = poll(&client).await.unwrap_err();
        assert!(error.message().contains(&format!("`ExpiredTime` is {expired_time}")), "{error}");
        assert!(!error.is_transient() && simulator.calls_of("DescribeTaskStatus").is_empty(), "{error}");
    }
}

/// Gives credentials that have expired already, each time the same.
struct Stale(Arc<AtomicU32>);

#[async_trait]
impl CredentialsProvider for Stale {
    async fn credentials(&self, context: &CredentialContext) -> Result<Credentials, CredentialError> {
        self.0.fetch_add(1, Ordering::Relaxed);
        let keys = demo_keys().credentials(context).await?;
        Ok(Credentials::expiring(keys.credential().clone(), context.unix() - 1))
    }
}

#[tokio::test(start_paused = true)]
async fn expired_credentials_are_not_fetched_at_every_call() {
    let simulator = simulator();
    simulator.task("t-1", TaskScript::runs_forever());
    let fetches = Arc::new(AtomicU32::new(0));
    let client = builder(&simulator).credentials(Stale(Arc::clone(&fetches))).build().unwrap();
    for _ in 0..50 {
        poll(&client).await.unwrap();
    }
    assert_eq!(fetches.load(Ordering::Relaxed), 1);
    tokio::time::sleep(Duration::from_secs(61)).await;
    poll(&client).await.unwrap();
    assert_eq!(fetches.load(Ordering::Relaxed), 2);
}

#[tokio::test(start_paused = true)]
async fn the_account_is_checked_for_each_secret_id() {
    let simulator = simulator();
    simulator.task("t-1", TaskScript::runs_forever());
    for number in 0..3 {
        simulator.key(
            Key::new(format!("id-{number}"), format!("key-{number}")).with_token(format!("token-{number}")),
        );
    }
    let options = clb_api::Options {
        allowed_account_ids: vec![clb_sim::DEMO_ACCOUNT_ID.to_owned()],
        region: Some("ap-guangzhou".to_owned()),
        ..clb_api::Options::default()
    };
    let client =
        builder(&simulator).options(options).credentials(Turning(AtomicU32::new(0))).build().unwrap();
    for _ in 0..5 {
        poll(&client).await.unwrap();
    }
    assert_eq!(simulator.calls_of("GetCallerIdentity").len(), 1);
    tokio::time::sleep(Duration::from_secs(21)).await;
    let other = serde_json::json!({ "Response": { "AccountId": "200000000002", "RequestId": "r" } });
    simulator.fault(When::next(1).of("GetCallerIdentity"), Fault::body(other.to_string()));
    let error = poll(&client).await.unwrap_err();
    assert!(error.message().contains("belong to the account 200000000002"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn credentials_can_be_had_and_cached_without_a_call() {
    let simulator = simulator();
    let context = builder(&simulator).build().unwrap().credential_context().unwrap();
    assert_eq!(context.unix(), START);
    let cache = CredentialCache::new(role(), context.clone());
    let first = cache.credentials().await.unwrap();
    assert_eq!((first.expires_at(), simulator.calls_of("AssumeRole").len()), (Some(START + 600), 1));
    tokio::time::sleep(Duration::from_secs(601)).await;
    let second = cache.credentials().await.unwrap();
    assert_eq!((second.expires_at(), simulator.calls_of("AssumeRole").len()), (Some(START + 1201), 2));

    simulator
        .fault(When::always().of("AssumeRole"), Fault::api_error("AuthFailure.UnauthorizedOperation", "no"));
    let error = role().credentials(&context).await.unwrap_err();
    let source = std::error::Error::source(&error).unwrap().downcast_ref::<ApiError>().unwrap();
    assert_eq!(source.code(), Some("AuthFailure.UnauthorizedOperation"));
    assert_eq!(source.host(), Some("sts.tencentcloudapi.com"));
}

#[tokio::test(start_paused = true)]
async fn an_error_says_where_the_call_went() {
    let simulator = simulator();
    simulator.fault(When::always(), Fault::api_error("UnauthorizedOperation", "no"));
    let client = builder(&simulator).credentials(demo_keys()).build().unwrap();
    let error = poll(&client).await.unwrap_err();
    assert_eq!(error.region().map(ToString::to_string).as_deref(), Some("ap-guangzhou"));
    assert!(error.to_string().ends_with(", in ap-guangzhou at clb.tencentcloudapi.com)"), "{error}");
}

/// Gives a session once, and then never again.
#[derive(Default)]
struct OnceOnly(AtomicU32);

#[async_trait]
impl CredentialsProvider for OnceOnly {
    async fn credentials(&self, context: &CredentialContext) -> Result<Credentials, CredentialError> {
        match self.0.fetch_add(1, Ordering::Relaxed) {
            0 => demo_keys().credentials(context).await,
            _ => std::future::pending().await,
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_renewal_that_never_ends_does_not_outlast_the_call() {
    let simulator = simulator();
    simulator.fault(When::always(), Fault::ExpiredToken);
    let client = builder(&simulator).credentials(OnceOnly::default()).build().unwrap();
    let (began, timeout) = (Instant::now(), Duration::from_secs(5));
    let options = WaitOptions::default().with_timeout(timeout);
    let error = client.call_and_wait("DeleteListener", &(), options).await.unwrap_err();
    assert_eq!(error.api_error().unwrap().code(), Some("AuthFailure.TokenFailure"));
    assert!(began.elapsed() <= Duration::from_secs(7), "{:?}", began.elapsed());
}
