//! Options for roles and sessions, as the provider has blocks for them.

use clb_sim::{DEMO_SECRET_ID, DEMO_SECRET_KEY, Fault, TaskScript, When};
use serde_json::{Value, json};

use crate::support::{Ran, World, clb};

const ARN: &str = "qcs::cam::uin/100000000001:roleName/gate";

fn world() -> World {
    let world = World::new();
    world.simulator.task("t-1", TaskScript::already_complete().then_succeeds());
    world
}

/// Polls with these options and variables; gives the STS call by which the credentials were made, and its parameters.
#[track_caller]
fn check(options: &[&str], variables: &[(&str, &str)], action: &str, expected: &Value) {
    let world = world();
    let arguments = [&["status", "t-1"], options].concat();
    let mut command = world.command(&arguments);
    command.env("TENCENTCLOUD_STS_ENDPOINT", &world.url).envs(variables.iter().copied());
    Ran::of(&command.output().unwrap()).expect(0);
    let calls = world.simulator.calls();
    let actions: Vec<_> = calls.iter().map(|call| call.action.as_str()).collect();
    assert_eq!(actions, [action, "DescribeTaskStatus"]);
    for (name, value) in expected.as_object().unwrap() {
        assert_eq!(calls[0].parameters.get(name), Some(value), "{:?}", calls[0].parameters);
    }
    assert_ne!(calls[0].secret_id, calls[1].secret_id);
}

fn file(text: &str) -> (tempfile::NamedTempFile, String) {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), text).unwrap();
    let path = file.path().to_str().unwrap().to_owned();
    (file, path)
}

#[test]
fn a_role_is_assumed_with_all_its_options() {
    let (_policy, policy) = file("{\"version\": \"2.0\"}");
    let (_external_id, external_id) = file("  external\n");
    let (_code, code) = file("123456\n");
    let options = [
        "--assume-role-arn",
        ARN,
        "--assume-role-session-name",
        "ci",
        "--assume-role-session-duration",
        "900",
        "--assume-role-policy",
        &format!("@{policy}"),
        "--assume-role-external-id-file",
        &external_id,
        "--assume-role-source-identity",
        "me",
        "--assume-role-serial-number",
        "device",
        "--assume-role-token-code-file",
        &code,
    ];
    let policy = percent_encoded("{\"version\": \"2.0\"}");
    check(
        &options,
        &[],
        "AssumeRole",
        &json!({
            "RoleArn": ARN, "RoleSessionName": "ci", "DurationSeconds": 900, "Policy": policy, "ExternalId": "external",
            "SourceIdentity": "me", "SerialNumber": "device", "TokenCode": "123456",
        }),
    );
}

/// STS wants policies encoded.
fn percent_encoded(policy: &str) -> String {
    policy.bytes().fold(String::new(), |text, byte| {
        let is_plain = byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte);
        if is_plain { text + char::from(byte).encode_utf8(&mut [0]) } else { text + &format!("%{byte:02X}") }
    })
}

#[test]
fn options_and_variables_complete_each_other() {
    let variables = [
        ("TENCENTCLOUD_ASSUME_ROLE_SESSION_NAME", "variable"),
        ("TENCENTCLOUD_ASSUME_ROLE_EXTERNAL_ID", "secret"),
    ];
    let expected = json!({ "RoleArn": ARN, "RoleSessionName": "variable", "ExternalId": "secret" });
    check(&["--assume-role-arn", ARN], &variables, "AssumeRole", &expected);
}

#[test]
fn a_role_is_assumed_with_saml() {
    let (_assertion, assertion) = file("PHNhbWw+\n");
    let options = [
        "--saml-assertion-file",
        &assertion,
        "--saml-principal-arn",
        "qcs::cam::uin/1:saml-provider/p",
        "--assume-role-arn",
        ARN,
        "--assume-role-session-name",
        "ci",
    ];
    check(
        &options,
        &[],
        "AssumeRoleWithSAML",
        &json!({
            "RoleArn": ARN, "RoleSessionName": "ci", "SAMLAssertion": "PHNhbWw+", "PrincipalArn": "qcs::cam::uin/1:saml-provider/p",
        }),
    );
}

#[test]
fn a_role_is_assumed_with_a_web_identity() {
    let (_token, token) = file("a-token");
    let (_arn, arn) = file(ARN);
    let options = [
        "--web-identity-token-file",
        &token,
        "--web-identity-provider-id",
        "provider",
        "--web-identity-role-arn-file",
        &arn,
        "--assume-role-session-name",
        "ci",
        "--assume-role-session-duration",
        "900",
    ];
    check(
        &options,
        &[],
        "AssumeRoleWithWebIdentity",
        &json!({
            "RoleArn": ARN, "RoleSessionName": "ci", "WebIdentityToken": "a-token", "ProviderId": "provider", "DurationSeconds": 900,
        }),
    );
}

#[test]
fn a_session_is_opened_with_mfa() {
    let (_code, code) = file("654321");
    let options =
        ["--mfa-serial-number", "device", "--mfa-token-code-file", &code, "--mfa-duration-seconds", "900"];
    let expected = json!({ "SerialNumber": "device", "TokenCode": "654321", "DurationSeconds": 900 });
    check(&options, &[], "GetSessionToken", &expected);
}

#[test]
fn accounts_are_checked_before_the_first_poll() {
    let status = |option: &str, accounts: &str| {
        let world = world();
        let mut command = world.command(&["status", "t-1", option, accounts]);
        let ran = Ran::of(&command.env("TENCENTCLOUD_STS_ENDPOINT", &world.url).output().unwrap());
        (ran, world.simulator.calls_of("DescribeTaskStatus").len())
    };
    let account = clb_sim::DEMO_ACCOUNT_ID;
    let (ran, polls) = status("--allowed-account-ids", &format!("1,{account}"));
    assert_eq!((ran.code, polls), (Some(0), 1), "{ran:?}");
    for (option, accounts) in [("--allowed-account-ids", "1,2"), ("--forbidden-account-ids", account)] {
        let (ran, polls) = status(option, accounts);
        assert_eq!((ran.code, polls), (Some(4), 0), "{ran:?}");
    }
}

#[test]
fn ways_to_assume_a_role_exclude_each_other_and_a_missing_file_is_named() {
    let wrong = |options: &[&str]| {
        Ran::of(&clb(&[&["status", "t-1"], options].concat()).output().unwrap()).expect(2).err
    };
    wrong(&["--saml-assertion-file", "a", "--web-identity-token-file", "b"]);
    wrong(&["--saml-principal-arn", "a", "--assume-role-policy", "{}"]);
    wrong(&["--allowed-account-ids", "1", "--forbidden-account-ids", "2"]);
    assert!(wrong(&["--mfa-token-code-file", "/nonexistent/code"]).contains("/nonexistent/code: "));
    assert!(wrong(&["--assume-role-session-duration", "1h"]).contains("--assume-role-session-duration"));
}

#[test]
fn a_profile_gives_keys_and_region() {
    let world = world();
    let folder = tempfile::tempdir().unwrap();
    let keys = json!({ "secretId": DEMO_SECRET_ID, "secretKey": DEMO_SECRET_KEY });
    std::fs::write(folder.path().join("ci.credential"), keys.to_string()).unwrap();
    let region = json!({ "_sys_param": { "region": "ap-beijing" } });
    std::fs::write(folder.path().join("ci.configure"), region.to_string()).unwrap();
    let folder = folder.path().to_str().unwrap();
    let options = ["--profile", "ci", "--shared-credentials-dir", folder, "--endpoint", &world.url];
    Ran::of(&clb(&[&["status", "t-1"], &options[..]].concat()).output().unwrap()).expect(0);
    assert_eq!(world.simulator.calls()[0].region.as_deref(), Some("ap-beijing"));
}

#[test]
fn the_domain_is_that_of_the_option() {
    let mut command =
        clb(&["call", "DescribeLoadBalancers", "--as", "curl", "--domain", "intl.tencentcloudapi.com"]);
    command.envs([("TENCENTCLOUD_SECRET_ID", "id"), ("TENCENTCLOUD_SECRET_KEY", "key")]);
    command.env("TENCENTCLOUD_REGION", "ap-singapore");
    let ran = Ran::of(&command.output().unwrap()).expect(0);
    assert!(ran.out.starts_with("curl -X POST https://clb.intl.tencentcloudapi.com/"), "{}", ran.out);
}

#[test]
fn one_request_may_take_as_long_as_the_option_says() {
    let world = world();
    world.simulator.fault(When::call(1), Fault::Hang);
    let ran = world.run(&["wait", "t-1", "--request-timeout", "300ms"]).expect(0);
    assert!(ran.err.contains("t-1: transient error: "), "{}", ran.err);
}

#[test]
fn what_a_role_or_session_lacks_is_named_by_its_option() {
    let (_file, file) = file("text");
    let role = ["--assume-role-arn", ARN, "--assume-role-session-name", "ci"];
    let mfa = ["--mfa-serial-number", "device"];
    for (options, named) in [
        (vec!["--saml-assertion-file", &file], "`--saml-principal-arn` is not set"),
        (vec!["--saml-principal-arn", "a"], "`--saml-assertion-file` is not set"),
        (vec!["--web-identity-token-file", &file], "`--assume-role-arn` is not set"),
        (
            [&role[..], &["--assume-role-session-duration", "50000"]].concat(),
            "`--assume-role-session-duration` is at most",
        ),
        (mfa.to_vec(), "`--mfa-token-code-file` is not set"),
    ] {
        let ran = world().run(&[&["status", "t-1"], &options[..]].concat()).expect(4);
        assert!(format!("{ran:?}").contains(named), "{named}: {ran:?}");
    }
}

/// A command line is visible to other users of the machine.
#[test]
fn no_option_takes_a_secret() {
    let help = Ran::of(&clb(&["status", "--help"]).output().unwrap()).expect(0).out;
    for option in ["--secret-key", "--security-token", "--external-id ", "--token-code ", "--assertion "] {
        assert!(!help.contains(option), "{option}");
    }
    for heading in ["Connection:", "Role and session:"] {
        assert!(help.contains(heading), "{help}");
    }
}
