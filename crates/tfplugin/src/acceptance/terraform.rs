use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use thiserror::Error;

use super::Version;

/// A `terraform` or `tofu` command that was found on this machine.
#[derive(Clone, Debug)]
pub struct Terraform {
    program: PathBuf,
}

/// No Terraform on this machine.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error(
    "no terraform or tofu on the search path: install Terraform (https://developer.hashicorp.com/terraform/install) or \
     OpenTofu (https://opentofu.org/docs/intro/install), or name a command in {variable}"
)]
pub struct NotFoundError {
    variable: String,
}

impl Terraform {
    /// Takes the command that this variable names, else `terraform`, else `tofu` from the search path. `environment` looks up a
    /// variable.
    pub fn find(variable: &str, environment: impl Fn(&str) -> Option<String>) -> Result<Self, NotFoundError> {
        if let Some(named) = environment(variable).filter(|named| !named.is_empty()) {
            return Ok(Self { program: named.into() });
        }
        let path = environment("PATH").unwrap_or_default();
        let found = ["terraform", "tofu"].into_iter().find_map(|name| on_path(&path, name));
        found.map(|program| Self { program }).ok_or_else(|| NotFoundError { variable: variable.to_owned() })
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

fn on_path(path: &str, name: &str) -> Option<PathBuf> {
    let file = format!("{name}{}", std::env::consts::EXE_SUFFIX);
    std::env::split_paths(path).map(|directory| directory.join(&file)).find(|program| program.is_file())
}
