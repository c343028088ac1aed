//! Where the server listens: a Unix socket in a directory of its own, or a TCP port where there are none.

#[cfg(not(unix))]
mod tcp;
#[cfg(unix)]
mod unix;

#[cfg(not(unix))]
pub(super) use tcp::{ListenAddress, Listener};
#[cfg(unix)]
pub(super) use unix::{ListenAddress, Listener};
