use std::future::Future;
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
use tokio::runtime::Builder;
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;
use tonic::transport::Server;
use tonic_health::ServingStatus;

use crate::{Provider, log, panic};

mod connection;
mod goplugin;
mod handshake;
mod lifetime;
mod plugin;
mod reattach;
mod rpc;
mod socket;
mod tls;

#[cfg(feature = "testing")]
pub(crate) use connection::Io;
#[cfg(feature = "testing")]
pub(crate) use handshake::COOKIE;
#[cfg(feature = "testing")]
pub(crate) use tls::Pinned;

pub(crate) use connection::Connection;
pub(crate) use plugin::{Plugin, ServeMode};
pub(crate) use rpc::Rpc;

use connection::Open;
use goplugin::GoPlugin;
use handshake::{Handshake, HandshakeError};
use socket::{Listener, Place};
use tls::{Identity, TlsError};

/// Serves the provider to the Terraform process that started this one, until it is done: the whole of a provider's `main`.
///
/// Started by hand, the process says so and fails; with the argument `-debug` it waits for Terraform to attach
/// (`TF_REATTACH_PROVIDERS`). It owns the async runtime, stdout (the handshake), the panic hook, and the `tracing` subscriber,
/// whose events become Terraform's log.
pub fn serve(provider: impl Provider) -> ExitCode {
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
    let variable = |name: &str| std::env::var(name).ok();
    let served = if reattach::is_wanted(std::env::args().skip(1)) {
        serve_reattached(provider, variable)
    } else {
        serve_started(provider, variable)
    };
    served.map_or_else(|error| failed(&error), |()| ExitCode::SUCCESS)
}

fn serve_started(
    provider: impl Provider,
    variable: impl Fn(&str) -> Option<String>,
) -> Result<(), ServeError> {
    let launch = Handshake::from_environment(&variable)?;
    prepare(variable);
    blocking(async {
        let signals = lifetime::Signals::take().map_err(ServeError::Signals)?;
        let (listener, place) = Listener::bind(&launch).map_err(ServeError::Listen)?;
        let identity = launch.client_certificate.as_deref().map(Identity::for_client).transpose()?;
        say(&handshake(&place, identity.as_ref()))?;
        let open = Arc::new(Open::default());
        let tls = identity.map(|identity| TlsAcceptor::from(identity.config));
        let connections = connection::accept(listener, tls, Arc::clone(&open));
        let plugin = Arc::new(Plugin::new(provider, ServeMode::OneRun));
        tokio::select! {
            served = serve_connections(Arc::clone(&plugin), connections) => served,
            () = lifetime::client_is_gone(&open) => Ok(()),
            () = signals.told_to_end(|| plugin.stop()) => Ok(()),
        }
    })
}

fn serve_reattached(
    provider: impl Provider,
    variable: impl Fn(&str) -> Option<String>,
) -> Result<(), ServeError> {
    let address = Provider::address(&provider).ok_or(ServeError::NoAddress)?.to_owned();
    prepare(variable);
    blocking(async {
        let (listener, place) = Listener::bind(&Handshake::default()).map_err(ServeError::Listen)?;
        say(&reattach::instructions(&address, &place))?;
        let connections = connection::accept(listener, None, Arc::default());
        tokio::select! {
            served = serve_connections(Arc::new(Plugin::new(provider, ServeMode::ManyRuns)), connections) => served,
            () = lifetime::interrupted() => Ok(()),
        }
    })
}

fn prepare(variable: impl Fn(&str) -> Option<String>) {
    panic::install_hook();
    log::install(variable);
}

fn blocking(work: impl Future<Output = Result<(), ServeError>>) -> Result<(), ServeError> {
    let runtime =
        Builder::new_multi_thread().worker_threads(2).enable_all().build().map_err(ServeError::Runtime)?;
    let served = runtime.block_on(work);
    // Nobody waits for what is still running: the client is gone, or kills after two seconds.
    runtime.shutdown_background();
    served
}

fn failed(error: &dyn std::error::Error) -> ExitCode {
    eprint!("{error}");
    for cause in std::iter::successors(error.source(), |error| error.source()) {
        eprint!(": {cause}");
    }
    eprintln!();
    ExitCode::FAILURE
}

/// The server could not start, or broke down.
#[derive(Debug, Error)]
pub(crate) enum ServeError {
    #[error(transparent)]
    Handshake(#[from] HandshakeError),
    #[error(
        "`-debug` needs the address that Terraform knows the provider by: `Provider::address` gives none"
    )]
    NoAddress,
    #[error("cannot start a runtime")]
    Runtime(#[source] io::Error),
    #[error("cannot take signals")]
    Signals(#[source] io::Error),
    #[error("cannot listen")]
    Listen(#[source] io::Error),
    #[error(transparent)]
    Tls(#[from] TlsError),
    #[error("cannot write to stdout")]
    Say(#[source] io::Error),
    #[error("the server broke down")]
    Serve(#[from] tonic::transport::Error),
}

/// The line that the client waits for: versions, address, and the certificate that it is to expect, base64 without padding.
fn handshake(place: &Place, identity: Option<&Identity>) -> String {
    let certificate = identity.map(|identity| STANDARD_NO_PAD.encode(&identity.certificate));
    let (network, address, certificate) = (Place::NETWORK, place.address(), certificate.unwrap_or_default());
    format!("1|{}|{network}|{address}|grpc|{certificate}\n", handshake::PROTOCOL)
}

fn say(text: &str) -> Result<(), ServeError> {
    let mut stdout = io::stdout().lock();
    stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()).map_err(ServeError::Say)
}

/// Go providers set the same limit for both directions.
const LARGEST_MESSAGE: usize = 256 * 1024 * 1024;

/// So many calls may be cancelled before we have come to them without ending the connection. The usual 20 guard against floods
/// of strangers; our one client may give up a whole walk at once.
const CANCELLED_AT_ONCE: usize = 4096;

/// Serves until the client says that it is done.
pub(crate) async fn serve_connections(
    plugin: Arc<Plugin>,
    connections: impl Stream<Item = io::Result<Connection>>,
) -> Result<(), ServeError> {
    let done = CancellationToken::new();
    let (health, health_service) = tonic_health::server::health_reporter();
    health.set_service_status("plugin", ServingStatus::Serving).await;
    let helpers = GoPlugin { done: done.clone() };
    let provider = ProviderServer::new(Rpc::new(plugin))
        .max_decoding_message_size(LARGEST_MESSAGE)
        .max_encoding_message_size(LARGEST_MESSAGE);
    let server = Server::builder()
        .http2_max_pending_accept_reset_streams(Some(CANCELLED_AT_ONCE))
        .add_service(provider)
        .add_service(GrpcControllerServer::new(helpers.clone()))
        .add_service(GrpcBrokerServer::new(helpers.clone()))
        .add_service(GrpcStdioServer::new(helpers))
        .add_service(health_service)
        .serve_with_incoming_shutdown(connections, done.clone().cancelled_owned());
    tokio::select! {
        ended = server => Ok(ended?),
        () = answered(&done) => Ok(()),
    }
}

/// Waits for the shutdown, and a moment longer for its answer to be on the way. Calls that still run are not waited for.
async fn answered(done: &CancellationToken) {
    done.cancelled().await;
    tokio::time::sleep(Duration::from_millis(10)).await;
}
