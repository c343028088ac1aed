use std::sync::Arc;

use tfplugin_proto::tfplugin6 as proto;

use super::super::{About, Plugin};
use super::{plan_modifiers, sent_identity, write_only};
use crate::model::Restoring;
use crate::registry::{Entry, Shape};
use crate::{
    AttributePath, CreatePlan, DeletePlan, Diagnostics, DynResource, Plan, PrivateState, UpdatePlan, Value,
    codec,
};

pub(in super::super) async fn plan(
    plugin: Arc<Plugin>,
    request: proto::plan_resource_change::Request,
) -> proto::plan_resource_change::Response {
    let call = plugin
        .call("PlanResourceChange", About::Resource(&request.type_name))
        .able_to(request.client_capabilities);
    let planned = call.run(async {
        let entry = plugin.registry().resources.get(&request.type_name)?;
        let shape = entry.shape();
        let mut plan = Proposal::read(shape, &request)?;
        call.context.set_provider_meta(plugin.provider_meta(request.provider_meta.as_ref())?);
        call.context.set_identity(sent_identity(entry, request.prior_identity.as_ref())?);
        let unchanged = plan_modifiers::prepare(&shape.schema, &mut plan);
        let proposed = plan.planned.clone().unwrap_or_default();
        if let Some(plan) = plan.as_plan() {
            entry.object.plan(plan, &call.context).await?;
        }
        let planned = plan.planned.take().unwrap_or_default();
        let planned = shape.conform(restored(entry, &[&unchanged, &proposed], planned))?;
        let planned = write_only::without(&shape.schema, planned);
        plan_modifiers::replacements(
            &shape.schema,
            plan.prior.as_ref(),
            &planned,
            &mut plan.requires_replace,
        );
        Ok((codec::encode(&planned), plan))
    });
    let (planned, diagnostics) = planned.await;
    let mut response = proto::plan_resource_change::Response {
        diagnostics,
        deferred: call.deferred(),
        ..Default::default()
    };
    if let Some((state, plan)) = planned {
        response.planned_state = Some(state);
        response.requires_replace = plan.requires_replace.iter().filter_map(codec::path).collect();
        response.planned_private = plan.private.to_bytes();
        // Whoever the object is, it stays so; a new one is only known once it is made.
        response.planned_identity = request.prior_identity;
    }
    response
}

/// What the client proposes, and what becomes of it.
pub(super) struct Proposal {
    pub(super) config: Option<Value>,
    pub(super) prior: Option<Value>,
    pub(super) planned: Option<Value>,
    private: PrivateState,
    requires_replace: Vec<AttributePath>,
}

impl Proposal {
    fn read(shape: &Shape, request: &proto::plan_resource_change::Request) -> Result<Self, Diagnostics> {
        let read = |value: Option<&proto::DynamicValue>| shape.read(value).map(present);
        Ok(Proposal {
            config: read(request.config.as_ref())?,
            prior: read(request.prior_state.as_ref())?,
            planned: read(request.proposed_new_state.as_ref())?,
            private: PrivateState::from_bytes(&request.prior_private)?,
            requires_replace: Vec::new(),
        })
    }

    /// Which change it is; none of an object that neither is nor will be.
    fn as_plan(&mut self) -> Option<Plan<'_, Value>> {
        let Proposal { config, prior, planned, private, requires_replace } = self;
        match (config, prior, planned) {
            (Some(config), None, Some(planned)) => {
                Some(Plan::Create(CreatePlan::new(config, planned, private)))
            }
            (Some(config), Some(prior), Some(planned)) => {
                Some(Plan::Update(UpdatePlan::new(config, prior, planned, requires_replace, private)))
            }
            (_, Some(prior), None) => Some(Plan::Delete(DeletePlan::new(prior, private))),
            _ => None,
        }
    }
}

/// The plan as the model has left it, with what the model could not hold: of one of these plans, if it is the same, else of the
/// last.
fn restored(entry: &Entry<dyn DynResource>, originals: &[&Value], planned: Value) -> Value {
    let schema = &entry.shape().schema;
    let is_same = |original: &&&Value| {
        let fields = entry.fields_naming(original);
        Restoring::plan(&fields).is_unchanged(schema, original, &planned)
    };
    let Some(original) = originals.iter().find(is_same).or(originals.last()) else { return planned };
    let fields = entry.fields_naming(original);
    Restoring::plan(&fields).restore(schema, original, planned)
}

fn present(value: Value) -> Option<Value> {
    Some(value).filter(|value| !value.is_null())
}
