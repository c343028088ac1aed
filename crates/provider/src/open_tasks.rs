//! The tasks that an operation still waits for, for its progress.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use clb_api::clb_task::{PollError, TaskRef};

use crate::diagnostics;

/// How many tasks a line of progress names.
const NAMED: usize = 3;

/// The tasks that are still waited for, and the last error of a poll. Clones share them.
#[derive(Clone, Debug, Default)]
pub(crate) struct OpenTasks(Arc<Mutex<Open>>);

#[derive(Debug, Default)]
struct Open {
    tasks: BTreeSet<TaskRef>,
    last_error: Option<String>,
}

impl OpenTasks {
    pub(crate) fn add(&self, task: &TaskRef) {
        self.lock().tasks.insert(task.clone());
    }

    pub(crate) fn remove(&self, task: &TaskRef) {
        self.lock().tasks.remove(task);
    }

    /// Records the error of a poll.
    pub(crate) fn failed(&self, error: &PollError) {
        self.lock().last_error = Some(diagnostics::error_text(error));
    }

    pub(crate) fn tasks(&self) -> BTreeSet<TaskRef> {
        self.lock().tasks.clone()
    }

    /// `3 tasks (a, b, c)`, `12 tasks (a, b, c and 9 more)`, and the last error if there is one.
    pub(crate) fn summary(&self) -> String {
        let open = self.lock();
        let named: Vec<_> = open.tasks.iter().take(NAMED).map(ToString::to_string).collect();
        let (count, named) = (diagnostics::counted(open.tasks.len(), "task"), named.join(", "));
        let rest = open.tasks.len().saturating_sub(NAMED);
        let more = if rest == 0 { String::new() } else { format!(" and {rest} more") };
        let error =
            open.last_error.as_ref().map(|error| format!("; last error: {error}")).unwrap_or_default();
        format!("{count} ({named}{more}){error}")
    }

    fn lock(&self) -> MutexGuard<'_, Open> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use clb_api::clb_task::TaskId;

    use super::*;

    #[test]
    fn a_summary_names_up_to_three_tasks_and_the_last_error() {
        let open = OpenTasks::default();
        for id in ["a", "b", "c", "d", "e"] {
            open.add(&TaskId::parse(id).unwrap().into());
        }
        assert_eq!(open.summary(), "5 tasks (a, b, c and 2 more)");
        for id in ["a", "b", "c", "d"] {
            open.remove(&TaskId::parse(id).unwrap().into());
        }
        let code = Some("RequestLimitExceeded".to_owned());
        open.failed(&PollError { code, message: "slow\ndown".into(), request_id: None });
        assert_eq!(open.summary(), "1 task (e); last error: RequestLimitExceeded: slow down");
    }
}
