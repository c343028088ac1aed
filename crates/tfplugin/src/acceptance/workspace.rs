use std::ffi::OsStr;
use std::io;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use serde_json::{Value as Json, json};
use tempfile::TempDir;

use super::served::ServedProvider;
use super::{Feature, RecordedResource, Run, Terraform, Version};
use crate::Provider;

/// A temporary directory with a configuration, in which Terraform is run. It is removed when dropped.
#[derive(Debug)]
pub struct Workspace {
    directory: TempDir,
    terraform: Terraform,
    version: OnceLock<Version>,
    variables: Vec<(String, String)>,
    /// Beginnings of the names of variables that the commands do not inherit.
    withheld: Vec<String>,
    providers: Vec<ServedProvider>,
}

/// The CLI configuration, within the directory.
const CLI_CONFIGURATION: &str = "terraformrc";

impl Workspace {
    /// An empty configuration. Its providers are to be named by [`with_provider`](Self::with_provider),
    /// [`with_program`](Self::with_program) or [`installing_from`](Self::installing_from).
    pub fn new(terraform: Terraform) -> io::Result<Self> {
        let directory = TempDir::with_prefix("tfplugin-acceptance-")?;
        std::fs::write(directory.path().join(CLI_CONFIGURATION), "")?;
        let withheld = vec!["TF_".to_owned()];
        let (version, variables, providers) = (OnceLock::new(), Vec::new(), Vec::new());
        Ok(Self { directory, terraform, version, variables, withheld, providers })
    }

    /// Serves a provider from this process, under its source address such as `example.com/me/example`. Every command attaches to
    /// it, as to one that was started with `-debug`, so that `init` is not needed.
    pub fn with_provider(mut self, address: &str, provider: impl Provider) -> io::Result<Self> {
        self.providers.push(ServedProvider::start(address, provider)?);
        Ok(self)
    }

    /// Starts a provider as Terraform does, by a development override: `directory` holds the program
    /// `terraform-provider-NAME`, and `init` is not needed.
    pub fn with_program(self, address: &str, directory: &Path) -> io::Result<Self> {
        let directory = quoted(directory);
        self.with_cli_configuration(&format!(
            "provider_installation {{\n  dev_overrides {{\n    \"{address}\" = {directory}\n  }}\n  direct {{}}\n}}\n"
        ))
    }

    /// Has `init` install providers from a filesystem mirror, and from nowhere else.
    pub fn installing_from(self, mirror: &Path) -> io::Result<Self> {
        let mirror = quoted(mirror);
        self.with_cli_configuration(&format!(
            "provider_installation {{\n  filesystem_mirror {{\n    path = {mirror}\n  }}\n}}\n"
        ))
    }

    fn with_cli_configuration(self, text: &str) -> io::Result<Self> {
        self.write(CLI_CONFIGURATION, text)?;
        Ok(self)
    }

    /// Adds the `.tf` files of a directory.
    pub fn with_files_of(self, configuration: &Path) -> io::Result<Self> {
        for entry in std::fs::read_dir(configuration)? {
            let path = entry?.path();
            if path.extension() == Some(OsStr::new("tf")) {
                std::fs::copy(&path, self.path().join(path.file_name().unwrap_or_default()))?;
            }
        }
        Ok(self)
    }

    /// Sets a variable for every command.
    #[must_use]
    pub fn with_env(mut self, name: &str, value: impl Into<String>) -> Self {
        self.variables.push((name.to_owned(), value.into()));
        self
    }

    /// Keeps variables whose names begin so from every command, as those that begin with `TF_` always are.
    #[must_use]
    pub fn without_env(mut self, prefix: &str) -> Self {
        self.withheld.push(prefix.to_owned());
        self
    }

    /// Writes or replaces one file of the configuration.
    pub fn write(&self, name: &str, text: &str) -> io::Result<()> {
        std::fs::write(self.path().join(name), text)
    }

    /// Writes a state as an earlier version of a provider has left it, in place of the present one.
    pub fn write_state(&self, resources: impl IntoIterator<Item = RecordedResource>) -> io::Result<()> {
        let resources: Vec<Json> = resources.into_iter().map(Json::from).collect();
        let state = json!({ "version": 4, "serial": 1, "lineage": "recorded", "outputs": {}, "resources": resources });
        self.write("terraform.tfstate", &state.to_string())
    }

    /// The command that runs here.
    pub fn terraform(&self) -> &Terraform {
        &self.terraform
    }

    /// Which product and version the command is.
    ///
    /// # Panics
    ///
    /// If it is neither Terraform nor OpenTofu.
    pub fn version(&self) -> &Version {
        let ask = || self.terraform.version().unwrap_or_else(|error| panic!("{error}"));
        self.version.get_or_init(ask)
    }

    /// Whether the command has this feature.
    ///
    /// # Panics
    ///
    /// As [`version`](Self::version).
    pub fn supports(&self, feature: Feature) -> bool {
        self.version().has(feature)
    }

    /// Whether the command lacks a feature that the configuration uses. It must then reject the configuration, and there is nothing
    /// more to test:
    ///
    /// ```no_run
    /// # use tfplugin::acceptance::{Feature, Workspace};
    /// # fn test(workspace: &Workspace) {
    /// if workspace.is_rejected_without(Feature::Actions) {
    ///     return;
    /// }
    /// workspace.apply().expect_success();
    /// # }
    /// ```
    ///
    /// # Panics
    ///
    /// If the client lacks the feature but plans the configuration.
    #[track_caller]
    pub fn is_rejected_without(&self, feature: Feature) -> bool {
        let lacks = !self.supports(feature);
        if lacks {
            let planned = self.plan();
            assert!(!planned.succeeded(), "{} lacks {feature:?}, and plans:\n{planned}", self.version());
        }
        lacks
    }

    /// The directory itself.
    pub fn path(&self) -> &Path {
        self.directory.path()
    }

    /// A Terraform command in this directory, ready to be run: no prompts, no colours, no check for newer versions, and
    /// nothing of the caller's own set-up.
    pub fn command<I: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = I>) -> Command {
        let mut command = Command::new(self.terraform.program());
        for (name, _) in std::env::vars_os() {
            if self.withheld.iter().any(|prefix| name.to_string_lossy().starts_with(prefix)) {
                command.env_remove(name);
            }
        }
        command.args(arguments).current_dir(self.path()).stdin(Stdio::null());
        command.env("TF_CLI_CONFIG_FILE", self.path().join(CLI_CONFIGURATION));
        command.env("CHECKPOINT_DISABLE", "1").env("TF_INPUT", "0").env("TF_CLI_ARGS", "-no-color");
        if !self.providers.is_empty() {
            command.env("TF_REATTACH_PROVIDERS", ServedProvider::reattach(&self.providers));
        }
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
        command
    }

    /// Runs a command to its end.
    ///
    /// # Panics
    ///
    /// If there is no such program.
    pub fn run<I: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = I>) -> Run {
        Run::of(&mut self.command(arguments))
    }

    /// Starts a command as the head of a process group, as a shell does.
    ///
    /// # Panics
    ///
    /// If there is no such program.
    #[cfg(unix)]
    pub fn start<I: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = I>) -> super::RunningCommand {
        super::RunningCommand::start(&mut self.command(arguments))
    }

    /// `terraform validate`.
    pub fn validate(&self) -> Run {
        self.run(["validate"])
    }

    /// `terraform plan`.
    pub fn plan(&self) -> Run {
        self.run(["plan"])
    }

    /// `terraform apply`, without a prompt.
    pub fn apply(&self) -> Run {
        self.run(["apply", "-auto-approve"])
    }

    /// `terraform destroy`, without a prompt.
    pub fn destroy(&self) -> Run {
        self.run(["destroy", "-auto-approve"])
    }

    /// `terraform import`: the object of this id becomes the resource of this address.
    pub fn import(&self, address: &str, id: &str) -> Run {
        self.run(["import", address, id])
    }

    /// `terraform query`, which lists what the `.tfquery.hcl` files ask for (Terraform 1.14).
    pub fn query(&self) -> Run {
        self.run(["query"])
    }

    /// An output of the state.
    ///
    /// # Panics
    ///
    /// If there is no such output.
    #[track_caller]
    pub fn output(&self, name: &str) -> Json {
        self.run(["output", "-json", name]).expect_success().json()
    }

    /// Plans, which must find nothing to change.
    ///
    /// # Panics
    ///
    /// If there is anything to change, or the plan fails.
    #[track_caller]
    pub fn expect_no_changes(&self) {
        let planned = self.run(["plan", "-detailed-exitcode"]);
        assert!(planned.succeeded(), "a plan without changes was expected:\n{planned}");
    }
}

/// A JSON string is also a string of Terraform's configuration language, with backslashes and quotes escaped.
fn quoted(path: &Path) -> Json {
    path.to_string_lossy().into_owned().into()
}
