//! Waiting for many tasks at once, under one rate limit.

use std::collections::BTreeSet;

use clb_api::Client;
use clb_api::clb_task::{TaskRef, TaskStatus};
use clb_api::error_table::{self, ErrorScope};
use tfplugin::{Context, Diagnostics};
use tokio::task::JoinSet;

use crate::open_tasks::OpenTasks;
use crate::provider_data::{ProviderData, location};
use crate::query::Query;
use crate::wait::{TaskOutcome, TaskResult, wait};

/// The waits for several tasks. Dropping it stops all polls.
#[derive(Debug)]
pub(crate) struct Waits {
    client: Client,
    open: OpenTasks,
    running: JoinSet<TaskResult>,
}

/// The results of waiting for several tasks.
#[derive(Debug, Default)]
pub(crate) struct WaitResults {
    /// Those whose wait has ended, sorted by task.
    pub(crate) results: Vec<TaskResult>,
    /// Those whose wait was given up after a poll was rejected for reasons that hold for all.
    pub(crate) abandoned: BTreeSet<TaskRef>,
    /// Region and host of the polls, such as ` in ap-guangzhou at clb.tencentcloudapi.com`; empty if they are not known.
    pub(crate) location: String,
}

impl Waits {
    /// Starts to wait for all tasks; without tasks nothing is needed, no credentials either.
    pub(crate) fn start(query: Query, context: &Context<ProviderData>) -> Result<Self, Diagnostics> {
        let (open, mut running) = (OpenTasks::default(), JoinSet::new());
        let provider = context.client();
        let client = provider.client(query.options.region.clone());
        for task in query.tasks.into_values() {
            let started = provider.wait(task.clone(), &query.options, query.flags.wait_for_completion)?;
            open.add(&task);
            let (context, open) = (context.clone(), open.clone());
            running.spawn(async move { wait(task, started, &context, &open).await });
        }
        Ok(Self { client, open, running })
    }

    /// The tasks that are still waited for.
    pub(crate) fn open(&self) -> OpenTasks {
        self.open.clone()
    }

    /// Waits until all waits have ended, or until one is rejected for reasons that hold for all. `on_result` sees each
    /// result as it comes.
    pub(crate) async fn finish(mut self, mut on_result: impl FnMut(&TaskResult)) -> WaitResults {
        let mut results = Vec::new();
        while let Some(Ok(result)) = self.running.join_next().await {
            self.open.remove(&result.task);
            on_result(&result);
            let holds_for_all = result.holds_for_all();
            results.push(result);
            if holds_for_all {
                break;
            }
        }
        results.sort_by(|one, other| one.task.as_str().cmp(other.task.as_str()));
        let location = if results.iter().all(|result| result.succeeded(false)) {
            String::new()
        } else {
            location(&self.client).await
        };
        WaitResults { results, abandoned: self.open.tasks(), location }
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

    /// Whether the wait failed before the first request, because of the provider configuration.
    pub(crate) fn nothing_was_sent(&self) -> bool {
        self.progress.polls == 0 && self.progress.request_id.is_none()
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
