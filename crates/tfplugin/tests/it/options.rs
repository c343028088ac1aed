//! What `Serve` can be told: `examples/options.rs`.

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

use serde_json::Value as Json;
use tfplugin::Value;
use tfplugin::acceptance::Workspace;
use tfplugin::testing::{Client, Process};

use crate::example::{object, program, started};
use crate::process::COOKIE;
use crate::terraform::{Started, require, terraform};

const THREAD: &str = "options_thread";

#[tokio::test]
async fn operations_run_on_the_runtime_that_was_given() {
    let client = Client::connect(started("options").await).await.unwrap();
    let read = client.read_data_source(THREAD, object([])).await.unwrap();
    assert_eq!(read.get("name"), Some(&Value::from("own")));
}

#[test]
fn a_runtime_of_one_thread_is_rejected() {
    let mut command = Command::new(program("options"));
    command.envs([COOKIE, ("PLUGIN_PROTOCOL_VERSIONS", "6"), ("OPTIONS_THREADS", "1")]);
    let output = command.output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(stderr.starts_with("the runtime given to `Serve::runtime` has one thread"), "{stderr}");
}

/// What is logged while the data source is read, by crate.
async fn logged(variables: &[(&str, &str)]) -> Vec<String> {
    let log = tempfile::NamedTempFile::new().unwrap();
    let mut command = Command::new(program("options"));
    for name in ["TF_LOG", "TF_LOG_PROVIDER"] {
        command.env_remove(name);
    }
    command.envs(variables.iter().copied()).stderr(log.reopen().unwrap());
    let client = Client::connect(Process::start(command).await.unwrap()).await.unwrap();
    client.read_data_source(THREAD, object([])).await.unwrap();
    client.shut_down().await.unwrap();
    let text = std::fs::read_to_string(log.path()).unwrap();
    let lines = text.lines().map(|line| serde_json::from_str::<Json>(line).unwrap());
    lines.map(|line| line["@module"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn the_log_has_the_name_that_was_given_and_levels_for_single_crates() {
    assert_eq!(logged(&[("TF_LOG_PROVIDER_OPTIONS", "debug")]).await, [""; 0]);
    assert_eq!(logged(&[("TF_LOG_PROVIDER_MY_CLOUD", "debug")]).await, ["options"]);
    let hyper = ("TF_LOG_PROVIDER_MY_CLOUD_HYPER", "debug");
    let alone = logged(&[hyper]).await;
    assert!(!alone.is_empty() && alone.iter().all(|module| module.starts_with("hyper")), "{alone:?}");
    let quiet = ("TF_LOG_PROVIDER_MY_CLOUD_OPTIONS", "warn");
    let both = logged(&[("TF_LOG_PROVIDER_MY_CLOUD", "debug"), hyper, quiet]).await;
    assert!(both.contains(&"hyper::client".to_owned()) && !both.contains(&"options".to_owned()), "{both:?}");
}

#[test]
#[cfg_attr(without_acceptance, ignore = "left out by TFPLUGIN_ACCEPTANCE=off")]
fn terraform_attaches_by_the_address_that_was_given() {
    let workspace = Workspace::new(terraform()).unwrap();
    require(&workspace, "options");
    let text =
        "data \"options_thread\" \"t\" {\n}\noutput \"name\" {\n value = data.options_thread.t.name\n}\n";
    workspace.write("main.tf", text).unwrap();
    let mut provider = Started::new(Command::new(program("options")).arg("-debug").stderr(Stdio::null()));
    let mut lines = BufReader::new(provider.0.stdout.take().unwrap()).lines().map(Result::unwrap);
    let line = lines.find(|line| line.contains("TF_REATTACH_PROVIDERS=")).unwrap();
    assert!(line.contains("\"example.com/tfplugin/options\""), "{line}");
    let attach = line.trim().trim_start_matches("TF_REATTACH_PROVIDERS='").trim_end_matches('\'').to_owned();
    let workspace = workspace.with_env("TF_REATTACH_PROVIDERS", attach);
    workspace.apply().expect_success();
    assert_eq!(workspace.output("name"), "own");
}
