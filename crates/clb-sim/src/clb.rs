//! The load balancer API: resources, the calls that change and read them, and what keeps them busy.

mod busy;
mod changes;
mod first_responses;
mod listener_path;
mod operation;
mod queries;
mod resources;
mod target_health;
mod task;

use std::collections::{BTreeSet, HashMap};
use std::time::Duration;

pub use self::busy::BusyResponse;
use self::changes::{Body, Change};
use self::first_responses::FirstResponses;
pub(crate) use self::operation::named_resources;
use self::operation::{Occupation, Operation};
use self::queries::Query;
use self::resources::Resources;
pub use self::target_health::TargetHealth;
pub(crate) use self::target_health::TargetHealthScripts;
use self::task::begin;
pub(crate) use self::task::{kind, polled_task, starts_task, unknown_task};
use crate::api_error::ApiError;
use crate::clock::Moment;
use crate::gateway::Call;
use crate::options::Options;
use crate::parameters::Parameters;
use crate::task_script::TaskScript;
use crate::tasks::Tasks;

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

    /// Makes the change of a call: at once, or if it starts a task, when that succeeds.
    pub(crate) fn change(
        &mut self,
        call: &Call<'_>,
        script: Option<TaskScript>,
        request_id: &str,
        tasks: &mut Tasks,
        now: Moment,
    ) -> Result<Body, ApiError> {
        let Prepared { copy, response, locks } = self.prepare(call, script.is_some(), now)?;
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

    /// Makes the change of a call in a copy. A call that starts a task needs idle resources.
    fn prepare(&mut self, call: &Call<'_>, needs_idle: bool, now: Moment) -> Result<Prepared, ApiError> {
        let parameters = Parameters::new(call.parameters);
        let named = named_resources(parameters);
        let resources = self.resources(call.region);
        named.iter().try_for_each(|id| resources.require(id))?;
        let mut copy = resources.working_copy();
        let check = |id: &String| if needs_idle { self.check_idle(id, now) } else { Ok(()) };
        named.iter().try_for_each(check)?;
        let mut change = Change { action: call.action, parameters, resources: &mut copy, unix: now.unix };
        let response = changes::apply(&mut change)?;
        copy.touched().try_for_each(check)?;
        let locks = named.into_iter().chain(copy.touched().cloned()).collect();
        Ok(Prepared { copy, response, locks })
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

/// A change that is made in a copy.
struct Prepared {
    copy: Resources,
    response: Body,
    /// The resources that it keeps busy.
    locks: BTreeSet<String>,
}

fn resources_of<'a>(
    regions: &'a mut HashMap<String, Resources>,
    region: &str,
    is_strict: bool,
) -> &'a mut Resources {
    regions.entry(region.to_owned()).or_insert_with(|| Resources::new(is_strict))
}
