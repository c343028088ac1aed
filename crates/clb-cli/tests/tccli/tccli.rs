//! TCCLI, unmodified.

use std::{
    fs,
    io::Write,
    path::PathBuf,
    process::{Command, Stdio},
};

use serde_json::{Value, json};

use crate::{
    python::Python,
    support::{Ran, World},
};

/// The program.
pub(crate) struct Tccli {
    program: PathBuf,
}

impl Tccli {
    /// Takes the command that `CLB_TCCLI` names, else that of the search path, else installs it. The error says why that
    /// does not work here.
    pub(crate) fn find() -> Result<Self, String> {
        let named = variable("CLB_TCCLI").map(PathBuf::from);
        let folders = variable("PATH").unwrap_or_default();
        let on_path =
            || std::env::split_paths(&folders).map(|folder| folder.join("tccli")).find(|file| file.is_file());
        if let Some(program) = named.or_else(on_path) {
            return Ok(Self { program });
        }
        Python::install().map(|python| Self { program: python.tccli().get_program().into() })
    }

    /// Polls a task of the simulator with the options after `tccli clb DescribeTaskStatus`.
    pub(crate) fn poll(&self, world: &World, options: &[&str]) -> Ran {
        self.poll_with(world, options, "")
    }

    /// Polls with an expectation: for two seconds, one poll a second.
    pub(crate) fn wait(&self, world: &World, id: &str) -> Ran {
        self.poll(world, &["--TaskId", id, "--waiter", WAITER])
    }

    /// Polls with text on standard input.
    pub(crate) fn poll_with(&self, world: &World, options: &[&str], input: &str) -> Ran {
        let mut command = Command::new(&self.program);
        command.args(["clb", "DescribeTaskStatus", "--region", "ap-guangzhou"]).args(options);
        run(command, world, input)
    }

    /// Runs a line of a shell that finds the program.
    pub(crate) fn shell(&self, world: &World, line: &str) -> Ran {
        let mut command = Command::new("sh");
        command.args(["-c", &line.replacen("tccli", &format!("'{}'", self.program.display()), 1)]);
        run(command, world, "")
    }
}

/// Runs a command in a home of its own, from which TCCLI reaches the simulator.
fn run(mut command: Command, world: &World, input: &str) -> Ran {
    let home = tempfile::tempdir().unwrap();
    let endpoint = world.url.strip_prefix("https://").unwrap();
    let system = json!({ "region": "ap-guangzhou", "output": "json", "language": "en-US", "arrayCount": 10, "warning": "off" });
    let profile = json!({ "_sys_param": system, "clb": { "version": "2018-03-17", "endpoint": endpoint } });
    fs::create_dir(home.path().join(".tccli")).unwrap();
    fs::write(home.path().join(".tccli/default.configure"), profile.to_string()).unwrap();
    command.env_clear().env("HOME", home.path()).env("NO_PROXY", "127.0.0.1");
    command.envs(variable("PATH").map(|path| ("PATH", path))).envs(world.variables());
    // It has no option for a certificate, and trusts those of the package `certifi` alone.
    let certifi = home.path().join("certifi");
    fs::create_dir(&certifi).unwrap();
    let ca_file = Value::from(world.simulator.ca_file().unwrap().to_str().unwrap());
    fs::write(certifi.join("__init__.py"), format!("def where():\n    return {ca_file}\n")).unwrap();
    command.env("PYTHONPATH", home.path());
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // It may end without having read anything.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    Ran::of(&child.wait_with_output().unwrap())
}

/// Until the task has succeeded, for two seconds, one poll a second.
pub(crate) const WAITER: &str = r#"{"expr":"Status","to":0,"timeout":2,"interval":1}"#;

#[expect(clippy::disallowed_methods, reason = "the environment chooses the TCCLI that the tests run")]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}
