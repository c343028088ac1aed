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

/// Rejects a binary that holds a path of this machine, that needs a newer C library than is promised, or that needs one
/// at all where it should be static.
pub fn check(binary: &Path, target: &Target, machine_paths: &[PathBuf]) -> Result<(), PackageError> {
    let bytes = read(binary)?;
    if let Some(found) = machine_path(&bytes, machine_paths) {
        return Err(PackageError::BuildPath { path: binary.to_owned(), found });
    }
    let promised = if target.needs_glibc() { PROMISED_GLIBC } else { Glibc(0, 0) };
    match needed_glibc(&bytes) {
        Some(needed) if needed > promised => {
            Err(PackageError::NewGlibc { path: binary.to_owned(), needed, promised })
        }
        _ => Ok(()),
    }
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

    #[test]
    fn a_path_of_the_machine_is_found_with_what_follows_it() {
        let paths = ["/home/me/work".into(), "/home/me/.cargo/registry/src/index".into()];
        let bytes = b"\0panicked at /home/me/.cargo/registry/src/index/tokio/src/lib.rs\0more";
        let found = machine_path(bytes, &paths).unwrap();
        assert_eq!(found, "/home/me/.cargo/registry/src/index/tokio/src/lib.rs");
        assert_eq!(machine_path(b"panicked at /crates/tokio/src/lib.rs", &paths), None);
    }
}
