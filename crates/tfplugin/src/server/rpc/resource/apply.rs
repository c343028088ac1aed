use std::sync::Arc;

use tfplugin_proto::tfplugin6 as proto;

use super::super::{About, Plugin};
use super::{identity, kept, restored, sent_identity, written};
use crate::registry::Entry;
use crate::{Change, Context, Diagnostics, DynResource, PrivateState, Value, codec, panic};

pub(in super::super) async fn apply(
    plugin: Arc<Plugin>,
    request: proto::apply_resource_change::Request,
) -> proto::apply_resource_change::Response {
    let call = plugin.call("ApplyResourceChange", About::Resource(&request.type_name));
    let mut change = Change::new(None, PrivateState::new());
    let mut planned = Value::Null;
    let applied = call.run(async {
        let entry = plugin.registry().resources.get(&request.type_name)?;
        change.private = PrivateState::from_bytes(&request.planned_private)?;
        call.context.set_provider_meta(plugin.provider_meta(request.provider_meta.as_ref())?);
        call.context.set_identity(sent_identity(entry, request.planned_identity.as_ref())?);
        let read = |value: Option<&proto::DynamicValue>| entry.shape().read(value);
        change.config = Some(read(request.config.as_ref())?).filter(|config| !config.is_null());
        let prior = read(request.prior_state.as_ref())?;
        planned = read(request.planned_state.as_ref())?;
        let state = changed(entry, prior, planned.clone(), &mut change, &call.context).await?;
        let state = restored(entry, &planned, state);
        // The object is there now, whatever is found wrong with its state or identity.
        change.set_state(&state)?;
        written(entry, state).map(|(state, identity)| (Some(state), identity))
    });
    let (applied, mut diagnostics) = applied.await;
    let (new_state, new_identity) = if let Some(state) = applied {
        state
    } else {
        let (saved, errors) = saved(&plugin, &request.type_name, &planned, &change).await;
        add_new(&mut diagnostics, errors);
        // Whoever the object was before the failure, it still is.
        saved.unwrap_or((request.prior_state, request.planned_identity))
    };
    let private = change.private.to_bytes();
    proto::apply_resource_change::Response {
        new_state,
        private,
        diagnostics,
        new_identity,
        ..Default::default()
    }
}

async fn changed(
    entry: &Entry<dyn DynResource>,
    prior: Value,
    planned: Value,
    change: &mut Change<Value>,
    context: &Context,
) -> Result<Value, Diagnostics> {
    let resource = &entry.object;
    if planned.is_null() {
        resource.delete(prior, change, context).await?;
        return Ok(Value::Null);
    }
    if prior.is_null() {
        return resource.create(planned, change, context).await;
    }
    resource.update(prior, planned, change, context).await
}

/// Reports a problem of the saved state only once, since it may be the error of the operation itself.
fn add_new(diagnostics: &mut Vec<proto::Diagnostic>, errors: Diagnostics) {
    for error in errors.into_iter().map(proto::Diagnostic::from) {
        if !diagnostics.contains(&error) {
            diagnostics.push(error);
        }
    }
}

type State = (Option<proto::DynamicValue>, Option<proto::ResourceIdentityData>);

/// What a change that failed has saved on the way, if anything. It is kept even where it cannot be identified, or is not wholly
/// known: a state with holes leads back to the object, and none at all does not.
async fn saved(
    plugin: &Plugin,
    type_name: &str,
    planned: &Value,
    change: &Change<Value>,
) -> (Option<State>, Diagnostics) {
    let mut errors = Diagnostics::new();
    let entry = plugin.registry().resources.get(type_name).ok();
    let (Some(entry), Some(state)) = (entry, change.state()) else { return (None, errors) };
    let state = restored(entry, planned, state).without_unknowns();
    let Some(state) = errors.take(kept(entry, state)) else { return (None, errors) };
    let written = Some(codec::encode(&state));
    let identity = errors.take(panic::caught(async { identity(entry, state) }).await).flatten();
    (Some((written, identity)), errors)
}
