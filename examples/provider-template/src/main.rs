//! The program that Terraform starts.

use std::process::ExitCode;

use terraform_provider_notes::Notes;

fn main() -> ExitCode {
    tfplugin::serve(Notes)
}
