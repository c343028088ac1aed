//! Snapshots of what each library offers: one `api.txt` beside its manifest, with a line for every public item, so that a change
//! of it is seen in review.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};

use serde::Deserialize;

/// The libraries for others.
const LIBRARIES: [&str; 6] = ["clb-api", "clb-sign", "clb-sim", "clb-task", "tfplugin", "tfplugin-docs"];

/// The form of rustdoc's JSON that `public-api` reads: that of Rust 1.95. It changes with the compiler.
const FORMAT: u32 = 57;

/// Rustdoc writes JSON only with this variable. Build scripts must not see it, since some then expect a nightly compiler and
/// rebuild everything that depends on them.
const UNSTABLE: (&str, &str) = ("RUSTC_BOOTSTRAP", "1");

/// Tells this program that cargo calls it in the place of rustdoc.
pub const AS_RUSTDOC: &str = "CLB_XTASK_AS_RUSTDOC";

/// Why the snapshots are not written, or do not hold.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ApiError {
    /// A program cannot be started, or a file not be read or written.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// Rustdoc failed, and has said why.
    #[error("rustdoc failed ({0})")]
    Rustdoc(ExitStatus),
    /// The output of rustdoc cannot be read.
    #[error("the output of rustdoc about {0} cannot be read: {1}")]
    Unreadable(&'static str, Box<dyn std::error::Error + Send + Sync>),
    /// The compiler is another one than the snapshots were made with.
    #[error(
        "this Rust writes format {0} of rustdoc's JSON, and the snapshots need format {FORMAT}, that of Rust 1.95"
    )]
    Format(u32),
    /// A snapshot differs from what the library offers.
    #[error("the public API of {} has changed: run `cargo xtask api` and commit the difference\n{}", .0, .1.join("\n"))]
    Changed(&'static str, Vec<String>),
}

/// The head of rustdoc's output.
#[derive(Deserialize)]
struct Head {
    format_version: u32,
}

/// Writes the snapshots of the workspace in `root`.
pub fn write(root: &Path) -> Result<(), ApiError> {
    for (library, api) in public_apis(root)? {
        std::fs::write(snapshot(root, library), api)?;
    }
    Ok(())
}

/// Compares the snapshots with what the libraries offer.
pub fn check(root: &Path) -> Result<(), ApiError> {
    for (library, api) in public_apis(root)? {
        let kept = std::fs::read_to_string(snapshot(root, library)).unwrap_or_default();
        if kept != api {
            return Err(ApiError::Changed(library, differences(&kept, &api)));
        }
    }
    Ok(())
}

/// Runs rustdoc in its own place, with the variable that makes it write JSON.
pub fn run_rustdoc(arguments: impl Iterator<Item = OsString>) -> Result<ExitStatus, ApiError> {
    Ok(Command::new("rustdoc").args(arguments).env(UNSTABLE.0, UNSTABLE.1).status()?)
}

fn snapshot(root: &Path, library: &str) -> PathBuf {
    root.join("crates").join(library).join("api.txt")
}

/// One item a line, without what every type has: blanket and automatic implementations, and those of derived traits.
fn public_apis(root: &Path) -> Result<Vec<(&'static str, String)>, ApiError> {
    rustdoc(root)?;
    LIBRARIES.into_iter().map(|library| Ok((library, public_api(root, library)?))).collect()
}

fn public_api(root: &Path, library: &'static str) -> Result<String, ApiError> {
    let json = root.join("target/doc").join(format!("{}.json", library.replace('-', "_")));
    let text = std::fs::read_to_string(&json)?;
    let head: Head =
        serde_json::from_str(&text).map_err(|error| ApiError::Unreadable(library, error.into()))?;
    if head.format_version != FORMAT {
        return Err(ApiError::Format(head.format_version));
    }
    let api = public_api::Builder::from_rustdoc_json(json)
        .omit_blanket_impls(true)
        .omit_auto_trait_impls(true)
        .omit_auto_derived_impls(true)
        .build();
    Ok(api.map_err(|error| ApiError::Unreadable(library, error.into()))?.to_string())
}

/// Documents all libraries at once with all features: the other builds of the workspace share their dependencies.
fn rustdoc(root: &Path) -> Result<(), ApiError> {
    let mut command = Command::new("cargo");
    command.args(["doc", "--locked", "--quiet", "--no-deps", "--lib", "--all-features"]);
    for library in LIBRARIES {
        command.args(["--package", library]);
    }
    command
        .env("RUSTDOC", std::env::current_exe()?)
        .env("RUSTDOCFLAGS", "-Z unstable-options --output-format json --cap-lints allow")
        .env(AS_RUSTDOC, "1");
    match command.current_dir(root).status()? {
        status if status.success() => Ok(()),
        status => Err(ApiError::Rustdoc(status)),
    }
}

/// The lines that are gone and those that are new.
fn differences(kept: &str, now: &str) -> Vec<String> {
    let (kept, now): (BTreeSet<_>, BTreeSet<_>) = (kept.lines().collect(), now.lines().collect());
    let gone = kept.difference(&now).map(|line| format!("- {line}"));
    gone.chain(now.difference(&kept).map(|line| format!("+ {line}"))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_gone_and_what_is_new_is_shown() {
        assert_eq!(differences("a\nb\n", "b\nc\n"), ["- a", "+ c"]);
    }

    #[test]
    fn another_compiler_is_named_by_the_format_that_it_writes() {
        let root = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(root.path().join("target/doc")).unwrap();
        std::fs::write(root.path().join("target/doc/clb_sign.json"), r#"{"root":0,"format_version":58}"#)
            .unwrap();
        let error = public_api(root.path(), "clb-sign").unwrap_err();
        assert!(matches!(error, ApiError::Format(58)), "{error}");
        assert!(
            error.to_string().contains("format 58") && error.to_string().contains("Rust 1.95"),
            "{error}"
        );
    }
}
