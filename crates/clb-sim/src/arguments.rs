//! The command line.

mod values;

use std::future::{Future, ready};
use std::io::{self, Write};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use clap::{Args, ValueEnum};
use tokio::net::TcpListener;

use crate::clb::BusyResponse;
use crate::client_environment::client_environment;
use crate::fault::Fault;
use crate::fault_timing::When;
use crate::options::{Options, UnknownTask};
use crate::scenario::{self, Scenario};
use crate::server::{Transport, serve_on};
use crate::simulator::Simulator;
use crate::task_script::TaskScript;
#[cfg(feature = "tls")]
use crate::tls::CertificateAuthority;

/// The command line of the simulator. A program that offers it as a subcommand flattens these arguments and calls
/// [`serve`](Self::serve).
#[derive(Debug, Clone, Args)]
pub struct Arguments {
    /// Loopback address to listen on; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:0", value_parser = values::loopback)]
    listen: SocketAddr,

    /// Serve over TLS, and write the certificate that clients must trust to this file
    #[cfg(feature = "tls")]
    #[arg(long, value_name = "CA_FILE")]
    tls: Option<PathBuf>,

    /// A task known from the start: ID=SECONDS, ID=SECONDS:succeed or ID=SECONDS:fail:MESSAGE
    #[arg(long = "task", value_name = "TASK", value_parser = values::task)]
    tasks: Vec<(String, TaskScript)>,

    /// How long the tasks of asynchronous actions run
    #[arg(long, value_name = "SECONDS", default_value = "5", value_parser = values::seconds)]
    action_seconds: Duration,

    /// Calls of each action accepted in one second; 0 lifts the limit
    #[arg(long, value_name = "CALLS", default_value = "20")]
    rate: u32,

    /// The same for one action: ACTION=CALLS
    #[arg(long = "action-rate", value_name = "ACTION=CALLS", value_parser = values::action_rate)]
    action_rates: Vec<(String, Option<u32>)>,

    /// Reject ids that no call has created, instead of letting such resources exist from their first mention on
    #[arg(long)]
    strict_ids: bool,

    /// How calls about a busy load balancer or target group are rejected
    #[arg(long, value_name = "FORM", value_enum, default_value = "resource-in-operating")]
    busy: BusyResponse,

    /// How long after its registration a target turns healthy
    #[arg(long, value_name = "SECONDS", default_value = "3", value_parser = values::seconds)]
    health_seconds: Duration,

    /// Another product whose signatures are checked and whose responses the scenario scripts: NAME=VERSION
    #[arg(long = "product", value_name = "NAME=VERSION", value_parser = values::product)]
    products: Vec<(String, String)>,

    /// What goes wrong and when: "next 3: throttled", "2s to 4s: http 502", "call 2 about 1234: reset"
    #[arg(long = "fault", value_name = "WHEN: FAULT", value_parser = values::fault)]
    faults: Vec<(When, Fault)>,

    /// JSON file with tasks, actions, responses, faults, keys and more
    #[arg(long, value_name = "FILE", value_parser = values::scenario_file)]
    scenario: Option<Scenario>,

    /// Print a line for every call
    #[arg(long)]
    calls: bool,

    /// Error code for polls of unknown tasks
    #[arg(long, value_name = "CODE", value_enum, default_value = "invalid-parameter")]
    unknown_task: UnknownTaskName,

    /// Lifetime of every temporary key, whatever the call asks for
    #[arg(long, value_name = "SECONDS", value_parser = values::seconds)]
    session_seconds: Option<Duration>,

    /// Role whose keys instance metadata serves
    #[arg(long, value_name = "NAME")]
    instance_role: Option<String>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum UnknownTaskName {
    InvalidParameter,
    ResourceNotFound,
}

impl Arguments {
    /// Serves until `shutdown` is ready. The first line on `out` is the URL; `hints` says how to use it.
    pub async fn serve(
        self,
        mut out: impl Write,
        mut hints: impl Write + Send + 'static,
        shutdown: impl Future,
    ) -> io::Result<()> {
        let listener = TcpListener::bind(self.listen).await?;
        let (scheme, transport) = self.transport()?;
        let ca_file = self.ca_file();
        let (calls, simulator) = (self.calls, self.simulator());
        let url = format!("{scheme}://{}", listener.local_addr()?);
        let mut shutdown = pin!(shutdown);
        // Polled once before the URL is printed, so that an interrupt works from the first line on.
        tokio::select! { biased; _ = &mut shutdown => return Ok(()), () = ready(()) => {} }
        writeln!(out, "{url}")?;
        out.flush()?;
        hint(&mut hints, &url, &simulator, ca_file.as_deref())?;
        if calls {
            // A hint that cannot be written has no reader left.
            simulator.on_call(move |call| drop(writeln!(hints, "{call}")));
        }
        serve_on(listener, transport, simulator, shutdown).await
    }

    /// The simulator that the arguments describe.
    pub fn simulator(self) -> Simulator {
        let simulator = Simulator::new(self.options());
        let mut scenario = self.scenario.unwrap_or_default();
        scenario.tasks.extend(self.tasks);
        scenario.faults.extend(self.faults);
        scenario.rate_limits.extend(self.action_rates);
        scenario.products.extend(self.products);
        simulator.play(scenario);
        simulator
    }

    /// The scheme of the URL, and how connections are secured.
    #[cfg(feature = "tls")]
    fn transport(&self) -> io::Result<(&'static str, Transport)> {
        let Some(file) = &self.tls else { return Ok(("http", Transport::Plain)) };
        let authority = CertificateAuthority::new()?;
        std::fs::write(file, authority.certificate())?;
        Ok(("https", authority.transport()))
    }

    #[cfg(not(feature = "tls"))]
    #[expect(clippy::unnecessary_wraps, clippy::unused_self, reason = "its twin with TLS can fail")]
    fn transport(&self) -> io::Result<(&'static str, Transport)> {
        Ok(("http", Transport::Plain))
    }

    #[cfg(feature = "tls")]
    fn ca_file(&self) -> Option<PathBuf> {
        self.tls.clone()
    }

    #[cfg(not(feature = "tls"))]
    #[expect(clippy::unused_self, reason = "its twin with TLS uses it")]
    fn ca_file(&self) -> Option<PathBuf> {
        None
    }

    fn options(&self) -> Options {
        let mut options = Options::starting_now()
            .with_action_duration(self.action_seconds)
            .with_rate_limit(scenario::limit(self.rate))
            .with_busy_response(self.busy)
            .with_health_delay(self.health_seconds)
            .with_unknown_task(self.unknown_task.into());
        if self.strict_ids {
            options = options.with_strict_ids();
        }
        if let Some(duration) = self.session_seconds {
            options = options.with_session_duration(duration);
        }
        match &self.instance_role {
            Some(role) => options.with_instance_role(role),
            None => options,
        }
    }
}

impl From<UnknownTaskName> for UnknownTask {
    fn from(name: UnknownTaskName) -> Self {
        match name {
            UnknownTaskName::InvalidParameter => Self::InvalidParameter,
            UnknownTaskName::ResourceNotFound => Self::ResourceNotFound,
        }
    }
}

fn hint(hints: &mut impl Write, url: &str, simulator: &Simulator, ca_file: Option<&Path>) -> io::Result<()> {
    writeln!(hints, "# Keys of this simulator; they open nothing else. Ctrl-C stops it.")?;
    let products = Arc::clone(&simulator.service().products);
    let mut variables = client_environment(url, products.names(), ca_file).into_iter();
    variables.try_for_each(|(name, value)| writeln!(hints, "export {name}={value}"))
}
