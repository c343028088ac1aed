//! The arguments `wait_for_completion` and `error_on_failure` of the data sources.

use tfplugin::Attr;
use tfplugin::schema::Attribute;

/// What to wait for, and whether a failed task is an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct WaitFlags {
    pub(crate) wait_for_completion: bool,
    pub(crate) error_on_failure: bool,
}

impl Default for WaitFlags {
    fn default() -> Self {
        Self { wait_for_completion: true, error_on_failure: true }
    }
}

/// The schema of both.
pub(crate) fn attributes() -> [Attribute; 2] {
    [
        Attribute::bool("wait_for_completion").optional().description(
            "Whether to wait until the task completes. Default `true`. With `false` the data source polls once, and reports \
             an unfinished task as `running`.",
        ),
        Attribute::bool("error_on_failure").optional().description(
            "Whether a failed task is an error. Default `true`. With `false` it is reported as `failed`. A timeout, a \
             rejected poll and an undocumented status are errors in either case.",
        ),
    ]
}

/// Both flags with their defaults, unknown if one of the two is.
pub(crate) fn read(wait_for_completion: Attr<bool>, error_on_failure: Attr<bool>) -> Attr<WaitFlags> {
    match (wait_for_completion, error_on_failure) {
        (Attr::Unknown, _) | (_, Attr::Unknown) => Attr::Unknown,
        (wait, error) => Attr::Known(WaitFlags {
            wait_for_completion: wait.unwrap_or(true),
            error_on_failure: error.unwrap_or(true),
        }),
    }
}
