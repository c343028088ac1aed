//! Tests every credentials provider, alone and as part of the chain.

use std::{path::Path, time::Duration};

use clb_api::{
    ApiError, AssumeRole, AssumeRoleWithSaml, AssumeRoleWithWebIdentity, Client, ConfigWarning, Environment,
    MfaCertification, Options,
};
use clb_sim::{
    CallRecord, DEMO_ACCOUNT_ID, DEMO_SECRET_ID, DEMO_SECRET_KEY, Fault, Key, Simulator, TaskScript, When,
};
use serde_json::json;

use crate::support::{START, builder, demo_keys, task, without_region};

const ROLE: &str = "qcs::cam::uin/100000000001:roleName/gate";

/// A simulator that knows one task, a second key pair, and has an instance role.
fn simulator() -> Simulator {
    let options = clb_sim::Options::starting_at(START)
        .with_instance_role("gate")
        .with_key(Key::new("other-id", "other-key"));
    let simulator = Simulator::new(options);
    simulator.task("t-1", TaskScript::already_complete().then_succeeds());
    simulator
}

fn client(simulator: &Simulator, options: Options, variables: &[(&str, &str)]) -> Client {
    let variables: Vec<_> =
        variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let environment = Environment::new(move |name| {
        variables.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone())
    });
    let options = Options { region: some("ap-guangzhou"), ..options };
    builder(simulator).options(options).environment(environment).build().unwrap()
}

/// The calls that one poll leads to.
async fn calls(options: Options, variables: &[(&str, &str)]) -> Vec<CallRecord> {
    let simulator = simulator();
    client(&simulator, options, variables).describe_task_status(&task("t-1")).await.unwrap();
    simulator.calls()
}

async fn credentials_error(options: Options, variables: &[(&str, &str)]) -> ApiError {
    client(&simulator(), options, variables).describe_task_status(&task("t-1")).await.unwrap_err()
}

/// The secret id that signed the poll.
async fn caller_id(options: Options, variables: &[(&str, &str)]) -> String {
    calls(options, variables).await.pop().unwrap().secret_id.unwrap()
}

fn actions(calls: &[CallRecord]) -> Vec<&str> {
    calls.iter().map(|call| call.action.as_str()).collect()
}

#[expect(clippy::unnecessary_wraps, reason = "arguments are optional")]
fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

fn demo() -> Options {
    Options { secret_id: some(DEMO_SECRET_ID), secret_key: some(DEMO_SECRET_KEY), ..Options::default() }
}

const DEMO_VARIABLES: [(&str, &str); 2] =
    [("TENCENTCLOUD_SECRET_ID", DEMO_SECRET_ID), ("TENCENTCLOUD_SECRET_KEY", DEMO_SECRET_KEY)];

/// Where the home directory is named.
const HOME: &str = if cfg!(windows) { "USERPROFILE" } else { "HOME" };

/// A home directory with these files.
struct Home(tempfile::TempDir);

impl Home {
    fn with(files: &[(&str, &str)]) -> Self {
        let home = tempfile::tempdir().unwrap();
        for (path, text) in files {
            let path = home.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        Self(home)
    }

    fn path(&self) -> &str {
        self.0.path().to_str().unwrap()
    }

    fn file(&self, path: &str) -> String {
        Path::new(self.path()).join(path).to_str().unwrap().to_owned()
    }
}

fn keys_file(id: &str, key: &str) -> String {
    json!({"secretId": id, "secretKey": key, "token": null}).to_string()
}

#[tokio::test(start_paused = true)]
async fn keys_come_from_arguments_or_the_environment() {
    assert_eq!(caller_id(demo(), &[]).await, DEMO_SECRET_ID);
    assert_eq!(caller_id(Options::default(), &DEMO_VARIABLES).await, DEMO_SECRET_ID);
    let arguments =
        Options { secret_id: some("other-id"), secret_key: some("other-key"), ..Options::default() };
    assert_eq!(caller_id(arguments, &DEMO_VARIABLES).await, "other-id");
}

#[tokio::test(start_paused = true)]
async fn a_token_is_sent_with_its_keys() {
    for name in ["TENCENTCLOUD_SECURITY_TOKEN", "TENCENTCLOUD_TOKEN"] {
        let simulator = simulator();
        simulator.key(Key::new("session-id", "session-key").with_token("session-token"));
        let variables = [
            ("TENCENTCLOUD_SECRET_ID", "session-id"),
            ("TENCENTCLOUD_SECRET_KEY", "session-key"),
            (name, "session-token"),
        ];
        client(&simulator, Options::default(), &variables).describe_task_status(&task("t-1")).await.unwrap();
    }
}

#[tokio::test]
async fn a_tccli_profile_has_keys_and_a_region() {
    let home = Home::with(&[
        (".tccli/default.credential", &keys_file("other-id", "other-key")),
        (
            ".tccli/default.configure",
            &json!({"_sys_param": {"region": "ap-shanghai", "output": "json"}}).to_string(),
        ),
        ("elsewhere/mine.credential", &keys_file(DEMO_SECRET_ID, DEMO_SECRET_KEY)),
    ]);
    assert_eq!(caller_id(Options::default(), &[(HOME, home.path())]).await, "other-id");

    let elsewhere =
        Options { profile: some("mine"), shared_credentials_dir: some("~/elsewhere"), ..Options::default() };
    assert_eq!(caller_id(elsewhere, &[(HOME, home.path())]).await, DEMO_SECRET_ID);
    let variables = [
        (HOME, home.path()),
        ("TENCENTCLOUD_PROFILE", "mine"),
        ("TENCENTCLOUD_SHARED_CREDENTIALS_DIR", &home.file("elsewhere")),
    ];
    assert_eq!(caller_id(Options::default(), &variables).await, DEMO_SECRET_ID);

    let simulator = simulator();
    let environment = Environment::of([(HOME, home.path())]);
    let client = without_region(&simulator).environment(environment).build().unwrap();
    client.describe_task_status(&task("t-1")).await.unwrap();
    assert_eq!(simulator.calls()[0].region.as_deref(), Some("ap-shanghai"));
}

#[tokio::test]
async fn only_an_explicit_profile_beats_the_keys_of_the_environment() {
    let home = Home::with(&[(".tccli/mine.credential", &keys_file("other-id", "other-key"))]);
    let mut variables = vec![(HOME, home.path()), ("TENCENTCLOUD_PROFILE", "mine")];
    variables.extend(DEMO_VARIABLES);
    assert_eq!(caller_id(Options::default(), &variables).await, DEMO_SECRET_ID);
    let explicit = Options { profile: some("mine"), ..Options::default() };
    assert_eq!(caller_id(explicit, &variables).await, "other-id");
    let with_keys = Options { profile: some("mine"), ..demo() };
    assert_eq!(caller_id(with_keys, &variables).await, DEMO_SECRET_ID);
}

#[tokio::test]
async fn a_named_profile_without_credentials_fails_the_search() {
    let home =
        Home::with(&[(".tencentcloud/credentials", "[default]\nsecret_id=other-id\nsecret_key=other-key\n")]);
    let explicit = Options { profile: some("mine"), ..Options::default() };
    let error = credentials_error(explicit, &[(HOME, home.path())]).await.to_string();
    assert!(error.contains("profile `mine`") && error.contains("mine.credential is not there"), "{error}");
    let outside = Options { profile: some("../mine"), ..Options::default() };
    let error = credentials_error(outside, &[(HOME, home.path())]).await.to_string();
    assert!(error.contains("cannot be the name of a profile"), "{error}");
}

#[tokio::test]
async fn a_profile_may_name_a_role() {
    let text = json!({
        "secretId": DEMO_SECRET_ID, "secretKey": DEMO_SECRET_KEY, "role-arn": ROLE, "role-session-name": "gate"
    });
    let home = Home::with(&[(".tccli/default.credential", &text.to_string())]);
    let calls = calls(Options::default(), &[(HOME, home.path())]).await;
    assert_eq!(actions(&calls), ["AssumeRole", "DescribeTaskStatus"]);
    assert_eq!(calls[0].parameters["DurationSeconds"], 7200);
}

#[tokio::test]
async fn a_role_of_a_profile_needs_a_session_name() {
    let text = json!({"type": "default", "secretId": "i", "secretKey": "k", "role-arn": ROLE, "role-session-name": null});
    let home = Home::with(&[(".tccli/default.credential", &text.to_string())]);
    let error = credentials_error(Options::default(), &[(HOME, home.path())]).await.to_string();
    assert!(error.ends_with("default.credential: has `role-arn`, but no `role-session-name`"), "{error}");
}

#[tokio::test]
async fn a_login_is_used_until_it_expires() {
    for (kind, login) in [("oauth", "tccli auth login"), ("sso", "tccli sso login")] {
        let file = |expires_at| {
            json!({"type": kind, "secretId": "other-id", "secretKey": "other-key", "expiresAt": expires_at})
                .to_string()
        };
        let home = Home::with(&[(".tccli/default.credential", &file(START + 1000))]);
        assert_eq!(caller_id(Options::default(), &[(HOME, home.path())]).await, "other-id");

        let home = Home::with(&[(".tccli/mine.credential", &file(START))]);
        let variables = [(HOME, home.path()), ("TENCENTCLOUD_PROFILE", "mine")];
        let error = credentials_error(Options::default(), &variables).await.to_string();
        assert!(error.contains(&format!("run `{login} --profile mine`")), "{error}");
    }
}

#[tokio::test]
async fn a_profile_of_the_machine_takes_its_role() {
    let home = Home::with(&[(".tccli/default.credential", &json!({"type": "cvm-role"}).to_string())]);
    let calls = calls(Options::default(), &[(HOME, home.path())]).await;
    assert_eq!(actions(&calls), ["InstanceMetadata", "InstanceMetadata", "DescribeTaskStatus"]);
}

#[tokio::test]
async fn a_broken_profile_is_named_without_its_content() {
    let home = Home::with(&[(".tccli/default.credential", "{\"secretKey\": \"hunter2\"")]);
    let error = credentials_error(Options::default(), &[(HOME, home.path())]).await.to_string();
    assert!(error.contains("default.credential: is not a JSON object (line 1"), "{error}");
    assert!(!error.contains("hunter2"));
}

#[tokio::test]
async fn the_file_of_the_sdks_is_read() {
    let text = "[default]\nsecret_id = other-id\nsecret_key = other-key\n";
    let home = Home::with(&[(".tencentcloud/credentials", text), ("mine", text)]);
    assert_eq!(caller_id(Options::default(), &[(HOME, home.path())]).await, "other-id");
    assert_eq!(
        caller_id(Options::default(), &[("TENCENTCLOUD_CREDENTIALS_FILE", &home.file("mine"))]).await,
        "other-id"
    );
    let error = credentials_error(Options::default(), &[("TENCENTCLOUD_CREDENTIALS_FILE", "/nowhere")]).await;
    assert!(error.to_string().contains("/nowhere is not there"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn the_machine_has_a_role() {
    let options = Options { cam_role_name: some("gate"), ..Options::default() };
    assert_eq!(actions(&calls(options, &[]).await), ["InstanceMetadata", "DescribeTaskStatus"]);
    let variables = [("TENCENTCLOUD_CAM_ROLE_NAME", "gate")];
    assert_eq!(
        actions(&calls(Options::default(), &variables).await),
        ["InstanceMetadata", "DescribeTaskStatus"]
    );
    let wrong = Options { cam_role_name: some("a/b c"), ..Options::default() };
    let error = credentials_error(wrong, &[]).await.to_string();
    assert!(error.contains("the machine has no role `a/b c`"), "{error}");
}

#[tokio::test]
async fn a_pod_has_an_identity() {
    let home = Home::with(&[("token", "the-token\n")]);
    let token = home.file("token");
    let variables = [
        ("TKE_REGION", "ap-shanghai"),
        ("TKE_PROVIDER_ID", "tke"),
        ("TKE_WEB_IDENTITY_TOKEN_FILE", token.as_str()),
        ("TKE_ROLE_ARN", ROLE),
    ];
    let enabled = || Options { enable_pod_oidc: Some(true), ..Options::default() };
    let calls = calls(enabled(), &variables).await;
    assert_eq!(actions(&calls), ["AssumeRoleWithWebIdentity", "DescribeTaskStatus"]);
    assert_eq!(calls[0].parameters["WebIdentityToken"], "the-token");
    assert_eq!(
        (calls[0].region.as_deref(), calls[1].region.as_deref()),
        (Some("ap-shanghai"), Some("ap-guangzhou"))
    );
    let error = credentials_error(enabled(), &variables[..3]).await.to_string();
    assert!(error.contains("`TKE_ROLE_ARN` is not set"), "{error}");
    let error = credentials_error(Options::default(), &variables).await.to_string();
    assert!(error.contains("`enable_pod_oidc` is not true"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn a_role_is_assumed_with_every_argument() {
    let block = AssumeRole {
        role_arn: some(ROLE),
        session_name: some("gate"),
        session_duration: Some(900),
        policy: some("{\"version\":\"2.0\"}"),
        external_id: some("external"),
        source_identity: some("100000000002"),
        serial_number: some("qcs::cam:uin/100000000001::mfa/softToken"),
        token_code: some("123456"),
    };
    let calls = calls(Options { assume_role: Some(block), ..demo() }, &[]).await;
    assert_eq!(actions(&calls), ["AssumeRole", "DescribeTaskStatus"]);
    let expected = json!({
        "RoleArn": ROLE,
        "RoleSessionName": "gate",
        "DurationSeconds": 900,
        "Policy": "%7B%22version%22%3A%222.0%22%7D",
        "ExternalId": "external",
        "SourceIdentity": "100000000002",
        "SerialNumber": "qcs::cam:uin/100000000001::mfa/softToken",
        "TokenCode": "123456",
    });
    assert_eq!(calls[0].parameters, *expected.as_object().unwrap());
    assert_eq!(calls[0].host.as_deref(), Some("sts.tencentcloudapi.com"));
    assert_ne!(calls[1].secret_id.as_deref(), Some(DEMO_SECRET_ID));
}

#[tokio::test(start_paused = true)]
async fn the_environment_fills_a_block_or_configures_a_role_alone() {
    let mut variables = vec![
        ("TENCENTCLOUD_ASSUME_ROLE_ARN", ROLE),
        ("TENCENTCLOUD_ASSUME_ROLE_SESSION_NAME", "from-environment"),
        ("TENCENTCLOUD_ASSUME_ROLE_SESSION_DURATION", "600"),
        ("TENCENTCLOUD_ASSUME_ROLE_EXTERNAL_ID", "external"),
    ];
    let block = AssumeRole { session_name: some("mine"), ..AssumeRole::default() };
    let filled = calls(Options { assume_role: Some(block), ..demo() }, &variables).await;
    assert_eq!(filled[0].parameters["RoleSessionName"], "mine");
    assert_eq!(
        (&filled[0].parameters["DurationSeconds"], &filled[0].parameters["ExternalId"]),
        (&json!(600), &json!("external"))
    );

    let alone = calls(demo(), &variables).await;
    assert_eq!(actions(&alone), ["AssumeRole", "DescribeTaskStatus"]);
    variables.push(("TENCENTCLOUD_ASSUME_ROLE_SAML_ASSERTION", "PHNhbWw+"));
    variables.push(("TENCENTCLOUD_ASSUME_ROLE_PRINCIPAL_ARN", "qcs::cam::uin/1:saml-provider/p"));
    assert_eq!(
        actions(&calls(Options::default(), &variables).await),
        ["AssumeRoleWithSAML", "DescribeTaskStatus"]
    );
    variables.push(("TENCENTCLOUD_ASSUME_ROLE_WEB_IDENTITY_TOKEN", "token"));
    let error = credentials_error(demo(), &variables).await.to_string();
    assert!(error.contains("with SAML or with a web identity, but"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn what_a_block_lacks_is_named_with_its_variable() {
    let block = AssumeRole { role_arn: some(ROLE), ..AssumeRole::default() };
    let error = credentials_error(Options { assume_role: Some(block), ..demo() }, &[]).await;
    assert_eq!(
        error.to_string(),
        "`assume_role`: `session_name` is not set, and neither is `TENCENTCLOUD_ASSUME_ROLE_SESSION_NAME`"
    );
    let block = AssumeRole {
        role_arn: some(ROLE),
        session_name: some("s"),
        session_duration: Some(43_201),
        ..AssumeRole::default()
    };
    let error = credentials_error(Options { assume_role: Some(block), ..demo() }, &[]).await.to_string();
    assert!(error.contains("`session_duration` is at most 43200 seconds, not 43201"), "{error}");
    let variables = [("TENCENTCLOUD_ASSUME_ROLE_SESSION_DURATION", "1h")];
    let block = AssumeRole { role_arn: some(ROLE), session_name: some("s"), ..AssumeRole::default() };
    let error =
        credentials_error(Options { assume_role: Some(block), ..demo() }, &variables).await.to_string();
    assert_eq!(error, "`TENCENTCLOUD_ASSUME_ROLE_SESSION_DURATION`: is not a number of seconds");
}

#[tokio::test(start_paused = true)]
async fn a_role_is_assumed_with_saml_without_keys() {
    let block = AssumeRoleWithSaml {
        saml_assertion: some("PHNhbWw+"),
        principal_arn: some("qcs::cam::uin/100000000001:saml-provider/p"),
        role_arn: some(ROLE),
        session_name: some("gate"),
        session_duration: None,
    };
    let calls = calls(Options { assume_role_with_saml: Some(block), ..Options::default() }, &[]).await;
    assert_eq!(actions(&calls), ["AssumeRoleWithSAML", "DescribeTaskStatus"]);
    assert_eq!(
        (calls[0].secret_id.as_deref(), &calls[0].parameters["SAMLAssertion"]),
        (None, &json!("PHNhbWw+"))
    );
}

#[tokio::test]
async fn a_web_identity_is_given_or_in_a_file_raw_or_json() {
    let home = Home::with(&[
        ("raw", "the-token\n"),
        ("json", &json!({"web_identity_token": "the-token"}).to_string()),
        ("arn", ROLE),
        ("arn.json", &json!({"role_arn": ROLE}).to_string()),
        ("empty", "{}"),
    ]);
    let block = |token: Option<&str>, file: Option<&str>, arn: Option<&str>, arn_file: Option<&str>| {
        AssumeRoleWithWebIdentity {
            web_identity_token: token.map(str::to_owned),
            web_identity_token_file: file.map(|file| home.file(file)),
            role_arn: arn.map(str::to_owned),
            role_arn_file: arn_file.map(|file| home.file(file)),
            session_name: some("gate"),
            ..AssumeRoleWithWebIdentity::default()
        }
    };
    let of = |block| Options { assume_role_with_web_identity: Some(block), ..Options::default() };
    for block in [
        block(Some("the-token"), Some("raw"), Some(ROLE), None),
        block(None, Some("raw"), Some(ROLE), None),
        block(None, Some("json"), None, Some("arn")),
        block(None, Some("json"), None, Some("arn.json")),
    ] {
        let calls = calls(of(block), &[]).await;
        assert_eq!(actions(&calls), ["AssumeRoleWithWebIdentity", "DescribeTaskStatus"]);
        let parameters = &calls[0].parameters;
        assert_eq!(
            (&parameters["WebIdentityToken"], &parameters["RoleArn"]),
            (&json!("the-token"), &json!(ROLE))
        );
        assert_eq!(parameters["ProviderId"], "OIDC");
    }
    let error = credentials_error(of(block(None, Some("empty"), Some(ROLE), None)), &[]).await.to_string();
    assert!(error.ends_with("empty: holds no `web_identity_token`"), "{error}");

    let arn = home.file("arn.json");
    for spelling in ["TENCENTCLOUD_ASSUME_ROLE_ARN_FILE", "TENCENTCLOUD_ASSUME_ROLE_ARNN_FILE"] {
        let variables = [
            (spelling, arn.as_str()),
            ("TENCENTCLOUD_ASSUME_ROLE_SESSION_NAME", "gate"),
            ("TENCENTCLOUD_ASSUME_ROLE_WEB_IDENTITY_TOKEN", "the-token"),
            ("TENCENTCLOUD_ASSUME_ROLE_PROVIDER_ID", "mine"),
        ];
        let calls = calls(Options::default(), &variables).await;
        assert_eq!(
            (&calls[0].parameters["RoleArn"], &calls[0].parameters["ProviderId"]),
            (&json!(ROLE), &json!("mine"))
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_session_passes_multi_factor_authentication() {
    let block = MfaCertification {
        serial_number: some("mfa/softToken"),
        token_code: some("600001"),
        duration_seconds: None,
    };
    let found = calls(Options { mfa_certification: Some(block.clone()), ..demo() }, &[]).await;
    assert_eq!(actions(&found), ["GetSessionToken", "DescribeTaskStatus"]);
    assert_eq!(found[0].parameters["DurationSeconds"], 1800);
    let variables = [
        ("TENCENTCLOUD_MFA_CERTIFICATION_SERIAL_NUMBER", "mfa/softToken"),
        ("TENCENTCLOUD_MFA_CERTIFICATION_TOKEN_CODE", "600002"),
    ];
    assert_eq!(actions(&calls(demo(), &variables).await), ["GetSessionToken", "DescribeTaskStatus"]);

    let role = AssumeRole { role_arn: some(ROLE), session_name: some("s"), ..AssumeRole::default() };
    let block = MfaCertification { token_code: some("600003"), ..block };
    let chained = Options { mfa_certification: Some(block), assume_role: Some(role), ..demo() };
    let chained = calls(chained, &[]).await;
    assert_eq!(actions(&chained), ["GetSessionToken", "AssumeRole", "DescribeTaskStatus"]);
}

#[tokio::test]
async fn a_role_is_assumed_with_any_provider() {
    let home = Home::with(&[
        (".tencentcloud/credentials", "[default]\nsecret_id=other-id\nsecret_key=other-key\n"),
        ("token", "the-token"),
    ]);
    let role = || Some(AssumeRole { role_arn: some(ROLE), session_name: some("s"), ..AssumeRole::default() });
    let machine = Options { assume_role: role(), cam_role_name: some("gate"), ..Options::default() };
    let machine = calls(machine, &[]).await;
    assert_eq!(actions(&machine), ["InstanceMetadata", "AssumeRole", "DescribeTaskStatus"]);
    let file = calls(Options { assume_role: role(), ..Options::default() }, &[(HOME, home.path())]).await;
    assert_eq!((actions(&file)[0], file[0].secret_id.as_deref()), ("AssumeRole", Some("other-id")));
    let web = AssumeRoleWithWebIdentity {
        web_identity_token: some("t"),
        role_arn: some(ROLE),
        session_name: some("s"),
        ..AssumeRoleWithWebIdentity::default()
    };
    let web = Options { assume_role: role(), assume_role_with_web_identity: Some(web), ..Options::default() };
    assert_eq!(
        actions(&calls(web, &[]).await),
        ["AssumeRoleWithWebIdentity", "AssumeRole", "DescribeTaskStatus"]
    );
}

#[tokio::test(start_paused = true)]
async fn accounts_are_allowed_or_forbidden() {
    let allowed = Options { allowed_account_ids: vec![DEMO_ACCOUNT_ID.to_owned()], ..demo() };
    let simulator = simulator();
    let client = client(&simulator, allowed, &[]);
    for _ in 0..3 {
        client.describe_task_status(&task("t-1")).await.unwrap();
    }
    let calls = simulator.calls();
    assert_eq!(
        actions(&calls),
        ["GetCallerIdentity", "DescribeTaskStatus", "DescribeTaskStatus", "DescribeTaskStatus"]
    );

    let other = Options { allowed_account_ids: vec!["2".to_owned(), "3".to_owned()], ..demo() };
    let error = credentials_error(other, &[]).await.to_string();
    assert_eq!(
        error,
        format!(
            "these credentials belong to the account {DEMO_ACCOUNT_ID}: it is not among `allowed_account_ids` (2, 3)"
        )
    );
    let forbidden = Options { forbidden_account_ids: vec![DEMO_ACCOUNT_ID.to_owned()], ..demo() };
    assert!(
        credentials_error(forbidden, &[]).await.to_string().ends_with("it is among `forbidden_account_ids`")
    );
    let both = Options {
        allowed_account_ids: vec!["1".to_owned()],
        forbidden_account_ids: vec!["2".to_owned()],
        ..demo()
    };
    assert!(credentials_error(both, &[]).await.to_string().contains("give one of the two"));
}

#[tokio::test]
async fn nothing_found_lists_what_was_tried_and_why() {
    let home = Home::with(&[(".tccli/default.credential", "{}")]);
    let error = credentials_error(Options::default(), &[(HOME, home.path())]).await.to_string();
    let expected = format!(
        "no credentials were found; tried in this order: \
         keys: `TENCENTCLOUD_SECRET_ID` and `TENCENTCLOUD_SECRET_KEY` are not set; \
         profile `default`: {home}/.tccli/default.credential holds no `secretId` and `secretKey`; \
         SDK credentials file: not there at {home}/.tencentcloud/credentials and /etc/tencentcloud/credentials; \
         pod identity: `enable_pod_oidc` is not true; \
         instance role: `cam_role_name` is not set, and neither is `TENCENTCLOUD_CAM_ROLE_NAME`",
        home = home.path()
    );
    assert_eq!(error, expected);
}

#[tokio::test(start_paused = true)]
async fn a_transient_error_of_sts_is_transient() {
    let role = AssumeRole { role_arn: some(ROLE), session_name: some("s"), ..AssumeRole::default() };
    let simulator = simulator();
    simulator.fault(When::call(1).of("AssumeRole"), Fault::api_error("InternalError", "later"));
    let client = client(&simulator, Options { assume_role: Some(role), ..demo() }, &[]);
    let error = client.describe_task_status(&task("t-1")).await.unwrap_err();
    assert!(error.is_transient() && !error.is_throttled() && !error.may_have_acted(), "{error:?}");
    let message = format!("assuming the role `{ROLE}`: InternalError: later");
    assert_eq!((error.poll_error().code, error.poll_error().message), (None, message));
    tokio::time::sleep(Duration::from_secs(2)).await;
    client.describe_task_status(&task("t-1")).await.unwrap();
}

#[tokio::test]
async fn the_region_of_a_profile_decides_about_sts_too() {
    let text = json!({"secretId": DEMO_SECRET_ID, "secretKey": DEMO_SECRET_KEY, "role-arn": ROLE, "role-session-name": "s"});
    let home = Home::with(&[
        (".tccli/default.credential", &text.to_string()),
        (".tccli/default.configure", &json!({"_sys_param": {"region": "ap-shanghai-fsi"}}).to_string()),
    ]);
    let simulator = simulator();
    let environment = Environment::of([(HOME, home.path())]);
    let client = without_region(&simulator).environment(environment).build().unwrap();
    client.describe_task_status(&task("t-1")).await.unwrap();
    let hosts: Vec<_> = simulator.calls().into_iter().map(|call| call.host.unwrap()).collect();
    assert_eq!(hosts, ["sts.ap-shanghai-fsi.tencentcloudapi.com", "clb.ap-shanghai-fsi.tencentcloudapi.com"]);
}

#[tokio::test(start_paused = true)]
async fn what_sts_quotes_is_not_repeated() {
    let simulator = simulator();
    let message = "the token a.web.identity of the device 123456 is unknown";
    simulator.fault(When::always(), Fault::api_error("InvalidParameter.WebIdentityTokenError", message));
    let block = AssumeRoleWithWebIdentity {
        web_identity_token: some("a.web.identity"),
        role_arn: some(ROLE),
        session_name: some("s"),
        ..AssumeRoleWithWebIdentity::default()
    };
    let options = Options { assume_role_with_web_identity: Some(block), ..Options::default() };
    let error = client(&simulator, options, &[]).describe_task_status(&task("t-1")).await.unwrap_err();
    assert_eq!(error.message(), "the token [redacted] of the device 123456 is unknown");
}

#[tokio::test]
async fn sts_has_an_endpoint_and_a_domain_like_any_other() {
    let role = || Some(AssumeRole { role_arn: some(ROLE), session_name: some("s"), ..AssumeRole::default() });
    let hosts = async |options: Options, variables: &[(&str, &str)]| {
        let calls = calls(Options { assume_role: role(), ..options }, variables).await;
        calls.into_iter().map(|call| call.host.unwrap()).collect::<Vec<_>>()
    };
    let domain = Options { domain: some("intl.tencentcloudapi.com"), ..demo() };
    assert_eq!(hosts(domain, &[]).await, ["sts.intl.tencentcloudapi.com", "clb.intl.tencentcloudapi.com"]);
    let endpoint = Options { sts_endpoint: some("http://127.0.0.1:99"), ..demo() };
    assert_eq!(hosts(endpoint, &[]).await, ["127.0.0.1:99", "clb.tencentcloudapi.com"]);
    let variables = [
        ("TENCENTCLOUD_STS_ENDPOINT", "https://sts.example.com"),
        ("TENCENTCLOUD_CLB_ENDPOINT", "https://clb.example.com:8443"),
    ];
    assert_eq!(hosts(demo(), &variables).await, ["sts.example.com", "clb.example.com:8443"]);
    let far = Options { assume_role: role(), sts_endpoint: some("http://sts.example.com"), ..demo() };
    let error = credentials_error(far, &[]).await;
    assert!(error.to_string().contains("plain HTTP to `sts.example.com` is not allowed"), "{error}");
}

async fn warnings(options: Options, variables: &[(&str, &str)]) -> Vec<String> {
    let client = client(&simulator(), options, variables);
    assert!(client.warnings().is_empty());
    client.describe_task_status(&task("t-1")).await.unwrap();
    client.warnings().iter().map(ToString::to_string).collect()
}

#[tokio::test(start_paused = true)]
async fn a_provider_that_is_configured_and_not_used_is_a_warning() {
    let machine = || Options { cam_role_name: some("gate"), ..Options::default() };
    let unused = "`cam_role_name` is not used: the credentials are those of `TENCENTCLOUD_SECRET_ID`";
    assert_eq!(warnings(machine(), &DEMO_VARIABLES).await, [unused]);
    assert!(warnings(machine(), &[]).await.is_empty());

    let role = AssumeRole { role_arn: some(ROLE), session_name: some("s"), ..AssumeRole::default() };
    let below_a_role = Options { assume_role: Some(role), ..machine() };
    assert_eq!(warnings(below_a_role, &DEMO_VARIABLES).await, [unused]);

    let saml = AssumeRoleWithSaml {
        saml_assertion: some("a"),
        principal_arn: some("p"),
        role_arn: some(ROLE),
        session_name: some("s"),
        ..AssumeRoleWithSaml::default()
    };
    let beside_saml = Options { assume_role_with_saml: Some(saml), ..machine() };
    let unused = "`cam_role_name` is not used: the credentials are those of `assume_role_with_saml`";
    assert_eq!(warnings(beside_saml, &[]).await, [unused]);
}

#[tokio::test(start_paused = true)]
async fn a_role_of_the_options_is_assumed_with_the_given_provider() {
    let simulator = simulator();
    let role = AssumeRole { role_arn: some(ROLE), session_name: some("s"), ..AssumeRole::default() };
    let options = Options { assume_role: Some(role), secret_id: some("unused"), ..Options::default() };
    let builder = builder(&simulator).options(options).region("ap-guangzhou".parse().unwrap());
    let variables = Environment::of([
        ("TENCENTCLOUD_MFA_CERTIFICATION_TOKEN_CODE", "600002"),
        ("TENCENTCLOUD_MFA_CERTIFICATION_SERIAL_NUMBER", "mfa"),
    ]);
    let client = builder.environment(variables).credentials(demo_keys()).build().unwrap();
    client.describe_task_status(&task("t-1")).await.unwrap();
    assert_eq!(actions(&simulator.calls()), ["AssumeRole", "DescribeTaskStatus"]);
    let unused = "`secret_id` is not used: the credentials are those of the provider that was given";
    assert_eq!(client.warnings().iter().map(ToString::to_string).collect::<Vec<_>>(), [unused]);
}

#[tokio::test(start_paused = true)]
async fn a_region_that_nobody_chose_is_a_warning() {
    let region = json!({"_sys_param": {"region": "ap-guangzhou"}}).to_string();
    let files = [(".tccli/default.configure", &*region), (".tccli/mine.configure", &region)];
    let home = Home::with(&files);
    let warnings = async |variables: &[(&str, &str)]| {
        let variables: Vec<_> = variables
            .iter()
            .chain(&DEMO_VARIABLES)
            .map(|(n, v)| ((*n).to_owned(), (*v).to_owned()))
            .collect();
        let environment =
            Environment::new(move |name| variables.iter().find(|(n, _)| n == name).map(|(_, v)| v.clone()));
        let client = without_region(&simulator()).environment(environment).build().unwrap();
        client.describe_task_status(&task("t-1")).await.unwrap();
        client.warnings()
    };
    let file = Path::new(home.path()).join(".tccli/default.configure");
    let region = "ap-guangzhou".parse().unwrap();
    assert_eq!(
        warnings(&[(HOME, home.path())]).await,
        [ConfigWarning::DefaultProfileRegion { region, file }]
    );
    let chosen = warnings(&[(HOME, home.path()), ("TENCENTCLOUD_REGION", "ap-guangzhou")]).await;
    assert!(chosen.is_empty(), "{chosen:?}");
    let named = warnings(&[(HOME, home.path()), ("TENCENTCLOUD_PROFILE", "default")]).await;
    assert!(
        !named.iter().any(|warning| matches!(warning, ConfigWarning::DefaultProfileRegion { .. })),
        "{named:?}"
    );
}
