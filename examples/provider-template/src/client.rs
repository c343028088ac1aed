use std::path::PathBuf;
use std::{fs, io};

/// What the provider works with; yours talks to an API.
#[derive(Debug)]
pub struct Client {
    directory: PathBuf,
}

impl Client {
    pub(crate) fn new(directory: PathBuf) -> Self {
        Client { directory }
    }

    /// The text of a note; none if there is no such note.
    pub(crate) fn read(&self, name: &str) -> io::Result<Option<String>> {
        match fs::read_to_string(self.path(name)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            read => read.map(Some),
        }
    }

    pub(crate) fn write(&self, name: &str, text: &str) -> io::Result<()> {
        fs::write(self.path(name), text)
    }

    pub(crate) fn delete(&self, name: &str) -> io::Result<()> {
        fs::remove_file(self.path(name))
    }

    fn path(&self, name: &str) -> PathBuf {
        self.directory.join(format!("{name}.txt"))
    }
}
