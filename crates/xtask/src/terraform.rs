//! Directories in which Terraform finds our provider.

use std::io;
use std::path::Path;

pub use tfplugin::acceptance::{Feature, NotFoundError, Product, Terraform, Version, Workspace};

/// Source address of the provider in development overrides.
const SOURCE: &str = "clb-rs/clb";

/// Names the command to run in place of the one on the search path.
const VARIABLE: &str = "CLB_TERRAFORM";

/// Variables of the caller's environment that would change what the provider does.
const FOREIGN: [&str; 3] = ["TENCENTCLOUD_", "TKE_", "TCCLI_"];

/// Takes the command named by `CLB_TERRAFORM`, else `terraform`, else `tofu` from the search path.
pub fn find(environment: impl Fn(&str) -> Option<String>) -> Result<Terraform, NotFoundError> {
    Terraform::find(VARIABLE, environment)
}

/// An empty configuration and a development override: `provider_directory` holds the binary `terraform-provider-clb`, and `init`
/// is not needed.
pub fn workspace(terraform: Terraform, provider_directory: &Path) -> io::Result<Workspace> {
    own(terraform)?.with_program(SOURCE, provider_directory)
}

/// An empty configuration whose providers `init` installs from a filesystem mirror, and from nowhere else.
pub fn installing_from(terraform: Terraform, mirror: &Path) -> io::Result<Workspace> {
    own(terraform)?.installing_from(mirror)
}

/// An empty configuration for which Terraform looks for providers as it does without a CLI configuration: in
/// `~/.terraform.d/plugins` and in registries.
pub fn without_cli_configuration(terraform: Terraform) -> io::Result<Workspace> {
    own(terraform)
}

fn own(terraform: Terraform) -> io::Result<Workspace> {
    let workspace = Workspace::new(terraform)?;
    Ok(FOREIGN.into_iter().fold(workspace, Workspace::without_env))
}
