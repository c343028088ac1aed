//! The provider block: its required values, and its errors if a value is missing.

use clb_sim::{DEMO_SECRET_ID, DEMO_SECRET_KEY, TaskScript};

use crate::harness::{Configuration, World, unwrapped, with_filters};

const GATE: &str = "\ndata \"clb_task_status\" \"gate\" {\n  task_id = \"1234\"\n}\n";

#[test]
#[cfg_attr(without_acceptance, ignore)]
fn the_block_can_set_everything_that_the_environment_can() {
    let world = World::new();
    world.simulator.task("1234", TaskScript::already_complete().then_succeeds());
    let block = format!(
        "provider \"clb\" {{\n  secret_id = \"{DEMO_SECRET_ID}\"\n  secret_key = \"{DEMO_SECRET_KEY}\"\n  region = \"ap-tokyo\"\n  \
         endpoint = \"{}\"\n  requests_per_second = 5\n  request_timeout = \"3s\"\n}}\n",
        world.url
    );
    Configuration::new(&format!("{block}{GATE}")).apply().expect_success();
    assert_eq!(world.polls()[0].region.as_deref(), Some("ap-tokyo"));
}

#[test]
#[cfg_attr(without_acceptance, ignore)]
fn a_plan_without_requests_needs_no_credentials() {
    let body = "provider \"clb\" {}\n\nresource \"terraform_data\" \"call\" {}\n\ndata \"clb_task_status\" \"gate\" {\n  \
                task_id = terraform_data.call.id\n}\n";
    Configuration::new(body).plan().expect_success();
}

#[test]
#[cfg_attr(without_acceptance, ignore)]
fn missing_credentials_are_an_error_that_lists_what_was_tried() {
    let world = World::new();
    let configuration = Configuration::new(GATE)
        .with_env("TENCENTCLOUD_CLB_ENDPOINT", &world.url)
        .with_env("TENCENTCLOUD_REGION", "ap-guangzhou");
    configuration.plan().expect_error(&["no credentials were found", "TENCENTCLOUD_SECRET_ID"]);
    assert_eq!(world.simulator.calls().len(), 0);
}

#[test]
#[cfg_attr(without_acceptance, ignore)]
fn a_missing_region_is_an_error_that_says_where_to_set_one() {
    let world = World::new();
    let configuration = Configuration::new(GATE)
        .with_env("TENCENTCLOUD_CLB_ENDPOINT", &world.url)
        .with_env("TENCENTCLOUD_SECRET_ID", DEMO_SECRET_ID)
        .with_env("TENCENTCLOUD_SECRET_KEY", DEMO_SECRET_KEY);
    let run = configuration.plan().expect_failure();
    with_filters(|| insta::assert_snapshot!("error_of_a_missing_region", unwrapped(&run.stderr)));
}

#[test]
#[cfg_attr(without_acceptance, ignore)]
fn plain_http_to_another_machine_is_an_error_that_says_how_to_allow_it() {
    let world = World::new();
    let configuration =
        world.configuration(GATE).with_env("TENCENTCLOUD_CLB_ENDPOINT", "http://clb.example.com");
    configuration.plan().expect_error(&["plain HTTP", "protocol = \"HTTP\""]);
}

#[test]
#[cfg_attr(without_acceptance, ignore)]
fn unknown_arguments_of_the_provider_block_are_named() {
    let world = World::new();
    world.simulator.task("1234", TaskScript::already_complete().then_succeeds());
    let block = "resource \"terraform_data\" \"region\" {\n  input = \"ap-guangzhou\"\n}\n\nprovider \"clb\" {\n  region = \
                 terraform_data.region.output\n}\n";
    world.configuration(&format!("{block}{GATE}")).plan().expect_error(&["not known yet", "`region`"]);
    let here = GATE.replace("task_id", "region  = \"ap-tokyo\"\n  task_id");
    world.configuration(&format!("{block}{here}")).plan().expect_success();
}

#[test]
#[cfg_attr(without_acceptance, ignore)]
fn an_ignored_argument_warns_once_in_a_plan() {
    let configuration = Configuration::new(
        "provider \"clb\" {\n  cos_domain = \"x\"\n}\n\nresource \"clb_task_gate\" \"g\" {\n  task_ids = [\"a\"]\n}\n",
    );
    let plan = configuration.plan().expect_success();
    assert_eq!(plan.stdout.matches("`cos_domain` is ignored").count(), 1, "{}", plan.stdout);
}

#[test]
#[cfg_attr(without_acceptance, ignore)]
fn the_request_client_of_the_official_provider_is_sent() {
    let world = World::new();
    world.simulator.task("1234", TaskScript::already_complete().then_succeeds());
    let configuration =
        world.configuration(GATE).with_env("TENCENTCLOUD_API_REQUEST_CLIENT", "our-pipeline/1");
    configuration.plan().expect_success();
    let client = world.polls()[0].request.headers()["x-tc-requestclient"].clone();
    assert_eq!(client, "our-pipeline/1");
    let malformed = world.configuration(GATE).with_env("TENCENTCLOUD_API_REQUEST_CLIENT", "ä");
    malformed.plan().expect_error(&["TENCENTCLOUD_API_REQUEST_CLIENT"]);
}

#[test]
fn the_binary_prints_its_version() {
    for argument in ["--version", "-version"] {
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_terraform-provider-clb"))
            .arg(argument)
            .output()
            .unwrap();
        let printed = String::from_utf8(output.stdout).unwrap();
        assert_eq!(printed, format!("terraform-provider-clb {}\n", env!("CARGO_PKG_VERSION")));
    }
}
