//! A Terraform command and working directories in which it finds our provider.

use std::ffi::OsStr;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

mod version;

pub use version::{Feature, Product, Version};

/// Source address of the provider in development overrides.
const SOURCE: &str = "clb-rs/clb";

/// Variables of the caller's environment that would change what Terraform or the provider does.
const FOREIGN: [&str; 4] = ["TF_", "TENCENTCLOUD_", "TKE_", "TCCLI_"];

/// A `terraform` or `tofu` command that was found on this machine.
#[derive(Clone, Debug)]
pub struct Terraform {
    program: PathBuf,
}

impl Terraform {
    /// Takes the command named by `CLB_TERRAFORM`, else `terraform`, else `tofu` from the search path. `environment`
    /// looks up a variable.
    pub fn find(environment: impl Fn(&str) -> Option<String>) -> Result<Self, NotFound> {
        if let Some(named) = environment("CLB_TERRAFORM").filter(|named| !named.is_empty()) {
            return Ok(Self { program: named.into() });
        }
        let path = environment("PATH").unwrap_or_default();
        let found = ["terraform", "tofu"].into_iter().find_map(|name| on_path(&path, name));
        found.map(|program| Self { program }).ok_or(NotFound)
    }

    /// The program that is run.
    pub fn program(&self) -> &Path {
        &self.program
    }

    /// Runs the command to learn which product and version it is.
    pub fn version(&self) -> io::Result<Version> {
        let output = Command::new(&self.program).arg("version").env("CHECKPOINT_DISABLE", "1").output()?;
        let printed = String::from_utf8_lossy(&output.stdout);
        Version::parse(&printed).ok_or_else(|| {
            io::Error::other(format!("`{} version` names no Terraform or OpenTofu", self.program.display()))
        })
    }
}

/// No Terraform on this machine.
#[derive(Clone, Copy, Debug)]
pub struct NotFound;

impl fmt::Display for NotFound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "no terraform or tofu on the search path: install Terraform (https://developer.hashicorp.com/terraform/install) \
             or OpenTofu (https://opentofu.org/docs/intro/install), or name a command in CLB_TERRAFORM",
        )
    }
}

impl std::error::Error for NotFound {}

/// A temporary directory with a configuration, and with a CLI configuration that leads to the provider. It is removed
/// when dropped.
#[derive(Debug)]
pub struct Workdir {
    directory: TempDir,
    terraform: Terraform,
    variables: Vec<(String, String)>,
}

impl Workdir {
    /// An empty configuration and a development override: `provider_directory` holds the binary
    /// `terraform-provider-clb`, and `init` is not needed.
    pub fn new(terraform: Terraform, provider_directory: &Path) -> io::Result<Self> {
        Self::with_cli_configuration(terraform, &development_override(provider_directory))
    }

    /// An empty configuration whose providers `init` installs from a filesystem mirror, and from nowhere else.
    pub fn installing_from(terraform: Terraform, mirror: &Path) -> io::Result<Self> {
        Self::with_cli_configuration(terraform, &filesystem_mirror(mirror))
    }

    /// An empty configuration for which Terraform looks for providers as it does without a CLI configuration: in
    /// `~/.terraform.d/plugins` and in registries.
    pub fn without_cli_configuration(terraform: Terraform) -> io::Result<Self> {
        Self::with_cli_configuration(terraform, "")
    }

    fn with_cli_configuration(terraform: Terraform, text: &str) -> io::Result<Self> {
        let directory = TempDir::with_prefix("clb-terraform-")?;
        std::fs::write(directory.path().join("terraformrc"), text)?;
        Ok(Self { directory, terraform, variables: Vec::new() })
    }

    /// Adds the `.tf` files of a directory.
    pub fn with_files_of(self, configuration: &Path) -> io::Result<Self> {
        for entry in std::fs::read_dir(configuration)? {
            let path = entry?.path();
            if path.extension() == Some(OsStr::new("tf")) {
                std::fs::copy(&path, self.directory.path().join(path.file_name().unwrap_or_default()))?;
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

    /// Writes or replaces one file of the configuration.
    pub fn write(&self, name: &str, text: &str) -> io::Result<()> {
        std::fs::write(self.directory.path().join(name), text)
    }

    /// The command that runs here.
    pub fn terraform(&self) -> &Terraform {
        &self.terraform
    }

    /// The directory itself.
    pub fn path(&self) -> &Path {
        self.directory.path()
    }

    /// A Terraform command in this directory, ready to be run: no questions, no colours, no look for newer versions,
    /// and nothing of the caller's own Terraform or Tencent Cloud set-up.
    pub fn command<I: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = I>) -> Command {
        let mut command = Command::new(&self.terraform.program);
        for (name, _) in std::env::vars_os() {
            if FOREIGN.iter().any(|prefix| name.to_string_lossy().starts_with(prefix)) {
                command.env_remove(name);
            }
        }
        command.args(arguments).current_dir(self.path());
        command.env("TF_CLI_CONFIG_FILE", self.path().join("terraformrc"));
        command.env("CHECKPOINT_DISABLE", "1").env("TF_INPUT", "0").env("TF_CLI_ARGS", "-no-color");
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
        command
    }
}

fn on_path(path: &str, name: &str) -> Option<PathBuf> {
    let file = format!("{name}{}", std::env::consts::EXE_SUFFIX);
    std::env::split_paths(path).map(|directory| directory.join(&file)).find(|program| program.is_file())
}

fn development_override(provider_directory: &Path) -> String {
    let directory = quoted(provider_directory);
    format!(
        "provider_installation {{\n  dev_overrides {{\n    \"{SOURCE}\" = {directory}\n  }}\n  direct {{}}\n}}\n"
    )
}

fn filesystem_mirror(mirror: &Path) -> String {
    format!("provider_installation {{\n  filesystem_mirror {{\n    path = {}\n  }}\n}}\n", quoted(mirror))
}

/// A JSON string is also a string of Terraform's configuration language, with backslashes and quotes escaped.
fn quoted(path: &Path) -> serde_json::Value {
    path.to_string_lossy().into_owned().into()
}
