//! `resource "clb_target_health_gate"`: waits once until targets are healthy and keeps what it saw.

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroU64;
use std::time::Duration;

use clb_api::Region;
use serde::{Deserialize, Serialize};
use tfplugin::schema::{Attribute, Schema};
use tfplugin::{
    Adopted, Attr, Change, Context, Diagnostic, Diagnostics, Import, Plan, Resource, Type, UpdatePlan,
};

use crate::completed_at::now;
use crate::health_diagnostics;
use crate::health_wait::{self, HealthOutcome};
use crate::provider_data::{ProviderData, location};
use crate::target_health::{HealthTarget, TargetState, target_attributes};
use crate::timeouts::{self, Operation, Timeouts};
use crate::{argument, query};

/// The resource.
#[derive(Debug)]
pub(crate) struct TargetHealthGate;

/// Configuration, plan and state.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub(crate) struct TargetHealthGateModel {
    load_balancer_id: Attr<String>,
    listener_ids: Attr<Vec<Attr<String>>>,
    minimum_healthy: Attr<NonZeroU64>,
    triggers: Attr<BTreeMap<String, Attr<String>>>,
    region: Attr<String>,
    timeouts: Attr<Timeouts>,
    id: Attr<String>,
    healthy: Attr<u64>,
    total: Attr<u64>,
    targets: Attr<Vec<TargetState>>,
    completed_at: Attr<String>,
}

impl TargetHealthGate {
    /// Waits until the targets of the model are healthy.
    async fn wait(
        &self,
        model: TargetHealthGateModel,
        operation: Operation,
        context: &Context<ProviderData>,
    ) -> Result<TargetHealthGateModel, Diagnostics> {
        let (target, region, timeout) =
            model.query(operation)?.known().ok_or_else(query::not_wholly_known)?;
        let client = context.client().known_client(region)?;
        let result = health_wait::wait(&client, &target, timeout, context).await;
        context.client().warn(context);
        if result.outcome != HealthOutcome::Healthy {
            let location = location(&client).await;
            return Err(health_diagnostics::failure(&result, &target, &location, operation).into());
        }
        let health = result.progress.health.unwrap_or_default();
        Ok(TargetHealthGateModel {
            healthy: Attr::Known(health.healthy()),
            total: Attr::Known(health.total()),
            targets: Attr::Known(health.targets),
            completed_at: Attr::Known(now()),
            ..model
        })
    }
}

impl Resource<ProviderData> for TargetHealthGate {
    type Model = TargetHealthGateModel;

    fn name(&self) -> &'static str {
        "clb_target_health_gate"
    }

    fn schema(&self) -> Schema {
        let schema = Schema::new(
            "Waits once, when it is created, until targets of a load balancer are healthy, and keeps in state what it saw. A \
             task that has succeeded does not mean that its targets are healthy: the first health checks take some seconds, \
             and until then the load balancer sends no traffic to a target. Later plans, refreshes and its destruction send \
             no request. No target at all is not healthy.",
        );
        let create = (Operation::Create, "the wait of a new gate");
        let update = (Operation::Update, "the wait for a higher `minimum_healthy`");
        schema.attributes(arguments()).attributes(results()).block(timeouts::block(&[create, update]))
    }

    async fn validate(&self, config: &TargetHealthGateModel, _: &Context) -> Result<(), Diagnostics> {
        let mut problems = Diagnostics::new();
        problems.take(config.query(Operation::Create));
        problems.take(timeouts::timeout(&config.timeouts, Operation::Update));
        problems.into_result()
    }

    async fn plan(&self, plan: Plan<'_, TargetHealthGateModel>, _: &Context) -> Result<(), Diagnostics> {
        let Plan::Update(UpdatePlan { prior, planned, .. }) = plan else { return Ok(()) };
        if !is_raised(&prior.minimum_healthy, &planned.minimum_healthy) {
            planned.healthy = prior.healthy;
            planned.total = prior.total;
            planned.targets = prior.targets.clone();
            planned.completed_at = prior.completed_at.clone();
        }
        Ok(())
    }

    async fn create(
        &self,
        planned: TargetHealthGateModel,
        _: &mut Change<TargetHealthGateModel>,
        context: &Context<ProviderData>,
    ) -> Result<TargetHealthGateModel, Diagnostics> {
        let id = Attr::Known(uuid::Uuid::new_v4().to_string());
        self.wait(TargetHealthGateModel { id, ..planned }, Operation::Create, context).await
    }

    async fn update(
        &self,
        prior: TargetHealthGateModel,
        planned: TargetHealthGateModel,
        _: &mut Change<TargetHealthGateModel>,
        context: &Context<ProviderData>,
    ) -> Result<TargetHealthGateModel, Diagnostics> {
        if is_raised(&prior.minimum_healthy, &planned.minimum_healthy) {
            return self.wait(planned, Operation::Update, context).await;
        }
        Ok(planned)
    }

    async fn import(
        &self,
        _: Import,
        _: &Context<ProviderData>,
    ) -> Result<Adopted<TargetHealthGateModel>, Diagnostics> {
        Err(not_imported().into())
    }
}

impl TargetHealthGateModel {
    /// Which targets to wait for, in which region and for how long; unknown if a part of it is.
    fn query(
        &self,
        operation: Operation,
    ) -> Result<Attr<(HealthTarget, Option<Region>, Duration)>, Diagnostics> {
        let mut problems = Diagnostics::new();
        let target = problems.take(self.target()).unwrap_or_default();
        let region =
            problems.take(argument::parse(&self.region, "region", Region::parse)).unwrap_or_default();
        let timeout = problems.take(timeouts::timeout(&self.timeouts, operation)).unwrap_or_default();
        problems.into_result()?;
        Ok(match (target, region, timeout) {
            (_, Attr::Unknown, _) => Attr::Unknown,
            (Attr::Known(target), region, Attr::Known(timeout)) => {
                Attr::Known((target, region.known(), timeout))
            }
            _ => Attr::Unknown,
        })
    }

    fn target(&self) -> Result<Attr<HealthTarget>, Diagnostics> {
        let mut problems = Diagnostics::new();
        let id = argument::parse(&self.load_balancer_id, "load_balancer_id", load_balancer_id);
        let load_balancer_id = problems.take(id).unwrap_or_default();
        let listener_ids = problems.take(self.listener_ids()).unwrap_or_default();
        problems.into_result()?;
        Ok(match (load_balancer_id, listener_ids, self.minimum_healthy) {
            (_, Attr::Unknown, _) | (_, _, Attr::Unknown) => Attr::Unknown,
            (Attr::Known(load_balancer_id), listener_ids, minimum) => Attr::Known(HealthTarget {
                load_balancer_id,
                listener_ids: listener_ids.known(),
                minimum_healthy: minimum.known().map(NonZeroU64::get),
            }),
            _ => Attr::Unknown,
        })
    }

    fn listener_ids(&self) -> Result<Attr<BTreeSet<String>>, Diagnostics> {
        let ids = match &self.listener_ids {
            Attr::Known(ids) => ids,
            Attr::Null => return Ok(Attr::Null),
            Attr::Unknown => return Ok(Attr::Unknown),
        };
        if ids.is_empty() {
            let problem = "it must not be empty; leave it out to wait for all listeners";
            return Err(argument::invalid("listener_ids", problem).into());
        }
        if ids.iter().any(|id| id.is_null() || id.as_ref().known().is_some_and(String::is_empty)) {
            return Err(
                argument::invalid("listener_ids", "an element must not be null or empty; remove it").into()
            );
        }
        if ids.iter().any(Attr::is_unknown) {
            return Ok(Attr::Unknown);
        }
        Ok(Attr::Known(ids.iter().filter_map(|id| id.clone().known()).collect()))
    }
}

/// Whether more targets have to be healthy than before. Without a number all have to be.
fn is_raised(prior: &Attr<NonZeroU64>, planned: &Attr<NonZeroU64>) -> bool {
    match (prior, planned) {
        (Attr::Known(prior), Attr::Known(planned)) => planned > prior,
        (Attr::Known(_), _) | (_, Attr::Unknown) => true,
        (_, _) => false,
    }
}

fn load_balancer_id(text: &str) -> Result<String, String> {
    let is_visible =
        !text.is_empty() && text.len() <= 128 && text.bytes().all(|byte| byte.is_ascii_graphic());
    if is_visible {
        return Ok(text.to_owned());
    }
    Err(format!(
        "the id of a load balancer, such as `lb-12345678`, has 1 to 128 visible ASCII characters: {text:?}"
    ))
}

fn arguments() -> [Attribute; 5] {
    [
        Attribute::string("load_balancer_id")
            .required()
            .requires_replace()
            .description("Id of the load balancer. A change replaces the gate."),
        Attribute::set("listener_ids", Type::String).optional().requires_replace().description(
            "Ids of the listeners whose targets have to be healthy. Default: all listeners of the load balancer. A change \
             replaces the gate.",
        ),
        Attribute::number("minimum_healthy").optional().description(
            "How many targets have to be healthy, at least 1. Default: all targets, and at least one of each listener in \
             `listener_ids`. With a higher value the gate waits again in place.",
        ),
        Attribute::map("triggers", Type::String)
            .optional()
            .requires_replace()
            .description("Any strings. A change replaces the gate, which then waits again."),
        Attribute::string("region")
            .optional()
            .description("Region of the load balancer. Overrides the provider's region."),
    ]
}

fn results() -> [Attribute; 5] {
    [
        Attribute::string("id").computed().use_state_for_unknown().description("A random UUID."),
        Attribute::number("healthy")
            .computed()
            .description("Number of healthy targets when the gate last waited."),
        Attribute::number("total").computed().description("Number of targets when the gate last waited."),
        target_attributes(),
        Attribute::string("completed_at")
            .computed()
            .description("Time at which the gate found enough targets healthy (RFC 3339, UTC)."),
    ]
}

fn not_imported() -> Diagnostic {
    Diagnostic::error(
        "a gate cannot be imported",
        "Create the gate instead: it sends one request if the targets are healthy.",
    )
}
