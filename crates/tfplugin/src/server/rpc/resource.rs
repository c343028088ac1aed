use std::cmp::Ordering;
use std::sync::Arc;

use tfplugin_proto::tfplugin6 as proto;

use super::{About, Plugin};
use crate::model::Restoring;
use crate::registry::Entry;
use crate::value::encoding::InvalidValueError;
use crate::value::json;
use crate::{
    Adopted, Diagnostic, Diagnostics, DynResource, Import, MovedState, PrivateState, StoredState, Value,
    codec,
};

mod apply;
mod generate;
mod plan;
mod plan_modifiers;
mod write_only;

pub(super) use apply::apply;
pub(super) use generate::generate_config;
pub(super) use plan::plan;

pub(super) async fn identity_schemas(
    plugin: Arc<Plugin>,
    _: proto::get_resource_identity_schemas::Request,
) -> proto::get_resource_identity_schemas::Response {
    let call = plugin.call("GetResourceIdentitySchemas", About::Provider);
    let schemas = call.run(async {
        let resources = plugin.registry().resources.iter();
        let schemas = resources
            .filter_map(|(name, entry)| Some((name.clone(), (&entry.object.identity_schema()?).into())));
        Ok(schemas.collect())
    });
    let (schemas, diagnostics) = schemas.await;
    let identity_schemas = schemas.unwrap_or_default();
    proto::get_resource_identity_schemas::Response { identity_schemas, diagnostics }
}

pub(super) async fn validate(
    plugin: Arc<Plugin>,
    request: proto::validate_resource_config::Request,
) -> proto::validate_resource_config::Response {
    let call = plugin
        .call("ValidateResourceConfig", About::Resource(&request.type_name))
        .able_to(request.client_capabilities);
    let validated = call.run(async {
        let entry = plugin.registry().resources.get(&request.type_name)?;
        let config = entry.checked_config(request.config.as_ref())?;
        if !call.context.capabilities().write_only_attributes_allowed {
            write_only::reject(&entry.shape().schema, &config)?;
        }
        entry.object.validate(config, &call.context).await
    });
    let (_, diagnostics) = validated.await;
    proto::validate_resource_config::Response { diagnostics }
}

pub(super) async fn upgrade(
    plugin: Arc<Plugin>,
    request: proto::upgrade_resource_state::Request,
) -> proto::upgrade_resource_state::Response {
    let call = plugin.call("UpgradeResourceState", About::Resource(&request.type_name));
    let upgraded = call.run(async {
        let entry = plugin.registry().resources.get(&request.type_name)?;
        let stored = stored(request.version, request.raw_state)?;
        let state = match request.version.cmp(&entry.shape().schema.version) {
            Ordering::Less => entry.object.upgrade(stored, &call.context).await?,
            Ordering::Equal => json::decode_state(stored.json(), &entry.shape().ty).map_err(unreadable)?,
            Ordering::Greater => return Err(too_new(request.version)),
        };
        codec::encode_known(&kept(entry, state)?)
    });
    let (upgraded_state, diagnostics) = upgraded.await;
    proto::upgrade_resource_state::Response { upgraded_state, diagnostics }
}

pub(super) async fn upgrade_identity(
    plugin: Arc<Plugin>,
    request: proto::upgrade_resource_identity::Request,
) -> proto::upgrade_resource_identity::Response {
    let call = plugin.call("UpgradeResourceIdentity", About::Resource(&request.type_name));
    let upgraded = call.run(async {
        let entry = plugin.registry().resources.get(&request.type_name)?;
        let Some(schema) = entry.object.identity_schema() else { return Ok(None) };
        let stored = stored(request.version, request.raw_identity)?;
        let identity = match request.version.cmp(&schema.version) {
            Ordering::Less => entry.object.upgrade_identity(stored)?,
            Ordering::Equal => json::decode_state(stored.json(), &schema.ty()).map_err(unreadable)?,
            Ordering::Greater => return Err(too_new(request.version)),
        };
        let identity_data = Some(codec::write_known(identity, &schema.ty())?);
        Ok(Some(proto::ResourceIdentityData { identity_data }))
    });
    let (upgraded_identity, diagnostics) = upgraded.await;
    proto::upgrade_resource_identity::Response { upgraded_identity: upgraded_identity.flatten(), diagnostics }
}

pub(super) async fn read(
    plugin: Arc<Plugin>,
    request: proto::read_resource::Request,
) -> proto::read_resource::Response {
    let call =
        plugin.call("ReadResource", About::Resource(&request.type_name)).able_to(request.client_capabilities);
    let read = call.run(async {
        let entry = plugin.registry().resources.get(&request.type_name)?;
        let state = entry.shape().read(request.current_state.as_ref())?;
        if state.is_null() {
            return Ok((written(entry, Value::Null)?, request.private.clone()));
        }
        call.context.set_provider_meta(plugin.provider_meta(request.provider_meta.as_ref())?);
        call.context.set_identity(sent_identity(entry, request.current_identity.as_ref())?);
        let mut private = PrivateState::from_bytes(&request.private)?;
        let found = entry.object.read(state.clone(), &mut private, &call.context).await?.unwrap_or_default();
        let found = restored(entry, &state, found);
        Ok((written(entry, found)?, private.to_bytes()))
    });
    let (read, diagnostics) = read.await;
    let ((new_state, new_identity), private) = match read {
        Some(((state, identity), private)) => ((Some(state), identity), private),
        None => ((request.current_state, request.current_identity), request.private),
    };
    proto::read_resource::Response {
        new_state,
        diagnostics,
        private,
        deferred: call.deferred(),
        new_identity,
    }
}

pub(super) async fn import(
    plugin: Arc<Plugin>,
    request: proto::import_resource_state::Request,
) -> proto::import_resource_state::Response {
    let call = plugin
        .call("ImportResourceState", About::Resource(&request.type_name))
        .able_to(request.client_capabilities);
    let imported = call.run(async {
        let entry = plugin.registry().resources.get(&request.type_name)?;
        let given = match request.identity.and_then(|identity| identity.identity_data) {
            Some(identity) => Some(codec::read(Some(&identity), &identity_type(entry)?)?),
            None => None,
        };
        let given = given.filter(|given| !given.is_null());
        let import = match given.clone() {
            Some(identity) => Import::Identity(identity),
            None => Import::Id(request.id),
        };
        let imported = entry.object.import(import, &call.context).await?;
        let private = imported.private.to_bytes();
        let (state, identity) = adopted(entry, imported, given)?;
        Ok(proto::import_resource_state::ImportedResource {
            type_name: request.type_name.clone(),
            state: Some(state),
            private,
            identity,
        })
    });
    let (imported, diagnostics) = imported.await;
    let imported_resources = imported.into_iter().collect();
    proto::import_resource_state::Response { imported_resources, diagnostics, deferred: call.deferred() }
}

pub(super) async fn move_state(
    plugin: Arc<Plugin>,
    request: proto::move_resource_state::Request,
) -> proto::move_resource_state::Response {
    let call = plugin.call("MoveResourceState", About::Resource(&request.target_type_name));
    let taken = call.run(async {
        let entry = plugin.registry().resources.get(&request.target_type_name)?;
        let identity =
            request.source_identity.map(|raw| stored(request.source_identity_schema_version, Some(raw)));
        let moved = MovedState::new(
            request.source_provider_address,
            request.source_type_name,
            stored(request.source_schema_version, request.source_state)?,
        );
        let moved = moved.with_private(request.source_private);
        let moved = match identity {
            Some(identity) => moved.with_identity(identity?),
            None => moved,
        };
        let from = format!("`{}` of {}", moved.resource, moved.provider);
        let Some(taken) = entry.object.move_state(moved, &call.context).await? else {
            let detail = format!("`{}` cannot take over the state of {from}.", request.target_type_name);
            return Err(Diagnostic::error("Resource cannot be moved", detail).into());
        };
        let private = taken.private.to_bytes();
        Ok((adopted(entry, taken, None)?, private))
    });
    let (taken, diagnostics) = taken.await;
    let ((target_state, target_identity), target_private) = match taken {
        Some(((state, identity), private)) => ((Some(state), identity), private),
        None => ((None, None), Vec::new()),
    };
    proto::move_resource_state::Response { target_state, diagnostics, target_private, target_identity }
}

/// An object that was taken over, for the client. What is known only in part is identified if it can be, or as the client has it.
fn adopted(
    entry: &Entry<dyn DynResource>,
    adopted: Adopted<Value>,
    given: Option<Value>,
) -> Result<Written, Diagnostics> {
    if adopted.is_whole() {
        return written(entry, adopted.state());
    }
    let state = kept(entry, adopted.state())?;
    let encoded = codec::encode_known(&state)?;
    let Some(schema) = entry.object.identity_schema() else { return Ok((encoded, None)) };
    let found = || entry.object.identity(state).ok().filter(|identity| schema.is_complete(identity));
    let data = given.or_else(found).map(|identity| codec::write_known(identity, &schema.ty())).transpose()?;
    Ok((encoded, data.map(|data| proto::ResourceIdentityData { identity_data: Some(data) })))
}

/// A state that the model has made of `original`, with what the model could not hold.
fn restored(entry: &Entry<dyn DynResource>, original: &Value, state: Value) -> Value {
    let fields = entry.fields_naming(original);
    Restoring::state(&fields).restore(&entry.shape().schema, original, state)
}

/// A state as it is kept: of its schema, and without what is not to be kept.
fn kept(entry: &Entry<dyn DynResource>, state: Value) -> Result<Value, Diagnostics> {
    let shape = entry.shape();
    Ok(write_only::without(&shape.schema, shape.conform(state)?))
}

/// A state for the client, wholly known, and what identifies its object.
pub(super) fn written(entry: &Entry<dyn DynResource>, state: Value) -> Result<Written, Diagnostics> {
    let state = kept(entry, state)?;
    Ok((codec::encode_known(&state)?, identity(entry, state)?))
}

pub(super) type Written = (proto::DynamicValue, Option<proto::ResourceIdentityData>);

/// What identifies the object of this state, if its resource has identities.
fn identity(
    entry: &Entry<dyn DynResource>,
    state: Value,
) -> Result<Option<proto::ResourceIdentityData>, Diagnostics> {
    let Some(schema) = entry.object.identity_schema().filter(|_| !state.is_null()) else { return Ok(None) };
    let identity = entry.object.identity(state)?;
    if identity.is_null() {
        let detail = format!(
            "`{}` has an `identity_schema`, and its `identity` gives null. This is a bug in the provider.",
            entry.object.name()
        );
        return Err(Diagnostic::error("Object without identity", detail).into());
    }
    Ok(Some(proto::ResourceIdentityData { identity_data: Some(codec::write_known(identity, &schema.ty())?) }))
}

/// The identity that the client has on record; null if it has none.
fn sent_identity(
    entry: &Entry<dyn DynResource>,
    sent: Option<&proto::ResourceIdentityData>,
) -> Result<Option<Value>, Diagnostics> {
    let (Some(sent), Some(schema)) = (sent, entry.object.identity_schema()) else { return Ok(None) };
    codec::read(sent.identity_data.as_ref(), &schema.ty()).map(Some)
}

fn identity_type(entry: &Entry<dyn DynResource>) -> Result<crate::Type, Diagnostics> {
    let schema = entry.object.identity_schema().ok_or_else(|| {
        let detail = format!("`{}` has no identity to import it by.", entry.object.name());
        Diagnostic::error("Resource has no identity", detail)
    })?;
    Ok(schema.ty())
}

fn stored(version: i64, raw: Option<proto::RawState>) -> Result<StoredState, Diagnostics> {
    let proto::RawState { json, flatmap } = raw.unwrap_or_default();
    if flatmap.is_empty() {
        return Ok(StoredState::new(version, json));
    }
    let detail = "It is from before Terraform 0.12, which wrote another format. Apply it once with a version in between.";
    Err(Diagnostic::error("Stored state is too old", detail).into())
}

fn too_new(version: i64) -> Diagnostics {
    let detail = format!(
        "It has schema version {version}, which this version of the provider does not know. Use the newer provider that has \
         stored it."
    );
    Diagnostic::error("Stored state is too new", detail).into()
}

fn unreadable(error: InvalidValueError) -> Diagnostics {
    let detail = format!("It does not have the shape that its schema version means: {}.", error.problem);
    Diagnostic::error("Stored state could not be read", detail).at(error.path).into()
}
