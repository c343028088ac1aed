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
    let started = call.run(async {
        let offer = plugin.offers().resources.get(&request.type_name)?;
        let read = |value: Option<&proto::DynamicValue>| offer.shape().read(value);
        let config = Some(read(request.config.as_ref())?).filter(|config| !config.is_null());
        let (prior, planned) = (read(request.prior_state.as_ref())?, read(request.planned_state.as_ref())?);
        Ok((offer, prior, planned, Change::new(config, request.planned_private)))
    });
    let (started, diagnostics) = started.await;
    let Some((offer, prior, planned, mut change)) = started else {
        let new_state = request.prior_state;
        return proto::apply_resource_change::Response { new_state, diagnostics, ..Default::default() };
    };
    let applied = call.run(async {
        let state = changed(offer, prior, planned, &mut change, &call.context).await?;
        Ok((written(offer, state.clone())?, identity(offer, state)?))
    });
    let (applied, mut diagnostics) = applied.await;
    let mut response =
        proto::apply_resource_change::Response { private: change.private.clone(), ..Default::default() };
    (response.new_state, response.new_identity) = match applied {
        Some((state, identity)) => (Some(state), identity),
        None => kept(offer, &change, request.prior_state, &mut diagnostics),
    };
    response.diagnostics = diagnostics;
    response
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

type Kept = (Option<proto::DynamicValue>, Option<proto::ResourceIdentityData>);

/// The state after a failure: what was saved on the way, or else the one before.
fn kept(
    offer: &Offer<dyn AnyResource>,
    change: &Change<Value>,
    prior: Option<proto::DynamicValue>,
    diagnostics: &mut Vec<proto::Diagnostic>,
) -> Kept {
    let Some(saved) = change.saved() else { return (prior, None) };
    let saved = written(offer, saved.clone()).and_then(|state| Ok((Some(state), identity(offer, saved)?)));
    saved.unwrap_or_else(|errors| {
        diagnostics.extend(errors.into_iter().map(proto::Diagnostic::from));
        (prior, None)
    })
}
