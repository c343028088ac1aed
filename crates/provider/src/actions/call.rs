//! `action "clb_call"`: makes an asynchronous call, waits for its task and reports progress.

use std::convert::Infallible;

use serde::Deserialize;
use tfplugin::schema::Schema;
use tfplugin::{Action, Attr, AttributePath, Context, Diagnostics, Progress, Value, duration};
use tokio::time::{Instant, interval_at};

use super::SUMMARY;
use crate::call_arguments::{self, Call};
use crate::call_run::{CallFailure, CallRun};
use crate::call_schema;
use crate::polling::Polling;
use crate::provider_data::ProviderData;
use crate::query::not_wholly_known;
use crate::timeouts::{Operation, Timeouts};
use crate::wait_options::{self, WaitOptions};

/// The action.
#[derive(Debug)]
pub(crate) struct CallAction;

/// The configuration as it is written.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct CallConfig {
    action: Attr<String>,
    parameters: Value,
    region: Attr<String>,
    wait_for_completion: Attr<bool>,
    polling: Attr<Polling>,
    timeouts: Attr<Timeouts>,
}

impl Action<ProviderData> for CallAction {
    type Config = CallConfig;

    fn name(&self) -> &'static str {
        "clb_call"
    }

    fn schema(&self) -> Schema {
        call_schema::action_schema()
    }

    async fn validate(&self, config: &CallConfig, context: &Context) -> Result<(), Diagnostics> {
        let mut problems = Diagnostics::new();
        problems.take(config.call());
        problems.take(config.options());
        call_arguments::warn_of_unknown(&config.action, "action", context);
        problems.into_result()
    }

    async fn invoke(
        &self,
        config: CallConfig,
        progress: &Progress,
        context: &Context<ProviderData>,
    ) -> Result<(), Diagnostics> {
        let call = config.call()?.known().ok_or_else(not_wholly_known)?;
        let options = config.options()?.known().ok_or_else(not_wholly_known)?;
        let run = CallRun::new(&call, &options, Operation::Invoke, context)?.with_lines(progress);
        let done = tokio::select! {
            done = make(&run, config.wait_for_completion != Attr::Known(false), progress) => done,
            never = summaries(progress, &run) => match never {},
        };
        match done {
            Ok(()) => Ok(()),
            Err(failure) => Err(run.diagnostic(&failure).await.into()),
        }
    }
}

impl CallConfig {
    fn call(&self) -> Result<Attr<Call>, Diagnostics> {
        call_arguments::read(&self.action, &self.parameters, &AttributePath::root())
    }

    fn options(&self) -> Result<Attr<WaitOptions>, Diagnostics> {
        wait_options::read(&self.region, &self.polling, &self.timeouts, Operation::Invoke)
    }
}

/// Makes the call, and reports how its task has ended.
async fn make(run: &CallRun<'_>, waits: bool, progress: &Progress) -> Result<(), CallFailure> {
    let accepted = run.send().await?;
    if !waits {
        return Ok(());
    }
    let id = accepted.request_id().to_owned();
    let waited = run.wait(accepted).await;
    match &waited {
        Ok(_) => progress.report(format!("Task {id} succeeded after {}", duration::format(run.elapsed()))),
        Err(failure) if failure.failed_task().is_some() => {
            progress.report(format!("Task {id} failed after {}", duration::format(run.elapsed())));
        }
        Err(_) => {}
    }
    waited.map(drop)
}

/// Reports every ten seconds what the call waits for.
async fn summaries(progress: &Progress, run: &CallRun<'_>) -> Infallible {
    let started = Instant::now();
    let mut ticks = interval_at(started + SUMMARY, SUMMARY);
    loop {
        let elapsed = duration::format(ticks.tick().await - started);
        progress.report(format!("Still waiting after {elapsed} for {}", run.summary()));
    }
}
