//! Where the server listens: a Unix socket in a directory of its own, or a TCP port where there are none.

use std::io;

use super::connection::Io;
use super::launch::Launch;

#[cfg(unix)]
pub(super) use unix::Listener;

#[cfg(not(unix))]
pub(super) use tcp::Listener;

#[cfg(unix)]
mod unix {
    use std::fs::{self, DirBuilder, Permissions};
    use std::os::unix::fs::{DirBuilderExt, PermissionsExt, chown};
    use std::path::{Path, PathBuf};

    use tokio::net::UnixListener;

    use super::{Io, Launch, io};

    /// A listening Unix socket. The file and its directory go with it.
    pub(in super::super) struct Listener {
        listener: UnixListener,
        directory: PathBuf,
    }

    /// The kernel's limit for the path of a socket, its closing zero included, on the strictest system (macOS).
    const LONGEST_PATH: usize = 104;

    impl Listener {
        pub(in super::super) fn bind(launch: &Launch) -> io::Result<Listener> {
            let directory = private_directory(launch.socket_directory.as_deref())?;
            let path = directory.join("plugin");
            let listener = UnixListener::bind(&path).and_then(|listener| {
                share(&directory, &path, launch.socket_group)?;
                Ok(listener)
            });
            match listener {
                Ok(listener) => Ok(Listener { listener, directory }),
                Err(error) => {
                    remove(&directory);
                    Err(error)
                }
            }
        }

        pub(in super::super) const NETWORK: &str = "unix";

        pub(in super::super) fn address(&self) -> String {
            self.directory.join("plugin").display().to_string()
        }

        pub(in super::super) async fn accept(&self) -> io::Result<impl Io + use<>> {
            self.listener.accept().await.map(|(stream, _)| stream)
        }
    }

    impl Drop for Listener {
        fn drop(&mut self) {
            remove(&self.directory);
        }
    }

    /// Nothing can be done about a file that stays; it holds nothing.
    fn remove(directory: &Path) {
        let _ = fs::remove_file(directory.join("plugin"));
        let _ = fs::remove_dir(directory);
    }

    /// Only its owner may enter, so that without TLS, too, nobody else can connect.
    fn private_directory(base: Option<&Path>) -> io::Result<PathBuf> {
        let temporary = std::env::temp_dir();
        let base = match base {
            Some(base) => base,
            None if temporary.as_os_str().len() + "/tfplugin-4294967295-999/plugin".len() < LONGEST_PATH => {
                &temporary
            }
            None => Path::new("/tmp"),
        };
        let process = std::process::id();
        let candidates = (0..1000).map(|number| base.join(format!("tfplugin-{process}-{number}")));
        for candidate in candidates {
            match DirBuilder::new().mode(0o700).create(&candidate) {
                Ok(()) => return Ok(candidate),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        }
        Err(io::ErrorKind::AlreadyExists.into())
    }

    fn share(directory: &Path, socket: &Path, group: Option<u32>) -> io::Result<()> {
        let Some(group) = group else { return Ok(()) };
        chown(directory, None, Some(group))?;
        fs::set_permissions(directory, Permissions::from_mode(0o710))?;
        chown(socket, None, Some(group))?;
        fs::set_permissions(socket, Permissions::from_mode(0o660))
    }
}

#[cfg(not(unix))]
mod tcp {
    use std::net::Ipv4Addr;

    use tokio::net::TcpListener;

    use super::{Io, Launch, io};

    /// A listening TCP port on the loopback interface.
    pub(in super::super) struct Listener {
        listener: TcpListener,
        address: String,
    }

    impl Listener {
        pub(in super::super) fn bind(launch: &Launch) -> io::Result<Listener> {
            let (first, last) = launch.ports;
            let free =
                (first..=last).find_map(|port| std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, port)).ok());
            let listener = free.ok_or(io::ErrorKind::AddrInUse)?;
            listener.set_nonblocking(true)?;
            let address = listener.local_addr()?.to_string();
            Ok(Listener { listener: TcpListener::from_std(listener)?, address })
        }

        pub(in super::super) const NETWORK: &str = "tcp";

        pub(in super::super) fn address(&self) -> String {
            self.address.clone()
        }

        pub(in super::super) async fn accept(&self) -> io::Result<impl Io + use<>> {
            let (stream, _) = self.listener.accept().await?;
            // Small messages go back and forth: waiting to fill a packet costs 40 ms at a time.
            stream.set_nodelay(true)?;
            Ok(stream)
        }
    }
}
