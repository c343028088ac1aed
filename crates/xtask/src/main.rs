//! `cargo xtask TASK`: what needs more than one cargo command.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command talks to the person who runs it")]

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};
use xtask::api::{self, ApiError};
use xtask::bench::{self, BenchError, Group, Paths, Plan, Programs};
use xtask::package::target::Target;
use xtask::package::workspace::Workspace;
use xtask::package::{self, PackageError};
use xtask::terraform;
use xtask::tidy::{self, Outcome};

mod demo;
mod record;
#[cfg(test)]
mod workflows;

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
    /// Record the demo as the picture of the front page
    Record(Record),
    /// Write docs/ from the provider's schema and examples/
    Docs,
    /// Write what each library offers into its api.txt
    Api(Api),
    /// Measure this project beside what is used instead, and write the figures of the front page
    Bench(Bench),
    /// Check everything that CI checks before it tests
    Tidy,
    /// Build the release binaries and write archives, checksums, bills of materials and a filesystem mirror
    Package(Package),
    /// Write the registry's manifest, checksums, signature and mirror for archives that were built elsewhere
    Checksums(Checksums),
}

#[derive(Debug, Args)]
struct Record {
    /// Write nothing, and fail if the picture shows something else than the demo
    #[arg(long)]
    check: bool,
}

#[derive(Debug, Args)]
struct Api {
    /// Write nothing, and fail if a library offers something else
    #[arg(long)]
    check: bool,
}

#[derive(Debug, Args)]
struct Bench {
    /// How often each command is run
    #[arg(long, default_value_t = 21)]
    rounds: usize,
    /// Measure this alone; print the figures, and write them only where `--out` says
    #[arg(long, value_enum)]
    only: Vec<Group>,
    /// Measure nothing, and write what this record says
    #[arg(long, conflicts_with_all = ["rounds", "only"])]
    from: Option<PathBuf>,
    /// Folder to write into; default: `assets`, and the table into README.md
    #[arg(long)]
    out: Option<PathBuf>,
    /// The provider in Go of the wheel `workato_terraform_provider`; default: where Python has it
    #[arg(long, env = "CLB_BENCH_GO_PROVIDER")]
    go_provider: Option<PathBuf>,
    /// `terraform-provider-null`, an example of the crate `tf-provider`; default: on the search path
    #[arg(long, env = "CLB_BENCH_TF_PROVIDER")]
    tf_provider: Option<PathBuf>,
    /// TCCLI; default: beside Python, then on the search path
    #[arg(long, env = "CLB_BENCH_TCCLI")]
    tccli: Option<PathBuf>,
    /// A Python that has the SDK; default: `python3` on the search path
    #[arg(long, env = "CLB_BENCH_PYTHON")]
    python: Option<PathBuf>,
}

#[derive(Debug, Args)]
struct Package {
    /// Rust's name of the platform to build for; default: this machine's, static on Linux where that target is installed
    #[arg(long)]
    target: Option<String>,
    #[command(flatten)]
    checksums: Checksums,
}

#[derive(Debug, Args)]
struct Checksums {
    /// Folder to write into
    #[arg(long, default_value = "target/package")]
    out: PathBuf,
    /// Key of `gpg` that signs the checksums; default: no signature
    #[arg(long)]
    signing_key: Option<String>,
    /// Tag of the release, rejected unless it is `v` and the version
    #[arg(long)]
    tag: Option<String>,
}

#[tokio::main]
async fn main() -> ExitCode {
    if variable(api::AS_RUSTDOC).is_some() {
        return rustdoc();
    }
    match Arguments::parse().task {
        Task::Demo => report(demo().await),
        Task::Record(arguments) => outcome(record::run(&root().join("assets/demo.svg"), arguments.check)),
        Task::Docs => docs(),
        Task::Api(arguments) => public_apis(arguments.check),
        Task::Bench(arguments) => outcome(figures(arguments)),
        Task::Tidy => tidy(),
        Task::Package(arguments) => outcome(build_package(&arguments)),
        Task::Checksums(arguments) => {
            outcome(Workspace::read(&root()).and_then(|workspace| finish(&workspace, &arguments)))
        }
    }
}

/// A compiler that writes another format than the snapshots need is no reason to fail a check.
fn public_apis(check: bool) -> ExitCode {
    match if check { api::check(&root()) } else { api::write(&root()) } {
        Err(error @ ApiError::Format(_)) if check => {
            println!("public APIs: left out, {error}");
            ExitCode::SUCCESS
        }
        result => outcome(result),
    }
}

fn rustdoc() -> ExitCode {
    match api::run_rustdoc(std::env::args_os().skip(1)) {
        Ok(status) => ExitCode::from(u8::from(!status.success())),
        Err(error) => outcome(Err(error)),
    }
}

/// Makes every check, so that one run shows all that is wrong.
fn tidy() -> ExitCode {
    let workspace = match Workspace::read(&root()) {
        Ok(workspace) => workspace,
        Err(error) => return outcome(Err(error)),
    };
    let terraform = terraform::find(variable).ok();
    let mut failed = Vec::new();
    for planned in tidy::steps(&root(), terraform.as_ref(), workspace.rust_version()) {
        match planned.map_or_else(|(title, reason)| (title, Outcome::LeftOut(reason)), check) {
            (title, Outcome::Failed) => failed.push(title),
            (title, Outcome::LeftOut(reason)) => println!("== {title}: left out, {reason}"),
            (_, Outcome::Passed) => {}
        }
    }
    if failed.is_empty() {
        return ExitCode::SUCCESS;
    }
    eprintln!("not tidy: {}", failed.join(", "));
    ExitCode::FAILURE
}

fn check(mut step: tidy::Step) -> (&'static str, Outcome) {
    println!("== {}", step.title());
    (step.title(), step.run())
}

/// Figures of the whole run go to the front page; those of a part of it are only printed, unless a folder is named.
fn figures(arguments: Bench) -> Result<(), BenchError> {
    let figures = match &arguments.from {
        Some(file) => bench::read(file)?,
        None => measured(&arguments)?,
    };
    println!("{}", bench::page(&figures));
    match arguments.out {
        Some(folder) => bench::write(&figures, &folder),
        None if arguments.only.is_empty() => {
            bench::write(&figures, &root().join("assets"))?;
            bench::insert(&figures, &root().join("README.md"))
        }
        None => Ok(()),
    }
}

fn measured(arguments: &Bench) -> Result<bench::Figures, BenchError> {
    let paths = Paths {
        go_provider: arguments.go_provider.clone(),
        tf_provider: arguments.tf_provider.clone(),
        tccli: arguments.tccli.clone(),
        python: arguments.python.clone(),
        search_path: variable("PATH").unwrap_or_default(),
        terraform: variable("CLB_TERRAFORM"),
    };
    let plan = Plan { only: arguments.only.clone(), rounds: arguments.rounds.max(1) };
    bench::measure(&plan, &Programs::build(&root())?, &paths)
}

fn build_package(arguments: &Package) -> Result<(), PackageError> {
    let workspace = Workspace::read(&root())?;
    let target = arguments.target.as_deref().map_or_else(Target::preferred, Target::parse)?;
    println!("{}", package::provider(&workspace, &target, &arguments.checksums.out)?);
    println!("{}", package::command(&workspace, &target, &arguments.checksums.out)?);
    finish(&workspace, &arguments.checksums)
}

fn finish(workspace: &Workspace, arguments: &Checksums) -> Result<(), PackageError> {
    if let Some(tag) = &arguments.tag {
        package::check_tag(workspace.version(), tag)?;
    }
    package::finish(workspace, &arguments.out, arguments.signing_key.as_deref())
}

fn outcome(outcome: Result<(), impl std::error::Error>) -> ExitCode {
    let Err(error) = outcome else { return ExitCode::SUCCESS };
    eprintln!("{error}");
    ExitCode::FAILURE
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

async fn demo() -> Result<(), demo::DemoError> {
    let interrupt = async { tokio::signal::ctrl_c().await.unwrap_or_default() };
    demo::run(terraform::find(variable)?, interrupt).await
}

fn docs() -> ExitCode {
    outcome(xtask::docs::pages(&root()).and_then(|pages| pages.write(&root().join("docs"))))
}

fn report(outcome: Result<(), demo::DemoError>) -> ExitCode {
    let Err(error) = outcome else { return ExitCode::SUCCESS };
    eprintln!("{error}");
    match error {
        demo::DemoError::NoTerraform(_) => ExitCode::from(2),
        demo::DemoError::Interrupted => ExitCode::from(130),
        _ => ExitCode::FAILURE,
    }
}

/// The one place where this program reads its environment.
#[expect(clippy::disallowed_methods, reason = "everything else gets the environment as a function")]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}
