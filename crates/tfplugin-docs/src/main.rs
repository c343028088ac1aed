//! `cargo tfplugin-docs`: the documentation of the provider in this folder, written or checked.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command talks to the person who runs it")]

use std::error::Error;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use clap::{Args, Parser, Subcommand};
use serde_json::Value;
use tfplugin_docs::{Documentation, Pages, ProviderSchema, check, check_subcategories};

#[derive(Debug, Parser)]
#[command(name = "cargo-tfplugin-docs", bin_name = "cargo tfplugin-docs", version, about)]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Debug, Subcommand)]
enum Task {
    /// Write docs/ from the provider's schemas and examples/
    Generate(Source),
    /// Check that docs/ is up to date, and what the registry checks of it
    #[command(visible_alias = "validate")]
    Check {
        #[command(flatten)]
        source: Source,
        /// Subcategories that pages may have, separated by commas; default: any
        #[arg(long, value_delimiter = ',')]
        allowed_subcategories: Option<Vec<String>>,
    },
}

#[derive(Debug, Args)]
struct Source {
    /// Last part of the provider's source address; default: what follows `terraform-provider-` in the name of the package or folder
    #[arg(long)]
    provider: Option<String>,
    /// Cargo.toml of the provider; default: that of the root
    #[arg(long, conflicts_with = "schema")]
    manifest_path: Option<PathBuf>,
    /// Puts a page under a heading of the registry's navigation: `resources/note.md=Notes`
    #[arg(long, value_name = "PAGE=NAME", value_parser = subcategory)]
    subcategory: Vec<(String, String)>,
    /// Folder with examples/ and docs/
    #[arg(long, default_value = ".")]
    root: PathBuf,
    /// Output of `terraform providers schema -json`, or `-` for standard input; default: build the package and ask it
    #[arg(long)]
    schema: Option<PathBuf>,
    /// Terraform or OpenTofu that asks the built provider
    #[arg(long, default_value = "terraform", conflicts_with = "schema")]
    terraform: PathBuf,
}

fn main() -> ExitCode {
    // Cargo passes the name of the subcommand as the first argument.
    let arguments = std::env::args_os().enumerate().filter(|(at, word)| *at != 1 || word != "tfplugin-docs");
    let outcome = match Arguments::parse_from(arguments.map(|(_, word)| word)).task {
        Task::Generate(source) => generate(&source),
        Task::Check { source, allowed_subcategories } => report(&source, allowed_subcategories.as_deref()),
    };
    outcome.unwrap_or_else(|error| {
        eprintln!("error: {error}");
        ExitCode::FAILURE
    })
}

fn generate(source: &Source) -> Result<ExitCode, Box<dyn Error>> {
    let pages = pages(source)?;
    pages.write(&source.root.join("docs"))?;
    for example in pages.missing_examples() {
        eprintln!("note: a page has no example, which would be in {}", example.display());
    }
    Ok(ExitCode::SUCCESS)
}

fn report(source: &Source, subcategories: Option<&[String]>) -> Result<ExitCode, Box<dyn Error>> {
    let (pages, docs) = (pages(source)?, source.root.join("docs"));
    let stale = pages.differences(&docs)?;
    for page in &stale {
        println!("{}: not up to date, run `cargo tfplugin-docs generate`", page.display());
    }
    let findings = match subcategories {
        Some(allowed) => check_subcategories(&docs, &pages, allowed)?,
        None => check(&docs, &pages)?,
    };
    for finding in &findings {
        println!("{finding}");
    }
    Ok(if stale.is_empty() && findings.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn pages(source: &Source) -> Result<Pages, Box<dyn Error>> {
    let name = source.provider.clone().or_else(|| name_of_package(source)).or_else(|| name_of(&source.root));
    let name = name.ok_or(
        "neither the package nor the folder is called `terraform-provider-NAME`: name the provider with --provider",
    )?;
    let json = match &source.schema {
        Some(path) if path == Path::new("-") => {
            let mut text = String::new();
            std::io::stdin().read_to_string(&mut text)?;
            text
        }
        Some(path) => std::fs::read_to_string(path)?,
        None => ask(source, &name)?,
    };
    let schema = ProviderSchema::read(&json, &name)?;
    let documentation = Documentation::new(&name, &schema, &source.root);
    let documentation = source
        .subcategory
        .iter()
        .fold(documentation, |documentation, (page, name)| documentation.with_subcategory(page, name));
    Ok(documentation.pages()?)
}

fn subcategory(text: &str) -> Result<(String, String), &'static str> {
    let (page, name) = text.split_once('=').ok_or("it is to be PAGE=NAME")?;
    Ok((page.to_owned(), name.to_owned()))
}

/// `files` for a package `terraform-provider-files`.
fn name_of_package(source: &Source) -> Option<String> {
    if source.schema.is_some() {
        return None;
    }
    let manifest = manifest_of(source).canonicalize().ok()?;
    let mut cargo = Command::new("cargo");
    cargo.args(["metadata", "--no-deps", "--format-version", "1", "--manifest-path"]).arg(&manifest);
    let metadata: Value = serde_json::from_slice(&cargo.output().ok()?.stdout).ok()?;
    let packages = metadata["packages"].as_array()?;
    let own =
        packages.iter().find(|package| package["manifest_path"].as_str().map(Path::new) == Some(&manifest));
    own?["name"].as_str()?.strip_prefix("terraform-provider-").map(str::to_owned)
}

fn manifest_of(source: &Source) -> PathBuf {
    source.manifest_path.clone().unwrap_or_else(|| source.root.join("Cargo.toml"))
}

/// `files` for a folder `terraform-provider-files`.
fn name_of(root: &Path) -> Option<String> {
    let folder = root.canonicalize().ok()?;
    folder.file_name()?.to_str()?.strip_prefix("terraform-provider-").map(str::to_owned)
}

/// Builds the provider, and lets Terraform start it and print its schemas.
fn ask(source: &Source, name: &str) -> Result<String, Box<dyn Error>> {
    let package = format!("terraform-provider-{name}");
    let mut cargo = Command::new("cargo");
    cargo.args(["build", "--quiet", "--message-format", "json-render-diagnostics", "--package", &package]);
    cargo.arg("--manifest-path").arg(manifest_of(source));
    let output = cargo.stderr(std::process::Stdio::inherit()).output()?;
    if !output.status.success() {
        return Err(format!("the package {package} could not be built").into());
    }
    let messages = String::from_utf8(output.stdout)?;
    let binary =
        executable(&messages, &package).ok_or_else(|| format!("the package {package} builds no program"))?;
    let folder = tempfile::tempdir()?;
    write_configuration(folder.path(), name, binary.parent().unwrap_or(Path::new(".")))?;
    let mut terraform = Command::new(&source.terraform);
    terraform.args(["providers", "schema", "-json"]).current_dir(folder.path());
    terraform.env("TF_CLI_CONFIG_FILE", folder.path().join("terraformrc")).env("CHECKPOINT_DISABLE", "1");
    let output = terraform.output().map_err(|error| {
        let terraform = source.terraform.display();
        format!("{terraform}: {error}; install Terraform or OpenTofu, or name one with --terraform")
    })?;
    if output.status.success() {
        return Ok(String::from_utf8(output.stdout)?);
    }
    Err(String::from_utf8_lossy(&output.stderr).into_owned().into())
}

/// Writes a configuration that requires the provider, and a CLI configuration that finds it in the folder of its program.
fn write_configuration(folder: &Path, name: &str, programs: &Path) -> std::io::Result<()> {
    let (address, programs) = (format!("local/{name}"), Value::from(programs.to_string_lossy()));
    let overrides =
        format!("provider_installation {{\n  dev_overrides {{\n    \"{address}\" = {programs}\n  }}\n}}\n");
    let required = format!(
        "terraform {{\n  required_providers {{\n    {name} = {{\n      source = \"{address}\"\n    }}\n  }}\n}}\n"
    );
    std::fs::write(folder.join("terraformrc"), overrides)?;
    std::fs::write(folder.join("main.tf"), required)
}

/// The program that cargo's messages say was built.
fn executable(messages: &str, name: &str) -> Option<PathBuf> {
    let messages = messages.lines().filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok());
    let mut programs = messages.filter(|message| message["target"]["name"] == name);
    programs.find_map(|message| message["executable"].as_str().map(PathBuf::from))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_program_is_found_among_cargos_messages() {
        let messages = "{\"reason\":\"compiler-artifact\",\"target\":{\"name\":\"serde\"},\"executable\":null}\nwarning\n\
                        {\"target\":{\"name\":\"terraform-provider-a\"},\"executable\":\"/t/terraform-provider-a\"}\n";
        let found = executable(messages, "terraform-provider-a");
        assert_eq!(found.as_deref(), Some(Path::new("/t/terraform-provider-a")));
        assert_eq!(executable(messages, "terraform-provider-b"), None);
    }

    #[test]
    fn the_command_line_is_consistent() {
        use clap::CommandFactory;
        Arguments::command().debug_assert();
    }
}
