//! Small text files, read off the runtime's threads.

use std::{
    fs::File,
    io::{ErrorKind, Read},
    path::Path,
};

use zeroize::Zeroizing;

/// Credential files hold a few lines; what is larger than a megabyte is not one.
const LARGEST_FILE: u64 = 1 << 20;

/// The text of a file, wiped after use, or `None` where there is none.
pub(super) async fn text(path: &Path) -> Result<Option<Zeroizing<String>>, String> {
    let path = path.to_owned();
    let read = tokio::task::spawn_blocking(move || read(&path));
    read.await.unwrap_or_else(|_| Err("reading was broken off".to_owned()))
}

fn read(path: &Path) -> Result<Option<Zeroizing<String>>, String> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            return Ok(None);
        }
        Err(error) => return Err(error.to_string()),
    };
    let mut text = Zeroizing::new(String::new());
    file.take(LARGEST_FILE + 1).read_to_string(&mut text).map_err(|error| match error.kind() {
        ErrorKind::InvalidData => "is not UTF-8".to_owned(),
        _ => error.to_string(),
    })?;
    if text.len() as u64 > LARGEST_FILE {
        Err("is larger than a megabyte".to_owned())
    } else {
        Ok(Some(text))
    }
}
