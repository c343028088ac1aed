//! Where the handshake goes, and nothing after it.

use std::io::{self, Write as _};

pub(super) fn write(text: &str) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush())
}

/// Whether stdout was closed. Rust opens the null device in place of a closed stdout before `main`.
#[cfg(unix)]
pub(super) fn is_closed() -> bool {
    use std::os::fd::AsFd as _;
    use std::os::unix::fs::MetadataExt as _;
    let device = |file: std::fs::File| file.metadata().map(|metadata| metadata.rdev());
    let stdout = io::stdout().as_fd().try_clone_to_owned().map(Into::into).and_then(device);
    let null = std::fs::File::open("/dev/null").and_then(device);
    match (stdout, null) {
        (Ok(stdout), Ok(null)) => stdout == null,
        (stdout, _) => stdout.is_err(),
    }
}

/// Elsewhere a write fails instead.
#[cfg(not(unix))]
pub(super) fn is_closed() -> bool {
    false
}
