//! A shell in an empty directory, with Terraform, TCCLI and a simulator that they reach as they would reach the service.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use clb_sim::{DEMO_SECRET_ID, DEMO_SECRET_KEY, Options, Simulator};
use serde_json::json;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use xtask::terraform;

use crate::guide::Guide;

/// The shell of one guide.
pub(crate) struct Shell {
    directory: TempDir,
    simulator: Simulator,
    url: String,
    commands: String,
    tccli: Option<PathBuf>,
    _runtime: Runtime,
}

impl Shell {
    /// Writes the files of the guide and starts a simulator. `tccli` is the folder of the program, if it is installed.
    pub(crate) fn new(guide: &Guide, tccli: Option<&PathBuf>) -> Self {
        let runtime = Runtime::new().unwrap();
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let options = Options::starting_now().with_action_duration(Duration::from_millis(300));
        let simulator = Simulator::new(options.with_health_delay(Duration::from_secs(1)));
        runtime.spawn(clb_sim::run(listener, simulator.clone(), std::future::pending::<()>()));
        let shell = Self {
            directory: TempDir::with_prefix("clb-guide-").unwrap(),
            simulator,
            url,
            commands: guide.commands(),
            tccli: tccli.cloned(),
            _runtime: runtime,
        };
        shell.install();
        for (name, text) in guide.files() {
            shell.write(&name, &text);
        }
        shell
    }

    pub(crate) fn simulator(&self) -> &Simulator {
        &self.simulator
    }

    pub(crate) fn directory(&self) -> &Path {
        self.directory.path()
    }

    /// Runs the commands of the guide as one script, without a terminal.
    pub(crate) fn run(&self) -> Output {
        let folders = [Some(self.directory().join("bin")), self.tccli.clone()];
        let folders = folders.into_iter().flatten().map(|folder| folder.display().to_string());
        let path = folders.chain(variable("PATH")).collect::<Vec<_>>().join(":");
        let mut command = Command::new("sh");
        command.args(["-eu", "-c", &self.commands]).current_dir(self.directory()).stdin(Stdio::null());
        command.env_clear().env("PATH", path).env("HOME", self.directory().join("home"));
        command.env("TF_CLI_CONFIG_FILE", self.directory().join("terraformrc"));
        command.env("CHECKPOINT_DISABLE", "1").env("TF_CLI_ARGS", "-no-color");
        command.env("TENCENTCLOUD_SECRET_ID", DEMO_SECRET_ID).env("TENCENTCLOUD_SECRET_KEY", DEMO_SECRET_KEY);
        command.env("TENCENTCLOUD_REGION", "ap-guangzhou").env("TENCENTCLOUD_CLB_ENDPOINT", &self.url);
        command.output().unwrap()
    }

    /// Terraform on the search path, the provider in a filesystem mirror, and a profile that leads TCCLI to the simulator.
    fn install(&self) {
        let terraform = terraform::find(variable).unwrap();
        let program = located(Path::new(terraform.program()));
        self.write("bin/terraform", &format!("#!/bin/sh\nexec '{}' \"$@\"\n", program.display()));
        make_executable(&self.directory().join("bin/terraform"));
        let mirror = self.directory().join("mirror");
        self.write(
            "terraformrc",
            &format!(
                "provider_installation {{\n  filesystem_mirror {{\n    path = \"{}\"\n  }}\n}}\n",
                mirror.display()
            ),
        );
        let version = env!("CARGO_PKG_VERSION");
        for registry in ["registry.terraform.io", "registry.opentofu.org"] {
            let folder = mirror.join(registry).join("clb-rs/clb").join(version).join(platform());
            std::fs::create_dir_all(&folder).unwrap();
            let provider = folder.join(format!("terraform-provider-clb_v{version}"));
            std::fs::copy(env!("CARGO_BIN_EXE_terraform-provider-clb"), provider).unwrap();
        }
        let system = json!({"region": "ap-guangzhou", "output": "json", "language": "en-US", "arrayCount": 10, "warning": "off"});
        let profile = json!({"_sys_param": system, "clb": {"version": "2018-03-17", "endpoint": self.url}});
        self.write("home/.tccli/default.configure", &profile.to_string());
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.directory().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
}

/// Everything that a command has printed.
pub(crate) fn text(output: &Output) -> String {
    format!("{}\n{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// The folder name of Terraform for this platform.
fn platform() -> String {
    let system = if cfg!(target_os = "macos") { "darwin" } else { std::env::consts::OS };
    let architecture = match std::env::consts::ARCH {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        other => other,
    };
    format!("{system}_{architecture}")
}

#[cfg(unix)]
fn make_executable(path: &Path) {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(path, PermissionsExt::from_mode(0o755)).unwrap();
}

#[cfg(not(unix))]
fn make_executable(_: &Path) {}

#[expect(clippy::disallowed_methods, reason = "the environment chooses the Terraform that the tests run")]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// The absolute path of a program, which may be a bare name on the search path.
fn located(program: &Path) -> PathBuf {
    let path = variable("PATH").unwrap_or_default();
    let found = std::env::split_paths(&path).map(|folder| folder.join(program)).find(|file| file.is_file());
    std::path::absolute(found.as_deref().unwrap_or(program)).unwrap()
}
