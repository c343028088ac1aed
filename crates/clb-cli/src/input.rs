//! Text from arguments, files and standard input.

use std::{fs, io::Read, path::Path};

use crate::exit::Failure;

/// The text of a file; `-` is standard input.
pub(crate) fn read(path: &Path) -> Result<String, Failure> {
    if path == Path::new("-") {
        return stdin();
    }
    fs::read_to_string(path).map_err(|error| Failure::usage(format!("{}: {error}", path.display())))
}

/// A value that is given as text, as `@FILE`, or as `-` for standard input.
pub(crate) fn value(text: &str) -> Result<String, Failure> {
    match text.strip_prefix('@') {
        Some(path) => read(Path::new(path)),
        None if text == "-" => stdin(),
        None => Ok(text.to_owned()),
    }
}

fn stdin() -> Result<String, Failure> {
    let mut text = String::new();
    std::io::stdin()
        .read_to_string(&mut text)
        .map_err(|error| Failure::usage(format!("standard input: {error}")))?;
    Ok(text)
}
