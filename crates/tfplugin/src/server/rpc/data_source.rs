use std::sync::Arc;

use tfplugin_proto::tfplugin6 as proto;

use super::{About, Plugin};
use crate::model::Restoring;

pub(super) async fn validate(
    plugin: Arc<Plugin>,
    request: proto::validate_data_resource_config::Request,
) -> proto::validate_data_resource_config::Response {
    let call = plugin.call("ValidateDataResourceConfig", About::DataSource(&request.type_name));
    let validated = call.run(async {
        let entry = plugin.registry().data_sources.get(&request.type_name)?;
        let config = entry.checked_config(request.config.as_ref())?;
        entry.object.validate(config, &call.context).await
    });
    let (_, diagnostics) = validated.await;
    proto::validate_data_resource_config::Response { diagnostics }
}

pub(super) async fn read(
    plugin: Arc<Plugin>,
    request: proto::read_data_source::Request,
) -> proto::read_data_source::Response {
    let call = plugin
        .call("ReadDataSource", About::DataSource(&request.type_name))
        .able_to(request.client_capabilities);
    let read = call.run(async {
        let entry = plugin.registry().data_sources.get(&request.type_name)?;
        let config = entry.shape().read(request.config.as_ref())?;
        call.context.set_provider_meta(plugin.provider_meta(request.provider_meta.as_ref())?);
        let state = entry.object.read(config.clone(), &call.context).await?;
        let state = Restoring::result().restore(&entry.shape().schema, &config, state);
        if call.context.deferral().is_some() {
            entry.shape().write(state)
        } else {
            entry.shape().write_known(state)
        }
    });
    let (state, diagnostics) = read.await;
    proto::read_data_source::Response { state, diagnostics, deferred: call.deferred() }
}
