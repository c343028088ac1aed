//! Tests every credentials provider in a process in which no other has credentials.

use clb_sim::{DEMO_SECRET_ID, DEMO_SECRET_KEY, Options, TaskScript};

use crate::harness::{Configuration, World};

const GATE: &str = "\ndata \"clb_task_status\" \"gate\" {\n  task_id = \"1234\"\n}\n";
const ROLE: &str = "role_arn     = \"qcs::cam::uin/100000000001:roleName/gate\"\n    session_name = \"gate\"";

fn world() -> World {
    let world = World::with(Options::starting_now().with_instance_role("gate"));
    world.simulator.task("1234", TaskScript::already_complete().then_succeeds());
    world
}

/// A provider block that knows where the service is, and no credentials but those in `inside`.
fn keyless(world: &World, inside: &str) -> Configuration {
    let block = format!(
        "provider \"clb\" {{\n  region       = \"ap-guangzhou\"\n  endpoint     = \"{0}\"\n  sts_endpoint = \"{0}\"\n  {inside}\n}}\n",
        world.url
    );
    Configuration::new(&format!("{block}{GATE}"))
}

fn with_keys(configuration: Configuration) -> Configuration {
    let configuration = configuration.with_env("TENCENTCLOUD_SECRET_ID", DEMO_SECRET_ID);
    configuration.with_env("TENCENTCLOUD_SECRET_KEY", DEMO_SECRET_KEY)
}

/// Reads the data source, and gives the id of the key that signed the poll.
#[track_caller]
fn signed_by(world: &World, configuration: &Configuration) -> String {
    configuration.plan().expect_success();
    world.polls().last().unwrap().secret_id.clone().unwrap()
}

#[test]
#[cfg_attr(without_acceptance, ignore)]
fn a_tccli_profile_gives_credentials_and_region() {
    let world = world();
    let block = format!("provider \"clb\" {{\n  endpoint = \"{}\"\n}}\n", world.url);
    let configuration = Configuration::new(&format!("{block}{GATE}"));
    let profiles = configuration.path().join("home/.tccli");
    std::fs::create_dir_all(&profiles).unwrap();
    let keys = serde_json::json!({"secretId": DEMO_SECRET_ID, "secretKey": DEMO_SECRET_KEY});
    std::fs::write(profiles.join("default.credential"), keys.to_string()).unwrap();
    std::fs::write(profiles.join("default.configure"), r#"{"_sys_param": {"region": "ap-tokyo"}}"#).unwrap();
    let plan = configuration.plan().expect_success();
    assert!(plan.stdout.contains("region `ap-tokyo` is from TCCLI's default profile"), "{}", plan.stdout);
    assert_eq!(world.polls()[0].region.as_deref(), Some("ap-tokyo"));
    let chosen = configuration.with_env("TENCENTCLOUD_REGION", "ap-tokyo");
    assert!(!chosen.plan().expect_success().stdout.contains("default profile"));
}

#[test]
#[cfg_attr(without_acceptance, ignore)]
fn a_role_is_assumed_with_keys_of_the_environment() {
    let world = world();
    let configuration = with_keys(keyless(&world, &format!("assume_role {{\n    {ROLE}\n  }}")));
    assert_ne!(signed_by(&world, &configuration), DEMO_SECRET_ID);
    assert_eq!(world.simulator.calls_of("AssumeRole").len(), 1);
}

#[test]
#[cfg_attr(without_acceptance, ignore)]
fn a_web_identity_in_a_file_needs_no_keys() {
    let world = world();
    let inside = format!(
        "assume_role_with_web_identity {{\n    {ROLE}\n    web_identity_token_file = \"token\"\n  }}"
    );
    let configuration = keyless(&world, &inside);
    configuration.write("token", "a-token-of-the-identity-provider");
    signed_by(&world, &configuration);
    assert_eq!(world.simulator.calls_of("AssumeRoleWithWebIdentity").len(), 1);
}

#[test]
#[cfg_attr(without_acceptance, ignore)]
fn the_identity_of_a_pod_needs_no_keys() {
    let world = world();
    let configuration = keyless(&world, "enable_pod_oidc = true");
    configuration.write("token", "a-token-of-the-cluster");
    let token = configuration.path().join("token").display().to_string();
    let configuration = configuration
        .with_env("TKE_REGION", "ap-guangzhou")
        .with_env("TKE_PROVIDER_ID", "cls-12345678")
        .with_env("TKE_WEB_IDENTITY_TOKEN_FILE", &token)
        .with_env("TKE_ROLE_ARN", "qcs::cam::uin/100000000001:roleName/gate");
    signed_by(&world, &configuration);
    assert_eq!(world.simulator.calls_of("AssumeRoleWithWebIdentity").len(), 1);
}

#[test]
#[cfg_attr(without_acceptance, ignore)]
fn the_metadata_service_is_not_reached_through_a_proxy() {
    let world = world();
    let inside = "cam_role_name = \"gate\"";
    let gate = GATE.replace("\"1234\"", "\"1234\"\n  timeouts {\n    read = \"3s\"\n  }");
    let configuration = keyless(&world, inside);
    let block = configuration.files().iter().find(|(name, _)| name.ends_with("main.tf")).unwrap().1.clone();
    configuration.write("main.tf", &block.replace(GATE, &gate));
    // There is no metadata service on this machine. Whoever runs the proxy must not learn the keys of the role.
    configuration.with_env("http_proxy", &world.url).plan().expect_error(&["metadata"]);
    assert!(world.simulator.calls().is_empty(), "{:?}", world.simulator.calls());
}

#[test]
#[cfg_attr(without_acceptance, ignore)]
fn an_account_that_is_not_allowed_is_an_error_before_the_first_poll() {
    let world = world();
    let configuration = with_keys(keyless(&world, "allowed_account_ids = [\"1\"]"));
    configuration.plan().expect_error(&["allowed_account_ids"]);
    assert_eq!(world.polls().len(), 0);
}

#[test]
#[cfg_attr(without_acceptance, ignore)]
fn a_credentials_provider_that_is_not_used_is_a_warning() {
    let world = world();
    let configuration = with_keys(keyless(&world, "cam_role_name = \"gate\""));
    let plan = configuration.plan().expect_success();
    assert_eq!(plan.stdout.matches("Warning: `cam_role_name` is not used").count(), 1, "{}", plan.stdout);
}

#[test]
#[cfg_attr(without_acceptance, ignore)]
fn an_allowed_account_is_checked_before_the_first_poll_and_passes() {
    let world = world();
    let account = clb_sim::DEMO_ACCOUNT_ID;
    let configuration = with_keys(keyless(&world, &format!("allowed_account_ids = [\"{account}\"]")));
    configuration.plan().expect_success();
    assert_eq!((world.simulator.calls_of("GetCallerIdentity").len(), world.polls().len()), (1, 1));
    let forbidden = with_keys(keyless(&world, &format!("forbidden_account_ids = [\"{account}\"]")));
    forbidden.plan().expect_error(&["forbidden_account_ids"]);
    assert_eq!(world.polls().len(), 1);
}
