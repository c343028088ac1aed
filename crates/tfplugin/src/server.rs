use std::collections::BTreeMap;
use std::future::Future;
use std::io;
use std::ops::ControlFlow;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

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
mod goplugin;
mod handshake;
mod lifetime;
mod operations;
mod plugin;
mod reattach;
mod rpc;
mod socket;
mod stdout;
mod tls;

#[cfg(feature = "testing")]
pub(crate) use connection::Io;
#[cfg(feature = "testing")]
pub(crate) use handshake::COOKIE;
#[cfg(feature = "acceptance")]
pub(crate) use reattach::Attachable;
#[cfg(feature = "testing")]
pub(crate) use tls::Pinned;

pub(crate) use connection::Connection;
pub(crate) use operations::Operations;
pub(crate) use plugin::{Plugin, ServeMode};
pub(crate) use rpc::Rpc;

use connection::OpenConnections;
use goplugin::GoPlugin;
use handshake::{Handshake, HandshakeError};
use lifetime::Signals;
#[cfg(not(feature = "acceptance"))]
use reattach::Attachable;
use socket::Listener;
use tls::{Identity, TlsError};

/// Serves the provider to the Terraform process that started this one, until it is done: the whole of a provider's `main`.
/// [`Serve`] does the same with options.
pub fn serve(provider: impl Provider) -> ExitCode {
    Serve::new(provider).run()
}

/// Serves a provider, with options.
///
/// ```no_run
/// # struct Example;
/// # impl tfplugin::Provider for Example {
/// #     type Config = ();
/// #     type Client = ();
/// # }
/// fn main() -> std::process::ExitCode {
///     tfplugin::Serve::new(Example).address("registry.terraform.io/example/example").log_name("example").run()
/// }
/// ```
#[derive(Debug)]
#[must_use = "it serves when it is run"]
pub struct Serve<P> {
    provider: P,
    address: Option<String>,
    log_name: Option<String>,
    runtime: Option<Runtime>,
}

impl<P: Provider> Serve<P> {
    /// Serves this provider as [`serve`] does.
    pub fn new(provider: P) -> Self {
        Serve { provider, address: None, log_name: None, runtime: None }
    }

    /// The source address in full, in place of [`Provider::address`]: the name by which Terraform attaches to a provider that was
    /// started with `-debug`.
    pub fn address(self, address: impl Into<String>) -> Self {
        Serve { address: Some(address.into()), ..self }
    }

    /// The `NAME` in the variable `TF_LOG_PROVIDER_NAME`, which sets the level of this provider's log alone. Without it, what
    /// follows `terraform-provider-` in the name of the program.
    pub fn log_name(self, name: impl Into<String>) -> Self {
        Serve { log_name: Some(name.into()), ..self }
    }

    /// Runs the operations on this runtime, which must have several threads, in place of one with two.
    pub fn runtime(self, runtime: Runtime) -> Self {
        Serve { runtime: Some(runtime), ..self }
    }

    /// Serves until the client is done.
    ///
    /// Started by hand, the process says so and fails; with the argument `-debug` it waits for Terraform to attach
    /// (`TF_REATTACH_PROVIDERS`). It owns stdout (the handshake), the panic hook, and the `tracing` subscriber, whose events become
    /// Terraform's log. Operations run on threads of their own: one that blocks holds up neither the others nor the end.
    pub fn run(self) -> ExitCode {
        let environment = environment();
        let variable = |name: &str| environment.get(name).cloned();
        let served = if reattach::is_wanted(std::env::args().skip(1)) {
            self.serve_reattached(&environment)
        } else {
            Handshake::from_environment(variable)
                .map_err(ServeError::from)
                .and_then(|handshake| self.serve_started(&handshake, &environment))
        };
        served.map_or_else(|error| failed(&error), |()| ExitCode::SUCCESS)
    }

    fn serve_started(
        self,
        handshake: &Handshake,
        environment: &BTreeMap<String, String>,
    ) -> Result<(), ServeError> {
        if stdout::is_closed() {
            return Err(ServeError::StdoutClosed);
        }
        self.check_runtime()?;
        self.prepare(environment);
        protocol(async {
            let signals = Signals::take().map_err(ServeError::Signals)?;
            let (listener, address) = Listener::bind(handshake).map_err(ServeError::Listen)?;
            let identity = handshake.client_certificate.as_deref().map(Identity::for_client).transpose()?;
            stdout::write(&handshake::line(&address, identity.as_ref())).map_err(ServeError::Stdout)?;
            let open = Arc::new(OpenConnections::default());
            let tls = identity.map(|identity| TlsAcceptor::from(identity.config));
            let connections = connection::accept(listener, tls, Arc::clone(&open));
            // The client is on its way meanwhile.
            let (plugin, runtime) = self.plugin(ServeMode::OneRun)?;
            let ended = tokio::select! {
                served = serve_connections(Arc::clone(&plugin), connections) => served,
                () = lifetime::client_is_gone(&open) => Ok(()),
                () = signals.end(|| { plugin.stop(); ControlFlow::Continue(()) }) => Ok(()),
            };
            // Nobody waits for what still runs: the client is gone, or kills after two seconds.
            runtime.shutdown_background();
            ended
        })
    }

    fn serve_reattached(self, environment: &BTreeMap<String, String>) -> Result<(), ServeError> {
        let name = self.address.as_deref().or(Provider::address(&self.provider));
        let name = name.ok_or(ServeError::NoAddress)?.to_owned();
        self.check_runtime()?;
        self.prepare(environment);
        protocol(async {
            let signals = Signals::take().map_err(ServeError::Signals)?;
            let attachable = Attachable::bind().map_err(ServeError::Listen)?;
            stdout::write(&attachable.instructions(&name)).map_err(ServeError::Stdout)?;
            let (plugin, runtime) = self.plugin(ServeMode::ManyRuns)?;
            let ended = tokio::select! {
                served = attachable.serve(plugin) => served,
                () = signals.end(|| ControlFlow::Break(())) => Ok(()),
            };
            runtime.shutdown_background();
            ended
        })
    }

    /// Said before anything runs: a runtime cannot be dropped within another.
    fn check_runtime(&self) -> Result<(), ServeError> {
        let has_one_thread = |runtime: &Runtime| Operations::on(runtime.handle()).is_none();
        if self.runtime.as_ref().is_some_and(has_one_thread) {
            return Err(ServeError::RuntimeOfOneThread);
        }
        Ok(())
    }

    fn prepare(&self, environment: &BTreeMap<String, String>) {
        panic::install_hook();
        let program = std::env::current_exe().ok();
        let program =
            program.as_deref().and_then(std::path::Path::file_stem).and_then(std::ffi::OsStr::to_str);
        let by_program = program.and_then(|name| name.strip_prefix("terraform-provider-"));
        log::install(environment, self.log_name.as_deref().or(by_program));
    }

    fn plugin(self, mode: ServeMode) -> Result<(Arc<Plugin>, Runtime), ServeError> {
        let runtime = match self.runtime {
            Some(runtime) => runtime,
            None => Operations::runtime().map_err(ServeError::Runtime)?,
        };
        let operations = Operations::on(runtime.handle()).ok_or(ServeError::RuntimeOfOneThread)?;
        Ok((Arc::new(Plugin::new(self.provider, mode, operations)), runtime))
    }
}

/// The one place that reads the environment.
fn environment() -> BTreeMap<String, String> {
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .collect()
}

/// Runs the protocol on this thread, and nothing else, so that it always responds.
fn protocol(work: impl Future<Output = Result<(), ServeError>>) -> Result<(), ServeError> {
    Builder::new_current_thread().enable_all().build().map_err(ServeError::Runtime)?.block_on(work)
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
    #[error("stdout is closed, so that nobody could read the handshake")]
    StdoutClosed,
    #[error("cannot start a runtime")]
    Runtime(#[source] io::Error),
    #[error(
        "the runtime given to `Serve::runtime` has one thread; use `tokio::runtime::Builder::new_multi_thread`"
    )]
    RuntimeOfOneThread,
    #[error("cannot take signals")]
    Signals(#[source] io::Error),
    #[error("cannot listen")]
    Listen(#[source] io::Error),
    #[error(transparent)]
    Tls(#[from] TlsError),
    #[error("cannot write to stdout")]
    Stdout(#[source] io::Error),
    #[error("the server broke down")]
    Serve(#[from] tonic::transport::Error),
}

/// Go providers set the same limit for both directions.
const LARGEST_MESSAGE: usize = 256 * 1024 * 1024;

/// So many calls may be cancelled before we have come to them without ending the connection. The usual 20 guard against floods
/// of strangers; our one client may give up a whole walk at once.
const CANCELLED_AT_ONCE: usize = 4096;

/// Serves until the client sends the shutdown.
pub(crate) async fn serve_connections(
    plugin: Arc<Plugin>,
    connections: impl Stream<Item = io::Result<Connection>>,
) -> Result<(), ServeError> {
    let done = CancellationToken::new();
    let (health, health_service) = tonic_health::server::health_reporter();
    health.set_service_status("plugin", ServingStatus::Serving).await;
    let goplugin = GoPlugin { done: done.clone() };
    let provider = ProviderServer::new(Rpc::new(plugin))
        .max_decoding_message_size(LARGEST_MESSAGE)
        .max_encoding_message_size(LARGEST_MESSAGE);
    let server = Server::builder()
        .http2_max_pending_accept_reset_streams(Some(CANCELLED_AT_ONCE))
        .add_service(provider)
        .add_service(GrpcControllerServer::new(goplugin.clone()))
        .add_service(GrpcBrokerServer::new(goplugin.clone()))
        .add_service(GrpcStdioServer::new(goplugin))
        .add_service(health_service)
        .serve_with_incoming_shutdown(connections, done.clone().cancelled_owned());
    tokio::select! {
        ended = server => Ok(ended?),
        () = shutdown_answered(&done) => Ok(()),
    }
}

/// Waits for the shutdown, and a moment longer for its response to be on the way. Calls that still run are not waited for.
async fn shutdown_answered(done: &CancellationToken) {
    done.cancelled().await;
    tokio::time::sleep(Duration::from_millis(10)).await;
}
