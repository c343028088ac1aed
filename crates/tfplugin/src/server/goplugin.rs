//! The services that go-plugin's client expects beside the provider's.

use std::pin::Pin;

use futures_util::{Stream, StreamExt, stream};
use tfplugin_proto::goplugin::grpc_broker_server::GrpcBroker;
use tfplugin_proto::goplugin::grpc_controller_server::GrpcController;
use tfplugin_proto::goplugin::grpc_stdio_server::GrpcStdio;
use tfplugin_proto::goplugin::{ConnInfo, Empty, StdioData};
use tokio_util::sync::CancellationToken;
use tonic::{Request, Response, Status, Streaming};

/// All three of them, around the token that ends the process.
#[derive(Clone, Debug)]
pub(super) struct GoPlugin {
    pub(super) done: CancellationToken,
}

type QuietStream<T> = Pin<Box<dyn Stream<Item = Result<T, Status>> + Send>>;

impl GoPlugin {
    /// A stream without messages. The client opens such streams at once and keeps them: they must neither end early nor
    /// outlive the shutdown.
    fn quiet_stream<T: Send + 'static>(&self) -> Response<QuietStream<T>> {
        Response::new(stream::pending().take_until(self.done.clone().cancelled_owned()).boxed())
    }
}

#[tonic::async_trait]
impl GrpcController for GoPlugin {
    async fn shutdown(&self, _: Request<Empty>) -> Result<Response<Empty>, Status> {
        self.done.cancel();
        Ok(Response::new(Empty {}))
    }
}

#[tonic::async_trait]
impl GrpcBroker for GoPlugin {
    type StartStreamStream = QuietStream<ConnInfo>;

    async fn start_stream(
        &self,
        _: Request<Streaming<ConnInfo>>,
    ) -> Result<Response<Self::StartStreamStream>, Status> {
        Ok(self.quiet_stream())
    }
}

#[tonic::async_trait]
impl GrpcStdio for GoPlugin {
    type StreamStdioStream = QuietStream<StdioData>;

    async fn stream_stdio(&self, _: Request<()>) -> Result<Response<Self::StreamStdioStream>, Status> {
        Ok(self.quiet_stream())
    }
}
