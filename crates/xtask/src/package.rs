//! What is given away: binaries that carry no path of the machine that built them, in the archives and with the files
//! that Terraform's registry wants, and a filesystem mirror to install them from.

use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

pub mod archive;
pub mod build;
pub mod checksums;
mod command;
pub mod inspect;
pub mod mirror;
pub mod sbom;
pub mod target;
pub mod workspace;

use archive::Member;
pub use command::command;
use inspect::Needs;
use target::{Platform, Target};
use workspace::Workspace;

/// Name of the provider's package and binary.
pub const PROVIDER: &str = "terraform-provider-clb";

/// Files that go beside the binary into every archive.
const LEGAL: [&str; 2] = ["LICENSE-APACHE", "LICENSE-MIT"];

/// What the registry reads to learn which plugin protocol the provider speaks.
const MANIFEST: &str =
    "{\n  \"version\": 1,\n  \"metadata\": {\n    \"protocol_versions\": [\"6.0\"]\n  }\n}\n";

/// Why something could not be packaged.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PackageError {
    /// A file could not be read or written.
    #[error("{}: {source}", path.display())]
    File {
        /// Which file.
        path: PathBuf,
        /// What happened.
        source: io::Error,
    },
    /// A command failed; it has said why on its standard error.
    #[error("`{command}` failed: {outcome}")]
    Command {
        /// The command line.
        command: String,
        /// Exit status, or why it could not be started.
        outcome: String,
    },
    /// The metadata of the workspace could not be read.
    #[error("cargo metadata failed: {0}")]
    Metadata(#[from] cargo_metadata::Error),
    /// A binary holds a path of the machine that built it.
    #[error("{} holds the path `{found}` of this machine; two builds would differ", path.display())]
    BuildPath {
        /// The binary.
        path: PathBuf,
        /// The path in it.
        found: String,
    },
    /// A target triple names no platform that Terraform knows.
    #[error(
        "`{0}` is no target that the provider is built for: expected an x86_64 or aarch64 triple of Linux, macOS or Windows"
    )]
    UnknownTarget(String),
    /// A binary needs a newer C library than is promised.
    #[error("{} needs glibc {needed}, and {promised} is promised", path.display())]
    NewGlibc {
        /// The binary.
        path: PathBuf,
        /// What it needs.
        needed: inspect::Glibc,
        /// What is promised.
        promised: inspect::Glibc,
    },
    /// A binary for a static target names a dynamic linker, or is no program.
    #[error("{} is not static", path.display())]
    NotStatic {
        /// The binary.
        path: PathBuf,
    },
    /// A tag belongs to another version than the one that is built.
    #[error("the tag `{tag}` does not belong to version {version}: expected `v{version}`")]
    Tag {
        /// The tag.
        tag: String,
        /// The version of the workspace.
        version: String,
    },
    /// An archive could not be written.
    #[error("{}: {source}", path.display())]
    Archive {
        /// Which archive.
        path: PathBuf,
        /// What happened.
        source: zip::result::ZipError,
    },
}

/// An archive, and what the binary in it needs of a machine.
#[derive(Debug)]
pub struct Packed {
    archive: PathBuf,
    needs: Needs,
}

impl fmt::Display for Packed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.archive.display(), self.needs)
    }
}

/// Builds the provider for a target and writes its archive and bill of materials into `out`.
pub fn provider(workspace: &Workspace, target: &Target, out: &Path) -> Result<Packed, PackageError> {
    create(out)?;
    let binary = build::binary(workspace, PROVIDER, target)?;
    let needs = inspect::check(&binary, target, &workspace.machine_paths())?;
    write_bill(workspace, PROVIDER, PROVIDER, target, out)?;
    let archive = pack(workspace.root(), workspace.version(), &binary, target.platform(), out)?;
    Ok(Packed { archive, needs })
}

/// Writes the archive of a provider's binary into `out`: the binary under the name by which Terraform knows its version,
/// and the licences from the workspace in `root`.
pub fn pack(
    root: &Path,
    version: &str,
    binary: &Path,
    platform: Platform,
    out: &Path,
) -> Result<PathBuf, PackageError> {
    let name = format!("{PROVIDER}_v{version}{}", platform.executable_suffix());
    let mut members = vec![Member::executable(name, read(binary)?)];
    members.extend(legal(root)?);
    let archive = out.join(format!("{}.zip", archive_name(version, platform)));
    archive::write(&archive, &members)?;
    Ok(archive)
}

/// Writes the bill of materials of a package's binary, which goes by `name` in the names of files.
fn write_bill(
    workspace: &Workspace,
    package: &str,
    name: &str,
    target: &Target,
    out: &Path,
) -> Result<(), PackageError> {
    let file = format!("{name}_{}_{}.cdx.json", workspace.version(), target.platform());
    write(&out.join(file), &sbom::of(workspace, package, target)?)
}

/// The licences, which go into every archive.
fn legal(root: &Path) -> Result<Vec<Member>, PackageError> {
    LEGAL.iter().map(|name| Ok(Member::text(*name, read(&root.join(name))?))).collect()
}

fn archive_name(version: &str, platform: Platform) -> String {
    format!("{PROVIDER}_{version}_{platform}")
}

/// Writes what belongs to all archives in `out` together: the registry's manifest, the checksums, and their signature if
/// a key of `gpg` is given.
pub fn finish(workspace: &Workspace, out: &Path, signing_key: Option<&str>) -> Result<(), PackageError> {
    let name = format!("{PROVIDER}_{}", workspace.version());
    write(&out.join(format!("{name}_manifest.json")), MANIFEST.as_bytes())?;
    let sums = out.join(format!("{name}_SHA256SUMS"));
    write(&sums, checksums::of(out)?.as_bytes())?;
    mirror::write(workspace.version(), out, &out.join("mirror"))?;
    signing_key.map_or(Ok(()), |key| checksums::sign(&sums, key))
}

/// Rejects a tag that belongs to another version.
pub fn check_tag(version: &str, tag: &str) -> Result<(), PackageError> {
    if tag.strip_prefix('v') == Some(version) {
        return Ok(());
    }
    Err(PackageError::Tag { tag: tag.to_owned(), version: version.to_owned() })
}

fn read(path: &Path) -> Result<Vec<u8>, PackageError> {
    fs::read(path).map_err(at(path))
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), PackageError> {
    fs::write(path, bytes).map_err(at(path))
}

fn create(folder: &Path) -> Result<(), PackageError> {
    fs::create_dir_all(folder).map_err(at(folder))
}

/// Files of a folder, sorted by name, so that what is made of them does not depend on the file system.
fn files(folder: &Path) -> Result<Vec<PathBuf>, PackageError> {
    let entries = fs::read_dir(folder).map_err(at(folder))?;
    let paths: Result<Vec<_>, _> = entries.map(|entry| entry.map(|entry| entry.path())).collect();
    let mut paths = paths.map_err(at(folder))?;
    paths.retain(|path| path.is_file());
    paths.sort();
    Ok(paths)
}

fn at(path: &Path) -> impl FnOnce(io::Error) -> PackageError + use<> {
    let path = path.to_owned();
    move |source| PackageError::File { path, source }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_of_another_version_is_rejected() {
        check_tag("0.2.0", "v0.2.0").unwrap();
        for tag in ["0.2.0", "v0.2", "v0.2.0-rc1", "v1.2.0", ""] {
            let error = check_tag("0.2.0", tag).unwrap_err().to_string();
            assert!(error.contains("expected `v0.2.0`"), "{error}");
        }
    }
}
