//! From arguments as they are written to checked values.

use std::fmt::Display;

use tfplugin::{Attr, AttributePath, Diagnostic, Diagnostics};

/// Parses a string that may be null or unknown.
pub(crate) fn parse<T, E: Display>(
    text: &Attr<String>,
    path: impl Into<AttributePath>,
    parse: impl Fn(&str) -> Result<T, E>,
) -> Result<Attr<T>, Diagnostics> {
    match text {
        Attr::Known(text) => parse(text).map(Attr::Known).map_err(|error| invalid(path, error).into()),
        Attr::Null => Ok(Attr::Null),
        Attr::Unknown => Ok(Attr::Unknown),
    }
}

/// The error about an argument with an invalid value; `problem` says what is allowed.
pub(crate) fn invalid(path: impl Into<AttributePath>, problem: impl Display) -> Diagnostic {
    let path = path.into();
    Diagnostic::error(format!("invalid `{path}`"), format!("`{path}`: {problem}.")).at(path)
}
