use std::sync::Arc;

use tfplugin_proto::tfplugin6 as proto;

use proto::get_metadata::{
    ActionMetadata, DataSourceMetadata, EphemeralMetadata, FunctionMetadata, ListResourceMetadata,
    ResourceMetadata,
};

use super::{About, Plugin, function};
use crate::Diagnostics;
use crate::context::Configuration;

pub(super) async fn metadata(
    plugin: Arc<Plugin>,
    _: proto::get_metadata::Request,
) -> proto::get_metadata::Response {
    let call = plugin.call("GetMetadata", About::Provider);
    let (names, diagnostics) = call.run(async { Ok(names(&plugin)) }).await;
    proto::get_metadata::Response { diagnostics, ..names.unwrap_or_default() }
}

fn names(plugin: &Plugin) -> proto::get_metadata::Response {
    let registry = plugin.registry();
    let data_sources =
        registry.data_sources.names().map(|name| DataSourceMetadata { type_name: name.clone() });
    let resources = registry.resources.names().map(|name| ResourceMetadata { type_name: name.clone() });
    let functions = registry.functions.names().map(|name| FunctionMetadata { name: name.clone() });
    let ephemeral =
        registry.ephemeral_resources.names().map(|name| EphemeralMetadata { type_name: name.clone() });
    let lists = registry.list_resources.names().map(|name| ListResourceMetadata { type_name: name.clone() });
    let actions = registry.actions.names().map(|name| ActionMetadata { type_name: name.clone() });
    proto::get_metadata::Response {
        server_capabilities: Some(capabilities(plugin)),
        data_sources: data_sources.collect(),
        resources: resources.collect(),
        functions: functions.collect(),
        ephemeral_resources: ephemeral.collect(),
        list_resources: lists.collect(),
        actions: actions.collect(),
        ..Default::default()
    }
}

pub(super) async fn schema(
    plugin: Arc<Plugin>,
    _: proto::get_provider_schema::Request,
) -> proto::get_provider_schema::Response {
    let call = plugin.call("GetProviderSchema", About::Provider);
    let (schemas, diagnostics) = call.run(async { schemas(&plugin) }).await;
    proto::get_provider_schema::Response { diagnostics, ..schemas.unwrap_or_default() }
}

fn schemas(plugin: &Plugin) -> Result<proto::get_provider_schema::Response, Diagnostics> {
    let registry = plugin.registry();
    crate::check::all(&plugin.shape().schema, registry)?;
    let data_sources = registry.data_sources.iter();
    let resources = registry.resources.iter();
    let ephemeral = registry.ephemeral_resources.iter();
    let actions = registry.actions.iter();
    let action = |schema| proto::ActionSchema { schema: Some(schema) };
    Ok(proto::get_provider_schema::Response {
        provider: Some((&plugin.shape().schema).into()),
        provider_meta: plugin.meta_shape().map(|shape| (&shape.schema).into()),
        data_source_schemas: data_sources
            .map(|(name, entry)| (name.clone(), (&entry.shape().schema).into()))
            .collect(),
        resource_schemas: resources
            .map(|(name, entry)| (name.clone(), (&entry.shape().schema).into()))
            .collect(),
        ephemeral_resource_schemas: ephemeral
            .map(|(name, entry)| (name.clone(), (&entry.shape().schema).into()))
            .collect(),
        list_resource_schemas: registry
            .list_resources
            .iter()
            .map(|(name, entry)| (name.clone(), (&entry.shape().schema).into()))
            .collect(),
        action_schemas: actions
            .map(|(name, entry)| (name.clone(), action((&entry.shape().schema).into())))
            .collect(),
        functions: function::signatures(plugin),
        server_capabilities: Some(capabilities(plugin)),
        ..Default::default()
    })
}

/// Schemas never depend on the run, so that the first one read does for all its processes.
fn capabilities(plugin: &Plugin) -> proto::ServerCapabilities {
    let manages = !plugin.registry().resources.is_empty();
    proto::ServerCapabilities {
        plan_destroy: manages,
        get_provider_schema_optional: true,
        move_resource_state: manages,
        generate_resource_config: manages,
    }
}

pub(super) async fn validate(
    plugin: Arc<Plugin>,
    request: proto::validate_provider_config::Request,
) -> proto::validate_provider_config::Response {
    let call = plugin.call("ValidateProviderConfig", About::Provider);
    let validated = call.run(async {
        let config = plugin.shape().read(request.config.as_ref())?;
        plugin.shape().check_config(&config, plugin.provider.configuration_errors(&config))?;
        plugin.provider.validate(config, &call.context).await
    });
    let (_, diagnostics) = validated.await;
    proto::validate_provider_config::Response { diagnostics }
}

pub(super) async fn configure(
    plugin: Arc<Plugin>,
    request: proto::configure_provider::Request,
) -> proto::configure_provider::Response {
    let call = plugin.call("ConfigureProvider", About::Provider).able_to(request.client_capabilities);
    let configured = call.run(async {
        let config = plugin.shape().read(request.config.as_ref())?;
        let client = plugin.provider.configure(config, &call.context).await?;
        let configuration = client.map_or(Configuration::Unknown, Configuration::Client);
        plugin.set_configuration(configuration, request.terraform_version);
        Ok(())
    });
    let (_, diagnostics) = configured.await;
    proto::configure_provider::Response { diagnostics }
}
