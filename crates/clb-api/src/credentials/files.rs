//! Small text files, read off the runtime's threads.

use std::{
    fs::File,
    io::{self, ErrorKind, Read},
    path::Path,
};

use zeroize::Zeroizing;

/// Credential files hold a few lines; what is larger than a megabyte is not one.
const LARGEST_FILE: u64 = 1 << 20;

/// Why a file cannot be used.
#[derive(Debug, thiserror::Error)]
pub(super) enum FileError {
    #[error(transparent)]
    Io(#[from] io::Error),
    #[error("it is not UTF-8")]
    NotUtf8,
    #[error("it is larger than a megabyte")]
    TooLarge,
    #[error("reading was interrupted")]
    Interrupted,
}

/// The text of a file, wiped after use, or `None` if there is no file.
pub(super) async fn text(path: &Path) -> Result<Option<Zeroizing<String>>, FileError> {
    let path = path.to_owned();
    let read = tokio::task::spawn_blocking(move || read(&path));
    read.await.unwrap_or(Err(FileError::Interrupted))
}

fn read(path: &Path) -> Result<Option<Zeroizing<String>>, FileError> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            return Ok(None);
        }
        Err(error) => return Err(error.into()),
    };
    let mut text = Zeroizing::new(String::new());
    file.take(LARGEST_FILE + 1).read_to_string(&mut text).map_err(|error| match error.kind() {
        ErrorKind::InvalidData => FileError::NotUtf8,
        _ => error.into(),
    })?;
    if text.len() as u64 > LARGEST_FILE { Err(FileError::TooLarge) } else { Ok(Some(text)) }
}
