//! A simulator that listens on a port of its own.

use std::future::pending;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::ops::Deref;
use std::path::Path;
use std::sync::Arc;

#[cfg(feature = "tls")]
use tempfile::NamedTempFile;
use tokio::net::TcpListener;
use tokio::task::AbortHandle;

use crate::client_environment::{client_environment, no_other_host};
use crate::options::Options;
use crate::server::{Transport, serve_on};
use crate::simulator::Simulator;
#[cfg(feature = "tls")]
use crate::tls::CertificateAuthority;

/// A simulator that listens until this guard is dropped. It dereferences to the [`Simulator`], to script it and to look at
/// its calls.
#[derive(Debug)]
#[must_use = "the simulator stops when the guard is dropped"]
pub struct RunningSimulator {
    simulator: Simulator,
    url: String,
    #[cfg(feature = "tls")]
    ca_file: Option<NamedTempFile>,
    server: AbortHandle,
}

impl Simulator {
    /// Starts a simulator at the real time on a free loopback port: its URL, and a guard that stops it when dropped.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let (url, simulator) = clb_sim::Simulator::start().await;
    /// simulator.response("DescribeQuota", serde_json::json!({ "QuotaSet": [] }));
    /// // The client under test sends its requests to `url` here, then:
    /// assert_eq!(simulator.accepted_calls_of("DescribeQuota"), 0);
    /// # assert!(url.starts_with("http://127.0.0.1:"));
    /// # }
    /// ```
    ///
    /// # Panics
    ///
    /// Panics if no port is free; [`listen`](Self::listen) returns an error instead.
    pub async fn start() -> (String, RunningSimulator) {
        let running = Self::new(Options::starting_now()).listen().await;
        let running = running.expect("a loopback port should be free");
        (running.url.clone(), running)
    }

    /// Listens on a free loopback port.
    pub async fn listen(self) -> io::Result<RunningSimulator> {
        let listener = free_port().await?;
        let url = format!("http://{}", listener.local_addr()?);
        let server = self.spawn(listener, Transport::Plain);
        Ok(RunningSimulator {
            simulator: self,
            url,
            #[cfg(feature = "tls")]
            ca_file: None,
            server,
        })
    }

    /// The same as [`start`](Self::start) over TLS. [`RunningSimulator::ca_file`] is the certificate that clients trust.
    ///
    /// # Panics
    ///
    /// Panics if no port is free or the temporary file of the certificate cannot be written.
    #[cfg(feature = "tls")]
    pub async fn start_tls() -> (String, RunningSimulator) {
        let running = Self::new(Options::starting_now()).listen_tls().await;
        let running = running.expect("a loopback port should be free, and temporary files writable");
        (running.url.clone(), running)
    }

    /// Listens on a free loopback port over TLS, with a certificate of an authority that exists for this simulator alone.
    #[cfg(feature = "tls")]
    pub async fn listen_tls(self) -> io::Result<RunningSimulator> {
        let listener = free_port().await?;
        let url = format!("https://{}", listener.local_addr()?);
        let authority = CertificateAuthority::new()?;
        let ca_file = authority.temporary_file()?;
        let server = self.spawn(listener, authority.transport());
        Ok(RunningSimulator { simulator: self, url, ca_file: Some(ca_file), server })
    }

    fn spawn(&self, listener: TcpListener, transport: Transport) -> AbortHandle {
        let simulator = self.clone();
        tokio::spawn(async move { serve_on(listener, transport, simulator, pending::<()>()).await })
            .abort_handle()
    }
}

impl RunningSimulator {
    /// The URL, without a path.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The environment variables that lead a client here, for a process that a test starts: keys, region, the endpoint of
    /// every product known so far, the file of the certificate, and a root domain without hosts, so that a call of any other
    /// product finds no host instead of the real one.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let (url, simulator) = clb_sim::Simulator::start().await;
    /// let mut client = std::process::Command::new("terraform");
    /// client.envs(simulator.environment());
    /// assert!(simulator.environment().contains(&("TENCENTCLOUD_CLB_ENDPOINT".to_owned(), url)));
    /// # }
    /// ```
    pub fn environment(&self) -> Vec<(String, String)> {
        let products = Arc::clone(&self.service().products);
        let mut variables = client_environment(&self.url, products.names(), self.ca_path());
        variables.push(no_other_host());
        variables
    }

    #[cfg(feature = "tls")]
    fn ca_path(&self) -> Option<&Path> {
        self.ca_file()
    }

    #[cfg(not(feature = "tls"))]
    #[expect(clippy::unused_self, reason = "its twin with TLS uses it")]
    fn ca_path(&self) -> Option<&Path> {
        None
    }

    /// A PEM file with the certificate that clients must trust, as `TENCENTCLOUD_CA_FILE`. It is removed with the guard.
    /// None without TLS.
    #[cfg(feature = "tls")]
    pub fn ca_file(&self) -> Option<&Path> {
        self.ca_file.as_ref().map(NamedTempFile::path)
    }
}

impl Deref for RunningSimulator {
    type Target = Simulator;

    fn deref(&self) -> &Simulator {
        &self.simulator
    }
}

impl Drop for RunningSimulator {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn free_port() -> io::Result<TcpListener> {
    TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).await
}
