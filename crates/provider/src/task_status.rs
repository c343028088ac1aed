//! `data "clb_task_status"`: the status of one task, waited for.

use std::time::Duration;

use async_trait::async_trait;
use clb_api::Region;
use clb_api::clb_task::{DealName, PollPolicy, Task, TaskId, TaskReport, TaskStatus};
use serde::{Deserialize, Serialize};
use tfplugin::schema::{Attribute, Schema};
use tfplugin::{Attr, Configured, Context, DataSource, Diagnostic, Diagnostics, Type};

use crate::polling::{self, Polling};
use crate::session::Session;
use crate::timeouts::{self, Timeouts};
use crate::watch::{Ending, Watched, watch};
use crate::{argument, wording};

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
    status: i64,
    state: &'static str,
    message: Option<String>,
    load_balancer_ids: Vec<String>,
    request_id: Option<String>,
    polls: u32,
}

/// The configuration once it is checked and known.
#[derive(Debug, PartialEq)]
struct Query {
    task: Task,
    region: Option<Region>,
    policy: PollPolicy,
    timeout: Duration,
    waits: bool,
    raises: bool,
}

impl TaskStatusSource {
    pub(crate) fn new(session: Configured<Session>) -> Self {
        Self { session }
    }
}

#[async_trait]
impl DataSource for TaskStatusSource {
    type Config = TaskStatusConfig;
    type State = TaskStatusState;

    fn name(&self) -> &'static str {
        "clb_task_status"
    }

    fn schema(&self) -> Schema {
        let schema = Schema::new(
            "The status of one asynchronous task of the load balancer. Unless told otherwise it waits until the task has ended, \
             and a failed task is an error, so that whatever depends on it is created only after the task has succeeded. It \
             is read again on every plan, which costs one question once the task has ended.",
        );
        schema
            .attributes(arguments())
            .attributes(results())
            .block(timeouts::block(&[("read", "reading, waiting included,")]))
    }

    async fn validate(&self, config: &TaskStatusConfig, _: &Context) -> Result<(), Diagnostics> {
        config.query().map(drop)
    }

    async fn read(
        &self,
        config: TaskStatusConfig,
        context: &Context,
    ) -> Result<TaskStatusState, Diagnostics> {
        let Attr::Known(query) = config.query()? else {
            return Err(Diagnostic::error(
                "configuration is not known",
                "Terraform read before everything was known.",
            )
            .into());
        };
        let session = self.session.get()?;
        let raises = query.raises;
        let watched = query.watch(&session, context).await?;
        session.warn_of_clock(context);
        match watched {
            Watched { ending: Ending::Answered(report), task, progress }
                if !(raises && report.status == TaskStatus::Failed) =>
            {
                Ok(TaskStatusState::new(config, &task, report, progress.polls))
            }
            failed => Err(wording::failure(&failed, "timeouts.read").at(config.subject()).into()),
        }
    }
}

impl TaskStatusConfig {
    /// What to ask, unknown as long as a part of it is.
    fn query(&self) -> Result<Attr<Query>, Diagnostics> {
        let mut problems = Diagnostics::new();
        let task = problems.take(self.task());
        let region = problems.take(argument::parse(&self.region, "region", Region::parse));
        let policy = problems.take(polling::policy(&self.polling));
        let timeout = problems.take(timeouts::timeout(&self.timeouts, "read"));
        problems.into_result()?;
        let (Some(Attr::Known(task)), Some(Attr::Known(policy)), Some(Attr::Known(timeout))) =
            (task, policy, timeout)
        else {
            return Ok(Attr::Unknown);
        };
        let region = region.unwrap_or_default();
        if region.is_unknown() || self.wait_for_completion.is_unknown() || self.error_on_failure.is_unknown()
        {
            return Ok(Attr::Unknown);
        }
        let (waits, raises) = (self.wait_for_completion, self.error_on_failure);
        let (waits, raises) = (waits.known().unwrap_or(true), raises.known().unwrap_or(true));
        Ok(Attr::Known(Query { task, region: region.known(), policy, timeout, waits, raises }))
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
    fn new(config: TaskStatusConfig, task: &Task, report: TaskReport, polls: u32) -> Self {
        Self {
            config,
            id: task.to_string(),
            status: report.status.code(),
            state: report.status.as_str(),
            message: report.message,
            load_balancer_ids: report.load_balancer_ids,
            request_id: report.request_id,
            polls,
        }
    }
}

impl Query {
    async fn watch(self, session: &Session, context: &Context) -> Result<Watched, Diagnostics> {
        let client = session.client(self.region)?;
        let wait = session.watcher()?.watch(client, self.task.clone(), self.policy, self.timeout);
        let wait = if self.waits { wait } else { wait.until_answered() };
        Ok(watch(self.task, wait, context).await)
    }
}

fn arguments() -> [Attribute; 6] {
    [
        Attribute::string("task_id").optional().description(
            "RequestId of the asynchronous call. Exactly one of `task_id` and `deal_name` is given.",
        ),
        Attribute::string("deal_name").optional().description("Name of the order (`DealName`) that a prepaid call answered with."),
        Attribute::string("region").optional().description("Region of the task, in place of the provider's."),
        Attribute::bool("wait_for_completion").optional().description(
            "Whether to wait until the task has ended. Default `true`; with `false` one question is answered, and a task that \
             goes on is reported as `running`.",
        ),
        Attribute::bool("error_on_failure").optional().description(
            "Whether a failed task is an error. Default `true`; with `false` it is reported as `failed`. A timeout, a refused \
             question and an undocumented status are errors either way.",
        ),
        polling::attribute(),
    ]
}

fn results() -> [Attribute; 7] {
    [
        Attribute::string("id").computed().description("The task id or the order name."),
        Attribute::number("status").computed().description("The status as the API says it: 0 succeeded, 1 failed, 2 running."),
        Attribute::string("state").computed().description("`succeeded`, `failed` or `running`."),
        Attribute::string("message").computed().description("The reason of a failure, null if the service gives none."),
        Attribute::list("load_balancer_ids", Type::String)
            .computed()
            .description("Load balancers that the task made; empty if none."),
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
        let timeout = Duration::from_secs(20 * 60);
        let policy = PollPolicy::adaptive();
        assert_eq!(query, Query { task, region: None, policy, timeout, waits: true, raises: true });
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
