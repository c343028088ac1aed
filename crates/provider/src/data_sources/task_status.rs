//! `data "clb_task_status"`: waits for one task and reads its status.

use clb_api::clb_task::{DealName, TaskId, TaskRef, TaskReport};
use serde::{Deserialize, Serialize};
use tfplugin::schema::{Attribute, Schema};
use tfplugin::{Attr, Context, DataSource, Diagnostic, Diagnostics};

use crate::data_sources::{TaskState, task_attributes};
use crate::polling::Polling;
use crate::provider_data::ProviderData;
use crate::query::Query;
use crate::tasks::Tasks;
use crate::timeouts::{self, Operation, Timeouts};
use crate::wait::{TaskOutcome, TaskResult};
use crate::wait_many::Waits;
use crate::{argument, diagnostics, wait_flags, wait_options};

/// The data source.
#[derive(Debug)]
pub(crate) struct TaskStatusDataSource;

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

/// The result: the configuration, and what the service reported.
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

impl DataSource<ProviderData> for TaskStatusDataSource {
    type Config = TaskStatusConfig;
    type State = TaskStatusState;

    fn name(&self) -> &'static str {
        "clb_task_status"
    }

    fn schema(&self) -> Schema {
        let schema = Schema::new(
            "Reads the status of one asynchronous load balancer task. By default it waits until the task completes, and a \
             failed task is an error, so that dependent resources are created only after the task has succeeded. Terraform \
             reads it again on every plan, which costs one request once the task has completed.",
        );
        schema
            .attributes(subjects())
            .attributes(wait_flags::attributes())
            .attributes(wait_options::attributes())
            .attributes(results())
            .attributes(task_attributes())
            .block(timeouts::block(&[(Operation::Read, "reading, which includes the wait,")]))
    }

    async fn validate(&self, config: &TaskStatusConfig, _: &Context) -> Result<(), Diagnostics> {
        config.query().map(drop)
    }

    async fn read(
        &self,
        config: TaskStatusConfig,
        context: &Context<ProviderData>,
    ) -> Result<TaskStatusState, Diagnostics> {
        let query = Query::known(config.query()?)?;
        let allow_failed = !query.flags.error_on_failure;
        let results = Waits::start(query, context)?.finish(|_| ()).await;
        context.client().warn(context);
        let result = results.results.first().ok_or_else(no_task)?;
        match &result.outcome {
            TaskOutcome::Reported(report) if result.succeeded(allow_failed) => {
                Ok(TaskStatusState::new(config, result, report.clone()))
            }
            _ => Err(diagnostics::failure(result, &results.location, Operation::Read)
                .at(config.subject())
                .into()),
        }
    }
}

impl TaskStatusConfig {
    fn query(&self) -> Result<Attr<Query>, Diagnostics> {
        let tasks = self.task().map(|task| task.map(|task| Tasks::from([(task.to_string(), task)])));
        let options = wait_options::read(&self.region, &self.polling, &self.timeouts, Operation::Read);
        Query::combine(tasks, options, wait_flags::read(self.wait_for_completion, self.error_on_failure))
    }

    /// The one task to wait for.
    fn task(&self) -> Result<Attr<TaskRef>, Diagnostics> {
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
            (Attr::Known(id), Attr::Null) => Ok(Attr::Known(TaskRef::Id(id))),
            (Attr::Null, Attr::Known(deal)) => Ok(Attr::Known(TaskRef::Deal(deal))),
            (Attr::Unknown, _) | (_, Attr::Unknown) => Ok(Attr::Unknown),
        }
    }

    /// The argument that names the task.
    fn subject(&self) -> &'static str {
        if self.task_id.is_null() { "deal_name" } else { "task_id" }
    }
}

impl TaskStatusState {
    fn new(config: TaskStatusConfig, result: &TaskResult, report: TaskReport) -> Self {
        Self {
            config,
            id: result.task.to_string(),
            request_id: report.request_id.clone(),
            polls: result.progress.polls,
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
            .description("Name of the order (`DealName`) in the response of a prepaid call."),
    ]
}

fn results() -> [Attribute; 3] {
    [
        Attribute::string("id").computed().description("The task id or the order name."),
        Attribute::string("request_id").computed().description(
            "RequestId of the last poll, for Tencent Cloud's support. It changes on every read.",
        ),
        Attribute::number("polls").computed().description("Number of polls. It may change on every read."),
    ]
}

fn no_task() -> Diagnostic {
    Diagnostic::error(
        "no task to wait for",
        "Set `task_id` to the RequestId in the response of the asynchronous call, or `deal_name` to its order.",
    )
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use clb_api::clb_task::PollPolicy;

    use super::*;
    use crate::wait_flags::WaitFlags;
    use crate::wait_options::WaitOptions;

    fn known(text: &str) -> Attr<String> {
        Attr::Known(text.to_owned())
    }

    fn about(task_id: Attr<String>, deal_name: Attr<String>) -> TaskStatusConfig {
        TaskStatusConfig { task_id, deal_name, ..TaskStatusConfig::default() }
    }

    #[track_caller]
    fn check_error(config: &TaskStatusConfig, expected: &[&str]) {
        let errors = config.query().unwrap_err();
        assert_eq!(errors.iter().map(|error| error.path().to_string()).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn the_schema_is_one_that_terraform_accepts() {
        TaskStatusDataSource.schema().check().unwrap();
    }

    #[test]
    fn absent_arguments_have_their_defaults() {
        let query = about(known("1234"), Attr::Null).query().unwrap().known().unwrap();
        let tasks = Tasks::from([("1234".to_owned(), TaskRef::Id(TaskId::parse("1234").unwrap()))]);
        let (policy, timeout) = (PollPolicy::adaptive(), Duration::from_secs(20 * 60));
        let options = WaitOptions { region: None, policy, timeout };
        assert_eq!(query, Query { tasks, options, flags: WaitFlags::default() });
    }

    #[test]
    fn exactly_one_task_is_named() {
        check_error(&about(Attr::Null, Attr::Null), &[""]);
        check_error(&about(known("1234"), known("5678")), &["deal_name"]);
        assert!(about(Attr::Null, known("5678")).query().unwrap().is_known());
    }

    #[test]
    fn malformed_values_are_errors_at_their_argument() {
        check_error(&about(known(""), Attr::Null), &["task_id"]);
        check_error(&about(Attr::Null, known("a b")), &["deal_name"]);
        let region = TaskStatusConfig { region: known("Mars"), ..about(known(&"x".repeat(129)), Attr::Null) };
        check_error(&region, &["task_id", "region"]);
    }

    #[test]
    fn an_unknown_argument_makes_the_query_unknown() {
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
