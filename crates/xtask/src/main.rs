//! `cargo xtask TASK`: what needs more than one cargo command.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command talks to the person who runs it")]

use std::process::ExitCode;

use clap::{Parser, Subcommand};
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
}

#[tokio::main]
async fn main() -> ExitCode {
    match Arguments::parse().task {
        Task::Demo => report(demo().await),
    }
}

async fn demo() -> Result<(), demo::DemoError> {
    let interrupt = async { tokio::signal::ctrl_c().await.unwrap_or_default() };
    demo::run(Terraform::find(variable)?, interrupt).await
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
