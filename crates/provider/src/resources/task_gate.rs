//! `resource "clb_task_gate"`: waits once for tasks and keeps their outcomes.

use std::collections::BTreeMap;

use clb_api::clb_task::TaskStatus;
use serde::{Deserialize, Serialize};
use tfplugin::schema::{Attribute, Nesting, Schema};
use tfplugin::{Adopted, Attr, Change, Context, Diagnostic, Diagnostics, Import, Plan, Resource, Type};

use crate::completed_at::now;
use crate::data_sources::task_attributes;
use crate::polling::Polling;
use crate::provider_data::ProviderData;
use crate::query::Query;
use crate::tasks::{self, TaskNames};
use crate::timeouts::{self, Operation, Timeouts};
use crate::wait::{TaskOutcome, TaskResult};
use crate::wait_flags::WaitFlags;
use crate::wait_many::Waits;
use crate::{diagnostics, wait_options};

/// The resource.
#[derive(Debug)]
pub(crate) struct TaskGate;

/// Configuration, plan and state.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub(crate) struct TaskGateModel {
    task_ids: TaskNames,
    deal_names: TaskNames,
    triggers: Attr<BTreeMap<String, Attr<String>>>,
    region: Attr<String>,
    polling: Attr<Polling>,
    timeouts: Attr<Timeouts>,
    id: Attr<String>,
    tasks: Attr<GatedTasks>,
    completed_at: Attr<String>,
}

/// The outcome of each task by its id or name.
type GatedTasks = BTreeMap<String, GatedTask>;

/// The outcome of one task, which never changes. A gate keeps successes only, so that a plan knows status and state.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub(crate) struct GatedTask {
    status: i64,
    state: String,
    message: Attr<String>,
    load_balancer_ids: Attr<Vec<String>>,
    request_id: Attr<String>,
    polls: Attr<u32>,
}

impl TaskGate {
    /// Waits for the tasks that `kept` has not, and gives the outcomes of all.
    async fn wait(
        &self,
        model: &TaskGateModel,
        kept: GatedTasks,
        operation: Operation,
        context: &Context<ProviderData>,
    ) -> Result<GatedTasks, Diagnostics> {
        let mut query = Query::known(model.query(operation)?)?;
        query.tasks.retain(|name, _| !kept.contains_key(name));
        let results = Waits::start(query, context)?.finish(|_| ()).await;
        context.client().warn(context);
        if !results.succeeded(false) {
            return Err(diagnostics::failures(&results, false, operation).into());
        }
        let new = results.results.into_iter().filter_map(GatedTask::of);
        Ok(kept.into_iter().chain(new).collect())
    }
}

impl Resource<ProviderData> for TaskGate {
    type Model = TaskGateModel;

    fn name(&self) -> &'static str {
        "clb_task_gate"
    }

    fn schema(&self) -> Schema {
        let schema = Schema::new(
            "Waits once for asynchronous load balancer tasks, when it is created, and keeps their outcomes in state. Later \
             plans, refreshes and its destruction send no request and need no credentials, even when the service no longer \
             knows the tasks. It keeps successes only: a failed task is an error, and the next apply waits again.",
        );
        let triggers = "Any strings. A change replaces the gate, which then waits for all tasks again.";
        let triggers =
            Attribute::map("triggers", Type::String).optional().requires_replace().description(triggers);
        let create = (Operation::Create, "the wait for the tasks of a new gate");
        let update = (Operation::Update, "the wait for tasks that are added to a gate");
        schema
            .attributes(tasks::attributes())
            .attribute(triggers)
            .attributes(wait_options::attributes())
            .attributes(results())
            .block(timeouts::block(&[create, update]))
    }

    async fn validate(&self, config: &TaskGateModel, _: &Context) -> Result<(), Diagnostics> {
        let mut problems = Diagnostics::new();
        problems.take(config.query(Operation::Create));
        problems.take(timeouts::timeout(&config.timeouts, Operation::Update));
        problems.into_result()
    }

    async fn plan(&self, plan: Plan<'_, TaskGateModel>, context: &Context) -> Result<(), Diagnostics> {
        let prior = plan.prior();
        let Some(planned) = plan.into_planned() else { return Ok(()) };
        let Attr::Known(tasks) = tasks::read(&planned.task_ids, &planned.deal_names)? else {
            (planned.tasks, planned.completed_at) = (Attr::Unknown, Attr::Unknown);
            return Ok(());
        };
        let kept = prior.map(TaskGateModel::outcomes).unwrap_or_default();
        if tasks.is_empty() && (prior.is_none() || !kept.is_empty()) {
            context.warn(empty_gate());
        }
        planned.completed_at = match prior {
            Some(prior) if tasks.keys().all(|name| kept.contains_key(name)) => prior.completed_at.clone(),
            _ => Attr::Unknown,
        };
        let outcome = |name: &String| kept.get(name).cloned().unwrap_or_else(GatedTask::planned);
        planned.tasks = Attr::Known(tasks.into_keys().map(|name| (name.clone(), outcome(&name))).collect());
        Ok(())
    }

    async fn create(
        &self,
        planned: TaskGateModel,
        _: &mut Change<TaskGateModel>,
        context: &Context<ProviderData>,
    ) -> Result<TaskGateModel, Diagnostics> {
        let tasks = Attr::Known(self.wait(&planned, GatedTasks::new(), Operation::Create, context).await?);
        let id = Attr::Known(uuid::Uuid::new_v4().to_string());
        Ok(TaskGateModel { id, tasks, completed_at: Attr::Known(now()), ..planned })
    }

    async fn update(
        &self,
        prior: TaskGateModel,
        planned: TaskGateModel,
        _: &mut Change<TaskGateModel>,
        context: &Context<ProviderData>,
    ) -> Result<TaskGateModel, Diagnostics> {
        let planned_tasks = planned.outcomes();
        let mut kept = prior.outcomes();
        kept.retain(|name, _| planned_tasks.contains_key(name));
        let tasks = Attr::Known(self.wait(&planned, kept, Operation::Update, context).await?);
        let completed_at =
            if planned.completed_at.is_unknown() { Attr::Known(now()) } else { prior.completed_at };
        Ok(TaskGateModel { tasks, completed_at, ..planned })
    }

    async fn import(
        &self,
        _: Import,
        _: &Context<ProviderData>,
    ) -> Result<Adopted<TaskGateModel>, Diagnostics> {
        Err(not_imported().into())
    }
}

impl TaskGateModel {
    fn query(&self, operation: Operation) -> Result<Attr<Query>, Diagnostics> {
        let tasks = tasks::read(&self.task_ids, &self.deal_names);
        let options = wait_options::read(&self.region, &self.polling, &self.timeouts, operation);
        Query::combine(tasks, options, Attr::Known(WaitFlags::default()))
    }

    fn outcomes(&self) -> GatedTasks {
        self.tasks.clone().unwrap_or_default()
    }
}

impl GatedTask {
    /// The outcome that a plan expects of a task.
    fn planned() -> Self {
        let succeeded = TaskStatus::Succeeded;
        Self {
            status: succeeded.code(),
            state: succeeded.as_str().to_owned(),
            message: Attr::Unknown,
            load_balancer_ids: Attr::Unknown,
            request_id: Attr::Unknown,
            polls: Attr::Unknown,
        }
    }

    /// The outcome of a task that has completed, by its id or name.
    fn of(result: TaskResult) -> Option<(String, Self)> {
        let TaskOutcome::Reported(report) = result.outcome else { return None };
        let outcome = Self {
            status: report.status.code(),
            state: report.status.as_str().to_owned(),
            message: report.message.into(),
            load_balancer_ids: Attr::Known(report.load_balancer_ids),
            request_id: report.request_id.into(),
            polls: Attr::Known(result.progress.polls),
        };
        Some((result.task.to_string(), outcome))
    }
}

fn results() -> [Attribute; 3] {
    let last_poll = [
        Attribute::string("request_id")
            .computed()
            .description("RequestId of the poll that found the task completed."),
        Attribute::number("polls").computed().description("Number of polls of the task."),
    ];
    [
        Attribute::string("id").computed().use_state_for_unknown().description("A random UUID."),
        Attribute::nested("tasks", Nesting::Map, task_attributes().into_iter().chain(last_poll)).computed().description(
            "Outcome of each task, by task id or order name. If `task_ids` and `deal_names` are known during plan, so are its keys, and `for_each` can iterate over it. A plan shows new tasks as succeeded: with any other outcome the gate is not created.",
        ),
        Attribute::string("completed_at").computed().description("Time at which the gate found the last task completed (RFC 3339, UTC)."),
    ]
}

fn empty_gate() -> Diagnostic {
    Diagnostic::warning(
        "the gate waits for no task",
        "`task_ids` and `deal_names` are empty, so that what depends on the gate is created without any wait.",
    )
}

fn not_imported() -> Diagnostic {
    Diagnostic::error(
        "a gate cannot be imported",
        "Create the gate instead: it sends one request for each task that has completed.",
    )
}

#[cfg(test)]
mod tests {
    use tfplugin::{CreatePlan, PrivateState, UpdatePlan};

    use super::*;

    fn names(texts: &[&str]) -> TaskNames {
        Attr::Known(texts.iter().map(|text| Attr::Known((*text).to_owned())).collect())
    }

    fn done() -> GatedTask {
        GatedTask {
            message: Attr::Null,
            load_balancer_ids: Attr::Known(Vec::new()),
            request_id: Attr::Null,
            polls: Attr::Known(1),
            ..GatedTask::planned()
        }
    }

    /// A gate that has waited for these tasks.
    fn passed(ids: &[&str]) -> TaskGateModel {
        let tasks = ids.iter().map(|id| ((*id).to_owned(), done())).collect();
        let completed_at = Attr::Known("2026-01-01T00:00:00Z".to_owned());
        TaskGateModel {
            task_ids: names(ids),
            tasks: Attr::Known(tasks),
            completed_at,
            ..TaskGateModel::default()
        }
    }

    async fn planned(prior: Option<TaskGateModel>, task_ids: TaskNames) -> TaskGateModel {
        let config = TaskGateModel { task_ids, ..TaskGateModel::default() };
        let mut planned =
            TaskGateModel { tasks: Attr::Unknown, completed_at: Attr::Unknown, ..config.clone() };
        let (mut replace, mut private) = (Vec::new(), PrivateState::new());
        let plan = match &prior {
            Some(prior) => {
                let update = UpdatePlan::new(&config, prior, &mut planned, &mut replace, &mut private);
                Plan::Update(update)
            }
            None => Plan::Create(CreatePlan::new(&config, &mut planned, &mut private)),
        };
        TaskGate.plan(plan, &Context::default()).await.unwrap();
        planned
    }

    #[test]
    fn the_schema_is_one_that_terraform_accepts() {
        TaskGate.schema().check().unwrap();
    }

    #[tokio::test]
    async fn a_plan_knows_the_keys_and_keeps_what_is_done() {
        let plan = planned(Some(passed(&["a", "b"])), names(&["b", "c"])).await;
        let outcomes = plan.outcomes();
        assert_eq!(
            outcomes.into_iter().collect::<Vec<_>>(),
            [("b".to_owned(), done()), ("c".to_owned(), GatedTask::planned())]
        );
        assert!(plan.completed_at.is_unknown());
    }

    #[tokio::test]
    async fn nothing_new_to_wait_for_changes_nothing() {
        let plan = planned(Some(passed(&["a", "b"])), names(&["b"])).await;
        assert_eq!(plan.completed_at, passed(&[]).completed_at);
        assert_eq!(plan.outcomes().len(), 1);
    }

    #[tokio::test]
    async fn an_unknown_id_makes_the_outcomes_unknown() {
        let plan = planned(Some(passed(&["a"])), Attr::Known([Attr::Unknown].into())).await;
        assert!(plan.tasks.is_unknown() && plan.completed_at.is_unknown());
        let plan = planned(None, names(&["a"])).await;
        assert_eq!(plan.outcomes()["a"], GatedTask::planned());
    }
}
