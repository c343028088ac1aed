//! `data "clb_task_statuses"`: the status of many tasks, waited for under one budget.

use std::collections::BTreeMap;

use clb_api::clb_task::{TaskReport, TaskStatus};
use serde::{Deserialize, Serialize};
use tfplugin::schema::{Attribute, Nesting, Schema};
use tfplugin::{Attr, Configured, Context, DataSource, Diagnostics, Type};

use crate::polling::Polling;
use crate::session::Session;
use crate::tasks::{self, Names, Tasks};
use crate::terms::{self, Terms};
use crate::timeouts::{self, Operation, Timeouts};
use crate::watch::Ending;
use crate::watch_many::{Outcome, Watches};
use crate::{flags, wording};

/// The data source.
#[derive(Debug)]
pub(crate) struct TaskStatusesSource {
    session: Configured<Session>,
}

/// The configuration as it is written.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub(crate) struct TaskStatusesConfig {
    task_ids: Names,
    deal_names: Names,
    region: Attr<String>,
    wait_for_completion: Attr<bool>,
    error_on_failure: Attr<bool>,
    polling: Attr<Polling>,
    timeouts: Attr<Timeouts>,
}

/// The result: the configuration, and what the service said.
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

/// What the service said about one task.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub(crate) struct TaskState {
    pub(crate) status: i64,
    pub(crate) state: String,
    pub(crate) message: Option<String>,
    pub(crate) load_balancer_ids: Vec<String>,
}

/// The configuration once it is checked and known.
#[derive(Debug, PartialEq)]
struct Query {
    tasks: Tasks,
    terms: Terms,
    waits: bool,
    raises: bool,
}

impl TaskStatusesSource {
    pub(crate) fn new(session: Configured<Session>) -> Self {
        Self { session }
    }
}

impl DataSource for TaskStatusesSource {
    type Config = TaskStatusesConfig;
    type State = TaskStatusesState;

    fn name(&self) -> &'static str {
        "clb_task_statuses"
    }

    fn schema(&self) -> Schema {
        let schema = Schema::new(
            "The statuses of many asynchronous tasks of the load balancer. Unless told otherwise it waits until each task has \
             ended; one error then names every task that did not succeed. All tasks share one budget of questions, whatever \
             Terraform's `-parallelism`, which makes this the choice for more than ten tasks at once.",
        );
        let schema = schema
            .attributes(tasks::attributes())
            .attributes(flags::attributes())
            .attributes(terms::attributes());
        schema
            .attributes(results())
            .block(timeouts::block(&[(Operation::Read, "reading, waiting included,")]))
    }

    async fn validate(&self, config: &TaskStatusesConfig, _: &Context) -> Result<(), Diagnostics> {
        config.query().map(drop)
    }

    async fn read(
        &self,
        config: TaskStatusesConfig,
        context: &Context,
    ) -> Result<TaskStatusesState, Diagnostics> {
        let Query { tasks, terms, waits, raises } =
            config.query()?.known().ok_or_else(wording::not_wholly_known)?;
        let session = self.session.get()?;
        let watches = Watches::start(&session, tasks.into_values(), &terms, waits, context)?;
        let outcome = watches.finish(|_, _| ()).await;
        session.warn_of_clock(context);
        if outcome.is_good(!raises) {
            return Ok(TaskStatusesState::new(config, outcome));
        }
        Err(wording::failures(&outcome, !raises, Operation::Read).into())
    }
}

impl TaskStatusesConfig {
    fn query(&self) -> Result<Attr<Query>, Diagnostics> {
        let mut problems = Diagnostics::new();
        let tasks = problems.take(tasks::read(&self.task_ids, &self.deal_names)).unwrap_or_default();
        let terms = problems
            .take(terms::read(&self.region, &self.polling, &self.timeouts, Operation::Read))
            .unwrap_or_default();
        problems.into_result()?;
        let flags = flags::read(self.wait_for_completion, self.error_on_failure);
        Ok(match (tasks, terms, flags) {
            (Attr::Known(tasks), Attr::Known(terms), Attr::Known((waits, raises))) => {
                Attr::Known(Query { tasks, terms, waits, raises })
            }
            _ => Attr::Unknown,
        })
    }
}

impl TaskStatusesState {
    fn new(config: TaskStatusesConfig, outcome: Outcome) -> Self {
        let tasks: BTreeMap<_, _> = outcome
            .watched
            .into_iter()
            .filter_map(|watched| match watched.ending {
                Ending::Answered(report) => Some((watched.task.to_string(), TaskState::from(report))),
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
            .description("The status as the API says it: 0 succeeded, 1 failed, 2 running."),
        Attribute::string("state").computed().description("`succeeded`, `failed` or `running`."),
        Attribute::string("message")
            .computed()
            .description("The reason of a failure, null if the service gives none."),
        Attribute::list("load_balancer_ids", Type::String)
            .computed()
            .description("Load balancers that the task made; empty if none."),
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
            .description("What the service said about each task, by task id or order name."),
        Attribute::bool("all_succeeded")
            .computed()
            .description("Whether every task has succeeded; true if there is none."),
        list("succeeded", "have succeeded"),
        list("failed", "have failed"),
        list("running", "go on, which there are only with `wait_for_completion = false`"),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_schema_is_one_that_terraform_accepts() {
        TaskStatusesSource::new(Configured::new()).schema().check().unwrap();
    }

    #[test]
    fn no_tasks_have_all_succeeded() {
        let state = TaskStatusesState::new(TaskStatusesConfig::default(), Outcome::default());
        assert!(state.all_succeeded && state.tasks.is_empty());
    }
}
