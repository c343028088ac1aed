//! The names that Rust, Go and Terraform have for the same platform.

use std::fmt;
use std::path::Path;
use std::process::Command;

use super::{PackageError, build};

/// What binaries are built for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    triple: String,
    platform: Platform,
}

/// An operating system and a kind of processor, by the names that Go and Terraform have for them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Platform {
    os: &'static str,
    arch: &'static str,
}

impl Platform {
    /// Reads a Rust target triple; nothing if Terraform has no name for it, or no release is made for it.
    fn of_triple(triple: &str) -> Option<Self> {
        let arch = triple.split('-').next()?;
        let systems = [("-linux-", "linux"), ("-apple-darwin", "macos"), ("-windows-", "windows")];
        let (_, os) = systems.into_iter().find(|(part, _)| triple.contains(part))?;
        Self::new(os, arch)
    }

    /// The platform of the program that asks.
    pub fn current() -> Option<Self> {
        Self::new(std::env::consts::OS, std::env::consts::ARCH)
    }

    fn new(os: &str, arch: &str) -> Option<Self> {
        let os = match os {
            "linux" => "linux",
            "macos" => "darwin",
            "windows" => "windows",
            _ => return None,
        };
        let arch = match arch {
            "x86_64" => "amd64",
            "aarch64" => "arm64",
            _ => return None,
        };
        Some(Self { os, arch })
    }

    /// What the names of programs end in.
    pub fn executable_suffix(self) -> &'static str {
        if self.os == "windows" { ".exe" } else { "" }
    }
}

/// Terraform's name, such as `linux_amd64`.
impl fmt::Display for Platform {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}_{}", self.os, self.arch)
    }
}

impl Target {
    /// Reads a Rust target triple.
    pub fn parse(triple: &str) -> Result<Self, PackageError> {
        let platform =
            Platform::of_triple(triple).ok_or_else(|| PackageError::UnknownTarget(triple.to_owned()))?;
        Ok(Self { triple: triple.to_owned(), platform })
    }

    /// What to build for on this machine when nothing is said: static on Linux where that target is installed, else what
    /// the compiler builds for by itself.
    pub fn preferred() -> Result<Self, PackageError> {
        let host = host()?;
        let linked_statically = host.replace("-linux-gnu", "-linux-musl");
        if linked_statically != host && is_installed(&linked_statically) && has_musl_compiler() {
            return Self::parse(&linked_statically);
        }
        Self::parse(&host)
    }

    /// Rust's name.
    pub fn triple(&self) -> &str {
        &self.triple
    }

    /// Terraform's name.
    pub fn platform(&self) -> Platform {
        self.platform
    }

    /// Whether binaries depend on no C library of the machine that runs them.
    pub fn is_static(&self) -> bool {
        self.triple.ends_with("-musl")
    }

    /// Whether binaries need glibc.
    pub fn needs_glibc(&self) -> bool {
        self.triple.ends_with("-linux-gnu")
    }

    /// Whether C is compiled by Microsoft's compiler, whose options are its own.
    pub(super) fn uses_msvc(&self) -> bool {
        self.triple.ends_with("-msvc")
    }
}

/// The triple that this machine's compiler builds for.
fn host() -> Result<String, PackageError> {
    let printed = build::output_of(Command::new("rustc").args(["--print", "host-tuple"]))?;
    Ok(printed.trim().to_owned())
}

/// Whether the standard library for a target is there.
pub(crate) fn is_installed(triple: &str) -> bool {
    let mut rustc = Command::new("rustc");
    let folder = build::output_of(rustc.args(["--print", "target-libdir", "--target", triple]));
    folder.is_ok_and(|folder| Path::new(folder.trim()).is_dir())
}

/// Whether there is a C compiler for musl, which the cryptography library needs.
pub(super) fn has_musl_compiler() -> bool {
    build::output_of(Command::new("musl-gcc").arg("--version")).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(triple: &str, platform: &str, suffix: &str, is_static: bool) {
        let target = Target::parse(triple).unwrap();
        let found =
            (target.platform().to_string(), target.platform().executable_suffix(), target.is_static());
        assert_eq!(found, (platform.to_owned(), suffix, is_static));
    }

    #[test]
    fn triples_have_the_registrys_names() {
        check("x86_64-unknown-linux-musl", "linux_amd64", "", true);
        check("aarch64-unknown-linux-gnu", "linux_arm64", "", false);
        check("aarch64-apple-darwin", "darwin_arm64", "", false);
        check("x86_64-pc-windows-msvc", "windows_amd64", ".exe", false);
        check("aarch64-pc-windows-msvc", "windows_arm64", ".exe", false);
    }

    #[test]
    fn other_triples_are_rejected_by_name() {
        for triple in ["riscv64gc-unknown-linux-gnu", "x86_64-unknown-freebsd", "", "linux_amd64"] {
            let error = Target::parse(triple).unwrap_err().to_string();
            assert!(error.contains(&format!("`{triple}`")), "{error}");
        }
    }
}
