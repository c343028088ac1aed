use std::error::Error;
use std::fmt;

use crate::{AttributePath, panic};

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

    /// An error with its sources as the detail, as `?` makes it of every error that may be sent between threads. A
    /// `Box<dyn Error>` may not, and becomes one so:
    ///
    /// ```
    /// use std::error::Error;
    /// use tfplugin::{Diagnostic, Diagnostics};
    ///
    /// fn parse(text: &str) -> Result<u8, Box<dyn Error>> {
    ///     Ok(text.parse()?)
    /// }
    ///
    /// fn port(text: &str) -> Result<u8, Diagnostics> {
    ///     Ok(parse(text).map_err(|error| Diagnostic::of(&*error))?)
    /// }
    /// assert_eq!(port("x").unwrap_err().to_string(), "invalid digit found in string");
    /// ```
    pub fn of(error: &(dyn Error + 'static)) -> Self {
        if let Some(panicked) = panic::of_task(error) {
            return panicked;
        }
        let sources = std::iter::successors(error.source(), |error| (*error).source());
        let sources: Vec<_> = sources.map(ToString::to_string).collect();
        Self::error(error.to_string(), sources.join(": "))
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

/// The result of a failed operation: one or more diagnostics.
///
/// Every operation returns `Result<_, Diagnostics>`; warnings alone are no failure and go to
/// [`Context::warn`](crate::Context::warn). A [`Diagnostic`] and any error become one by `?`, `Box<dyn Error + Send + Sync>` and
/// `anyhow::Error` among them; an error's own text is the summary, its sources are the detail. [`ResultExt`] attaches a path or a better summary on the way.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Diagnostics(Vec<Diagnostic>);

impl Diagnostics {
    /// None yet; collect with [`push`](Self::push), then [`into_result`](Self::into_result).
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds one, or several; a duplicate is left out.
    pub fn push(&mut self, more: impl Into<Diagnostics>) {
        self.extend(more.into());
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

impl<E: Into<Box<dyn Error + Send + Sync>>> From<E> for Diagnostics {
    fn from(error: E) -> Self {
        Diagnostic::of(&*error.into()).into()
    }
}

impl FromIterator<Diagnostic> for Diagnostics {
    fn from_iter<I: IntoIterator<Item = Diagnostic>>(diagnostics: I) -> Self {
        let mut all = Diagnostics::new();
        all.extend(diagnostics);
        all
    }
}

impl Extend<Diagnostic> for Diagnostics {
    fn extend<I: IntoIterator<Item = Diagnostic>>(&mut self, diagnostics: I) {
        for diagnostic in diagnostics {
            if !self.0.contains(&diagnostic) {
                self.0.push(diagnostic);
            }
        }
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

/// Adds a path or a summary to any error on its way to [`Diagnostics`].
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
    fn a_boxed_error_becomes_a_diagnostic_as_it_is() {
        let boxed: Box<dyn Error + Send + Sync> =
            Box::new(TwoLevels("x".parse::<crate::Number>().unwrap_err()));
        assert_eq!(Diagnostics::from(boxed).to_string(), "outer: not a number: \"x\"");
        assert_eq!(Diagnostics::from("only words").to_string(), "only words");
    }

    #[test]
    fn an_error_of_anyhow_becomes_a_diagnostic_with_its_context() {
        fn port(text: &str) -> Result<u16, Diagnostics> {
            fn parse(text: &str) -> anyhow::Result<u16> {
                text.parse().with_context(|| format!("no port: {text}"))
            }
            use anyhow::Context as _;
            Ok(parse(text)?)
        }
        assert_eq!(port("80"), Ok(80));
        let failed = port("x").unwrap_err();
        assert_eq!(failed, Diagnostic::error("no port: x", "invalid digit found in string").into());
        let pointed = Err::<(), _>(anyhow::anyhow!("no")).summary("Port").at("port").unwrap_err();
        assert_eq!(pointed, Diagnostic::error("Port", "no").at("port").into());
    }

    #[test]
    fn the_same_is_said_once() {
        let (one, two) = (Diagnostic::error("one", ""), Diagnostic::error("two", ""));
        let mut found: Diagnostics = [one.clone(), two.clone(), one.clone()].into_iter().collect();
        found.push(two.clone());
        found.push(one.clone().at("a"));
        assert_eq!(found.into_iter().collect::<Vec<_>>(), [one.clone(), two, one.at("a")]);
    }

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
