//! The command and its simulator.

use std::{
    io::Write,
    process::{Command, Output, Stdio},
};

use clb_sim::{DEMO_SECRET_ID, DEMO_SECRET_KEY, RunningSimulator, Simulator};
use tokio::runtime::Runtime;

/// A simulator on a port of its own, and the command that is configured for it.
pub(crate) struct World {
    pub(crate) simulator: RunningSimulator,
    pub(crate) url: String,
    _runtime: Runtime,
}

impl World {
    pub(crate) fn new() -> Self {
        Self::start(async { Simulator::start().await.1 })
    }

    pub(crate) fn start(simulator: impl Future<Output = RunningSimulator>) -> Self {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let simulator = runtime.block_on(simulator);
        Self { url: simulator.url().to_owned(), simulator, _runtime: runtime }
    }

    /// The variables that the command needs.
    pub(crate) fn variables(&self) -> Vec<(&'static str, &str)> {
        let ca_file = self.simulator.ca_file().and_then(|file| file.to_str());
        let mut variables = vec![
            ("TENCENTCLOUD_SECRET_ID", DEMO_SECRET_ID),
            ("TENCENTCLOUD_SECRET_KEY", DEMO_SECRET_KEY),
            ("TENCENTCLOUD_REGION", "ap-guangzhou"),
            ("TENCENTCLOUD_CLB_ENDPOINT", &self.url),
        ];
        variables.extend(ca_file.map(|file| ("TENCENTCLOUD_CA_FILE", file)));
        variables
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = clb(arguments);
        command.envs(self.variables());
        command
    }

    /// Runs the command to its end.
    pub(crate) fn run(&self, arguments: &[&str]) -> Ran {
        Ran::of(&self.command(arguments).output().unwrap())
    }

    /// Runs the command with text on its standard input.
    pub(crate) fn run_with(&self, arguments: &[&str], input: &str) -> Ran {
        let mut command = self.command(arguments);
        let mut child =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        Ran::of(&child.wait_with_output().unwrap())
    }
}

/// The command, without the variables of this machine.
pub(crate) fn clb(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_clb"));
    command.args(arguments).env_clear().env("HOME", "/nonexistent").env("NO_PROXY", "*");
    command
}

/// What a command left behind.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Ran {
    pub(crate) fn of(output: &Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        Self { code: output.status.code(), out: text(&output.stdout), err: text(&output.stderr) }
    }

    #[track_caller]
    pub(crate) fn expect(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "{self:?}");
        self
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {}", self.out))
    }
}
