use tfplugin_proto::tfplugin6 as proto;

use super::{About, Plugin};
use crate::Opened;

pub(super) async fn validate(
    plugin: &Plugin,
    request: proto::validate_ephemeral_resource_config::Request,
) -> proto::validate_ephemeral_resource_config::Response {
    let call = plugin.call("ValidateEphemeralResourceConfig", About::EphemeralResource(&request.type_name));
    let validated = call.run(async {
        let entry = plugin.registry().ephemeral_resources.get(&request.type_name)?;
        let config = entry.shape().read_config(request.config.as_ref())?;
        entry.object.validate(config, &call.context).await
    });
    let (_, diagnostics) = validated.await;
    proto::validate_ephemeral_resource_config::Response { diagnostics }
}

pub(super) async fn open(
    plugin: &Plugin,
    request: proto::open_ephemeral_resource::Request,
) -> proto::open_ephemeral_resource::Response {
    let call = plugin.call("OpenEphemeralResource", About::EphemeralResource(&request.type_name));
    let opened = call.run(async {
        let entry = plugin.registry().ephemeral_resources.get(&request.type_name)?;
        let config = entry.shape().read(request.config.as_ref())?;
        let Opened { state, private, renew_at } = entry.object.open(config, &call.context).await?;
        Ok(Opened { state: entry.shape().write_known(state)?, private, renew_at })
    });
    let (opened, diagnostics) = opened.await;
    let mut response = proto::open_ephemeral_resource::Response { diagnostics, ..Default::default() };
    if let Some(opened) = opened {
        response.result = Some(opened.state);
        response.private = Some(opened.private);
        response.renew_at = opened.renew_at.map(Into::into);
    }
    response
}

pub(super) async fn renew(
    plugin: &Plugin,
    request: proto::renew_ephemeral_resource::Request,
) -> proto::renew_ephemeral_resource::Response {
    let call = plugin.call("RenewEphemeralResource", About::EphemeralResource(&request.type_name));
    let renewed = call.run(async {
        let entry = plugin.registry().ephemeral_resources.get(&request.type_name)?;
        entry.object.renew(request.private.as_deref().unwrap_or_default(), &call.context).await
    });
    let (renewed, diagnostics) = renewed.await;
    let mut response = proto::renew_ephemeral_resource::Response { diagnostics, ..Default::default() };
    if let Some(renewed) = renewed {
        let kept =
            if renewed.private.is_empty() { request.private.unwrap_or_default() } else { renewed.private };
        response.private = Some(kept);
        response.renew_at = renewed.renew_at.map(Into::into);
    }
    response
}

pub(super) async fn close(
    plugin: &Plugin,
    request: proto::close_ephemeral_resource::Request,
) -> proto::close_ephemeral_resource::Response {
    let call = plugin.call("CloseEphemeralResource", About::EphemeralResource(&request.type_name));
    let closed = call.run(async {
        let entry = plugin.registry().ephemeral_resources.get(&request.type_name)?;
        entry.object.close(request.private.as_deref().unwrap_or_default(), &call.context).await
    });
    let (_, diagnostics) = closed.await;
    proto::close_ephemeral_resource::Response { diagnostics }
}
