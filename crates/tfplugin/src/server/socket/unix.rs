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
pub(in super::super) struct ListenAddress {
    directory: PathBuf,
}

/// The kernel's limit for the path of a socket, its closing zero included, on the strictest system (macOS).
const LONGEST_PATH: usize = 104;

impl Listener {
    pub(in super::super) fn bind(handshake: &Handshake) -> io::Result<(Listener, ListenAddress)> {
        let address = ListenAddress { directory: private_directory(handshake.socket_directory.as_deref())? };
        let listener = UnixListener::bind(address.socket())?;
        if let Some(group) = &handshake.socket_group {
            address.share(group_id(group)?)?;
        }
        Ok((Listener(listener), address))
    }

    pub(in super::super) async fn accept(&self) -> io::Result<impl Io + use<>> {
        self.0.accept().await.map(|(stream, _)| stream)
    }
}

impl ListenAddress {
    pub(in super::super) const NETWORK: &str = "unix";

    pub(in super::super) fn to_text(&self) -> String {
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

impl Drop for ListenAddress {
    fn drop(&mut self) {
        // Nothing can be done about a file that stays; it holds nothing.
        let _ = fs::remove_file(self.socket());
        let _ = fs::remove_dir(&self.directory);
    }
}

/// Only its owner may enter the directory, so that no other user can connect even without TLS.
fn private_directory(base: Option<&Path>) -> io::Result<PathBuf> {
    let temporary = std::env::temp_dir();
    let base = match base {
        Some(base) => base,
        // An empty `TMPDIR` is none.
        None if fits(&temporary) && !temporary.as_os_str().is_empty() => &temporary,
        None => Path::new("/tmp"),
    };
    // The client need not have our working directory.
    let base = std::path::absolute(base)?;
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

/// The id of a group, by its name or by the id itself, as Go's programs find it without the C library.
fn group_id(group: &str) -> io::Result<u32> {
    if let Ok(id) = group.parse() {
        return Ok(id);
    }
    let groups = fs::read("/etc/group")?;
    id_among(&String::from_utf8_lossy(&groups), group).ok_or_else(|| {
        let text = format!("PLUGIN_UNIX_SOCKET_GROUP is {group:?}, and /etc/group has no group of this name");
        io::Error::new(io::ErrorKind::NotFound, text)
    })
}

/// Lines are `name:password:id:members`.
fn id_among(groups: &str, name: &str) -> Option<u32> {
    let mut found = groups.lines().map(|line| line.split(':')).filter_map(|mut fields| {
        let (group, id) = (fields.next()?, fields.nth(1)?);
        (group == name).then(|| id.parse().ok())?
    });
    found.next()
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::MetadataExt as _;

    use super::*;

    #[test]
    fn groups_go_by_name_or_id() {
        assert_eq!(group_id("20").unwrap(), 20);
        let groups = "# local\nroot:x:0:\nstaff:x:50:a,b\nbroken\nodd:x:many:\n";
        assert_eq!(id_among(groups, "staff"), Some(50));
        assert_eq!(id_among(groups, "odd"), None);
        assert_eq!(id_among(groups, "# local"), None);
        let unknown = group_id("no such group").unwrap_err();
        assert!(unknown.to_string().contains("PLUGIN_UNIX_SOCKET_GROUP is \"no such group\""), "{unknown}");
    }

    #[tokio::test]
    async fn a_group_may_use_the_socket() {
        let directory = tempfile::tempdir().unwrap();
        let own = fs::metadata(directory.path()).unwrap().gid();
        let handshake = Handshake {
            socket_directory: Some(directory.path().to_owned()),
            socket_group: Some(own.to_string()),
            ..Handshake::default()
        };
        let (_listener, address) = Listener::bind(&handshake).unwrap();
        let socket = fs::metadata(address.to_text()).unwrap();
        assert_eq!((socket.gid(), socket.mode() & 0o777), (own, 0o660));
        drop(address);
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 0);
    }
}
