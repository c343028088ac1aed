//! The security token service and instance metadata.

use std::time::Duration;

use bytes::Bytes;
use clb_sim::{CallOutcome, DEMO_ACCOUNT_ID, Simulator, TaskScript};
use http::{Request, StatusCode};
use serde_json::{Value, json};
use tokio::time::advance;

use crate::support::{Call, START, code, options, send, simulator, temporary};

const ROLE: &str = "qcs::cam::uin/100000000001:roleName/deployer";

fn role(more: &Value) -> Value {
    let mut parameters = json!({ "RoleArn": ROLE, "RoleSessionName": "tests" });
    parameters.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    parameters
}

#[tokio::test(start_paused = true)]
async fn an_assumed_role_signs_calls_until_its_keys_expire() {
    let simulator = simulator();
    simulator.task("1234", TaskScript::runs_forever());
    let session = Call::sts("AssumeRole", &role(&json!({ "DurationSeconds": 600 }))).send(&simulator).await;
    assert_eq!(session["ExpiredTime"], START + 600);
    assert_eq!(session["Expiration"], "2023-11-14T22:23:20Z");
    let poll = Call::poll("1234").by(temporary(&session["Credentials"]));
    assert_eq!(poll.send(&simulator).await["Status"], 2);
    advance(Duration::from_secs(600)).await;
    let late = Call { unix: START + 600, ..poll };
    assert_eq!(late.code(&simulator).await, "AuthFailure.TokenFailure");
}

#[tokio::test(start_paused = true)]
async fn roles_can_be_chained() {
    let simulator = simulator();
    let first = Call::sts("AssumeRole", &role(&json!({}))).send(&simulator).await;
    let chained = Call::sts("AssumeRole", &role(&json!({}))).by(temporary(&first["Credentials"]));
    let second = chained.send(&simulator).await;
    assert_ne!(first["Credentials"]["TmpSecretId"], second["Credentials"]["TmpSecretId"]);
    assert_eq!(second["ExpiredTime"], START + 7200);
}

#[tokio::test(start_paused = true)]
async fn get_caller_identity_returns_the_caller() {
    let simulator = simulator();
    let identity = Call::sts("GetCallerIdentity", &json!({}));
    let demo = identity.send(&simulator).await;
    assert_eq!((&demo["AccountId"], &demo["Type"]), (&json!(DEMO_ACCOUNT_ID), &json!("RootAccount")));
    let session = Call::sts("AssumeRole", &role(&json!({}))).send(&simulator).await;
    let in_role = identity.by(temporary(&session["Credentials"])).send(&simulator).await;
    assert_eq!((&in_role["Arn"], &in_role["Type"]), (&json!(ROLE), &json!("CAMRole")));
}

async fn without_a_key(action: &str, parameters: &Value) -> Value {
    let mut request = Call::sts(action, parameters).request();
    request.headers_mut().insert("authorization", "SKIP".parse().unwrap());
    send(request, &simulator()).await
}

#[tokio::test(start_paused = true)]
async fn callers_without_a_key_need_not_sign() {
    let saml =
        role(&json!({ "SAMLAssertion": "PHNhbWw+", "PrincipalArn": "qcs::cam::uin/1:saml-provider/idp" }));
    let web = role(&json!({ "ProviderId": "tke", "WebIdentityToken": "eyJ" }));
    for (action, parameters) in [("AssumeRoleWithSAML", &saml), ("AssumeRoleWithWebIdentity", &web)] {
        let session = without_a_key(action, parameters).await;
        assert!(session["Credentials"]["Token"].is_string(), "{session}");
        assert_eq!(Call::sts(action, parameters).code(&simulator()).await, "none");
    }
    for (action, parameters) in [("AssumeRole", &saml), ("GetCallerIdentity", &json!({}))] {
        assert_eq!(code(&without_a_key(action, parameters).await), "AuthFailure.InvalidAuthorization");
    }
}

#[tokio::test(start_paused = true)]
async fn a_second_factor_gives_a_session_token() {
    let simulator = simulator();
    let factor = json!({ "SerialNumber": "qcs::cam:uin/1::mfa/softToken", "TokenCode": "123456" });
    let session = Call::sts("GetSessionToken", &factor).send(&simulator).await;
    assert_eq!(session["ExpiredTime"], START + 1800);
}

#[tokio::test(start_paused = true)]
async fn a_one_time_code_is_accepted_once() {
    let simulator = simulator();
    let factor = json!({ "SerialNumber": "qcs::cam:uin/1::mfa/softToken", "TokenCode": "123456" });
    let session = Call::sts("GetSessionToken", &factor);
    assert_eq!(session.code(&simulator).await, "none");
    assert_eq!(session.code(&simulator).await, "AuthFailure.MFAFailure");
    let assumed = Call::sts("AssumeRole", &role(&factor));
    assert_eq!(assumed.code(&simulator).await, "AuthFailure.MFAFailure");
    let next = json!({ "SerialNumber": "qcs::cam:uin/1::mfa/softToken", "TokenCode": "654321" });
    assert_eq!(Call::sts("AssumeRole", &role(&next)).code(&simulator).await, "none");
}

#[tokio::test(start_paused = true)]
async fn parameters_of_sessions_are_checked() {
    for (action, parameters, expected) in [
        ("AssumeRole", json!({}), "MissingParameter"),
        ("AssumeRole", json!({ "RoleArn": ROLE }), "MissingParameter"),
        ("AssumeRole", role(&json!({ "DurationSeconds": 43_201 })), "InvalidParameter.ParamError"),
        ("AssumeRole", role(&json!({ "DurationSeconds": "7200" })), "InvalidParameter"),
        ("AssumeRole", role(&json!({ "RoleArn": "deployer" })), "InvalidParameter.ParamError"),
        ("AssumeRoleWithSAML", role(&json!({})), "MissingParameter"),
        ("AssumeRoleWithWebIdentity", role(&json!({ "ProviderId": "tke" })), "MissingParameter"),
        ("GetSessionToken", json!({ "SerialNumber": "1" }), "MissingParameter"),
        ("GetFederationToken", json!({}), "InvalidAction"),
    ] {
        assert_eq!(
            Call::sts(action, &parameters).code(&simulator()).await,
            expected,
            "{action} {parameters}"
        );
    }
    let version = Call { version: "2018-03-17", ..Call::sts("GetCallerIdentity", &json!({})) };
    assert_eq!(version.code(&simulator()).await, "NoSuchVersion");
}

#[tokio::test(start_paused = true)]
async fn sessions_can_be_made_short_for_a_test() {
    let simulator = Simulator::new(options().with_session_duration(Duration::from_secs(3)));
    let session = Call::sts("AssumeRole", &role(&json!({ "DurationSeconds": 7200 }))).send(&simulator).await;
    assert_eq!(session["ExpiredTime"], START + 3);
}

async fn metadata(simulator: &Simulator, path: &str) -> http::Response<Bytes> {
    let uri = format!("http://metadata.tencentyun.com/latest/meta-data/cam/security-credentials/{path}");
    simulator.handle(Request::get(uri).body(Bytes::new()).unwrap()).await.unwrap()
}

#[tokio::test(start_paused = true)]
async fn metadata_names_the_role_of_the_instance_and_gives_its_keys() {
    let simulator = Simulator::new(options().with_instance_role("worker"));
    simulator.task("1234", TaskScript::runs_forever());
    assert_eq!(metadata(&simulator, "").await.body(), "worker");
    let keys: Value = serde_json::from_slice(metadata(&simulator, "worker").await.body()).unwrap();
    assert_eq!((&keys["Code"], &keys["ExpiredTime"]), (&json!("Success"), &json!(START + 7200)));
    assert_eq!(Call::poll("1234").by(temporary(&keys)).send(&simulator).await["Status"], 2);
    assert_eq!(metadata(&simulator, "other").await.status(), StatusCode::NOT_FOUND);
    let requests = simulator.calls_of("InstanceMetadata");
    assert_eq!(requests.iter().filter(|metadata| metadata.outcome == CallOutcome::Accepted).count(), 2);
}

#[tokio::test(start_paused = true)]
async fn an_instance_without_a_role_has_no_keys() {
    assert_eq!(metadata(&simulator(), "").await.status(), StatusCode::NOT_FOUND);
    assert_eq!(metadata(&simulator(), "worker").await.status(), StatusCode::NOT_FOUND);
}
