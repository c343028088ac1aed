use std::sync::Arc;

use tfplugin_proto::tfplugin6 as proto;

use super::{About, Plugin};
use crate::model::Restoring;
use crate::{Diagnostics, Opened, PrivateState};

pub(super) async fn validate(
    plugin: Arc<Plugin>,
    request: proto::validate_ephemeral_resource_config::Request,
) -> proto::validate_ephemeral_resource_config::Response {
    let call = plugin.call("ValidateEphemeralResourceConfig", About::EphemeralResource(&request.type_name));
    let validated = call.run(async {
        let entry = plugin.registry().ephemeral_resources.get(&request.type_name)?;
        let config = entry.checked_config(request.config.as_ref())?;
        entry.object.validate(config, &call.context).await
    });
    let (_, diagnostics) = validated.await;
    proto::validate_ephemeral_resource_config::Response { diagnostics }
}

pub(super) async fn open(
    plugin: Arc<Plugin>,
    request: proto::open_ephemeral_resource::Request,
) -> proto::open_ephemeral_resource::Response {
    let call = plugin
        .call("OpenEphemeralResource", About::EphemeralResource(&request.type_name))
        .able_to(request.client_capabilities);
    let opened = call.run(async {
        let entry = plugin.registry().ephemeral_resources.get(&request.type_name)?;
        let config = entry.shape().read(request.config.as_ref())?;
        let Opened { state, private, renew_at } = entry.object.open(config.clone(), &call.context).await?;
        let state = Restoring::result().restore(&entry.shape().schema, &config, state);
        let deferred = call.context.deferral().is_some();
        let state = if deferred { entry.shape().write(state)? } else { entry.shape().write_known(state)? };
        Ok(Opened { state, private, renew_at })
    });
    let (opened, diagnostics) = opened.await;
    let mut response = proto::open_ephemeral_resource::Response {
        diagnostics,
        deferred: call.deferred(),
        ..Default::default()
    };
    if let Some(opened) = opened {
        response.result = Some(opened.state);
        response.private = Some(opened.private.to_bytes());
        response.renew_at = opened.renew_at.map(Into::into);
    }
    response
}

pub(super) async fn renew(
    plugin: Arc<Plugin>,
    request: proto::renew_ephemeral_resource::Request,
) -> proto::renew_ephemeral_resource::Response {
    let call = plugin.call("RenewEphemeralResource", About::EphemeralResource(&request.type_name));
    let renewed = call.run(async {
        let entry = plugin.registry().ephemeral_resources.get(&request.type_name)?;
        let private = read_private(request.private.as_deref())?;
        entry.object.renew(&private, &call.context).await
    });
    let (renewed, diagnostics) = renewed.await;
    let mut response = proto::renew_ephemeral_resource::Response { diagnostics, ..Default::default() };
    if let Some(renewed) = renewed {
        let renewed_private = Some(renewed.private.to_bytes()).filter(|bytes| !bytes.is_empty());
        response.private = renewed_private.or(request.private);
        response.renew_at = renewed.renew_at.map(Into::into);
    }
    response
}

pub(super) async fn close(
    plugin: Arc<Plugin>,
    request: proto::close_ephemeral_resource::Request,
) -> proto::close_ephemeral_resource::Response {
    let call = plugin.cleanup("CloseEphemeralResource", About::EphemeralResource(&request.type_name));
    let closed = call.run(async {
        let entry = plugin.registry().ephemeral_resources.get(&request.type_name)?;
        let private = read_private(request.private.as_deref())?;
        entry.object.close(&private, &call.context).await
    });
    let (_, diagnostics) = closed.await;
    proto::close_ephemeral_resource::Response { diagnostics }
}

fn read_private(bytes: Option<&[u8]>) -> Result<PrivateState, Diagnostics> {
    PrivateState::from_bytes(bytes.unwrap_or_default())
}
