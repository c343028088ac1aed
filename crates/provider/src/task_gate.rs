//! `resource "clb_task_gate"`: waits once and remembers.

use std::collections::BTreeMap;

use clb_api::{Clock, SystemClock};
use serde::{Deserialize, Serialize};
use tfplugin::schema::{Attribute, Nesting, Schema};
use tfplugin::{Attr, Change, Configured, Context, Diagnostic, Diagnostics, Import, Plan, Resource, Type};

use crate::polling::Polling;
use crate::session::Session;
use crate::task_statuses::{TaskState, task_attributes};
use crate::tasks::{self, Names, Tasks};
use crate::terms::{self, Terms};
use crate::timeouts::{self, Operation, Timeouts};
use crate::watch::{Ending, Watched};
use crate::watch_many::Watches;
use crate::wording;

/// The resource.
#[derive(Debug)]
pub(crate) struct TaskGate {
    session: Configured<Session>,
}

/// Configuration, plan and state.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub(crate) struct TaskGateModel {
    task_ids: Names,
    deal_names: Names,
    triggers: Attr<BTreeMap<String, Attr<String>>>,
    region: Attr<String>,
    polling: Attr<Polling>,
    timeouts: Attr<Timeouts>,
    id: Attr<String>,
    tasks: Attr<Outcomes>,
    completed_at: Attr<String>,
}

/// How each task ended, unknown as long as it is only planned to be waited for.
type Outcomes = BTreeMap<String, Attr<GatedTask>>;

/// How one task ended, frozen.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub(crate) struct GatedTask {
    #[serde(flatten)]
    task: TaskState,
    request_id: Option<String>,
    polls: u32,
}

impl TaskGate {
    pub(crate) fn new(session: Configured<Session>) -> Self {
        Self { session }
    }

    /// Waits for those of the tasks that are new, and gives the outcomes of all.
    async fn pass(
        &self,
        model: &TaskGateModel,
        kept: Outcomes,
        operation: Operation,
        context: &Context,
    ) -> Result<Outcomes, Diagnostics> {
        let (tasks, terms) = model.query(operation)?;
        let new = tasks.iter().filter(|(name, _)| !kept.contains_key(*name)).map(|(_, task)| task.clone());
        let session = self.session.get()?;
        let outcome = Watches::start(&session, new, &terms, true, context)?.finish(|_, _| ()).await;
        session.warn_of_clock(context);
        if !outcome.is_good(false) {
            return Err(wording::failures(&outcome, false, operation).into());
        }
        let seen = outcome.watched.into_iter().filter_map(GatedTask::of);
        Ok(kept.into_iter().chain(seen).collect())
    }
}

impl Resource for TaskGate {
    type Model = TaskGateModel;

    fn name(&self) -> &'static str {
        "clb_task_gate"
    }

    fn schema(&self) -> Schema {
        let schema = Schema::new(
            "Waits for asynchronous tasks of the load balancer once, when it is created, and remembers how they ended. Later \
             plans, refreshes and destruction ask nothing and need no credentials, even when the service has long forgotten \
             the tasks. A task that fails is an error, and the next apply waits again.",
        );
        let triggers = "Any texts; a change replaces the gate, so that all tasks are waited for again.";
        let triggers =
            Attribute::map("triggers", Type::String).optional().requires_replace().description(triggers);
        let schema =
            schema.attributes(tasks::attributes()).attribute(triggers).attributes(terms::attributes());
        let creation = (Operation::Create, "waiting for the tasks of a new gate");
        let update = (Operation::Update, "waiting for tasks that are added to a gate");
        schema.attributes(results()).block(timeouts::block(&[creation, update]))
    }

    async fn validate(&self, config: &TaskGateModel, _: &Context) -> Result<(), Diagnostics> {
        let mut problems = Diagnostics::new();
        problems.take(tasks::read(&config.task_ids, &config.deal_names));
        problems.take(terms::read(&config.region, &config.polling, &config.timeouts, Operation::Create));
        problems.take(timeouts::timeout(&config.timeouts, Operation::Update));
        problems.into_result()
    }

    async fn plan(&self, plan: &mut Plan<TaskGateModel>, _: &Context) -> Result<(), Diagnostics> {
        let Some(planned) = &mut plan.planned else { return Ok(()) };
        let Attr::Known(tasks) = tasks::read(&planned.task_ids, &planned.deal_names)? else {
            (planned.tasks, planned.completed_at) = (Attr::Unknown, Attr::Unknown);
            return Ok(());
        };
        let kept = plan.prior.as_ref().map(TaskGateModel::outcomes).unwrap_or_default();
        let outcomes: Outcomes = tasks
            .into_keys()
            .map(|name| (name.clone(), kept.get(&name).cloned().unwrap_or(Attr::Unknown)))
            .collect();
        planned.completed_at = match &plan.prior {
            Some(prior) if outcomes.values().all(Attr::is_known) => prior.completed_at.clone(),
            _ => Attr::Unknown,
        };
        planned.tasks = Attr::Known(outcomes);
        Ok(())
    }

    async fn create(
        &self,
        planned: TaskGateModel,
        _: &mut Change<TaskGateModel>,
        context: &Context,
    ) -> Result<TaskGateModel, Diagnostics> {
        let tasks = Attr::Known(self.pass(&planned, Outcomes::new(), Operation::Create, context).await?);
        let id = Attr::Known(uuid::Uuid::new_v4().to_string());
        Ok(TaskGateModel { id, tasks, completed_at: Attr::Known(now()), ..planned })
    }

    async fn update(
        &self,
        prior: TaskGateModel,
        planned: TaskGateModel,
        _: &mut Change<TaskGateModel>,
        context: &Context,
    ) -> Result<TaskGateModel, Diagnostics> {
        let kept: Outcomes =
            planned.outcomes().into_iter().filter(|(_, outcome)| outcome.is_known()).collect();
        let tasks = Attr::Known(self.pass(&planned, kept, Operation::Update, context).await?);
        let completed_at =
            if planned.completed_at.is_unknown() { Attr::Known(now()) } else { prior.completed_at };
        Ok(TaskGateModel { tasks, completed_at, ..planned })
    }

    async fn import(&self, _: Import, _: &Context) -> Result<TaskGateModel, Diagnostics> {
        Err(not_imported().into())
    }
}

impl TaskGateModel {
    /// What to wait for, once all is known.
    fn query(&self, operation: Operation) -> Result<(Tasks, Terms), Diagnostics> {
        let tasks = tasks::read(&self.task_ids, &self.deal_names)?;
        let terms = terms::read(&self.region, &self.polling, &self.timeouts, operation)?;
        tasks.known().zip(terms.known()).ok_or_else(|| wording::not_wholly_known().into())
    }

    fn outcomes(&self) -> Outcomes {
        self.tasks.clone().unwrap_or_default()
    }
}

impl GatedTask {
    /// The outcome of a task that was answered, by its name.
    fn of(watched: Watched) -> Option<(String, Attr<Self>)> {
        let Ending::Answered(report) = watched.ending else { return None };
        let (request_id, polls) = (report.request_id.clone(), watched.progress.polls);
        Some((watched.task.to_string(), Attr::Known(Self { task: report.into(), request_id, polls })))
    }
}

fn results() -> [Attribute; 3] {
    let question = [
        Attribute::string("request_id")
            .computed()
            .description("RequestId of the question that saw the task's end."),
        Attribute::number("polls").computed().description("How many questions were sent about the task."),
    ];
    [
        Attribute::string("id").computed().use_state_for_unknown().description("A random UUID."),
        Attribute::nested("tasks", Nesting::Map, task_attributes().into_iter().chain(question)).computed().description(
            "How each task ended, by task id or order name. Its keys are known while planning, so `for_each` can go over it.",
        ),
        Attribute::string("completed_at").computed().description("When the last task was seen to have ended (RFC 3339, UTC)."),
    ]
}

fn now() -> String {
    let seconds = SystemClock.unix();
    jiff::Timestamp::from_second(seconds.try_into().unwrap_or(i64::MAX))
        .unwrap_or(jiff::Timestamp::MAX)
        .to_string()
}

fn not_imported() -> Diagnostic {
    Diagnostic::error(
        "a gate cannot be imported",
        "A gate is created, not imported: finished tasks cost one request each, and nothing else has to be done to have one.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(texts: &[&str]) -> Names {
        Attr::Known(texts.iter().map(|text| Attr::Known((*text).to_owned())).collect())
    }

    fn done() -> Attr<GatedTask> {
        let task =
            TaskState { status: 0, state: "succeeded".into(), message: None, load_balancer_ids: Vec::new() };
        Attr::Known(GatedTask { task, request_id: None, polls: 1 })
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

    async fn planned(prior: Option<TaskGateModel>, task_ids: Names) -> TaskGateModel {
        let planned = TaskGateModel {
            task_ids,
            tasks: Attr::Unknown,
            completed_at: Attr::Unknown,
            ..TaskGateModel::default()
        };
        let planned = Some(planned);
        let mut plan = Plan::new(None, prior, planned);
        TaskGate::new(Configured::new()).plan(&mut plan, &Context::default()).await.unwrap();
        plan.planned.unwrap()
    }

    #[test]
    fn the_schema_is_one_that_terraform_accepts() {
        TaskGate::new(Configured::new()).schema().check().unwrap();
    }

    #[tokio::test]
    async fn a_plan_knows_the_keys_and_keeps_what_is_done() {
        let plan = planned(Some(passed(&["a", "b"])), names(&["b", "c"])).await;
        let outcomes = plan.outcomes();
        assert_eq!(
            outcomes.into_iter().collect::<Vec<_>>(),
            [("b".to_owned(), done()), ("c".to_owned(), Attr::Unknown)]
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
        assert_eq!(plan.outcomes()["a"], Attr::Unknown);
    }

    #[test]
    fn times_are_written_in_rfc_3339() {
        let text = now();
        assert!(text.parse::<jiff::Timestamp>().is_ok() && text.ends_with('Z'), "{text}");
    }
}
