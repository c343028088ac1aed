//! `action "clb_wait_for_task"`: waits and says how far it is.

use std::convert::Infallible;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use clb_api::clb_task::TaskStatus;
use serde::Deserialize;
use tfplugin::schema::Schema;
use tfplugin::{Action, Attr, Configured, Context, Diagnostics, Progress};
use tokio::time::{Instant, interval_at};

use crate::polling::Polling;
use crate::session::Session;
use crate::tasks::{self, Names, Tasks};
use crate::terms::{self, Terms};
use crate::timeouts::{self, Operation, Timeouts};
use crate::watch::{Ending, Watched};
use crate::watch_many::Watches;
use crate::{go_duration, wording};

/// How often a summary is shown at least, as Terraform itself does for resources that take long.
const SUMMARY: Duration = Duration::from_secs(10);

/// The action.
#[derive(Debug)]
pub(crate) struct WaitForTask {
    session: Configured<Session>,
}

/// The configuration as it is written.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct WaitForTaskConfig {
    task_ids: Names,
    deal_names: Names,
    region: Attr<String>,
    polling: Attr<Polling>,
    timeouts: Attr<Timeouts>,
}

impl WaitForTask {
    pub(crate) fn new(session: Configured<Session>) -> Self {
        Self { session }
    }
}

impl Action for WaitForTask {
    type Config = WaitForTaskConfig;

    fn name(&self) -> &'static str {
        "clb_wait_for_task"
    }

    fn schema(&self) -> Schema {
        let schema = Schema::new(
            "Waits until asynchronous tasks of the load balancer have ended, and says how far it is. A task that fails is an \
             error. Triggered by `before_create` or `before_update` it holds the resource back; after `after_create` or \
             `after_update` it gates nothing.",
        );
        let schema = schema.attributes(tasks::attributes()).attributes(terms::attributes());
        schema.block(timeouts::block(&[(Operation::Invoke, "waiting")]))
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
        let (tasks, terms) = config.query()?.known().ok_or_else(wording::not_wholly_known)?;
        let session = self.session.get()?;
        let watches = Watches::start(&session, tasks.into_values(), &terms, true, context)?;
        let open = AtomicUsize::new(watches.open());
        let seen = |watched: &Watched, still_open| {
            open.store(still_open, Ordering::Relaxed);
            progress.report(line(watched));
        };
        let outcome = tokio::select! {
            outcome = watches.finish(seen) => outcome,
            never = summaries(progress, &open) => match never {},
        };
        session.warn_of_clock(context);
        if outcome.is_good(false) {
            return Ok(());
        }
        Err(wording::failures(&outcome, false, Operation::Invoke).into())
    }
}

impl WaitForTaskConfig {
    fn query(&self) -> Result<Attr<(Tasks, Terms)>, Diagnostics> {
        let mut problems = Diagnostics::new();
        let tasks = problems.take(tasks::read(&self.task_ids, &self.deal_names)).unwrap_or_default();
        let terms = problems
            .take(terms::read(&self.region, &self.polling, &self.timeouts, Operation::Invoke))
            .unwrap_or_default();
        problems.into_result()?;
        Ok(match (tasks, terms) {
            (Attr::Known(tasks), Attr::Known(terms)) => Attr::Known((tasks, terms)),
            _ => Attr::Unknown,
        })
    }
}

/// One task that is no longer watched.
fn line(Watched { task, progress, ending }: &Watched) -> String {
    let outcome = match ending {
        Ending::Answered(report) if report.status == TaskStatus::Failed => "failed",
        Ending::Answered(_) => "succeeded",
        Ending::Unrecognized(_) => "is in a state that is not documented",
        Ending::Refused(_) => "is not answered for",
        Ending::TimedOut => "did not finish in time",
        Ending::Interrupted | Ending::Abandoned => "is no longer waited for",
    };
    format!("Task {task} {outcome} after {}", wording::asked(progress))
}

/// Says every ten seconds how many tasks are still running.
async fn summaries(progress: &Progress, open: &AtomicUsize) -> Infallible {
    let started = Instant::now();
    let mut ticks = interval_at(started + SUMMARY, SUMMARY);
    loop {
        let elapsed = go_duration::format(ticks.tick().await - started);
        let open = open.load(Ordering::Relaxed);
        progress.report(format!("Still waiting for {} after {elapsed}", wording::counted(open, "task")));
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
