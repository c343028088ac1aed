//! The plugin that Terraform starts. Everything it does is in the library beside this file.

use std::process::ExitCode;

use clb_api::Environment;
use terraform_provider_clb::ClbProvider;

fn main() -> ExitCode {
    tfplugin::serve(ClbProvider::new(Environment::new(variable)))
}

/// The one place where this program reads its environment.
#[expect(clippy::disallowed_methods, reason = "everything else gets the environment as a function")]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}
