//! The program: every option, in a real process.

use std::process::{Output, Stdio};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};
use tokio::time::sleep;

use crate::connection::Connection;
use crate::support::{Call, code, content, now, temporary};

/// The program at work, ended when dropped, and a connection to it.
struct Program {
    child: Child,
    connection: Connection,
}

impl Program {
    async fn with(arguments: &[&str]) -> Self {
        let mut child = command(arguments).kill_on_drop(true).spawn().unwrap();
        let mut url = String::new();
        BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut url).await.unwrap();
        let address = url.trim_end().strip_prefix("http://").unwrap().parse().unwrap();
        Self { child, connection: Connection::to(address).await }
    }

    async fn send(&mut self, call: Call) -> Value {
        self.connection.send(&Call { unix: now(), ..call }).await;
        content(&self.connection.response().await.1)
    }

    async fn about(&mut self, task: &str) -> Value {
        self.send(Call::poll(task)).await
    }
}

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_clb-sim"));
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

async fn rejected(arguments: &[&str]) -> (Option<i32>, String) {
    let Output { status, stderr, .. } = command(arguments).output().await.unwrap();
    (status.code(), String::from_utf8(stderr).unwrap())
}

#[tokio::test]
async fn without_options_it_takes_a_free_loopback_port() {
    let mut program = Program::with(&[]).await;
    assert!(program.connection.address.ip().is_loopback());
    assert_eq!(code(&program.about("1234").await), "InvalidParameter");
    let created = program.send(Call::create_listener(80)).await;
    assert_eq!(program.about(created["RequestId"].as_str().unwrap()).await["Status"], 2);
}

#[cfg(unix)]
#[tokio::test]
async fn ctrl_c_stops_it_and_the_keys_are_on_stderr() {
    let program = Program::with(&[]).await;
    let id = program.child.id().unwrap().to_string();
    assert!(Command::new("kill").args(["-INT", &id]).status().await.unwrap().success());
    let output = program.child.wait_with_output().await.unwrap();
    assert_eq!(output.status.code(), Some(0));
    let hints = String::from_utf8(output.stderr).unwrap();
    let url = format!("http://{}", program.connection.address);
    for part in [clb_sim::DEMO_SECRET_ID, clb_sim::DEMO_SECRET_KEY, &url, "Ctrl-C"] {
        assert!(hints.contains(part), "{hints}");
    }
}

/// Ports and times differ from run to run; the rest of the session is as the README shows it.
#[cfg(unix)]
#[tokio::test]
async fn the_readme_shows_a_session_as_it_is() {
    let readme = include_str!("../../README.md");
    let shown =
        readme.split_once("```text\n$ cargo run -p clb-sim -- ").unwrap().1.split_once("\n```").unwrap().0;
    let (options, shown) = shown.split_once('\n').unwrap();
    assert_eq!(options, "--task 1234=10 --task 5678=5:fail:\"the port is taken\" --calls");
    let arguments = ["--task", "1234=10", "--task", "5678=5:fail:the port is taken", "--calls"];
    let mut program = Program::with(&arguments).await;
    assert_eq!(program.about("1234").await["Status"], 2);
    let url = format!("http://{}", program.connection.address);
    let id = program.child.id().unwrap().to_string();
    assert!(Command::new("kill").args(["-INT", &id]).status().await.unwrap().success());
    let output = program.child.wait_with_output().await.unwrap();
    let printed = format!("{url}\n{}", String::from_utf8(output.stderr).unwrap())
        .replace(&url, "http://127.0.0.1:41237");
    let without_time = |line: &str| match line.split_once("s DescribeTaskStatus ") {
        Some((_, rest)) => format!("DescribeTaskStatus {rest}"),
        None => line.to_owned(),
    };
    let [shown, printed] =
        [shown, printed.as_str()].map(|text| text.lines().map(without_time).collect::<Vec<_>>());
    assert_eq!(shown, printed);
}

#[tokio::test]
async fn it_listens_on_loopback_addresses_only() {
    let program = Program::with(&["--listen", "[::1]:0"]).await;
    assert!(program.connection.address.is_ipv6());
    for address in ["0.0.0.0:0", "192.0.2.1:80", "[::]:0"] {
        let (status, error) = rejected(&["--listen", address]).await;
        assert_eq!(status, Some(2));
        assert!(error.contains("not a loopback address"), "{error}");
    }
    let taken = program.connection.address.to_string();
    assert_eq!(rejected(&["--listen", &taken]).await.0, Some(1));
}

#[tokio::test]
async fn the_readme_tells_of_every_option() {
    let help = command(&["--help"]).output().await.unwrap();
    let help = String::from_utf8(help.stdout).unwrap();
    let own = |word: &&str| word.starts_with("--") && !["--help", "--version"].contains(word);
    let options: Vec<&str> = help.split_whitespace().filter(own).collect();
    assert!(options.len() > 9, "{help}");
    for option in options {
        assert!(include_str!("../../README.md").contains(&format!("| `{option}")), "{option}");
    }
}

#[tokio::test]
async fn tasks_are_given_one_by_one() {
    let mut program =
        Program::with(&["--task", "a=60", "--task", "b=0:fail:port 80: taken", "--task", "c=0.05"]).await;
    sleep(Duration::from_millis(60)).await;
    assert_eq!(program.about("a").await["Status"], 2);
    assert_eq!(program.about("b").await["Message"], "port 80: taken");
    assert_eq!(program.about("c").await["Status"], 0);
    let (status, error) = rejected(&["--task", "a"]).await;
    assert!(status == Some(2) && error.contains("ID=SECONDS"), "{error}");
}

#[tokio::test]
async fn tasks_of_actions_run_as_long_as_wanted() {
    let mut program = Program::with(&["--action-seconds", "0"]).await;
    let created = program.send(Call::create_listener(80)).await;
    assert_eq!(program.about(created["RequestId"].as_str().unwrap()).await["Status"], 0);
    assert_eq!(rejected(&["--action-seconds", "soon"]).await.0, Some(2));
}

#[tokio::test]
async fn the_rate_limit_can_be_set_and_lifted() {
    let mut one = Program::with(&["--rate", "1", "--task", "a=60"]).await;
    let mut codes = Vec::new();
    for _ in 0..5 {
        codes.push(code(&one.about("a").await));
    }
    // Five quick polls do not need five calendar seconds.
    assert!(codes.iter().any(|code| code == "RequestLimitExceeded"), "{codes:?}");
    let mut any = Program::with(&["--rate", "0", "--task", "a=60"]).await;
    for _ in 0..50 {
        assert_eq!(code(&any.about("a").await), "none");
    }
}

#[tokio::test]
async fn faults_have_a_text_form() {
    let faults =
        ["--task", "a=60", "--fault", "call 2: error InternalError try again", "--fault", "call 3: http 502"];
    let mut program = Program::with(&faults).await;
    assert_eq!(code(&program.about("a").await), "none");
    assert_eq!(program.about("a").await["Error"]["Message"], "try again");
    program.connection.send(&Call { unix: now(), ..Call::poll("a") }).await;
    assert!(program.connection.response().await.0.starts_with("HTTP/1.1 502"));
    let (status, error) = rejected(&["--fault", "sometimes: reset"]).await;
    assert!(status == Some(2) && error.contains("`sometimes` is not"), "{error}");
}

#[tokio::test]
async fn a_scenario_comes_from_a_file() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/simulator/scenario.json");
    let mut program = Program::with(&["--scenario", file, "--task", "mine=60"]).await;
    assert_eq!(program.about("done").await["LoadBalancerIds"], json!(["lb-1"]));
    assert_eq!(program.about("odd").await["Status"], 7);
    assert_eq!(program.about("mine").await["Status"], 2);
    assert_eq!(program.send(Call::clb("DescribeLoadBalancers", &json!({}))).await["TotalCount"], 0);
    assert_eq!(code(&program.about("done").await), "RequestLimitExceeded");
    let (status, error) = rejected(&["--scenario", "none.json"]).await;
    assert!(status == Some(2) && error.contains("none.json"), "{error}");
    let (status, error) = rejected(&["--scenario", concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml")]).await;
    assert!(status == Some(2) && error.contains("the scenario cannot be read: "), "{error}");
}

#[tokio::test]
async fn busy_strict_ids_health_and_products_have_options() {
    let options =
        ["--strict-ids", "--busy", "task-is-working", "--product", "gwlb=2024-09-06", "--action-rate"];
    let mut program =
        Program::with(&[&options[..], &["DescribeQuota=1", "--health-seconds", "0"]].concat()).await;
    assert_eq!(code(&program.send(Call::create_listener(80)).await), "InvalidParameter.LBIdNotFound");
    let create = Call::clb("CreateLoadBalancer", &json!({ "LoadBalancerType": "OPEN" }));
    let id = program.send(create).await["LoadBalancerIds"][0].take();
    let listener = json!({ "LoadBalancerId": id, "Ports": [80], "Protocol": "TCP" });
    let busy = program.send(Call::clb("CreateListener", &listener)).await;
    assert_eq!(busy["Error"]["Message"], "Your task is working (CreateLoadBalancer).");
    let gwlb = Call { service: "gwlb", version: "2024-09-06", ..Call::poll("1234") };
    assert_eq!(code(&program.send(gwlb).await), "InvalidParameter");
    let mut codes = Vec::new();
    for _ in 0..3 {
        codes.push(code(&program.send(Call::clb("DescribeQuota", &json!({}))).await));
    }
    // Three quick calls do not need three calendar seconds.
    assert!(codes.iter().any(|code| code == "RequestLimitExceeded"), "{codes:?}");
    for wrong in [
        ["--product", "gwlb"],
        ["--action-rate", "A=x"],
        ["--action-rate", "CreateListner=1"],
        ["--fault", "always of CreateListner: reset"],
        ["--busy", "very"],
    ] {
        assert_eq!(rejected(&wrong).await.0, Some(2), "{wrong:?}");
    }
}

#[tokio::test]
async fn the_environment_to_set_is_complete() {
    let mut program = Program::with(&["--product", "gwlb=2024-09-06"]).await;
    let mut lines = BufReader::new(program.child.stderr.take().unwrap()).lines();
    let mut hints = String::new();
    while !hints.contains("STS_ENDPOINT") {
        hints += &lines.next_line().await.unwrap().unwrap();
    }
    for name in ["SECRET_ID", "SECRET_KEY", "REGION", "CLB_ENDPOINT", "GWLB_ENDPOINT", "STS_ENDPOINT"] {
        assert!(hints.contains(&format!("TENCENTCLOUD_{name}=")), "{name}: {hints}");
    }
}

#[tokio::test]
async fn calls_are_printed_on_stderr() {
    let mut program = Program::with(&["--calls", "--task", "a=60"]).await;
    program.about("a").await;
    program.about("b").await;
    let mut lines = BufReader::new(program.child.stderr.take().unwrap()).lines();
    let mut next = async || lines.next_line().await.unwrap().unwrap();
    while !next().await.starts_with("export TENCENTCLOUD_STS_ENDPOINT") {}
    assert!(next().await.ends_with("s DescribeTaskStatus a: accepted"));
    assert!(next().await.ends_with("s DescribeTaskStatus b: rejected, InvalidParameter"));
}

#[tokio::test]
async fn the_error_code_of_unknown_tasks_can_be_chosen() {
    let mut program = Program::with(&["--unknown-task", "resource-not-found"]).await;
    assert_eq!(code(&program.about("1234").await), "ResourceNotFound");
}

#[tokio::test]
async fn sessions_and_instance_roles_are_there_if_wanted() {
    let mut program =
        Program::with(&["--session-seconds", "2", "--instance-role", "worker", "--task", "a=60"]).await;
    program.connection.get("/latest/meta-data/cam/security-credentials/worker").await;
    let keys: Value = serde_json::from_slice(&program.connection.response().await.1).unwrap();
    let poll = Call::poll("a").by(temporary(&keys));
    assert_eq!(program.send(poll.clone()).await["Status"], 2);
    sleep(Duration::from_millis(2100)).await;
    assert_eq!(code(&program.send(poll).await), "AuthFailure.TokenFailure");
}

#[cfg(feature = "tls")]
#[tokio::test]
async fn tls_writes_the_certificate_that_clients_trust() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("ca.pem");
    let mut child = command(&["--tls", file.to_str().unwrap()]).kill_on_drop(true).spawn().unwrap();
    let mut url = String::new();
    BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut url).await.unwrap();
    assert!(url.starts_with("https://127.0.0.1:"), "{url}");
    assert!(std::fs::read_to_string(&file).unwrap().starts_with("-----BEGIN CERTIFICATE-----"));
    let (status, error) = rejected(&["--tls", folder.path().to_str().unwrap()]).await;
    assert!(status == Some(1) && error.starts_with("clb-sim: "), "{error}");
}
