//! The load balancer API: resources, the calls that change and read them, and what keeps them busy.

mod busy;
mod changes;
mod first_responses;
mod listener_path;
mod operation;
mod queries;
mod resources;
mod target_health;

use std::collections::HashMap;
use std::iter;
use std::time::Duration;

use clb_task::actions::{self, Kind};
use serde_json::{Map, Value};

pub use self::busy::BusyResponse;
use self::changes::{Body, Change};
use self::first_responses::FirstResponses;
use self::operation::{Occupation, Operation, named_resources};
use self::queries::Query;
use self::resources::Resources;
pub use self::target_health::TargetHealth;
pub(crate) use self::target_health::TargetHealthScripts;
use crate::api_error::ApiError;
use crate::clock::Moment;
use crate::gateway::Call;
use crate::options::{Options, UnknownTask};
use crate::parameters::Parameters;
use crate::task_script::TaskScript;
use crate::tasks::{TaskName, Tasks};

/// The version of the load balancer API.
pub(crate) const VERSION: &str = "2018-03-17";

/// The state of the load balancer API.
#[derive(Debug)]
pub(crate) struct Clb {
    is_strict: bool,
    busy_response: BusyResponse,
    pub(crate) health: TargetHealthScripts,
    /// Load balancers and target groups by region.
    regions: HashMap<String, Resources>,
    operations: Vec<Operation>,
    occupations: Vec<Occupation>,
    pub(crate) first_responses: FirstResponses,
}

impl Clb {
    pub(crate) fn new(options: &Options) -> Self {
        Self {
            is_strict: options.strict_ids,
            busy_response: options.busy_response,
            health: TargetHealthScripts::new(TargetHealth::HealthyAfter(options.health_delay)),
            regions: HashMap::new(),
            operations: Vec::new(),
            occupations: Vec::new(),
            first_responses: FirstResponses::default(),
        }
    }

    /// Keeps a load balancer or target group busy until this time since the start.
    pub(crate) fn occupy(&mut self, id: String, until: Duration) {
        self.occupations.push(Occupation { id, until });
    }

    /// Takes over what tasks that have completed by now have changed, in the order in which they completed.
    pub(crate) fn settle(&mut self, tasks: &Tasks, now: Moment) {
        self.occupations.retain(|occupation| now.elapsed < occupation.until);
        let is_complete = |operation: &mut Operation| tasks.completion(operation.task, now.elapsed).is_some();
        let mut complete: Vec<Operation> = self.operations.extract_if(.., is_complete).collect();
        complete.sort_by_key(|operation| tasks.completion(operation.task, now.elapsed).map(|it| it.at));
        for operation in complete {
            let Some(completion) = tasks.completion(operation.task, now.elapsed) else { continue };
            let resources = self.regions.entry(operation.region).or_default();
            if completion.has_succeeded {
                resources.commit(&operation.copy, now.at(completion.at).unix);
            } else {
                operation.creating.iter().for_each(|id| drop(resources.delete(id)));
            }
        }
    }

    /// Runs a query.
    pub(crate) fn query(&mut self, call: &Call<'_>, now: Moment) -> Result<Body, ApiError> {
        let resources = resources_of(&mut self.regions, call.region, self.is_strict);
        let parameters = Parameters::new(call.parameters);
        let mut query = Query { parameters, resources, health: &self.health, unix: now.unix };
        queries::run(call.action, &mut query).unwrap_or_else(|| {
            let message = format!("`{}` is a query, and the simulator has no response to it", call.action);
            Err(ApiError::new("UnsupportedOperation", message))
        })
    }

    /// Makes the change of a call, at once or, if it starts a task, when that succeeds.
    pub(crate) fn change(
        &mut self,
        call: &Call<'_>,
        script: Option<TaskScript>,
        request_id: &str,
        tasks: &mut Tasks,
        now: Moment,
    ) -> Result<Body, ApiError> {
        let parameters = Parameters::new(call.parameters);
        let named = named_resources(parameters);
        let is_strict = self.is_strict;
        let resources = resources_of(&mut self.regions, call.region, is_strict);
        named.iter().try_for_each(|id| resources.require(id))?;
        let mut copy = resources.working_copy();
        if script.is_some() {
            named.iter().try_for_each(|id| self.check_idle(id, now))?;
        }
        let mut change = Change { action: call.action, parameters, resources: &mut copy, unix: now.unix };
        let response = changes::apply(&mut change)?;
        let locks = named.into_iter().chain(copy.touched().cloned()).collect();
        if script.is_some() {
            copy.touched().try_for_each(|id| self.check_idle(id, now))?;
        }
        match script {
            None => self.resources(call.region).commit(&copy, now.unix),
            Some(script) => {
                let creating = self.add_creating(call, &copy, &response);
                let task = begin(tasks, script, request_id, &response, now);
                let (action, region) = (call.action.to_owned(), call.region.to_owned());
                self.operations.push(Operation { task, action, region, locks, copy, creating });
            }
        }
        self.first_responses.remember(call, &response, request_id);
        Ok(response)
    }

    fn resources(&mut self, region: &str) -> &mut Resources {
        resources_of(&mut self.regions, region, self.is_strict)
    }

    /// Shows new load balancers while they are being created.
    fn add_creating(&mut self, call: &Call<'_>, copy: &Resources, response: &Body) -> Vec<String> {
        let ids = Parameters::new(response).strings("LoadBalancerIds");
        let resources = self.resources(call.region);
        for created in copy.load_balancers().filter(|it| ids.contains(&it.id.as_str())) {
            let mut creating = created.clone();
            creating.is_created = false;
            resources.add_load_balancer(creating);
        }
        ids.into_iter().map(str::to_owned).collect()
    }

    fn check_idle(&self, id: &str, now: Moment) -> Result<(), ApiError> {
        let operation = self.operations.iter().find(|operation| operation.locks.contains(id));
        let occupation = self.occupations.iter().any(|it| it.id == id && now.elapsed < it.until);
        match operation {
            Some(operation) => Err(self.busy_response.error(id, &operation.action)),
            None if occupation => Err(self.busy_response.error(id, "ModifyListener")),
            None => Ok(()),
        }
    }
}

/// The task that a `DescribeTaskStatus` call polls.
pub(crate) fn polled_task(parameters: &Map<String, Value>) -> Result<TaskName, ApiError> {
    let parameters = Parameters::new(parameters);
    match (parameters.string("TaskId"), parameters.string("DealName")) {
        (Some(id), _) => Ok(TaskName::Id(id.to_owned())),
        (None, Some(name)) => Ok(TaskName::Deal(name.to_owned())),
        (None, None) => Err(ApiError::missing_parameter("TaskId")),
    }
}

/// What the service does with an action; an error if it does not exist.
pub(crate) fn kind(action: &str) -> Result<Kind, ApiError> {
    actions::lookup(action).map(|action| action.kind).ok_or_else(|| ApiError::unknown_action(action))
}

/// Whether an action starts a task. Actions whose outcome the vendor does not document start one.
pub(crate) fn starts_task(kind: Kind) -> bool {
    matches!(kind, Kind::Polled | Kind::Undocumented)
}

/// The error about a task that the service does not know.
pub(crate) fn unknown_task(name: &TaskName, response: UnknownTask) -> ApiError {
    let code = match response {
        UnknownTask::InvalidParameter => "InvalidParameter",
        UnknownTask::ResourceNotFound => "ResourceNotFound",
    };
    ApiError::new(code, format!("there is no task `{}`", name.as_str()))
}

fn resources_of<'a>(
    regions: &'a mut HashMap<String, Resources>,
    region: &str,
    is_strict: bool,
) -> &'a mut Resources {
    regions.entry(region.to_owned()).or_insert_with(|| Resources::new(is_strict))
}

/// Starts the task of a changing call: its id is the `RequestId` of this very call.
fn begin(tasks: &mut Tasks, mut script: TaskScript, request_id: &str, response: &Body, now: Moment) -> usize {
    let response = Parameters::new(response);
    script.load_balancers.extend(response.strings("LoadBalancerIds").into_iter().map(str::to_owned));
    let deal = response.string("DealName").map(|name| TaskName::Deal(name.to_owned()));
    let names = iter::once(TaskName::Id(request_id.to_owned())).chain(deal);
    tasks.begin(names.collect(), script, now.elapsed)
}
