use tfplugin_proto::tfplugin6 as proto;

use super::super::Plugin;
use super::{identity, written};
use crate::offers::Offer;
use crate::{AnyResource, Change, Context, Diagnostics, Value};

pub(in super::super) async fn apply(
    plugin: &Plugin,
    request: proto::apply_resource_change::Request,
) -> proto::apply_resource_change::Response {
    let call = plugin.call("ApplyResourceChange", &request.type_name);
    let mut change = Change::new(None, request.planned_private);
    let applied = call.run(async {
        let offer = plugin.offers().resources.get(&request.type_name)?;
        let read = |value: Option<&proto::DynamicValue>| offer.shape().read(value);
        change.config = Some(read(request.config.as_ref())?).filter(|config| !config.is_null());
        let (prior, planned) = (read(request.prior_state.as_ref())?, read(request.planned_state.as_ref())?);
        let state = changed(offer, prior, planned, &mut change, &call.context).await?;
        Ok((Some(written(offer, state.clone())?), identity(offer, state)?))
    });
    let (applied, mut diagnostics) = applied.await;
    let (new_state, new_identity) = applied.unwrap_or_else(|| {
        let saved = saved(plugin, &request.type_name, &change).unwrap_or_else(|errors| {
            diagnostics.extend(errors.into_iter().map(proto::Diagnostic::from));
            None
        });
        // Whoever the object was before the failure, it still is.
        saved.unwrap_or((request.prior_state, request.planned_identity))
    });
    let private = change.private;
    proto::apply_resource_change::Response {
        new_state,
        private,
        diagnostics,
        new_identity,
        ..Default::default()
    }
}

async fn changed(
    offer: &Offer<dyn AnyResource>,
    prior: Value,
    planned: Value,
    change: &mut Change<Value>,
    context: &Context,
) -> Result<Value, Diagnostics> {
    let resource = &offer.object;
    if planned.is_null() {
        resource.delete(prior, change, context).await?;
        return Ok(Value::Null);
    }
    if prior.is_null() {
        return resource.create(planned, change, context).await;
    }
    resource.update(prior, planned, change, context).await
}

type State = (Option<proto::DynamicValue>, Option<proto::ResourceIdentityData>);

/// What a change that failed has saved on the way, if anything.
fn saved(plugin: &Plugin, type_name: &str, change: &Change<Value>) -> Result<Option<State>, Diagnostics> {
    let Some(state) = change.saved() else { return Ok(None) };
    let offer = plugin.offers().resources.get(type_name)?;
    Ok(Some((Some(written(offer, state.clone())?), identity(offer, state)?)))
}
