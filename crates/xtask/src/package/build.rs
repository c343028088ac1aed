//! Release builds that say nothing about the machine they were made on.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::target::Target;
use super::workspace::Workspace;
use super::{PackageError, read};

/// Builds the binary of a package with the same name for a target, and gives its path. Two builds of the same sources
/// with the same compilers give the same bytes, wherever they are made.
pub fn binary(workspace: &Workspace, package: &str, target: &Target) -> Result<PathBuf, PackageError> {
    binary_of(workspace, package, package, target)
}

/// Like [`binary`], for a package whose binary has a name of its own.
pub fn binary_of(
    workspace: &Workspace,
    package: &str,
    name: &str,
    target: &Target,
) -> Result<PathBuf, PackageError> {
    let arguments = ["build", "--release", "--locked", "--package", package, "--target", target.triple()];
    let mut cargo = cargo(workspace);
    cargo.args(arguments).envs(environment(workspace, target));
    run(&mut cargo)?;
    let folder = workspace.target_directory().join(target.triple()).join("release");
    let binary = folder.join(format!("{name}{}", target.platform().executable_suffix()));
    read(&binary).map(|_| binary)
}

/// What tells the compilers to leave out the paths of this machine. Cargo hands it to what ends up in the binary, and not
/// to build scripts, because a target is named.
fn environment(workspace: &Workspace, target: &Target) -> Vec<(String, String)> {
    let replaced = replaced_paths(workspace);
    let rust = replaced.iter().map(|(path, with)| format!("--remap-path-prefix={}={with}", path.display()));
    let mut environment = vec![
        ("CARGO_ENCODED_RUSTFLAGS".to_owned(), rust.collect::<Vec<_>>().join("\u{1f}")),
        ("AWS_LC_SYS_NO_JITTER_ENTROPY".to_owned(), "1".to_owned()),
        ("CARGO_INCREMENTAL".to_owned(), "0".to_owned()),
    ];
    if !target.uses_msvc() {
        let c = replaced.iter().map(|(path, with)| format!("-ffile-prefix-map={}={with}", path.display()));
        environment.push(("CFLAGS".to_owned(), c.collect::<Vec<_>>().join(" ")));
    }
    if target.is_static() && super::target::has_musl_compiler() {
        // The compiler's name is the same for every processor, and is looked for by another one.
        environment.push((format!("CC_{}", target.triple().replace('-', "_")), "musl-gcc".to_owned()));
    }
    environment
}

/// Paths and what stands for them. The compiler takes the last that fits, so the folder inside comes after the one
/// around it.
fn replaced_paths(workspace: &Workspace) -> Vec<(PathBuf, &'static str)> {
    let own =
        [(workspace.root().to_owned(), "/source"), (workspace.target_directory().to_owned(), "/target")];
    let registries = workspace.registries().into_iter().map(|path| (path, "/crates"));
    own.into_iter().chain(registries).chain(library_sources().map(|path| (path, "/library"))).collect()
}

/// Sources of the standard library, where somebody installed them for an editor: the compiler then names them by their
/// place on this machine.
fn library_sources() -> Option<PathBuf> {
    let output = Command::new("rustc").args(["--print", "sysroot"]).output().ok()?;
    let sysroot = String::from_utf8(output.stdout).ok()?;
    Some(Path::new(sysroot.trim()).join("lib/rustlib/src/rust/library"))
}

/// The cargo that built this program, in the folder of the workspace.
pub(super) fn cargo(workspace: &Workspace) -> Command {
    let mut cargo = Command::new(option_env!("CARGO").unwrap_or("cargo"));
    cargo.current_dir(workspace.root());
    cargo
}

/// Runs a command whose output is for the person who packages.
pub(super) fn run(command: &mut Command) -> Result<(), PackageError> {
    let line = format!("{command:?}");
    let failed = |outcome: String| PackageError::Command { command: line.clone(), outcome };
    let status = command.status().map_err(|error| failed(error.to_string()))?;
    if status.success() { Ok(()) } else { Err(failed(status.to_string())) }
}

/// Runs a command and gives what it prints.
pub(super) fn output_of(command: &mut Command) -> Result<String, PackageError> {
    let line = format!("{command:?}");
    let failed = |outcome: String| PackageError::Command { command: line.clone(), outcome };
    let output = command.output().map_err(|error| failed(error.to_string()))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    Err(failed(format!("{}: {}", output.status, String::from_utf8_lossy(&output.stderr).trim())))
}
