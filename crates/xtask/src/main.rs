//! `cargo xtask TASK`: what needs more than one cargo command.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command talks to the person who runs it")]

use std::path::Path;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use clb_api::Environment;
use terraform_provider_clb::ClbProvider;
use xtask::docs::Pages;
use xtask::terraform::{NotFound, Terraform};

mod demo;

#[derive(Debug, Parser)]
#[command(name = "cargo xtask", about = "Tasks of this workspace")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Debug, Subcommand)]
enum Task {
    /// Watch Terraform wait for an asynchronous task, against the simulator
    Demo,
    /// Write docs/ from the provider's schema and examples/
    Docs,
}

#[tokio::main]
async fn main() -> ExitCode {
    match Arguments::parse().task {
        Task::Demo => report(demo().await),
        Task::Docs => docs(),
    }
}

async fn demo() -> Result<(), demo::DemoError> {
    let interrupt = async { tokio::signal::ctrl_c().await.unwrap_or_default() };
    demo::run(Terraform::find(variable)?, interrupt).await
}

fn docs() -> ExitCode {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    // What the provider says about itself depends on no variable.
    let provider = ClbProvider::new(Environment::default());
    let written = Pages::of(&provider, &root).and_then(|pages| pages.write(&root.join("docs")));
    let Err(error) = written else { return ExitCode::SUCCESS };
    eprintln!("{error}");
    ExitCode::FAILURE
}

fn report(outcome: Result<(), demo::DemoError>) -> ExitCode {
    let Err(error) = outcome else { return ExitCode::SUCCESS };
    eprintln!("{error}");
    match error {
        demo::DemoError::NoTerraform(NotFound) => ExitCode::from(2),
        demo::DemoError::Interrupted => ExitCode::from(130),
        _ => ExitCode::FAILURE,
    }
}

/// The one place where this program reads its environment.
#[expect(clippy::disallowed_methods, reason = "everything else gets the environment as a function")]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}
