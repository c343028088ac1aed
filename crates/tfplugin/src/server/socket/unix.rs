use std::fs::{self, DirBuilder, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, PermissionsExt, chown};
use std::path::{Path, PathBuf};

use tokio::net::UnixListener;

use crate::server::connection::Io;
use crate::server::handshake::Handshake;

/// A listening Unix socket.
pub(in super::super) struct Listener(UnixListener);

/// Where the socket is. Its file and directory go when this does, whatever still listens.
pub(in super::super) struct Place {
    directory: PathBuf,
}

/// The kernel's limit for the path of a socket, its closing zero included, on the strictest system (macOS).
const LONGEST_PATH: usize = 104;

impl Listener {
    pub(in super::super) fn bind(launch: &Handshake) -> io::Result<(Listener, Place)> {
        let place = Place { directory: private_directory(launch.socket_directory.as_deref())? };
        let listener = UnixListener::bind(place.socket())?;
        if let Some(group) = launch.socket_group {
            place.share(group)?;
        }
        Ok((Listener(listener), place))
    }

    pub(in super::super) async fn accept(&self) -> io::Result<impl Io + use<>> {
        self.0.accept().await.map(|(stream, _)| stream)
    }
}

impl Place {
    pub(in super::super) const NETWORK: &str = "unix";

    pub(in super::super) fn address(&self) -> String {
        self.socket().display().to_string()
    }

    fn socket(&self) -> PathBuf {
        self.directory.join("plugin")
    }

    fn share(&self, group: u32) -> io::Result<()> {
        chown(&self.directory, None, Some(group))?;
        fs::set_permissions(&self.directory, Permissions::from_mode(0o710))?;
        chown(self.socket(), None, Some(group))?;
        fs::set_permissions(self.socket(), Permissions::from_mode(0o660))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        // Nothing can be done about a file that stays; it holds nothing.
        let _ = fs::remove_file(self.socket());
        let _ = fs::remove_dir(&self.directory);
    }
}

/// Only its owner may enter, so that without TLS, too, nobody else can connect.
fn private_directory(base: Option<&Path>) -> io::Result<PathBuf> {
    let temporary = std::env::temp_dir();
    let base = match base {
        Some(base) => base,
        None if fits(&temporary) => &temporary,
        None => Path::new("/tmp"),
    };
    let process = std::process::id();
    for number in 0..1000 {
        let candidate = base.join(format!("tfplugin-{process}-{number}"));
        match DirBuilder::new().mode(0o700).create(&candidate) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            created => return created.map(|()| candidate),
        }
    }
    Err(io::ErrorKind::AlreadyExists.into())
}

fn fits(base: &Path) -> bool {
    base.as_os_str().len() + "/tfplugin-4294967295-999/plugin".len() < LONGEST_PATH
}
