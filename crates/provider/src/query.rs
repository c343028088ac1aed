//! What an operation waits for: which tasks, how and for how long.

use tfplugin::{Attr, Diagnostic, Diagnostics};

use crate::tasks::Tasks;
use crate::wait_flags::WaitFlags;
use crate::wait_options::WaitOptions;

/// The arguments that all waiting operations have in common, checked and known.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Query {
    pub(crate) tasks: Tasks,
    pub(crate) options: WaitOptions,
    pub(crate) flags: WaitFlags,
}

impl Query {
    /// Combines the checked arguments: unknown if one of them is, and all their errors at once.
    pub(crate) fn combine(
        tasks: Result<Attr<Tasks>, Diagnostics>,
        options: Result<Attr<WaitOptions>, Diagnostics>,
        flags: Attr<WaitFlags>,
    ) -> Result<Attr<Self>, Diagnostics> {
        let mut problems = Diagnostics::new();
        let (tasks, options) = (problems.take(tasks), problems.take(options));
        problems.into_result()?;
        Ok(match (tasks, options, flags) {
            (Some(Attr::Known(tasks)), Some(Attr::Known(options)), Attr::Known(flags)) => {
                Attr::Known(Self { tasks, options, flags })
            }
            _ => Attr::Unknown,
        })
    }

    /// The query of an operation that runs now: Terraform starts one only once everything is known.
    pub(crate) fn known(query: Attr<Self>) -> Result<Self, Diagnostics> {
        query.known().ok_or_else(|| not_wholly_known().into())
    }
}

/// The error of an operation that Terraform started before everything was known.
pub(crate) fn not_wholly_known() -> Diagnostic {
    Diagnostic::error(
        "configuration is not known yet",
        "Terraform requested a result before all arguments were known. This is a bug; please report it.",
    )
}
