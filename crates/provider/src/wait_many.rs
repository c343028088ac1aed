//! Waiting for many tasks at once, under one rate limit.

use std::collections::BTreeSet;

use clb_api::clb_task::{TaskRef, TaskStatus};
use clb_api::error_table::{self, ErrorScope};
use tfplugin::{Context, Diagnostics};
use tokio::task::JoinSet;

use crate::provider_data::ProviderData;
use crate::query::Query;
use crate::wait::{TaskOutcome, TaskResult, wait};

/// The waits for several tasks. Dropping it stops all polls.
#[derive(Debug)]
pub(crate) struct Waits {
    open: BTreeSet<TaskRef>,
    waits: JoinSet<TaskResult>,
}

/// The results of waiting for several tasks.
#[derive(Debug, Default)]
pub(crate) struct WaitResults {
    /// Those whose wait has ended, sorted by task.
    pub(crate) results: Vec<TaskResult>,
    /// Those whose wait was given up after a poll was rejected for reasons that hold for all.
    pub(crate) abandoned: BTreeSet<TaskRef>,
}

impl Waits {
    /// Starts to wait for all tasks; without tasks nothing is needed, no credentials either.
    pub(crate) fn start(
        provider: &ProviderData,
        query: Query,
        context: &Context,
    ) -> Result<Self, Diagnostics> {
        let (mut open, mut waits) = (BTreeSet::new(), JoinSet::new());
        for task in query.tasks.into_values() {
            let started = provider.wait(task.clone(), &query.options, query.flags.wait_for_completion)?;
            open.insert(task.clone());
            let context = context.clone();
            waits.spawn(async move { wait(task, started, &context).await });
        }
        Ok(Self { open, waits })
    }

    /// The number of tasks that are still waited for.
    pub(crate) fn open(&self) -> usize {
        self.open.len()
    }

    /// The next task whose wait has ended. Safe to cancel: no result is lost.
    pub(crate) async fn next(&mut self) -> Option<TaskResult> {
        let result = self.waits.join_next().await?.ok()?;
        self.open.remove(&result.task);
        Some(result)
    }

    /// Waits until all waits have ended, or until one is rejected for reasons that hold for all. `on_result` sees each
    /// result as it comes, and the number of tasks that are left.
    pub(crate) async fn finish(mut self, mut on_result: impl FnMut(&TaskResult, usize)) -> WaitResults {
        let mut results = Vec::new();
        while let Some(result) = self.next().await {
            on_result(&result, self.open());
            let holds_for_all = result.holds_for_all();
            results.push(result);
            if holds_for_all {
                break;
            }
        }
        results.sort_by(|one, other| one.task.as_str().cmp(other.task.as_str()));
        WaitResults { results, abandoned: self.open }
    }
}

impl WaitResults {
    /// Whether every wait ended with a report, and no task failed unless `allow_failed`.
    pub(crate) fn succeeded(&self, allow_failed: bool) -> bool {
        self.abandoned.is_empty() && self.results.iter().all(|result| result.succeeded(allow_failed))
    }
}

impl TaskResult {
    /// Whether the wait ended with a report, and the task has not failed unless `allow_failed`.
    pub(crate) fn succeeded(&self, allow_failed: bool) -> bool {
        matches!(&self.outcome, TaskOutcome::Reported(report) if allow_failed || report.status != TaskStatus::Failed)
    }

    /// Whether every other poll would be rejected, too: keys, permissions, region, or a client that is not set up.
    fn holds_for_all(&self) -> bool {
        match &self.outcome {
            TaskOutcome::Rejected(error) => {
                error.code.as_deref().is_none_or(|code| error_table::scope(code) == ErrorScope::Caller)
            }
            _ => false,
        }
    }
}
