//! The provider's own service: each call finds its entry in the registry, reads the values it was sent, and writes the response.

use std::pin::Pin;
use std::sync::Arc;

use futures_util::{Stream, StreamExt as _, stream};
use tfplugin_proto::tfplugin6::{self as proto, provider_server::Provider as Service};
use tonic::{Request, Response, Status, Streaming};

use super::plugin::{About, Plugin};

mod action;
mod data_source;
mod ephemeral;
mod function;
mod list;
mod provider;
mod resource;
mod unsupported;

/// The service around a provider.
pub(crate) struct Rpc(Arc<Plugin>);

impl Rpc {
    pub(crate) fn new(plugin: Arc<Plugin>) -> Self {
        Rpc(plugin)
    }

    /// Runs the handler where operations run. It ends early if the client gives the call up.
    async fn respond<Q, A, F>(
        &self,
        handler: impl FnOnce(Arc<Plugin>, Q) -> F,
        request: Request<Q>,
    ) -> RpcResult<A>
    where
        A: Send + 'static,
        F: Future<Output = A> + Send + 'static,
    {
        let work = handler(Arc::clone(&self.0), request.into_inner());
        respond(self.0.operations.run(work).await)
    }
}

type RpcResult<T> = Result<Response<T>, Status>;
type Events<T> = Pin<Box<dyn Stream<Item = Result<T, Status>> + Send>>;

#[expect(
    clippy::unnecessary_wraps,
    reason = "every call could fail, though ours respond with diagnostics instead"
)]
fn respond<T>(message: T) -> RpcResult<T> {
    Ok(Response::new(message))
}

#[tonic::async_trait]
impl Service for Rpc {
    async fn get_metadata(
        &self,
        request: Request<proto::get_metadata::Request>,
    ) -> RpcResult<proto::get_metadata::Response> {
        self.respond(provider::metadata, request).await
    }

    async fn get_provider_schema(
        &self,
        request: Request<proto::get_provider_schema::Request>,
    ) -> RpcResult<proto::get_provider_schema::Response> {
        self.respond(provider::schema, request).await
    }

    async fn get_resource_identity_schemas(
        &self,
        request: Request<proto::get_resource_identity_schemas::Request>,
    ) -> RpcResult<proto::get_resource_identity_schemas::Response> {
        self.respond(resource::identity_schemas, request).await
    }

    async fn get_functions(
        &self,
        request: Request<proto::get_functions::Request>,
    ) -> RpcResult<proto::get_functions::Response> {
        self.respond(function::all, request).await
    }

    async fn validate_provider_config(
        &self,
        request: Request<proto::validate_provider_config::Request>,
    ) -> RpcResult<proto::validate_provider_config::Response> {
        self.respond(provider::validate, request).await
    }

    async fn configure_provider(
        &self,
        request: Request<proto::configure_provider::Request>,
    ) -> RpcResult<proto::configure_provider::Response> {
        self.respond(provider::configure, request).await
    }

    async fn stop_provider(
        &self,
        _: Request<proto::stop_provider::Request>,
    ) -> RpcResult<proto::stop_provider::Response> {
        self.0.stop();
        respond(proto::stop_provider::Response::default())
    }

    async fn validate_data_resource_config(
        &self,
        request: Request<proto::validate_data_resource_config::Request>,
    ) -> RpcResult<proto::validate_data_resource_config::Response> {
        self.respond(data_source::validate, request).await
    }

    async fn read_data_source(
        &self,
        request: Request<proto::read_data_source::Request>,
    ) -> RpcResult<proto::read_data_source::Response> {
        self.respond(data_source::read, request).await
    }

    async fn validate_resource_config(
        &self,
        request: Request<proto::validate_resource_config::Request>,
    ) -> RpcResult<proto::validate_resource_config::Response> {
        self.respond(resource::validate, request).await
    }

    async fn upgrade_resource_state(
        &self,
        request: Request<proto::upgrade_resource_state::Request>,
    ) -> RpcResult<proto::upgrade_resource_state::Response> {
        self.respond(resource::upgrade, request).await
    }

    async fn upgrade_resource_identity(
        &self,
        request: Request<proto::upgrade_resource_identity::Request>,
    ) -> RpcResult<proto::upgrade_resource_identity::Response> {
        self.respond(resource::upgrade_identity, request).await
    }

    async fn read_resource(
        &self,
        request: Request<proto::read_resource::Request>,
    ) -> RpcResult<proto::read_resource::Response> {
        self.respond(resource::read, request).await
    }

    async fn plan_resource_change(
        &self,
        request: Request<proto::plan_resource_change::Request>,
    ) -> RpcResult<proto::plan_resource_change::Response> {
        self.respond(resource::plan, request).await
    }

    async fn apply_resource_change(
        &self,
        request: Request<proto::apply_resource_change::Request>,
    ) -> RpcResult<proto::apply_resource_change::Response> {
        self.respond(resource::apply, request).await
    }

    async fn import_resource_state(
        &self,
        request: Request<proto::import_resource_state::Request>,
    ) -> RpcResult<proto::import_resource_state::Response> {
        self.respond(resource::import, request).await
    }

    async fn move_resource_state(
        &self,
        request: Request<proto::move_resource_state::Request>,
    ) -> RpcResult<proto::move_resource_state::Response> {
        self.respond(resource::move_state, request).await
    }

    async fn call_function(
        &self,
        request: Request<proto::call_function::Request>,
    ) -> RpcResult<proto::call_function::Response> {
        self.respond(function::call, request).await
    }

    async fn validate_ephemeral_resource_config(
        &self,
        request: Request<proto::validate_ephemeral_resource_config::Request>,
    ) -> RpcResult<proto::validate_ephemeral_resource_config::Response> {
        self.respond(ephemeral::validate, request).await
    }

    async fn open_ephemeral_resource(
        &self,
        request: Request<proto::open_ephemeral_resource::Request>,
    ) -> RpcResult<proto::open_ephemeral_resource::Response> {
        self.respond(ephemeral::open, request).await
    }

    async fn renew_ephemeral_resource(
        &self,
        request: Request<proto::renew_ephemeral_resource::Request>,
    ) -> RpcResult<proto::renew_ephemeral_resource::Response> {
        self.respond(ephemeral::renew, request).await
    }

    async fn close_ephemeral_resource(
        &self,
        request: Request<proto::close_ephemeral_resource::Request>,
    ) -> RpcResult<proto::close_ephemeral_resource::Response> {
        self.respond(ephemeral::close, request).await
    }

    async fn validate_action_config(
        &self,
        request: Request<proto::validate_action_config::Request>,
    ) -> RpcResult<proto::validate_action_config::Response> {
        self.respond(action::validate, request).await
    }

    async fn plan_action(
        &self,
        request: Request<proto::plan_action::Request>,
    ) -> RpcResult<proto::plan_action::Response> {
        self.respond(action::plan, request).await
    }

    type InvokeActionStream = Events<proto::invoke_action::Event>;

    async fn invoke_action(
        &self,
        request: Request<proto::invoke_action::Request>,
    ) -> RpcResult<Self::InvokeActionStream> {
        respond(action::invoke(Arc::clone(&self.0), request.into_inner()))
    }

    async fn generate_resource_config(
        &self,
        request: Request<proto::generate_resource_config::Request>,
    ) -> RpcResult<proto::generate_resource_config::Response> {
        self.respond(resource::generate_config, request).await
    }

    type ListResourceStream = Events<proto::list_resource::Event>;

    async fn list_resource(
        &self,
        request: Request<proto::list_resource::Request>,
    ) -> RpcResult<Self::ListResourceStream> {
        respond(list::list(Arc::clone(&self.0), request.into_inner()))
    }

    async fn validate_list_resource_config(
        &self,
        request: Request<proto::validate_list_resource_config::Request>,
    ) -> RpcResult<proto::validate_list_resource_config::Response> {
        self.respond(list::validate, request).await
    }

    // What this crate does not support. No schema announces it; a client that calls it gets an error.

    async fn validate_state_store_config(
        &self,
        _: Request<proto::validate_state_store::Request>,
    ) -> RpcResult<proto::validate_state_store::Response> {
        respond(proto::validate_state_store::Response { diagnostics: unsupported::state_stores() })
    }

    async fn configure_state_store(
        &self,
        _: Request<proto::configure_state_store::Request>,
    ) -> RpcResult<proto::configure_state_store::Response> {
        respond(proto::configure_state_store::Response {
            diagnostics: unsupported::state_stores(),
            ..Default::default()
        })
    }

    type ReadStateBytesStream = Events<proto::read_state_bytes::Response>;

    async fn read_state_bytes(
        &self,
        _: Request<proto::read_state_bytes::Request>,
    ) -> RpcResult<Self::ReadStateBytesStream> {
        let diagnostics = unsupported::state_stores();
        respond(once(proto::read_state_bytes::Response { diagnostics, ..Default::default() }))
    }

    async fn write_state_bytes(
        &self,
        _: Request<Streaming<proto::write_state_bytes::RequestChunk>>,
    ) -> RpcResult<proto::write_state_bytes::Response> {
        respond(proto::write_state_bytes::Response { diagnostics: unsupported::state_stores() })
    }

    async fn lock_state(
        &self,
        _: Request<proto::lock_state::Request>,
    ) -> RpcResult<proto::lock_state::Response> {
        respond(proto::lock_state::Response {
            diagnostics: unsupported::state_stores(),
            ..Default::default()
        })
    }

    async fn unlock_state(
        &self,
        _: Request<proto::unlock_state::Request>,
    ) -> RpcResult<proto::unlock_state::Response> {
        respond(proto::unlock_state::Response { diagnostics: unsupported::state_stores() })
    }

    async fn get_states(
        &self,
        _: Request<proto::get_states::Request>,
    ) -> RpcResult<proto::get_states::Response> {
        respond(proto::get_states::Response {
            diagnostics: unsupported::state_stores(),
            ..Default::default()
        })
    }

    async fn delete_state(
        &self,
        _: Request<proto::delete_state::Request>,
    ) -> RpcResult<proto::delete_state::Response> {
        respond(proto::delete_state::Response { diagnostics: unsupported::state_stores() })
    }
}

fn once<T: Send + 'static>(event: T) -> Events<T> {
    stream::iter([Ok(event)]).boxed()
}
