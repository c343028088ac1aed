//! `data "clb_task_statuses"`: waits for many tasks under one rate limit and reads their statuses.

use std::collections::BTreeMap;

use clb_api::clb_task::{TaskReport, TaskStatus};
use serde::{Deserialize, Serialize};
use tfplugin::schema::{Attribute, Nesting, Schema};
use tfplugin::{Attr, Context, DataSource, Diagnostics, Type};

use crate::polling::Polling;
use crate::provider_data::ProviderData;
use crate::query::Query;
use crate::tasks::{self, TaskNames};
use crate::timeouts::{self, Operation, Timeouts};
use crate::wait::TaskOutcome;
use crate::wait_many::{WaitResults, Waits};
use crate::{diagnostics, wait_flags, wait_options};

/// The data source.
#[derive(Debug)]
pub(crate) struct TaskStatusesDataSource;

/// The configuration as it is written.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub(crate) struct TaskStatusesConfig {
    task_ids: TaskNames,
    deal_names: TaskNames,
    region: Attr<String>,
    wait_for_completion: Attr<bool>,
    error_on_failure: Attr<bool>,
    polling: Attr<Polling>,
    timeouts: Attr<Timeouts>,
}

/// The result: the configuration, and what the service reported.
#[derive(Debug, Serialize)]
pub(crate) struct TaskStatusesState {
    #[serde(flatten)]
    config: TaskStatusesConfig,
    tasks: BTreeMap<String, TaskState>,
    all_succeeded: bool,
    succeeded: Vec<String>,
    failed: Vec<String>,
    running: Vec<String>,
}

/// What the service reported about one task.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub(crate) struct TaskState {
    pub(crate) status: i64,
    pub(crate) state: String,
    pub(crate) message: Option<String>,
    pub(crate) load_balancer_ids: Vec<String>,
}

impl DataSource<ProviderData> for TaskStatusesDataSource {
    type Config = TaskStatusesConfig;
    type State = TaskStatusesState;

    fn name(&self) -> &'static str {
        "clb_task_statuses"
    }

    fn schema(&self) -> Schema {
        let schema = Schema::new(
            "Reads the statuses of many asynchronous load balancer tasks. By default it waits until every task completes; one \
             error then names every task that did not succeed. All polls share one rate limit, whatever Terraform's \
             `-parallelism` is, so prefer it for more than ten tasks at once.",
        );
        schema
            .attributes(tasks::attributes())
            .attributes(wait_flags::attributes())
            .attributes(wait_options::attributes())
            .attributes(results())
            .block(timeouts::block(&[(Operation::Read, "reading, which includes the wait,")]))
    }

    async fn validate(&self, config: &TaskStatusesConfig, _: &Context) -> Result<(), Diagnostics> {
        config.query().map(drop)
    }

    async fn read(
        &self,
        config: TaskStatusesConfig,
        context: &Context<ProviderData>,
    ) -> Result<TaskStatusesState, Diagnostics> {
        let query = Query::known(config.query()?)?;
        let allow_failed = !query.flags.error_on_failure;
        let results = Waits::start(query, context)?.finish(|_| ()).await;
        context.client().warn(context);
        if results.succeeded(allow_failed) {
            return Ok(TaskStatusesState::new(config, results));
        }
        Err(diagnostics::failures(&results, allow_failed, Operation::Read).into())
    }
}

impl TaskStatusesConfig {
    fn query(&self) -> Result<Attr<Query>, Diagnostics> {
        let tasks = tasks::read(&self.task_ids, &self.deal_names);
        let options = wait_options::read(&self.region, &self.polling, &self.timeouts, Operation::Read);
        Query::combine(tasks, options, wait_flags::read(self.wait_for_completion, self.error_on_failure))
    }
}

impl TaskStatusesState {
    fn new(config: TaskStatusesConfig, results: WaitResults) -> Self {
        let tasks: BTreeMap<_, _> = results
            .results
            .into_iter()
            .filter_map(|result| match result.outcome {
                TaskOutcome::Reported(report) => Some((result.task.to_string(), TaskState::from(report))),
                _ => None,
            })
            .collect();
        let of = |status: TaskStatus| -> Vec<String> {
            tasks
                .iter()
                .filter(|(_, task)| task.status == status.code())
                .map(|(name, _)| name.clone())
                .collect()
        };
        let (succeeded, failed, running) =
            (of(TaskStatus::Succeeded), of(TaskStatus::Failed), of(TaskStatus::Running));
        Self { config, all_succeeded: succeeded.len() == tasks.len(), succeeded, failed, running, tasks }
    }
}

impl From<TaskReport> for TaskState {
    fn from(report: TaskReport) -> Self {
        Self {
            status: report.status.code(),
            state: report.status.as_str().to_owned(),
            message: report.message,
            load_balancer_ids: report.load_balancer_ids,
        }
    }
}

/// The schema of [`TaskState`].
pub(crate) fn task_attributes() -> [Attribute; 4] {
    [
        Attribute::number("status")
            .computed()
            .description("Status as in the API: 0 succeeded, 1 failed, 2 running."),
        Attribute::string("state").computed().description("`succeeded`, `failed` or `running`."),
        Attribute::string("message")
            .computed()
            .description("Reason of the failure; null if the service gives none."),
        Attribute::list("load_balancer_ids", Type::String)
            .computed()
            .description("Ids of the load balancers that the task created; empty if none."),
    ]
}

fn results() -> [Attribute; 5] {
    let list = |name: &str, which: &str| {
        Attribute::list(name, Type::String)
            .computed()
            .description(format!("Ids and names of the tasks that {which}, sorted."))
    };
    [
        Attribute::nested("tasks", Nesting::Map, task_attributes())
            .computed()
            .description("Status of each task, by task id or order name."),
        Attribute::bool("all_succeeded")
            .computed()
            .description("Whether every task has succeeded; true if there are no tasks."),
        list("succeeded", "have succeeded"),
        list("failed", "have failed"),
        list("running", "are still running; empty unless `wait_for_completion = false`"),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_schema_is_one_that_terraform_accepts() {
        TaskStatusesDataSource.schema().check().unwrap();
    }

    #[test]
    fn without_tasks_all_have_succeeded() {
        let state = TaskStatusesState::new(TaskStatusesConfig::default(), WaitResults::default());
        assert!(state.all_succeeded && state.tasks.is_empty());
    }
}
