//! One poll from the command line: the whole process, against the simulator.

use std::ffi::OsStr;
use std::fs;
use std::io::{self, BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use clb_sim::{DEMO_SECRET_ID, DEMO_SECRET_KEY};
use serde_json::Value as Json;
use tempfile::TempDir;

use super::figures::{Measure, Unit};
use super::peers::{CURL, OURS, PYTHON, Peers, TCCLI};
use super::processes::{Once, in_turn, milliseconds, peak, time_arguments};
use super::{BenchError, Programs};

const REGION: &str = "ap-guangzhou";
const TASK: &str = "55c85074-3e7f-4c6d-864f-673660d4f8de";

/// What the SDK's users would write.
const SCRIPT: &str = include_str!("status.py");

/// Stands for the package that the Python clients take their trusted certificates from; TCCLI has no other way to trust one.
const CERTIFI: &str = "import os


def where():
    return os.environ['TRUSTED']


def contents():
    with open(where(), encoding='ascii') as file:
        return file.read()
";

/// Over HTTPS and HTTP, and the memory of the processes.
pub(super) fn measure(rounds: usize, programs: &Programs, peers: &Peers) -> Result<Vec<Measure>, BenchError> {
    let folder = TempDir::with_prefix("clb-bench-")?;
    let files = Files::write(folder.path())?;
    let mut measures = Vec::new();
    for (id, tls) in [("https", true), ("http", false)] {
        let service = Service::start(programs.command(), tls.then_some(files.trusted.as_path()))?;
        let callers = callers(programs.command(), peers, &service, &files);
        let wall = callers.iter().map(|caller| (caller.name, Box::new(|| caller.wall()) as Once<'_>));
        let title = format!("one poll, whole process, {}", id.to_uppercase());
        let spreads = in_turn(rounds, wall.collect())?;
        measures.push(Measure::new(&format!("status-{id}"), &title, Unit::Milliseconds, spreads));
        let Some(time) = peers.time.as_deref().filter(|_| tls) else { continue };
        let memory = callers
            .iter()
            .map(|caller| (caller.name, Box::new(|| caller.memory(time, &files.peaks)) as Once<'_>));
        let spreads = in_turn(rounds.div_ceil(3), memory.collect())?;
        measures.push(Measure::new(
            "status-memory",
            "peak memory of one poll, HTTPS",
            Unit::Mebibytes,
            spreads,
        ));
    }
    Ok(measures)
}

/// What the callers need.
struct Files {
    /// The simulator's certificate.
    trusted: PathBuf,
    script: PathBuf,
    /// Modules that come before those of Python's own.
    modules: PathBuf,
    /// Where GNU time writes.
    peaks: PathBuf,
    home: PathBuf,
}

impl Files {
    fn write(folder: &Path) -> io::Result<Self> {
        let at = |name: &str| folder.join(name);
        let files = Self {
            trusted: at("ca.pem"),
            script: at("status.py"),
            modules: at("modules"),
            peaks: at("peaks"),
            home: at("home"),
        };
        fs::write(&files.script, SCRIPT)?;
        fs::create_dir_all(files.modules.join("certifi"))?;
        fs::write(files.modules.join("certifi/__init__.py"), CERTIFI)?;
        fs::write(&files.peaks, "")?;
        fs::create_dir(&files.home)?;
        Ok(files)
    }
}

/// The simulator as a process of its own, without a rate limit.
struct Service {
    process: Child,
    url: String,
}

impl Service {
    fn start(clb: &Path, trusted: Option<&Path>) -> Result<Self, BenchError> {
        let mut command = Command::new(clb);
        command.args(["simulate", "--rate", "0", "--task", &format!("{TASK}=0")]);
        if let Some(file) = trusted {
            command.arg("--tls").arg(file);
        }
        let mut process = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?;
        let mut url = String::new();
        if let Some(stdout) = &mut process.stdout {
            BufReader::new(stdout).read_line(&mut url)?;
        }
        Ok(Self { process, url: url.trim().to_owned() })
    }

    fn host(&self) -> &str {
        self.url.split_once("://").map_or("", |(_, host)| host)
    }

    fn protocol(&self) -> &str {
        self.url.split_once("://").map_or("", |(protocol, _)| protocol)
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Somebody who makes the call.
struct Caller<'a> {
    name: &'static str,
    /// Makes the command anew each time: a signature has its time.
    command: Box<dyn Fn() -> Result<Command, BenchError> + 'a>,
    /// What it prints if the poll was successful.
    prints: &'static str,
}

impl Caller<'_> {
    fn wall(&self) -> Result<f64, BenchError> {
        milliseconds(&mut (self.command)()?, self.prints)
    }

    fn memory(&self, time: &Path, peaks: &Path) -> Result<f64, BenchError> {
        let command = (self.command)()?;
        let mut timed = Command::new(time);
        timed.env_clear();
        timed.args(time_arguments(peaks)).arg(command.get_program()).args(command.get_args());
        timed.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
        milliseconds(&mut timed, self.prints)?;
        peak(peaks)
    }
}

/// Everybody who is there.
fn callers<'a>(clb: &'a Path, peers: &'a Peers, service: &'a Service, files: &'a Files) -> Vec<Caller<'a>> {
    let mut callers = vec![Caller {
        name: OURS,
        command: Box::new(|| Ok(with_keys(clean(clb, files), service, files, &["status", TASK]))),
        prints: "succeeded",
    }];
    if let Some(curl) = &peers.curl {
        let command = Box::new(|| signed(clean(curl, files), clb, service, files));
        callers.push(Caller { name: CURL, command, prints: "\"Status\":0" });
    }
    if let Some(python) = &peers.python {
        let command = Box::new(|| Ok(script(clean(python, files), service, files)));
        callers.push(Caller { name: PYTHON, command, prints: "\"Status\": 0" });
    }
    if let Some(tccli) = &peers.tccli {
        let command = Box::new(|| Ok(tool(clean(tccli, files), service)));
        callers.push(Caller { name: TCCLI, command, prints: "\"Status\": 0" });
    }
    callers
}

/// A program that knows nothing of the settings of whoever runs it.
fn clean(program: &Path, files: &Files) -> Command {
    let mut command = Command::new(program);
    command.env_clear().env("HOME", &files.home).env("PATH", "/usr/bin:/bin").env("LC_ALL", "C.UTF-8");
    command.env("TRUSTED", &files.trusted).env("PYTHONPATH", &files.modules);
    command
}

fn with_keys(mut clb: Command, service: &Service, files: &Files, arguments: &[impl AsRef<OsStr>]) -> Command {
    clb.args(arguments).env("TENCENTCLOUD_REGION", REGION).env("TENCENTCLOUD_CLB_ENDPOINT", &service.url);
    clb.env("TENCENTCLOUD_SECRET_ID", DEMO_SECRET_ID).env("TENCENTCLOUD_SECRET_KEY", DEMO_SECRET_KEY);
    if service.protocol() == "https" {
        clb.env("TENCENTCLOUD_CA_FILE", &files.trusted);
    }
    clb
}

/// `curl` with the headers of a signature that `clb` has made for it.
fn signed(mut curl: Command, clb: &Path, service: &Service, files: &Files) -> Result<Command, BenchError> {
    let body = format!("{{\"TaskId\":\"{TASK}\"}}");
    let sign = ["sign", "DescribeTaskStatus", "--host", service.host(), "-p", &body, "--output", "json"];
    let mut sign = with_keys(clean(clb, files), service, files, &sign);
    let output = sign.output()?;
    let printed: Json = serde_json::from_slice(&output.stdout).unwrap_or_default();
    let headers = printed["headers"].as_object().ok_or_else(|| BenchError::Command {
        command: format!("{sign:?}"),
        printed: String::from_utf8_lossy(&output.stderr).into_owned(),
    })?;
    curl.args(["-q", "--silent", "--show-error", "--noproxy", "*", "--data-raw", &body]);
    curl.arg("--cacert").arg(&files.trusted);
    for (name, value) in headers {
        curl.arg("-H").arg(format!("{name}: {}", value.as_str().unwrap_or_default()));
    }
    curl.arg(&service.url);
    Ok(curl)
}

fn script(mut python: Command, service: &Service, files: &Files) -> Command {
    python.arg(&files.script).args([service.host(), service.protocol()]);
    python.arg(&files.trusted).args([DEMO_SECRET_ID, DEMO_SECRET_KEY, TASK]);
    python
}

fn tool(mut tccli: Command, service: &Service) -> Command {
    tccli.args(["clb", "DescribeTaskStatus", "--TaskId", TASK, "--region", REGION]);
    tccli.args(["--secretId", DEMO_SECRET_ID, "--secretKey", DEMO_SECRET_KEY]);
    let endpoint = if service.protocol() == "https" { service.host() } else { &service.url };
    tccli.args(["--endpoint", endpoint]);
    tccli
}
