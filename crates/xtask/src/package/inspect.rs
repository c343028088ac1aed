//! What must hold for the bytes of a binary before it is given away.

use std::fmt;
use std::path::{Path, PathBuf};

use super::target::Target;
use super::{PackageError, read};

/// The C library that binaries may need where they are not static: that of the oldest Ubuntu that releases are built on.
pub const PROMISED_GLIBC: Glibc = Glibc(2, 35);

/// A version of glibc, as symbols name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Glibc(pub u32, pub u32);

impl fmt::Display for Glibc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.0, self.1)
    }
}

/// What a binary needs of the machine that runs it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    /// No library: it starts in an empty folder.
    Nothing,
    /// This version of glibc, or a newer one.
    Glibc(Glibc),
    /// The libraries that every machine of its platform has.
    System,
}

impl fmt::Display for Needs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nothing => f.write_str("static, needs no library"),
            Self::Glibc(version) => write!(f, "needs glibc {version} or newer"),
            Self::System => f.write_str("needs what its platform has"),
        }
    }
}

/// Says what a binary needs. Rejects one that holds a path of this machine, that needs a newer C library than is promised,
/// or that needs one at all where it should be static.
pub fn check(binary: &Path, target: &Target, machine_paths: &[PathBuf]) -> Result<Needs, PackageError> {
    let bytes = read(binary)?;
    if let Some(found) = machine_path(&bytes, machine_paths) {
        return Err(PackageError::BuildPath { path: binary.to_owned(), found });
    }
    if target.is_static() {
        let path = binary.to_owned();
        return if is_static(&bytes) { Ok(Needs::Nothing) } else { Err(PackageError::NotStatic { path }) };
    }
    match needed_glibc(&bytes).filter(|_| target.needs_glibc()) {
        Some(needed) if needed > PROMISED_GLIBC => {
            let promised = PROMISED_GLIBC;
            Err(PackageError::NewGlibc { path: binary.to_owned(), needed, promised })
        }
        Some(needed) => Ok(Needs::Glibc(needed)),
        None => Ok(Needs::System),
    }
}

/// Whether this is an ELF program of 64 bits that starts without the dynamic linker: it names none.
pub fn is_static(bytes: &[u8]) -> bool {
    const INTERPRETER: u32 = 3;
    let Some(header) = bytes.get(..64).filter(|header| header.starts_with(b"\x7fELF\x02\x01")) else {
        return false;
    };
    let number = |at: usize, length: usize| {
        header[at..at + length].iter().rev().fold(0_usize, |number, byte| number << 8 | usize::from(*byte))
    };
    let (offset, size, count) = (number(0x20, 8), number(0x36, 2), number(0x38, 2));
    let segments = (0..count).map(|index| bytes.get(offset + index * size..)?.first_chunk::<4>());
    let kinds: Option<Vec<_>> = segments.map(|kind| kind.map(|kind| u32::from_le_bytes(*kind))).collect();
    kinds.is_some_and(|kinds| !kinds.contains(&INTERPRETER))
}

/// The first of these paths that stands in a binary, with what follows it there.
pub fn machine_path(bytes: &[u8], paths: &[PathBuf]) -> Option<String> {
    let start = paths.iter().find_map(|path| find(bytes, path.to_string_lossy().as_bytes()))?;
    let printed = bytes[start..].iter().take_while(|byte| byte.is_ascii_graphic()).take(200);
    Some(printed.map(|byte| char::from(*byte)).collect())
}

/// The newest version of glibc that a symbol of the binary asks for; none in a static one.
pub fn needed_glibc(bytes: &[u8]) -> Option<Glibc> {
    const PREFIX: &[u8] = b"GLIBC_";
    let starts = bytes.windows(PREFIX.len()).enumerate().filter(|(_, window)| *window == PREFIX);
    starts.filter_map(|(start, _)| glibc(&bytes[start + PREFIX.len()..])).max()
}

fn glibc(bytes: &[u8]) -> Option<Glibc> {
    let text: String = bytes
        .iter()
        .map(|byte| char::from(*byte))
        .take_while(|c| c.is_ascii_digit() || *c == '.')
        .take(16)
        .collect();
    let mut parts = text.split('.').map(str::parse);
    Some(Glibc(parts.next()?.ok()?, parts.next()?.ok()?))
}

fn find(bytes: &[u8], needle: &[u8]) -> Option<usize> {
    bytes.windows(needle.len()).position(|window| window == needle)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_glibc(symbols: &str, needed: Option<Glibc>) {
        assert_eq!(needed_glibc(symbols.as_bytes()), needed, "{symbols:?}");
    }

    #[test]
    fn the_newest_symbol_decides() {
        check_glibc("\0GLIBC_2.2.5\0GLIBC_2.34\0GLIBC_2.17\0", Some(Glibc(2, 34)));
        check_glibc("\0GLIBC_PRIVATE\0", None);
        check_glibc("a static binary", None);
    }

    /// The program of this test, which cargo links dynamically by itself.
    #[test]
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    fn what_a_program_needs_is_read_from_it() {
        let program = std::env::current_exe().unwrap();
        let target =
            |system| Target::parse(&format!("{}-unknown-linux-{system}", std::env::consts::ARCH)).unwrap();
        match check(&program, &target("gnu"), &[]) {
            Ok(Needs::Glibc(version)) => assert!(version >= Glibc(2, 17) && version <= PROMISED_GLIBC),
            Err(PackageError::NewGlibc { needed, .. }) => assert!(needed > PROMISED_GLIBC),
            other => panic!("{other:?}"),
        }
        let error = check(&program, &target("musl"), &[]).unwrap_err();
        assert!(error.to_string().ends_with("is not static"), "{error}");
    }

    #[test]
    fn what_is_no_program_is_not_static() {
        for bytes in [&b""[..], b"#!/bin/sh\n", b"\x7fELF\x02\x01", &[0x7f; 64]] {
            assert!(!is_static(bytes));
        }
    }

    #[test]
    fn a_path_of_the_machine_is_found_with_what_follows_it() {
        let paths = ["/home/me/work".into(), "/home/me/.cargo/registry/src/index".into()];
        let bytes = b"\0panicked at /home/me/.cargo/registry/src/index/tokio/src/lib.rs\0more";
        let found = machine_path(bytes, &paths).unwrap();
        assert_eq!(found, "/home/me/.cargo/registry/src/index/tokio/src/lib.rs");
        assert_eq!(machine_path(b"panicked at /crates/tokio/src/lib.rs", &paths), None);
    }
}
