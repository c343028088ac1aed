//! The plugin that Terraform starts. Everything it does is in the library beside this file.

use std::process::ExitCode;

use clb_api::Environment;
use terraform_provider_clb::ClbProvider;

fn main() -> ExitCode {
    tfplugin::serve(ClbProvider::new(Environment::process()))
}
