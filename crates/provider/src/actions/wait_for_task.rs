//! `action "clb_wait_for_task"`: waits for tasks and reports progress.

use std::convert::Infallible;

use clb_api::clb_task::TaskStatus;
use serde::Deserialize;
use tfplugin::schema::Schema;
use tfplugin::{Action, Attr, Context, Diagnostics, Progress, duration};
use tokio::time::{Instant, interval_at};

use super::SUMMARY;
use crate::open_tasks::OpenTasks;
use crate::polling::Polling;
use crate::provider_data::ProviderData;
use crate::query::Query;
use crate::tasks::{self, TaskNames};
use crate::timeouts::{self, Operation, Timeouts};
use crate::wait::{TaskOutcome, TaskResult};
use crate::wait_flags::WaitFlags;
use crate::wait_many::Waits;
use crate::{diagnostics, wait_options};

/// The action.
#[derive(Debug)]
pub(crate) struct WaitForTask;

/// The configuration as it is written.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct WaitForTaskConfig {
    task_ids: TaskNames,
    deal_names: TaskNames,
    region: Attr<String>,
    polling: Attr<Polling>,
    timeouts: Attr<Timeouts>,
}

impl Action<ProviderData> for WaitForTask {
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
        context: &Context<ProviderData>,
    ) -> Result<(), Diagnostics> {
        let query = Query::known(config.query()?)?;
        let waits = Waits::start(query, context)?;
        let open = waits.open();
        let results = tokio::select! {
            results = waits.finish(|result| progress.report(line(result))) => results,
            never = summaries(progress, &open) => match never {},
        };
        context.client().warn(context);
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

/// Reports every ten seconds which tasks are still waited for.
async fn summaries(progress: &Progress, open: &OpenTasks) -> Infallible {
    let started = Instant::now();
    let mut ticks = interval_at(started + SUMMARY, SUMMARY);
    loop {
        let elapsed = duration::format(ticks.tick().await - started);
        progress.report(format!("Still waiting after {elapsed} for {}", open.summary()));
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use clb_api::clb_task::TaskId;

    use super::*;

    #[test]
    fn the_schema_is_one_that_terraform_accepts() {
        WaitForTask.schema().check().unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn a_summary_comes_every_ten_seconds() {
        let (progress, mut lines) = Progress::new();
        let open = OpenTasks::default();
        open.add(&TaskId::parse("a").unwrap().into());
        let waiting = tokio::time::timeout(Duration::from_secs(25), summaries(&progress, &open));
        assert!(waiting.await.is_err());
        assert_eq!(lines.recv().await.unwrap(), "Still waiting after 10s for 1 task (a)");
        assert_eq!(lines.recv().await.unwrap(), "Still waiting after 20s for 1 task (a)");
        assert!(lines.try_recv().is_err());
    }
}
