//! `resource "clb_call"`: makes an asynchronous call, waits for its task, and can take it back.

use std::collections::BTreeMap;

use clb_api::clb_task::{TaskReport, TaskStatus};
use clb_api::{AcceptedCall, Region, Response};
use serde::{Deserialize, Serialize};
use tfplugin::schema::Schema;
use tfplugin::{
    Adopted, Attr, AttributePath, Change, Context, Diagnostic, Diagnostics, Import, Plan, Resource,
    ResultExt, UpdatePlan, Value,
};

use crate::call_arguments::{self, Call, CallArguments};
use crate::call_run::{CallFailure, CallRun, report};
use crate::call_schema;
use crate::polling::Polling;
use crate::provider_data::ProviderData;
use crate::query::not_wholly_known;
use crate::timeouts::{self, Operation, Timeouts};
use crate::wait_options::{self, WaitOptions};

/// The resource.
#[derive(Debug)]
pub(crate) struct CallResource;

/// Configuration, plan and state.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub(crate) struct CallModel {
    action: Attr<String>,
    parameters: Value,
    on_destroy: Attr<CallArguments>,
    triggers: Attr<BTreeMap<String, Attr<String>>>,
    region: Attr<String>,
    wait_for_completion: Attr<bool>,
    polling: Attr<Polling>,
    timeouts: Attr<Timeouts>,
    id: Attr<String>,
    request_id: Attr<String>,
    status: Attr<i64>,
    state: Attr<String>,
    message: Attr<String>,
    load_balancer_ids: Attr<Vec<String>>,
    response: Value,
}

/// In private state: the RequestId of a destroy call that was accepted and whose task is not known to have failed.
const DESTROY_REQUEST_ID: &str = "destroy_request_id";

/// In private state: the region of the provider when the resource was created. Later requests about the resource go there,
/// whatever the provider's region has become.
const REGION: &str = "region";

impl Resource<ProviderData> for CallResource {
    type Model = CallModel;

    fn name(&self) -> &'static str {
        "clb_call"
    }

    fn schema(&self) -> Schema {
        call_schema::resource()
    }

    async fn validate(&self, config: &CallModel, context: &Context) -> Result<(), Diagnostics> {
        let mut problems = Diagnostics::new();
        if config.action.is_null() && config.on_destroy.is_null() {
            problems.push(no_call());
        }
        problems.take(config.call());
        problems.take(config.destroy_call());
        problems.take(config.options(Operation::Create));
        problems.take(timeouts::timeout(&config.timeouts, Operation::Update));
        problems.take(timeouts::timeout(&config.timeouts, Operation::Delete));
        call_arguments::warn_of_unknown(&config.action, "action", context);
        if let Attr::Known(destroy) = &config.on_destroy {
            call_arguments::warn_of_unknown(&destroy.action, ["on_destroy", "action"], context);
        }
        problems.into_result()
    }

    async fn plan(&self, plan: Plan<'_, CallModel>, _: &Context) -> Result<(), Diagnostics> {
        match plan {
            Plan::Create(create) => {
                create.planned.needs_known_destroy_call()?;
                create.planned.plan_results();
            }
            Plan::Update(UpdatePlan { prior, planned, requires_replace, .. }) => {
                planned.needs_known_destroy_call()?;
                if !call_arguments::are_equal(&prior.parameters, &planned.parameters) {
                    requires_replace.push("parameters".into());
                }
                planned.keep_equal_parameters(prior);
                planned.keep_results(prior);
                if prior.has_failed() {
                    // Terraform marks a failed creation as tainted; without that mark the call has still not succeeded.
                    planned.plan_results();
                    requires_replace.push("state".into());
                }
            }
            Plan::Delete(_) => {}
        }
        Ok(())
    }

    async fn create(
        &self,
        planned: CallModel,
        change: &mut Change<CallModel>,
        context: &Context<ProviderData>,
    ) -> Result<CallModel, Diagnostics> {
        let model = CallModel { id: Attr::Known(uuid::Uuid::new_v4().to_string()), ..planned };
        model.keep_region(change, context).await?;
        let call = match model.call()? {
            Attr::Known(call) => call,
            Attr::Null => return Ok(model.without_results()),
            Attr::Unknown => return Err(not_wholly_known().into()),
        };
        let run = CallRun::new(&call, &model.known_options(Operation::Create)?, Operation::Create, context)?;
        let accepted = match run.send().await {
            Ok(accepted) => accepted,
            Err(failure) => return Err(model.not_accepted(&run, &failure, change).await),
        };
        let running = model.accepted(accepted.response());
        change.set_state(&running)?;
        if running.wait_for_completion == Attr::Known(false) {
            return Ok(running);
        }
        running.wait(&run, accepted, change).await
    }

    async fn update(
        &self,
        prior: CallModel,
        planned: CallModel,
        change: &mut Change<CallModel>,
        context: &Context<ProviderData>,
    ) -> Result<CallModel, Diagnostics> {
        if !planned.destroys_as(&prior) {
            // What an interrupted destruction has sent was another call.
            change.private.remove(DESTROY_REQUEST_ID);
        }
        let model = planned.with_results_of(&prior);
        let Some(request_id) = model.unfinished() else { return Ok(model) };
        let call = model.call()?.known().ok_or_else(not_wholly_known)?;
        let options = model.kept_options(Operation::Update, change)?;
        let run = CallRun::new(&call, &options, Operation::Update, context)?;
        let accepted = match run.resume(request_id) {
            Ok(accepted) => accepted,
            Err(failure) => return Err(run.diagnostic(&failure).await.into()),
        };
        model.wait(&run, accepted, change).await
    }

    async fn delete(
        &self,
        state: CallModel,
        change: &mut Change<CallModel>,
        context: &Context<ProviderData>,
    ) -> Result<(), Diagnostics> {
        let Some(call) = state.destroy_call()?.known() else { return Ok(()) };
        let options = state.kept_options(Operation::Delete, change)?;
        let run = CallRun::new(&call, &options, Operation::Delete, context)?;
        let accepted = match change.private.get::<String>(DESTROY_REQUEST_ID)? {
            Some(request_id) => run.resume(&request_id),
            None => run.send().await,
        };
        let accepted = match accepted {
            Ok(accepted) => accepted,
            Err(failure) if failure.is_not_found() => {
                context.warn(run.gone(&failure).await);
                return Ok(());
            }
            Err(failure) => return Err(run.diagnostic(&failure).await.into()),
        };
        change.private.set(DESTROY_REQUEST_ID, &accepted.request_id())?;
        if state.wait_for_completion == Attr::Known(false) {
            return Ok(());
        }
        if let Err(failure) = run.wait(accepted).await {
            if failure.failed_task().is_some() {
                change.private.remove(DESTROY_REQUEST_ID);
            }
            return Err(run.diagnostic(&failure).await.into());
        }
        Ok(())
    }

    async fn import(&self, _: Import, _: &Context<ProviderData>) -> Result<Adopted<CallModel>, Diagnostics> {
        Err(not_imported().into())
    }
}

/// The arguments.
impl CallModel {
    /// The call of the creation.
    fn call(&self) -> Result<Attr<Call>, Diagnostics> {
        call_arguments::read(&self.action, &self.parameters, &AttributePath::root())
    }

    /// The call of the destruction.
    fn destroy_call(&self) -> Result<Attr<Call>, Diagnostics> {
        match &self.on_destroy {
            Attr::Known(call) => call_arguments::read(&call.action, &call.parameters, &"on_destroy".into()),
            Attr::Null => Ok(Attr::Null),
            Attr::Unknown => Ok(Attr::Unknown),
        }
    }

    /// Whether both make the same call when they are destroyed.
    fn destroys_as(&self, other: &Self) -> bool {
        match (&self.on_destroy, &other.on_destroy) {
            (Attr::Known(one), Attr::Known(other)) => {
                one.action == other.action && call_arguments::are_equal(&one.parameters, &other.parameters)
            }
            (one, other) => one.is_null() && other.is_null(),
        }
    }

    fn options(&self, operation: Operation) -> Result<Attr<WaitOptions>, Diagnostics> {
        wait_options::read(&self.region, &self.polling, &self.timeouts, operation)
    }

    fn known_options(&self, operation: Operation) -> Result<WaitOptions, Diagnostics> {
        self.options(operation)?.known().ok_or_else(|| not_wholly_known().into())
    }

    /// The options of an operation on a resource that exists, in the region of its creation.
    fn kept_options(&self, operation: Operation, change: &Change<Self>) -> Result<WaitOptions, Diagnostics> {
        let options = self.known_options(operation)?;
        let Some(kept) = change.private.get::<String>(REGION)? else { return Ok(options) };
        let kept = Region::parse(&kept).summary("region in private state is malformed")?;
        Ok(WaitOptions { region: options.region.or(Some(kept)), ..options })
    }

    /// Keeps the provider's region for what is sent later. A resource that sends nothing yet may do without one.
    async fn keep_region(
        &self,
        change: &mut Change<Self>,
        context: &Context<ProviderData>,
    ) -> Result<(), Diagnostics> {
        if !self.region.is_null() {
            return Ok(());
        }
        match context.client().client(None).region().await {
            Ok(region) => change.private.set(REGION, &region.as_str()),
            Err(_) => Ok(()),
        }
    }

    /// Terraform accepts no plan in which an attribute with values of any type is unknown as a whole.
    fn needs_known_destroy_call(&self) -> Result<(), Diagnostics> {
        match &self.on_destroy {
            Attr::Unknown => Err(unknown_destroy_call().into()),
            _ => Ok(()),
        }
    }

    /// Keeps prior values that send the same JSON, so that another way to write them is no change.
    fn keep_equal_parameters(&mut self, prior: &Self) {
        call_arguments::keep_equal(&prior.parameters, &mut self.parameters);
        if let (Attr::Known(before), Attr::Known(destroy)) = (&prior.on_destroy, &mut self.on_destroy) {
            call_arguments::keep_equal(&before.parameters, &mut destroy.parameters);
        }
    }
}

/// The results.
impl CallModel {
    /// What is planned for a new call: nothing is known of it, and without an action there is none.
    fn plan_results(&mut self) {
        if self.action.is_null() {
            *self = std::mem::take(self).without_results();
            return;
        }
        (self.request_id, self.status, self.state) = (Attr::Unknown, Attr::Unknown, Attr::Unknown);
        (self.message, self.load_balancer_ids) = (Attr::Unknown, Attr::Unknown);
        self.response = Value::UNKNOWN;
    }

    /// What is planned for a call that was made: it stays as it is, unless its task has to be waited for.
    fn keep_results(&mut self, prior: &Self) {
        *self = std::mem::take(self).with_results_of(prior);
        if self.unfinished().is_some() {
            (self.status, self.state) = (Attr::Unknown, Attr::Unknown);
            (self.message, self.load_balancer_ids) = (Attr::Unknown, Attr::Unknown);
        }
    }

    /// Whether the task of the call failed, or the response lists what did not work.
    fn has_failed(&self) -> bool {
        self.state.as_ref().known().is_some_and(|state| state == TaskStatus::Failed.as_str())
    }

    /// The RequestId of the call if its task was running when last seen, and is to be waited for.
    fn unfinished(&self) -> Option<&str> {
        let is_running =
            self.state.as_ref().known().is_some_and(|state| state == TaskStatus::Running.as_str());
        let waits = self.wait_for_completion != Attr::Known(false);
        self.request_id.as_ref().known().filter(|_| is_running && waits).map(String::as_str)
    }

    fn with_results_of(self, other: &Self) -> Self {
        Self {
            id: other.id.clone(),
            request_id: other.request_id.clone(),
            status: other.status,
            state: other.state.clone(),
            message: other.message.clone(),
            load_balancer_ids: other.load_balancer_ids.clone(),
            response: other.response.clone(),
            ..self
        }
    }

    fn without_results(self) -> Self {
        let id = self.id.clone();
        Self { id, ..self.with_results_of(&Self::default()) }
    }

    /// The model once the service has accepted the call.
    fn accepted(&self, response: &Response) -> Self {
        let running = report(TaskStatus::Running);
        Self {
            request_id: Attr::Known(response.request_id.clone()),
            // The client has read the text as JSON before.
            response: Value::from_json(&response.text).unwrap_or_default(),
            ..self.clone().reported(&running)
        }
    }

    /// The model with this status of the task.
    fn reported(self, report: &TaskReport) -> Self {
        Self {
            status: Attr::Known(report.status.code()),
            state: Attr::Known(report.status.as_str().to_owned()),
            message: report.message.clone().into(),
            load_balancer_ids: Attr::Known(report.load_balancer_ids.clone()),
            ..self
        }
    }

    /// Waits for the task of the accepted call. The state of a failed one is saved.
    async fn wait(
        self,
        run: &CallRun<'_>,
        accepted: AcceptedCall,
        change: &mut Change<Self>,
    ) -> Result<Self, Diagnostics> {
        match run.wait(accepted).await {
            Ok(report) => Ok(self.reported(&report)),
            Err(failure) => {
                if let Some(report) = failure.failed_task() {
                    change.set_state(&self.reported(report))?;
                }
                Err(run.diagnostic(&failure).await.into())
            }
        }
    }

    /// The error of a call that was not accepted, or whose response already tells of a failure, which is saved.
    async fn not_accepted(
        &self,
        run: &CallRun<'_>,
        failure: &CallFailure,
        change: &mut Change<Self>,
    ) -> Diagnostics {
        let mut errors = Diagnostics::from(run.diagnostic(failure).await);
        if let Some(response) = failure.response() {
            let failed = self.accepted(response).reported(&report(TaskStatus::Failed));
            errors.take(change.set_state(&failed));
        }
        errors
    }
}

fn no_call() -> Diagnostic {
    Diagnostic::error(
        "no call to make",
        "Set `action` to the call that creates, `on_destroy` to the call that takes it back, or both.",
    )
}

fn unknown_destroy_call() -> Diagnostic {
    let text = "Whether there is a call to make on destruction must be known during plan; the values inside may be unknown. Write \
                an object, such as `on_destroy = { action = \"DeleteListener\", parameters = { ... } }`, and move the condition \
                into its values or into `count`.";
    Diagnostic::error("`on_destroy` is not known yet", text).at("on_destroy")
}

fn not_imported() -> Diagnostic {
    Diagnostic::error(
        "a call cannot be imported",
        "A call is made when the resource is created. For an object that exists already, leave `action` out and set \
         `on_destroy` alone: then nothing is sent until the resource is destroyed.",
    )
}
