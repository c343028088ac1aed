//! Signals that stop a provider's process, on Unix.

use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tfplugin::testing::Client;
use tokio::time::sleep;

use crate::example::{program, started};
use crate::process::COOKIE;

async fn is_running_after(process: &str, wait: Duration) -> bool {
    sleep(wait).await;
    // Signal 0 asks only whether there is such a process.
    Command::new("kill").args(["-0", process]).stderr(Stdio::null()).status().unwrap().success()
}

#[tokio::test]
async fn ctrl_c_is_left_to_terraform_and_a_termination_is_not() {
    let process = started("every_kind").await;
    let id = process.id().unwrap().to_string();
    // The handshake is out before the handlers are in.
    let client = Client::connect(process).await.unwrap();
    Command::new("kill").args(["-INT", &id]).status().unwrap();
    sleep(Duration::from_millis(200)).await;
    client.stop().await.unwrap();
    Command::new("kill").args(["-TERM", &id]).status().unwrap();
    sleep(Duration::from_millis(500)).await;
    assert!(client.stop().await.is_err());
}

/// A closed terminal, Ctrl-\\ and a polite request.
#[tokio::test]
async fn a_signal_to_the_plugin_alone_leaves_nothing_behind() {
    for signal in ["-HUP", "-QUIT", "-TERM"] {
        let directory = tempfile::tempdir().unwrap();
        let mut command = Command::new(program("every_kind"));
        let mut provider = command
            .envs([COOKIE, ("PLUGIN_PROTOCOL_VERSIONS", "6")])
            .env("TMPDIR", directory.path())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        assert!(first_line(&mut provider).contains("|grpc|"));
        assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 1);
        Command::new("kill").args([signal, &provider.id().to_string()]).status().unwrap();
        assert!(provider.wait().unwrap().success(), "{signal}");
        assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 0, "{signal}");
    }
}

#[test]
fn a_provider_that_terraform_attaches_to_ends_as_cleanly() {
    for signal in ["-INT", "-TERM", "-HUP"] {
        let directory = tempfile::tempdir().unwrap();
        let mut command = Command::new(program("every_kind"));
        let command = command.arg("-debug").env("TMPDIR", directory.path()).stdout(Stdio::piped());
        let mut provider = command.spawn().unwrap();
        first_line(&mut provider);
        Command::new("kill").args([signal, &provider.id().to_string()]).status().unwrap();
        assert!(provider.wait().unwrap().success(), "{signal}");
        assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 0, "{signal}");
    }
}

/// The output stays open in the process.
fn first_line(process: &mut Child) -> String {
    let mut line = String::new();
    BufReader::new(process.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
    line
}

/// A shell stands for the client: killed, it leaves the plugin behind.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn an_orphan_ends_by_itself() {
    let script = format!("{} & echo $! && wait", program("every_kind").display());
    let mut shell = Command::new("sh")
        .args(["-c", &script])
        .envs([COOKIE, ("PLUGIN_PROTOCOL_VERSIONS", "6")])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut output = shell.stdout.take().unwrap();
    let mut text = String::new();
    while !text.contains("|grpc|") {
        let mut bytes = [0; 256];
        let count = output.read(&mut bytes).unwrap();
        text.push_str(&String::from_utf8_lossy(&bytes[..count]));
    }
    let id = text.lines().find(|line| !line.contains('|')).unwrap().to_owned();
    assert!(is_running_after(&id, Duration::ZERO).await);
    shell.kill().unwrap();
    shell.wait().unwrap();
    assert!(!is_running_after(&id, Duration::from_secs(3)).await);
}
