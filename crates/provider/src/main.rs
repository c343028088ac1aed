//! The plugin that Terraform starts. Everything it does is in the library beside this file.

use std::io::Write as _;
use std::process::ExitCode;

use clb_api::Environment;
use terraform_provider_clb::ClbProvider;

fn main() -> ExitCode {
    if std::env::args().nth(1).is_some_and(|argument| matches!(argument.as_str(), "--version" | "-version")) {
        return print_version();
    }
    tfplugin::serve(ClbProvider::new(Environment::process()))
}

/// Prints name and version, for users who inspect an installed binary.
fn print_version() -> ExitCode {
    let printed = writeln!(std::io::stdout(), "terraform-provider-clb {}", env!("CARGO_PKG_VERSION"));
    printed.map_or(ExitCode::FAILURE, |()| ExitCode::SUCCESS)
}
