use std::error::Error;
use std::fmt;

use crate::AttributePath;

/// An error or a warning for the person who runs Terraform.
///
/// The summary is one short line without a full stop; the detail is sentences that say why, and what to do.
///
/// ```
/// use tfplugin::Diagnostic;
///
/// let diagnostic = Diagnostic::error("Interval too short", "`interval` is at least 500ms.").at(["polling", "interval"]);
/// assert_eq!(diagnostic.path().to_string(), "polling.interval");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    severity: Severity,
    summary: String,
    detail: String,
    path: AttributePath,
}

/// How serious a [`Diagnostic`] is. The protocol knows no third kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// The operation failed.
    Error,
    /// The operation went on.
    Warning,
}

impl Diagnostic {
    /// The operation failed.
    pub fn error(summary: impl Into<String>, detail: impl Into<String>) -> Self {
        Self::new(Severity::Error, summary.into(), detail.into())
    }

    /// The operation went on; goes to [`Context::warn`](crate::Context::warn).
    pub fn warning(summary: impl Into<String>, detail: impl Into<String>) -> Self {
        Self::new(Severity::Warning, summary.into(), detail.into())
    }

    /// Points at a part of the configuration; Terraform then shows its line.
    #[must_use]
    pub fn at(mut self, path: impl Into<AttributePath>) -> Self {
        self.path = path.into();
        self
    }

    /// How serious it is.
    pub fn severity(&self) -> Severity {
        self.severity
    }

    /// What happened, in one line.
    pub fn summary(&self) -> &str {
        &self.summary
    }

    /// Why, and what to do.
    pub fn detail(&self) -> &str {
        &self.detail
    }

    /// What it points at; the root if at nothing.
    pub fn path(&self) -> &AttributePath {
        &self.path
    }

    fn new(severity: Severity, summary: String, detail: String) -> Self {
        Diagnostic { severity, summary, detail, path: AttributePath::root() }
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.summary)?;
        if !self.path.is_root() {
            write!(f, " ({})", self.path)?;
        }
        if self.detail.is_empty() { Ok(()) } else { write!(f, ": {}", self.detail) }
    }
}

/// What a failed operation has to say: one or more diagnostics.
///
/// Every operation returns `Result<_, Diagnostics>`; warnings alone are no failure and go to
/// [`Context::warn`](crate::Context::warn). A [`Diagnostic`] and any [`std::error::Error`] become one by `?`; an
/// error's own text is the summary, its sources are the detail. [`ResultExt`] attaches a path or a better summary on the way.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Diagnostics(Vec<Diagnostic>);

impl Diagnostics {
    /// None yet; collect with [`push`](Self::push), then [`into_result`](Self::into_result).
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds one, or several.
    pub fn push(&mut self, more: impl Into<Diagnostics>) {
        self.0.extend(more.into().0);
    }

    /// Keeps what failed of `result`, and gives its value otherwise.
    pub fn take<T>(&mut self, result: Result<T, impl Into<Diagnostics>>) -> Option<T> {
        result.map_err(|error| self.push(error)).ok()
    }

    /// `Ok` if there is none.
    pub fn into_result(self) -> Result<(), Diagnostics> {
        if self.0.is_empty() { Ok(()) } else { Err(self) }
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// One after the other.
    pub fn iter(&self) -> std::slice::Iter<'_, Diagnostic> {
        self.0.iter()
    }

    /// Points those at `path` that point at nothing yet.
    #[must_use]
    pub fn at(mut self, path: impl Into<AttributePath>) -> Self {
        let path = path.into();
        for diagnostic in self.0.iter_mut().filter(|diagnostic| diagnostic.path.is_root()) {
            diagnostic.path = path.clone();
        }
        self
    }
}

impl From<Diagnostic> for Diagnostics {
    fn from(diagnostic: Diagnostic) -> Self {
        Diagnostics(vec![diagnostic])
    }
}

impl<E: Error> From<E> for Diagnostics {
    fn from(error: E) -> Self {
        let mut sources = Vec::new();
        let mut source = error.source();
        while let Some(error) = source {
            sources.push(error.to_string());
            source = error.source();
        }
        Diagnostic::error(error.to_string(), sources.join(": ")).into()
    }
}

impl FromIterator<Diagnostic> for Diagnostics {
    fn from_iter<I: IntoIterator<Item = Diagnostic>>(diagnostics: I) -> Self {
        Diagnostics(diagnostics.into_iter().collect())
    }
}

impl IntoIterator for Diagnostics {
    type Item = Diagnostic;
    type IntoIter = std::vec::IntoIter<Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'a> IntoIterator for &'a Diagnostics {
    type Item = &'a Diagnostic;
    type IntoIter = std::slice::Iter<'a, Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl fmt::Display for Diagnostics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, diagnostic) in self.0.iter().enumerate() {
            let separator = if position == 0 { "" } else { "\n" };
            write!(f, "{separator}{diagnostic}")?;
        }
        Ok(())
    }
}

/// Makes any error say where it belongs, or what failed, on its way to [`Diagnostics`].
///
/// ```
/// use tfplugin::{Diagnostics, ResultExt};
///
/// fn port(text: &str) -> Result<u16, Diagnostics> {
///     text.parse::<u16>().summary("Port out of range").at("port")
/// }
/// let failed = port("99999").unwrap_err();
/// assert_eq!(failed.to_string(), "Port out of range (port): number too large to fit in target type");
/// ```
pub trait ResultExt<T> {
    /// Points at `path`, unless the error points somewhere already.
    fn at(self, path: impl Into<AttributePath>) -> Result<T, Diagnostics>;

    /// Says what failed; the error's own text becomes the detail.
    fn summary(self, summary: impl Into<String>) -> Result<T, Diagnostics>;
}

impl<T, E: Into<Diagnostics>> ResultExt<T> for Result<T, E> {
    fn at(self, path: impl Into<AttributePath>) -> Result<T, Diagnostics> {
        self.map_err(|error| error.into().at(path))
    }

    fn summary(self, summary: impl Into<String>) -> Result<T, Diagnostics> {
        self.map_err(|error| {
            let summary = summary.into();
            error.into().into_iter().map(|diagnostic| resummarized(diagnostic, &summary)).collect()
        })
    }
}

fn resummarized(diagnostic: Diagnostic, summary: &str) -> Diagnostic {
    let Diagnostic { severity, summary: cause, detail, path } = diagnostic;
    let detail = if detail.is_empty() { cause } else { format!("{cause}: {detail}") };
    Diagnostic { severity, summary: summary.to_owned(), detail, path }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_becomes_a_diagnostic_with_its_sources() {
        let broken = "x".parse::<crate::Number>().unwrap_err();
        let outer = TwoLevels(broken);
        assert_eq!(Diagnostics::from(outer).to_string(), "outer: not a number: \"x\"");
    }

    #[derive(Debug, thiserror::Error)]
    #[error("outer")]
    struct TwoLevels(#[source] crate::InvalidNumberError);

    #[test]
    fn collecting_keeps_every_failure() {
        let mut diagnostics = Diagnostics::new();
        assert_eq!(diagnostics.take("5".parse::<u8>()), Some(5));
        assert_eq!(diagnostics.take("x".parse::<u8>().at("a")), None);
        diagnostics.push(Diagnostic::error("two", ""));
        let found: Vec<_> =
            diagnostics.into_result().unwrap_err().into_iter().map(|each| each.path).collect();
        assert_eq!(found, ["a".into(), AttributePath::root()]);
    }

    #[test]
    fn a_path_that_is_there_already_stays() {
        let failed: Result<(), _> = Err(Diagnostic::error("no", "").at("inner"));
        assert_eq!(failed.at("outer").unwrap_err().to_string(), "no (inner)");
    }
}
