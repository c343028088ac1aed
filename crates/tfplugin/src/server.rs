use std::io::{self, Write as _};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use futures_util::Stream;
use tfplugin_proto::goplugin::grpc_broker_server::GrpcBrokerServer;
use tfplugin_proto::goplugin::grpc_controller_server::GrpcControllerServer;
use tfplugin_proto::goplugin::grpc_stdio_server::GrpcStdioServer;
use tfplugin_proto::tfplugin6::provider_server::ProviderServer;
use thiserror::Error;
use tokio::runtime::{Builder, Runtime};
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;
use tonic::transport::Server;
use tonic_health::ServingStatus;

use crate::{Provider, log, panic};

mod connection;
mod helpers;
mod launch;
mod lifetime;
mod plugin;
mod rpc;
mod socket;
mod tls;

use connection::{Connection, Open};
use helpers::Helpers;
use launch::Launch;
use plugin::{Lasting, Plugin};
use rpc::Rpc;
use socket::Listener;
use tls::{Identity, TlsError};

/// Serves the provider to the Terraform process that started this one, until it is done: the whole of a provider's `main`.
///
/// Started by hand, the process says so and fails. It owns the async runtime, stdout (the handshake), the panic hook, and the
/// `tracing` subscriber, whose events become Terraform's log.
pub fn serve(provider: impl Provider) -> ExitCode {
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
    let variable = |name: &str| std::env::var(name).ok();
    let launch = match Launch::from_environment(variable) {
        Ok(launch) => launch,
        Err(error) => return failed(&error),
    };
    panic::install_hook();
    log::install(variable);
    let runtime = match runtime() {
        Ok(runtime) => runtime,
        Err(error) => return failed(&error),
    };
    let served = runtime.block_on(run(provider, &launch));
    // Nobody waits for what is still running: the client is gone, or kills after two seconds.
    runtime.shutdown_background();
    served.map_or_else(|error| failed(&error), |()| ExitCode::SUCCESS)
}

fn failed(error: &dyn std::error::Error) -> ExitCode {
    eprint!("{error}");
    for cause in std::iter::successors(error.source(), |error| error.source()) {
        eprint!(": {cause}");
    }
    eprintln!();
    ExitCode::FAILURE
}

fn runtime() -> io::Result<Runtime> {
    Builder::new_multi_thread().worker_threads(2).enable_all().build()
}

/// The server could not start, or broke down.
#[derive(Debug, Error)]
enum ServeError {
    #[error("cannot listen")]
    Listen(#[source] io::Error),
    #[error(transparent)]
    Tls(#[from] TlsError),
    #[error("cannot announce the server to the client")]
    Announce(#[source] io::Error),
    #[error("the server broke down")]
    Serve(#[from] tonic::transport::Error),
}

async fn run(provider: impl Provider, launch: &Launch) -> Result<(), ServeError> {
    let listener = Listener::bind(launch).map_err(ServeError::Listen)?;
    let identity = launch.client_certificate.as_deref().map(Identity::for_client).transpose()?;
    announce(&listener, identity.as_ref()).map_err(ServeError::Announce)?;
    let open = Arc::new(Open::default());
    let tls = identity.map(|identity| TlsAcceptor::from(identity.config));
    let connections = connection::accept(listener, tls, Arc::clone(&open));
    let done = CancellationToken::new();
    tokio::select! {
        served = serve_connections(provider, connections, done.clone()) => served,
        () = lifetime::client_is_gone(&open) => Ok(()),
        () = lifetime::told_to_end() => Ok(()),
        () = answered(&done) => Ok(()),
    }
}

/// The line that the client waits for: versions, address, and the certificate that it is to expect, base64 without padding.
fn announce(listener: &Listener, identity: Option<&Identity>) -> io::Result<()> {
    let certificate = identity.map(|identity| STANDARD_NO_PAD.encode(&identity.certificate));
    let (network, address, certificate) =
        (Listener::NETWORK, listener.address(), certificate.unwrap_or_default());
    let line = format!("1|{}|{network}|{address}|grpc|{certificate}\n", launch::PROTOCOL);
    let mut stdout = io::stdout().lock();
    stdout.write_all(line.as_bytes())?;
    stdout.flush()
}

/// Waits for the shutdown, and a moment longer for its answer to be on the way.
async fn answered(done: &CancellationToken) {
    done.cancelled().await;
    tokio::time::sleep(Duration::from_millis(10)).await;
}

/// Go providers set the same limit for both directions.
const LARGEST_MESSAGE: usize = 256 * 1024 * 1024;

async fn serve_connections(
    provider: impl Provider,
    connections: impl Stream<Item = io::Result<Connection>>,
    done: CancellationToken,
) -> Result<(), ServeError> {
    let (health, health_service) = tonic_health::server::health_reporter();
    health.set_service_status("plugin", ServingStatus::Serving).await;
    let helpers = Helpers { done: done.clone() };
    let provider = ProviderServer::new(Rpc::new(Plugin::new(provider, Lasting::OneRun)))
        .max_decoding_message_size(LARGEST_MESSAGE)
        .max_encoding_message_size(LARGEST_MESSAGE);
    Server::builder()
        .add_service(provider)
        .add_service(GrpcControllerServer::new(helpers.clone()))
        .add_service(GrpcBrokerServer::new(helpers.clone()))
        .add_service(GrpcStdioServer::new(helpers))
        .add_service(health_service)
        .serve_with_incoming_shutdown(connections, done.cancelled_owned())
        .await?;
    Ok(())
}
