//! A secret appears in no log, error or state.

use clb_sim::{DEMO_SECRET_ID, DEMO_SECRET_KEY, Fault, Key, Options, TaskScript, When};

use crate::harness::{Configuration, World};

const GATE: &str = "data \"clb_task_status\" \"gate\" {\n  task_id = \"1234\"\n}\n";

const ROLE: &str = "role_arn     = \"qcs::cam::uin/100000000001:roleName/gate\"\n    session_name = \"gate\"";

/// Runs with the most detailed log, and looks for the secrets in everything that Terraform has written.
#[track_caller]
fn check(configuration: Configuration, secrets: &[&str]) {
    let configuration = configuration.with_env("TF_LOG", "TRACE");
    let run = configuration.apply();
    assert!(run.stderr.contains("[TRACE]"), "the log is missing");
    let files = configuration.files();
    // The configuration itself, and what a test has put beside it, may hold them.
    let files = files.iter().filter(|(name, _)| !["main.tf", "token"].iter().any(|own| name.ends_with(own)));
    let texts = files.map(|(name, text)| (name.as_str(), text.as_str()));
    for (name, text) in texts.chain([("stdout", run.stdout.as_str()), ("stderr", run.stderr.as_str())]) {
        for secret in secrets {
            if let Some(place) = text.find(secret) {
                let context: String = text[..place].chars().rev().take(200).collect();
                let context: String = context.chars().rev().collect();
                panic!("{name} holds a secret after: {context}");
            }
        }
    }
}

fn world() -> World {
    let world = World::new();
    world.simulator.task("1234", TaskScript::runs_for_polls(1).then_succeeds());
    world
}

/// A provider block with these arguments and the endpoints of the simulator.
fn block(world: &World, arguments: &str) -> String {
    format!(
        "provider \"clb\" {{\n  region       = \"ap-guangzhou\"\n  endpoint     = \"{0}\"\n  sts_endpoint = \"{0}\"\n  {arguments}\n}}\n\n{GATE}",
        world.url
    )
}

/// How the secret parts of temporary credentials begin that the simulator's STS gives out.
const TEMPORARY: [&str; 2] = ["clb-sim-temporary-key-", "clb-sim-token-"];

#[test]
#[cfg_attr(without_acceptance, ignore)]
fn keys_are_in_no_log_error_or_state() {
    for fault in
        [None, Some(Fault::Reset), Some(Fault::api_error("AuthFailure.SignatureFailure", "wrong").into())]
    {
        let world = world();
        if let Some(fault) = fault {
            world.simulator.fault(When::next(1), fault);
        }
        check(world.configuration(GATE), &[DEMO_SECRET_KEY]);
    }
}

#[test]
#[cfg_attr(without_acceptance, ignore)]
fn keys_and_token_of_the_provider_block_are_nowhere() {
    let token = "clb-sim-token-that-nobody-may-see";
    for fault in
        [None, Some(Fault::api_error("AuthFailure.TokenFailure", format!("the token {token} has expired")))]
    {
        let key = Key::new("clb-sim-other-id", "clb-sim-other-key-that-nobody-may-see").with_token(token);
        let world = World::with(Options::starting_now().with_key(key));
        world.simulator.task("1234", TaskScript::already_complete().then_succeeds());
        if let Some(fault) = fault {
            world.simulator.fault(When::always(), fault);
        }
        let arguments = format!(
            "secret_id = \"clb-sim-other-id\"\n  secret_key = \"clb-sim-other-key-that-nobody-may-see\"\n  security_token = \"{token}\""
        );
        check(
            Configuration::new(&block(&world, &arguments)),
            &["clb-sim-other-key-that-nobody-may-see", token],
        );
    }
}

#[test]
#[cfg_attr(without_acceptance, ignore)]
fn codes_assertions_and_temporary_credentials_of_roles_are_nowhere() {
    let code = "947215";
    let keys = format!("secret_id = \"{DEMO_SECRET_ID}\"\n  secret_key = \"{DEMO_SECRET_KEY}\"\n  ");
    let cases = [
        (
            format!(
                "{keys}assume_role {{\n    {ROLE}\n    external_id = \"external-id-nobody-may-see\"\n  }}"
            ),
            "external-id-nobody-may-see",
        ),
        (
            format!(
                "{keys}mfa_certification {{\n    serial_number = \"qcs::cam:uin/1::mfa/softToken\"\n    token_code = \"{code}\"\n  }}"
            ),
            code,
        ),
        (
            format!(
                "assume_role_with_saml {{\n    {ROLE}\n    principal_arn = \"qcs::cam::uin/1:saml-provider/x\"\n    saml_assertion = \"c2FtbC1hc3NlcnRpb24tbm9ib2R5LW1heS1zZWU=\"\n  }}"
            ),
            "c2FtbC1hc3NlcnRpb24tbm9ib2R5LW1heS1zZWU=",
        ),
        (
            format!(
                "assume_role_with_web_identity {{\n    {ROLE}\n    web_identity_token = \"web-identity-token-nobody-may-see\"\n  }}"
            ),
            "web-identity-token-nobody-may-see",
        ),
    ];
    for (arguments, secret) in cases {
        let world = world();
        let [key, token] = TEMPORARY;
        check(Configuration::new(&block(&world, &arguments)), &[secret, DEMO_SECRET_KEY, key, token]);
        let poll = world.polls().pop().expect("a poll with the temporary credentials");
        assert!(poll.secret_id.is_some_and(|id| id.starts_with("clb-sim-temporary-")));
    }
}

#[test]
#[cfg_attr(without_acceptance, ignore)]
fn the_password_of_a_proxy_is_nowhere() {
    let configuration =
        Configuration::new(&GATE.replace("\"1234\"", "\"1234\"\n  timeouts {\n    read = \"1s\"\n  }"));
    let configuration = configuration
        .with_env("TENCENTCLOUD_SECRET_ID", DEMO_SECRET_ID)
        .with_env("TENCENTCLOUD_SECRET_KEY", DEMO_SECRET_KEY)
        .with_env("TENCENTCLOUD_REGION", "ap-guangzhou")
        .with_env("https_proxy", "http://user:proxy-password-nobody-may-see@127.0.0.1:9");
    check(configuration, &["proxy-password-nobody-may-see", DEMO_SECRET_KEY]);
}

#[test]
#[cfg_attr(without_acceptance, ignore)]
fn user_information_and_query_of_an_endpoint_are_nowhere() {
    let configuration = Configuration::new(GATE)
        .with_env(
            "TENCENTCLOUD_CLB_ENDPOINT",
            "https://user:endpoint-password-nobody-may-see@clb.example.com/?key=query-nobody-may-see",
        )
        .with_env("TENCENTCLOUD_SECRET_ID", DEMO_SECRET_ID)
        .with_env("TENCENTCLOUD_SECRET_KEY", DEMO_SECRET_KEY)
        .with_env("TENCENTCLOUD_REGION", "ap-guangzhou");
    check(configuration, &["endpoint-password-nobody-may-see", "query-nobody-may-see"]);
}
