//! The simulator on a free port, and Terraform runs that use it.

#[cfg(unix)]
use std::os::unix::process::CommandExt;
use std::path::Path;
#[cfg(unix)]
use std::process::Child;
use std::process::{Output, Stdio};
use std::time::{Duration, Instant};

use clb_sim::{CallRecord, DEMO_SECRET_ID, DEMO_SECRET_KEY, Options, Simulator};
#[cfg(unix)]
use rustix::process::{Pid, Signal, kill_process_group};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use xtask::terraform::{
    self, Feature, Product, Terraform, Workspace, installing_from, without_cli_configuration, workspace,
};

/// The head of every configuration: nothing is said that the environment says.
const HEAD: &str =
    "terraform {\n  required_providers {\n    clb = {\n      source = \"clb-rs/clb\"\n    }\n  }\n}\n";

/// A simulator that is served while this lives.
pub(crate) struct World {
    pub(crate) simulator: Simulator,
    pub(crate) url: String,
    _runtime: Runtime,
}

impl World {
    pub(crate) fn new() -> Self {
        Self::with(Options::starting_now())
    }

    pub(crate) fn with(options: Options) -> Self {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let simulator = runtime.block_on(async { Simulator::new(options) });
        runtime.spawn(clb_sim::run(listener, simulator.clone(), std::future::pending::<()>()));
        Self { simulator, url, _runtime: runtime }
    }

    /// A configuration that reaches the simulator through the environment alone.
    pub(crate) fn configuration(&self, body: &str) -> Configuration {
        self.reached_by(Configuration::new(body))
    }

    /// The configuration in a folder of `examples`, likewise.
    pub(crate) fn example(&self, folder: &str) -> Configuration {
        self.reached_by(Configuration::example(folder))
    }

    pub(crate) fn reached_by(&self, configuration: Configuration) -> Configuration {
        let keyless = configuration.with_env("TENCENTCLOUD_CLB_ENDPOINT", &self.url);
        let keyed = keyless.with_env("TENCENTCLOUD_SECRET_ID", DEMO_SECRET_ID);
        keyed
            .with_env("TENCENTCLOUD_SECRET_KEY", DEMO_SECRET_KEY)
            .with_env("TENCENTCLOUD_REGION", "ap-guangzhou")
    }

    /// The polls so far.
    pub(crate) fn polls(&self) -> Vec<CallRecord> {
        self.simulator.calls_of("DescribeTaskStatus")
    }
}

/// A directory with a configuration, in which Terraform is run.
pub(crate) struct Configuration(Workspace);

impl Configuration {
    /// A configuration that knows no simulator and no keys.
    pub(crate) fn new(body: &str) -> Self {
        let configuration = Self::empty();
        configuration.rewrite(body);
        configuration
    }

    /// What a folder of `examples` holds; the pages show some of it without the head.
    fn example(folder: &str) -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples").join(folder);
        let configuration = Self(Self::empty().0.with_files_of(&folder).unwrap());
        if !configuration.files().iter().any(|(_, text)| text.contains("required_providers")) {
            configuration.write("head.tf", HEAD);
        }
        configuration
    }

    /// A directory without a configuration that uses the provider as it was built for these tests.
    fn empty() -> Self {
        Self::without_home(workspace(terraform(), provider_binary().parent().unwrap()).unwrap())
    }

    /// A configuration whose providers come from a filesystem mirror.
    pub(crate) fn installing_from(mirror: &Path) -> Self {
        Self::without_home(installing_from(terraform(), mirror).unwrap())
    }

    /// A configuration without a file that says where providers come from.
    pub(crate) fn without_cli_configuration() -> Self {
        Self::without_home(without_cli_configuration(terraform()).unwrap())
    }

    /// Without files of whoever runs the tests.
    fn without_home(workdir: Workspace) -> Self {
        let home = workdir.path().join("home");
        std::fs::create_dir(&home).unwrap();
        let home = home.to_string_lossy().into_owned();
        let cache =
            variable("XDG_CACHE_HOME").or_else(|| variable("HOME").map(|home| format!("{home}/.cache")));
        Self(workdir.with_env("XDG_CACHE_HOME", cache.unwrap_or_default()).with_env("HOME", home))
    }

    /// Whether the command under test has everything that the configuration uses. One that lacks something must reject it.
    pub(crate) fn is_supported(&self) -> bool {
        let needed = self.needed_features();
        let supported = needed.is_empty() || {
            let version = self.0.terraform().version().unwrap();
            needed.iter().all(|feature| version.has(*feature))
        };
        if !supported {
            self.validate().expect_failure();
        }
        supported
    }

    /// Which of the two products the command under test is.
    pub(crate) fn product(&self) -> Product {
        self.0.terraform().version().unwrap().product()
    }

    /// Whether the command under test has a feature.
    pub(crate) fn has(&self, feature: Feature) -> bool {
        self.0.terraform().version().unwrap().has(feature)
    }

    /// What the configuration uses that not every supported version has.
    fn needed_features(&self) -> Vec<Feature> {
        let signs = [
            ("provider::", Feature::ProviderFunctions),
            ("action_trigger {", Feature::Actions),
            ("action \"", Feature::Actions),
            ("_destroy]", Feature::DestroyEvents),
            ("ephemeral \"", Feature::EphemeralValues),
        ];
        let files = self.files();
        let used = |sign: &str| files.iter().any(|(_, text)| text.contains(sign));
        signs.into_iter().filter(|(sign, _)| used(sign)).map(|(_, feature)| feature).collect()
    }

    /// Writes or replaces a file beside the configuration.
    pub(crate) fn write(&self, name: &str, text: &str) {
        self.0.write(name, text).unwrap();
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    pub(crate) fn with_env(self, name: &str, value: &str) -> Self {
        Self(self.0.with_env(name, value))
    }

    /// Replaces the configuration in place, as an author does between two runs.
    pub(crate) fn rewrite(&self, body: &str) {
        self.write("main.tf", &format!("{HEAD}\n{body}"));
    }

    pub(crate) fn apply(&self) -> Run {
        self.run(&["apply", "-auto-approve"])
    }

    pub(crate) fn plan(&self) -> Run {
        self.run(&["plan"])
    }

    pub(crate) fn validate(&self) -> Run {
        self.run(&["validate"])
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Run {
        let started = now();
        let output = self.0.command(arguments).stdin(Stdio::null()).output().unwrap();
        Run::new(&output, started.elapsed())
    }

    /// Starts Terraform as the head of a process group, as a shell does.
    #[cfg(unix)]
    pub(crate) fn start(&self, arguments: &[&str]) -> Started {
        let mut command = self.0.command(arguments);
        let command =
            command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).process_group(0);
        Started(command.spawn().unwrap())
    }

    /// Everything that Terraform left in its directory, state and logs included.
    pub(crate) fn files(&self) -> Vec<(String, String)> {
        let files = std::fs::read_dir(self.0.path()).unwrap().map(|entry| entry.unwrap().path());
        let files = files.filter(|path| path.is_file());
        files
            .map(|path| {
                (path.display().to_string(), String::from_utf8_lossy(&std::fs::read(path).unwrap()).into())
            })
            .collect()
    }
}

fn terraform() -> Terraform {
    terraform::find(variable).unwrap_or_else(|error| {
        panic!("{error}; or leave these tests out: CLB_ACCEPTANCE=off cargo test --workspace")
    })
}

/// The provider as it was built for these tests.
pub(crate) fn provider_binary() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_terraform-provider-clb"))
}

/// A Terraform command that is still running.
#[cfg(unix)]
pub(crate) struct Started(Child);

#[cfg(unix)]
impl Started {
    /// Kills the provider alone, as a machine without memory does, and waits for Terraform.
    #[cfg(target_os = "linux")]
    pub(crate) fn kill_provider(self) -> Run {
        let group = self.0.id();
        for process in std::fs::read_dir("/proc").unwrap().filter_map(Result::ok) {
            // Number, name in parentheses, state, parent, group.
            let stat = std::fs::read_to_string(process.path().join("stat")).unwrap_or_default();
            let Some((name, rest)) = stat.split_once(") ") else { continue };
            let is_provider = name.contains("(terraform-provi");
            if is_provider && rest.split(' ').nth(2) == Some(&group.to_string()) {
                let pid: i32 = process.file_name().to_string_lossy().parse().unwrap();
                rustix::process::kill_process(Pid::from_raw(pid).unwrap(), Signal::KILL).unwrap();
            }
        }
        let started = now();
        let output = self.0.wait_with_output().unwrap();
        Run::new(&output, started.elapsed())
    }

    /// Ctrl-C: the signal reaches Terraform and the provider, as from a terminal. Gives the time until the end.
    pub(crate) fn interrupt(self) -> Run {
        let group = Pid::from_child(&self.0);
        kill_process_group(group, Signal::INT).unwrap();
        let started = now();
        let output = self.0.wait_with_output().unwrap();
        Run::new(&output, started.elapsed())
    }
}

/// A Terraform command that has ended.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) succeeded: bool,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    pub(crate) elapsed: Duration,
}

impl Run {
    fn new(output: &Output, elapsed: Duration) -> Self {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let (stdout, stderr) = (text(&output.stdout), text(&output.stderr));
        Self { succeeded: output.status.success(), stdout, stderr, elapsed }
    }

    /// Printed JSON.
    #[track_caller]
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout).unwrap()
    }

    #[track_caller]
    pub(crate) fn expect_success(self) -> Self {
        assert!(self.succeeded, "{}\n{}", self.stdout, self.stderr);
        self
    }

    #[track_caller]
    pub(crate) fn expect_failure(self) -> Self {
        assert!(!self.succeeded, "{}", self.stdout);
        self
    }

    /// The error text as one line of words, whatever Terraform's box and wrapping made of it.
    pub(crate) fn error(&self) -> String {
        let inner = self.stderr.replace(['│', '╷', '╵'], " ");
        inner.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    #[track_caller]
    pub(crate) fn expect_error(self, parts: &[&str]) -> Self {
        let error = self.error();
        for part in parts {
            assert!(error.contains(part), "`{part}` is missing in:\n{}", self.stderr);
        }
        self.expect_failure()
    }
}

/// Waits until the service has seen what a test needs.
#[track_caller]
#[cfg(unix)]
pub(crate) fn wait_until(what: &str, mut seen: impl FnMut() -> bool) {
    let started = now();
    while !seen() {
        assert!(started.elapsed() < Duration::from_secs(20), "{what} did not come");
        std::thread::park_timeout(Duration::from_millis(20));
    }
}

/// Terraform's text with each paragraph on one line: where it wraps depends on lengths that change from run to run.
pub(crate) fn unwrapped(text: &str) -> String {
    let mut lines: Vec<String> = Vec::new();
    for line in text.trim().lines() {
        match lines.last_mut().filter(|last| goes_on(last) && goes_on(line)) {
            Some(last) => *last = format!("{last} {line}"),
            None => lines.push(line.to_owned()),
        }
    }
    lines.join("\n")
}

/// Whether a line is flowing text: Terraform wraps no line that begins with a space.
fn goes_on(line: &str) -> bool {
    !line.is_empty() && !line.starts_with(' ')
}

/// Snapshots of Terraform's output, with what changes from run to run filtered out.
pub(crate) fn with_filters(check: impl FnOnce()) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("snapshots");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    // Terraform 1.16 names an action above its block.
    settings.add_filter(r"(?m)^ *# action\.[\w.]+\n", "");
    settings.add_filter(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "[uuid]");
    settings.add_filter(r"\b(lbl|loc)-[0-9a-z]{8}\b", "$1-[id]");
    settings.add_filter(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", "[date]");
    settings.add_filter(r"127\.0\.0\.1:\d+", "127.0.0.1:[port]");
    settings.add_filter(r"\d+(\.\d+)?m?s\b", "[time]");
    settings.add_filter(r"\(\d+ polls?\)", "([n] polls)");
    settings.add_filter(r"Polls:( +)\d+", "Polls:$1[n]");
    // The versions differ in how closely they point at a nested attribute.
    settings.add_filter(r"(?m)^  on main\.tf line.*\n +\d+:.*$", "  on main.tf");
    settings.add_filter(r#""polls": \d+"#, r#""polls": [n]"#);
    settings.bind(check);
}

#[expect(clippy::disallowed_methods, reason = "the tests run in real time")]
pub(crate) fn now() -> Instant {
    Instant::now()
}

#[expect(clippy::disallowed_methods, reason = "the environment chooses the Terraform that the tests run")]
pub(crate) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}
