//! The start, the exit and the output of a provider's process.

use std::process::{Command, Output};
use std::time::Duration;

use serde_json::Value as Json;
use tfplugin::testing::{Client, Process};
use tokio::time::Instant;

use crate::example::{object, program, started};

fn run(arguments: &[&str], variables: &[(&str, &str)]) -> Output {
    let mut command = Command::new(program("every_kind"));
    command.args(arguments).env_remove("TF_PLUGIN_MAGIC_COOKIE").envs(variables.iter().copied());
    command.output().unwrap()
}

pub(crate) const COOKIE: (&str, &str) =
    ("TF_PLUGIN_MAGIC_COOKIE", "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2");

#[test]
fn started_by_hand_it_says_what_it_is() {
    let output = run(&[], &[]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(output.stdout, b"");
    assert!(output.stderr.starts_with(b"This program is a Terraform provider."));
}

#[test]
fn a_client_of_other_protocols_is_told_so() {
    let output = run(&[], &[COOKIE, ("PLUGIN_PROTOCOL_VERSIONS", "4,5")]);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("protocol 6 only"));
}

#[test]
fn a_certificate_that_is_none_is_an_error() {
    let output = run(&[], &[COOKIE, ("PLUGIN_PROTOCOL_VERSIONS", "6"), ("PLUGIN_CLIENT_CERT", "x")]);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).starts_with("PLUGIN_CLIENT_CERT is no PEM certificate"));
}

#[cfg(unix)]
#[test]
fn without_anybody_to_read_the_handshake_it_does_not_start() {
    use std::process::Stdio;
    let mut command = Command::new(program("every_kind"));
    command.envs([COOKIE, ("PLUGIN_PROTOCOL_VERSIONS", "6")]).stderr(Stdio::piped());
    let output = command.stdout(Stdio::null()).spawn().unwrap().wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(output.stderr.starts_with(b"stdout is closed"), "{output:?}");
}

#[cfg(unix)]
#[tokio::test]
async fn an_empty_tmpdir_is_none() {
    let mut command = Command::new(program("every_kind"));
    command.env("TMPDIR", "");
    let process = Process::start(command).await.unwrap();
    assert!(process.address().starts_with("/tmp/tfplugin-"), "{}", process.address());
}

#[tokio::test]
async fn it_ends_at_once_when_told_to() {
    let client = Client::connect(started("every_kind").await).await.unwrap();
    let asked = Instant::now();
    client.shut_down().await.unwrap();
    assert!(asked.elapsed() < Duration::from_millis(500), "{:?}", asked.elapsed());
}

/// What the example logs while a file with a secret is written.
async fn logged(level: Option<&str>) -> String {
    let directory = tempfile::tempdir().unwrap();
    let log = directory.path().join("log");
    let mut command = Command::new(program("every_kind"));
    command.env_remove("TF_LOG").env_remove("TF_LOG_PROVIDER").stderr(std::fs::File::create(&log).unwrap());
    command.envs(level.map(|level| ("TF_LOG", level)));
    let client = Client::connect(Process::start(command).await.unwrap()).await.unwrap();
    let path = directory.path().to_str().unwrap();
    client.configure(object([("directory", path.into())])).await.unwrap();
    let config = object([("name", "a".into()), ("content", "x".into()), ("secret", "correct horse".into())]);
    client.apply("files_file", None, config).await.unwrap();
    client.shut_down().await.unwrap();
    std::fs::read_to_string(&log).unwrap()
}

#[tokio::test]
async fn its_log_lines_are_what_terraform_reads() {
    let text = logged(Some("trace")).await;
    let lines: Vec<Json> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let planning = lines.iter().find(|line| line["tf_rpc"] == "PlanResourceChange").unwrap();
    assert_eq!(planning["tf_resource_type"], "files_file");
    assert_eq!(planning["tf_provider_addr"], "example.com/tfplugin/files");
    assert!(planning["tf_req_id"].is_string() && planning.get("tf_data_source_type").is_none());
    for line in &lines {
        let time = line["@timestamp"].as_str().unwrap();
        assert!(time.len() == "2026-11-24T02:51:13.000000Z".len() && time.ends_with('Z'), "{time}");
        assert!(line["@level"].is_string() && line["@message"].is_string() && line["@module"].is_string());
    }
}

#[tokio::test]
async fn sensitive_values_are_masked_in_its_log() {
    let text = logged(Some("debug")).await;
    assert!(text.contains(r#""text":"x***""#) && !text.contains("correct horse"), "{text}");
}

#[tokio::test]
async fn it_logs_at_the_level_that_terraform_logs_at() {
    assert!(!logged(Some("debug")).await.contains(r#""@level":"trace""#));
    assert_eq!(logged(Some("warn")).await, "");
    assert_eq!(logged(Some("off")).await, "");
    assert_eq!(logged(None).await, "");
}

/// `.cargo/config.toml` sets it for every build from this repository. Without it aws-lc gathers CPU jitter for some 20 ms at the
/// first random number of each process, and Terraform starts several processes a command.
#[test]
fn aws_lc_is_built_to_seed_itself_from_the_operating_system() {
    assert_eq!(option_env!("AWS_LC_SYS_NO_JITTER_ENTROPY"), Some("1"));
}
