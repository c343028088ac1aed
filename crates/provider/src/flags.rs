//! The arguments `wait_for_completion` and `error_on_failure` of the data sources.

use tfplugin::Attr;
use tfplugin::schema::Attribute;

/// The schema of both.
pub(crate) fn attributes() -> [Attribute; 2] {
    [
        Attribute::bool("wait_for_completion").optional().description(
            "Whether to wait until a task has ended. Default `true`; with `false` one question is answered, and a task that \
             goes on is reported as `running`.",
        ),
        Attribute::bool("error_on_failure").optional().description(
            "Whether a failed task is an error. Default `true`; with `false` it is reported as `failed`. A timeout, a refused \
             question and an undocumented status are errors either way.",
        ),
    ]
}

/// Whether to wait and whether to raise, unknown as long as one of the two is.
pub(crate) fn read(wait_for_completion: Attr<bool>, error_on_failure: Attr<bool>) -> Attr<(bool, bool)> {
    match (wait_for_completion, error_on_failure) {
        (Attr::Unknown, _) | (_, Attr::Unknown) => Attr::Unknown,
        (waits, raises) => Attr::Known((waits.unwrap_or(true), raises.unwrap_or(true))),
    }
}
