//! The environment as a function, so that a test needs no process of its own.

use std::{collections::BTreeMap, fmt, path::PathBuf, sync::Arc};

/// Looks environment variables up: those of the process, or others.
///
/// ```
/// use clb_api::Environment;
///
/// let environment = Environment::of([("TENCENTCLOUD_REGION", "ap-guangzhou")]);
/// assert_eq!(environment.get("TENCENTCLOUD_REGION").as_deref(), Some("ap-guangzhou"));
/// ```
#[derive(Clone)]
pub struct Environment {
    lookup: Arc<Lookup>,
    is_process: bool,
}

type Lookup = dyn Fn(&str) -> Option<String> + Send + Sync;

impl Environment {
    /// The variables of this process, read whenever they are needed. A value that is not Unicode counts as unset.
    pub fn process() -> Self {
        #[expect(
            clippy::disallowed_methods,
            reason = "the one place where the library reads the environment"
        )]
        let lookup = |name: &str| std::env::var(name).ok();
        Self { lookup: Arc::new(lookup), is_process: true }
    }

    /// No variables at all.
    pub fn empty() -> Self {
        Self::new(|_| None)
    }

    /// The variables that `lookup` finds.
    pub fn new(lookup: impl Fn(&str) -> Option<String> + Send + Sync + 'static) -> Self {
        Self { lookup: Arc::new(lookup), is_process: false }
    }

    /// Exactly these variables; those that are owned, or not in an array, are collected.
    pub fn of<const N: usize>(variables: [(&str, &str); N]) -> Self {
        variables.into_iter().collect()
    }

    /// The value of `name`; an empty one counts as unset.
    pub fn get(&self, name: &str) -> Option<String> {
        (self.lookup)(name).filter(|value| !value.is_empty())
    }

    /// The home directory: `HOME`, on Windows `USERPROFILE`.
    pub fn home(&self) -> Option<PathBuf> {
        self.get(if cfg!(windows) { "USERPROFILE" } else { "HOME" }).map(PathBuf::from)
    }

    /// Whether these are the variables of the process, and the settings of the system therefore apply, too.
    pub fn is_process(&self) -> bool {
        self.is_process
    }

    /// `path` with a leading `~` replaced by the home directory.
    pub(crate) fn expand(&self, path: &str) -> PathBuf {
        let rest = path.strip_prefix('~').filter(|rest| rest.is_empty() || rest.starts_with(['/', '\\']));
        match (rest, self.home()) {
            (Some(rest), Some(home)) => home.join(rest.trim_start_matches(['/', '\\'])),
            _ => PathBuf::from(path),
        }
    }
}

/// Exactly these variables; of a name that occurs twice, the last value.
///
/// ```
/// use clb_api::Environment;
///
/// let variables = vec![("TENCENTCLOUD_CLB_ENDPOINT", format!("http://127.0.0.1:{}", 8080))];
/// let environment: Environment = variables.into_iter().collect();
/// assert!(environment.get("TENCENTCLOUD_CLB_ENDPOINT").is_some());
/// ```
impl<N: Into<String>, V: Into<String>> FromIterator<(N, V)> for Environment {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(variables: I) -> Self {
        let variables: BTreeMap<String, String> =
            variables.into_iter().map(|(name, value)| (name.into(), value.into())).collect();
        Self::new(move |name| variables.get(name).cloned())
    }
}

impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Environment")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_variable_is_unset() {
        assert_eq!(Environment::of([("A", "")]).get("A"), None);
        assert_eq!(Environment::empty().get("A"), None);
    }

    #[test]
    fn owned_variables_are_collected() {
        let environment: Environment =
            vec![("A", "1".to_owned()), ("A", "2".to_owned())].into_iter().collect();
        assert_eq!(environment.get("A").as_deref(), Some("2"));
        assert_eq!(environment.get("B"), None);
    }

    #[test]
    fn the_process_has_its_own_variables() {
        let environment = Environment::process();
        assert!(environment.is_process() && environment.get("CARGO_MANIFEST_DIR").is_some());
        assert!(!Environment::empty().is_process());
    }

    #[cfg(unix)]
    #[test]
    fn a_tilde_is_the_home_directory() {
        let environment = Environment::of([("HOME", "/home/me")]);
        for (path, expanded) in
            [("~/.tccli", "/home/me/.tccli"), ("~", "/home/me"), ("~you/x", "~you/x"), ("/a/~", "/a/~")]
        {
            assert_eq!(environment.expand(path), PathBuf::from(expanded));
        }
        assert_eq!(Environment::empty().expand("~/x"), PathBuf::from("~/x"));
    }
}
