//! `data "clb_task_status"`: the status of one task, waited for.

use clb_api::clb_task::{DealName, Task, TaskId, TaskReport};
use serde::{Deserialize, Serialize};
use tfplugin::schema::{Attribute, Schema};
use tfplugin::{Attr, Configured, Context, DataSource, Diagnostic, Diagnostics};

use crate::polling::Polling;
use crate::session::Session;
use crate::task_statuses::{TaskState, task_attributes};
use crate::terms::{self, Terms};
use crate::timeouts::{self, Operation, Timeouts};
use crate::watch::{Ending, Watched, watch};
use crate::{argument, flags, wording};

/// The data source.
#[derive(Debug)]
pub(crate) struct TaskStatusSource {
    session: Configured<Session>,
}

/// The configuration as it is written.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub(crate) struct TaskStatusConfig {
    task_id: Attr<String>,
    deal_name: Attr<String>,
    region: Attr<String>,
    wait_for_completion: Attr<bool>,
    error_on_failure: Attr<bool>,
    polling: Attr<Polling>,
    timeouts: Attr<Timeouts>,
}

/// The result: the configuration, and what the service said.
#[derive(Debug, Serialize)]
pub(crate) struct TaskStatusState {
    #[serde(flatten)]
    config: TaskStatusConfig,
    id: String,
    #[serde(flatten)]
    task: TaskState,
    request_id: Option<String>,
    polls: u32,
}

/// The configuration once it is checked and known.
#[derive(Debug, PartialEq)]
struct Query {
    task: Task,
    terms: Terms,
    waits: bool,
    raises: bool,
}

impl TaskStatusSource {
    pub(crate) fn new(session: Configured<Session>) -> Self {
        Self { session }
    }
}

impl DataSource for TaskStatusSource {
    type Config = TaskStatusConfig;
    type State = TaskStatusState;

    fn name(&self) -> &'static str {
        "clb_task_status"
    }

    fn schema(&self) -> Schema {
        let schema = Schema::new(
            "The status of one asynchronous task of the load balancer. Unless told otherwise it waits until the task has \
             ended, and a failed task is an error, so that whatever depends on it is created only after the task has \
             succeeded. It is read again on every plan, which costs one question once the task has ended.",
        );
        let schema =
            schema.attributes(subjects()).attributes(flags::attributes()).attributes(terms::attributes());
        let schema = schema.attributes(results()).attributes(task_attributes());
        schema.block(timeouts::block(&[(Operation::Read, "reading, waiting included,")]))
    }

    async fn validate(&self, config: &TaskStatusConfig, _: &Context) -> Result<(), Diagnostics> {
        config.query().map(drop)
    }

    async fn read(
        &self,
        config: TaskStatusConfig,
        context: &Context,
    ) -> Result<TaskStatusState, Diagnostics> {
        let Query { task, terms, waits, raises } =
            config.query()?.known().ok_or_else(wording::not_wholly_known)?;
        let session = self.session.get()?;
        let wait = session.wait(task.clone(), &terms, waits)?;
        let watched = watch(task, wait, context).await;
        session.warn_of_clock(context);
        match &watched.ending {
            Ending::Answered(report) if watched.is_good(!raises) => {
                Ok(TaskStatusState::new(config, &watched, report.clone()))
            }
            _ => Err(wording::failure(&watched, Operation::Read).at(config.subject()).into()),
        }
    }
}

impl TaskStatusConfig {
    /// What to ask, unknown as long as a part of it is.
    fn query(&self) -> Result<Attr<Query>, Diagnostics> {
        let mut problems = Diagnostics::new();
        let task = problems.take(self.task()).unwrap_or_default();
        let terms = terms::read(&self.region, &self.polling, &self.timeouts, Operation::Read);
        let terms = problems.take(terms).unwrap_or_default();
        problems.into_result()?;
        let flags = flags::read(self.wait_for_completion, self.error_on_failure);
        Ok(match (task, terms, flags) {
            (Attr::Known(task), Attr::Known(terms), Attr::Known((waits, raises))) => {
                Attr::Known(Query { task, terms, waits, raises })
            }
            _ => Attr::Unknown,
        })
    }

    /// The one task that is meant.
    fn task(&self) -> Result<Attr<Task>, Diagnostics> {
        let mut problems = Diagnostics::new();
        let id = problems.take(argument::parse(&self.task_id, "task_id", TaskId::parse)).unwrap_or_default();
        let deal =
            problems.take(argument::parse(&self.deal_name, "deal_name", DealName::parse)).unwrap_or_default();
        problems.into_result()?;
        match (id, deal) {
            (Attr::Known(_), Attr::Known(_)) => Err(argument::invalid(
                "deal_name",
                "it cannot be given together with `task_id`; leave one of them out",
            )
            .into()),
            (Attr::Null, Attr::Null) => Err(no_task().into()),
            (Attr::Known(id), Attr::Null) => Ok(Attr::Known(Task::Id(id))),
            (Attr::Null, Attr::Known(deal)) => Ok(Attr::Known(Task::Deal(deal))),
            (Attr::Unknown, _) | (_, Attr::Unknown) => Ok(Attr::Unknown),
        }
    }

    /// The argument that names the task.
    fn subject(&self) -> &'static str {
        if self.task_id.is_null() { "deal_name" } else { "task_id" }
    }
}

impl TaskStatusState {
    fn new(config: TaskStatusConfig, watched: &Watched, report: TaskReport) -> Self {
        Self {
            config,
            id: watched.task.to_string(),
            request_id: report.request_id.clone(),
            polls: watched.progress.polls,
            task: report.into(),
        }
    }
}

fn subjects() -> [Attribute; 2] {
    [
        Attribute::string("task_id").optional().description(
            "RequestId of the asynchronous call. Exactly one of `task_id` and `deal_name` is given.",
        ),
        Attribute::string("deal_name")
            .optional()
            .description("Name of the order (`DealName`) that a prepaid call answered with."),
    ]
}

fn results() -> [Attribute; 3] {
    [
        Attribute::string("id").computed().description("The task id or the order name."),
        Attribute::string("request_id").computed().description(
            "RequestId of the last question, which Tencent Cloud's support asks for. It changes on every read.",
        ),
        Attribute::number("polls").computed().description("How many questions were sent. It may change on every read."),
    ]
}

fn no_task() -> Diagnostic {
    Diagnostic::error(
        "no task to ask about",
        "Set `task_id` to the RequestId that the asynchronous call answered with, or `deal_name` to its order.",
    )
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use clb_api::clb_task::PollPolicy;

    use super::*;

    fn known(text: &str) -> Attr<String> {
        Attr::Known(text.to_owned())
    }

    fn about(task_id: Attr<String>, deal_name: Attr<String>) -> TaskStatusConfig {
        TaskStatusConfig { task_id, deal_name, ..TaskStatusConfig::default() }
    }

    #[track_caller]
    fn check_refused(config: &TaskStatusConfig, expected: &[&str]) {
        let errors = config.query().unwrap_err();
        assert_eq!(errors.iter().map(|error| error.path().to_string()).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn the_schema_is_one_that_terraform_accepts() {
        TaskStatusSource::new(Configured::new()).schema().check().unwrap();
    }

    #[test]
    fn what_is_left_out_has_its_default() {
        let query = about(known("1234"), Attr::Null).query().unwrap().known().unwrap();
        let task = Task::Id(TaskId::parse("1234").unwrap());
        let (policy, timeout) = (PollPolicy::adaptive(), Duration::from_secs(20 * 60));
        let terms = Terms { region: None, policy, timeout };
        assert_eq!(query, Query { task, terms, waits: true, raises: true });
    }

    #[test]
    fn exactly_one_task_is_named() {
        check_refused(&about(Attr::Null, Attr::Null), &[""]);
        check_refused(&about(known("1234"), known("5678")), &["deal_name"]);
        assert!(about(Attr::Null, known("5678")).query().unwrap().is_known());
    }

    #[test]
    fn malformed_values_are_refused_where_they_stand() {
        check_refused(&about(known(""), Attr::Null), &["task_id"]);
        check_refused(&about(Attr::Null, known("a b")), &["deal_name"]);
        let region = TaskStatusConfig { region: known("Mars"), ..about(known(&"x".repeat(129)), Attr::Null) };
        check_refused(&region, &["task_id", "region"]);
    }

    #[test]
    fn the_unknown_is_waited_for() {
        for config in [
            about(Attr::Unknown, Attr::Null),
            about(Attr::Null, Attr::Unknown),
            about(known("1234"), Attr::Unknown),
            TaskStatusConfig { region: Attr::Unknown, ..about(known("1234"), Attr::Null) },
            TaskStatusConfig { wait_for_completion: Attr::Unknown, ..about(known("1234"), Attr::Null) },
            TaskStatusConfig { timeouts: Attr::Unknown, ..about(known("1234"), Attr::Null) },
        ] {
            assert_eq!(config.query(), Ok(Attr::Unknown));
        }
    }
}
