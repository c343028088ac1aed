//! `action "clb_wait_for_task"`: waits for tasks and reports progress.

use std::convert::Infallible;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use clb_api::clb_task::TaskStatus;
use serde::Deserialize;
use tfplugin::schema::Schema;
use tfplugin::{Action, Attr, Configured, Context, Diagnostics, Progress};
use tokio::time::{Instant, interval_at};

use crate::polling::Polling;
use crate::provider_data::ProviderData;
use crate::query::Query;
use crate::tasks::{self, TaskNames};
use crate::timeouts::{self, Operation, Timeouts};
use crate::wait::{TaskOutcome, TaskResult};
use crate::wait_flags::WaitFlags;
use crate::wait_many::Waits;
use crate::{diagnostics, go_duration, wait_options};

/// The longest time between two lines of progress, as in Terraform's own "Still creating...".
const SUMMARY: Duration = Duration::from_secs(10);

/// The action.
#[derive(Debug)]
pub(crate) struct WaitForTask {
    provider: Configured<ProviderData>,
}

/// The configuration as it is written.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct WaitForTaskConfig {
    task_ids: TaskNames,
    deal_names: TaskNames,
    region: Attr<String>,
    polling: Attr<Polling>,
    timeouts: Attr<Timeouts>,
}

impl WaitForTask {
    pub(crate) fn new(provider: Configured<ProviderData>) -> Self {
        Self { provider }
    }
}

impl Action for WaitForTask {
    type Config = WaitForTaskConfig;

    fn name(&self) -> &'static str {
        "clb_wait_for_task"
    }

    fn schema(&self) -> Schema {
        let schema = Schema::new(
            "Waits until asynchronous load balancer tasks complete, and reports progress. A failed task is an error. With the \
             events `before_create` and `before_update` the resource is changed only after the tasks have succeeded; \
             `after_create` and `after_update` come too late for that.",
        );
        let schema = schema.attributes(tasks::attributes()).attributes(wait_options::attributes());
        schema.block(timeouts::block(&[(Operation::Invoke, "the wait")]))
    }

    async fn validate(&self, config: &WaitForTaskConfig, _: &Context) -> Result<(), Diagnostics> {
        config.query().map(drop)
    }

    async fn invoke(
        &self,
        config: WaitForTaskConfig,
        progress: &Progress,
        context: &Context,
    ) -> Result<(), Diagnostics> {
        let query = Query::known(config.query()?)?;
        let provider = self.provider.get()?;
        let waits = Waits::start(&provider, query, context)?;
        let open = AtomicUsize::new(waits.open());
        let on_result = |result: &TaskResult, still_open| {
            open.store(still_open, Ordering::Relaxed);
            progress.report(line(result));
        };
        let results = tokio::select! {
            results = waits.finish(on_result) => results,
            never = summaries(progress, &open) => match never {},
        };
        provider.warn_of_clock(context);
        if results.succeeded(false) {
            return Ok(());
        }
        Err(diagnostics::failures(&results, false, Operation::Invoke).into())
    }
}

impl WaitForTaskConfig {
    fn query(&self) -> Result<Attr<Query>, Diagnostics> {
        let tasks = tasks::read(&self.task_ids, &self.deal_names);
        let options = wait_options::read(&self.region, &self.polling, &self.timeouts, Operation::Invoke);
        Query::combine(tasks, options, Attr::Known(WaitFlags::default()))
    }
}

/// The line about a task whose wait has ended.
fn line(TaskResult { task, progress, outcome }: &TaskResult) -> String {
    let text = match outcome {
        TaskOutcome::Reported(report) if report.status == TaskStatus::Failed => "failed",
        TaskOutcome::Reported(_) => "succeeded",
        TaskOutcome::Unrecognized(_) => "has an undocumented status",
        TaskOutcome::Rejected(_) => "could not be polled",
        TaskOutcome::TimedOut => "did not complete in time",
        TaskOutcome::Interrupted | TaskOutcome::Abandoned => "is no longer waited for",
    };
    format!("Task {task} {text} after {}", diagnostics::elapsed_and_polls(progress))
}

/// Reports every ten seconds how many tasks are still waited for.
async fn summaries(progress: &Progress, open: &AtomicUsize) -> Infallible {
    let started = Instant::now();
    let mut ticks = interval_at(started + SUMMARY, SUMMARY);
    loop {
        let elapsed = go_duration::format(ticks.tick().await - started);
        let open = open.load(Ordering::Relaxed);
        progress.report(format!("Still waiting for {} after {elapsed}", diagnostics::counted(open, "task")));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_schema_is_one_that_terraform_accepts() {
        WaitForTask::new(Configured::new()).schema().check().unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn a_summary_comes_every_ten_seconds() {
        let (progress, mut lines) = Progress::new();
        let open = AtomicUsize::new(3);
        let waiting = tokio::time::timeout(Duration::from_secs(25), summaries(&progress, &open));
        assert!(waiting.await.is_err());
        assert_eq!(lines.recv().await.unwrap(), "Still waiting for 3 tasks after 10s");
        assert_eq!(lines.recv().await.unwrap(), "Still waiting for 3 tasks after 20s");
        assert!(lines.try_recv().is_err());
    }
}
