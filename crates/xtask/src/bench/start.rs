//! A provider's start, as Terraform starts it: with a certificate of the client, up to the line that says where it listens.

use std::fs;
use std::io::{self, BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rcgen::{CertificateParams, KeyPair, PKCS_ECDSA_P521_SHA512};
use tempfile::TempDir;
use tokio::time::Instant;

use super::figures::{Measure, Spread, Unit};
use super::peers::{GO, OURS, Peers, SHELL, TF_PROVIDER};
use super::processes::{Once, in_turn};
use super::terraforms::executable;
use super::{BenchError, Programs, at};

/// After the handshake, until memory is read: the server is ready by then.
const SETTLED: Duration = Duration::from_millis(150);

/// Time and memory of the start, and sizes.
pub(super) fn measure(rounds: usize, programs: &Programs, peers: &Peers) -> Result<Vec<Measure>, BenchError> {
    let folder = TempDir::with_prefix("clb-bench-")?;
    let client = Client { certificate: certificate()?, folder: folder.path().to_owned() };
    let copied = |name, program| {
        executable(program, &folder.path().join(name), "provider").map(|program| (name, program))
    };
    let mut providers = vec![copied(OURS, programs.provider())?];
    for (name, program) in [(GO, &peers.go_provider), (TF_PROVIDER, &peers.tf_provider)] {
        providers.extend(program.as_deref().map(|program| copied(name, program)).transpose()?);
    }
    let mut handshakes = starts(&providers, &client, Client::handshake);
    handshakes.push((SHELL, Box::new(|| client.handshake(shell()))));
    let mut measures = vec![Measure::new(
        "handshake",
        "start to handshake, mutual TLS",
        Unit::Milliseconds,
        in_turn(rounds, handshakes)?,
    )];
    if cfg!(target_os = "linux") {
        let memory = in_turn(rounds, starts(&providers, &client, Client::memory))?;
        let title = "peak memory at the handshake, mutual TLS";
        measures.push(Measure::new("handshake-memory", title, Unit::Mebibytes, memory));
    }
    measures.push(sizes(&providers, peers.strip.as_deref(), folder.path())?);
    Ok(measures)
}

/// The providers as subjects of a measure.
fn starts<'a>(
    providers: &'a [(&'static str, PathBuf)],
    client: &'a Client,
    once: fn(&Client, Command) -> Result<f64, BenchError>,
) -> Vec<(&'static str, Once<'a>)> {
    let subject = |(name, program): &'a (&'static str, PathBuf)| -> (&'static str, Once<'a>) {
        (name, Box::new(move || once(client, Command::new(program))))
    };
    providers.iter().map(subject).collect()
}

/// What Terraform gives to every provider that it starts.
struct Client {
    certificate: String,
    /// For sockets, which a killed provider leaves behind.
    folder: PathBuf,
}

impl Client {
    /// Milliseconds from the start to the line.
    fn handshake(&self, command: Command) -> Result<f64, BenchError> {
        let started = Instant::now();
        let child = self.start(command)?;
        let elapsed = started.elapsed();
        end(child)?;
        Ok(elapsed.as_secs_f64() * 1e3)
    }

    /// The most memory that the process has had, in MiB.
    fn memory(&self, command: Command) -> Result<f64, BenchError> {
        let child = self.start(command)?;
        let process = format!("/proc/{}/status", child.id());
        std::thread::park_timeout(SETTLED);
        let status = fs::read_to_string(&process);
        end(child)?;
        let status = status.map_err(at(process.as_ref()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kibibytes = line.and_then(|line| line.trim().strip_suffix(" kB")?.parse::<f64>().ok());
        Ok(kibibytes.ok_or_else(|| io::Error::other("no VmHWM in the status of a process"))? / 1024.0)
    }

    /// Starts a provider and reads its line.
    fn start(&self, mut command: Command) -> Result<Child, BenchError> {
        command
            .env("TF_PLUGIN_MAGIC_COOKIE", "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2")
            .env("PLUGIN_PROTOCOL_VERSIONS", "6,5")
            .env("PLUGIN_MIN_PORT", "10000")
            .env("PLUGIN_MAX_PORT", "25000")
            .env("PLUGIN_CLIENT_CERT", &self.certificate)
            .env("TMPDIR", &self.folder)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        let mut child = command.spawn()?;
        let mut line = String::new();
        if let Some(stdout) = &mut child.stdout {
            BufReader::with_capacity(8192, stdout).read_line(&mut line)?;
        }
        if line.starts_with("1|") {
            return Ok(child);
        }
        end(child)?;
        Err(BenchError::Command { command: command.get_program().display().to_string(), printed: line })
    }
}

fn end(mut child: Child) -> io::Result<()> {
    child.kill()?;
    child.wait().map(drop)
}

/// The floor: what it takes to start a small program and read a line.
fn shell() -> Command {
    let mut shell = Command::new("sh");
    shell.args(["-c", "echo '1|'; exec sleep 60"]);
    shell
}

/// A client certificate as Terraform makes one, as PEM.
fn certificate() -> Result<String, BenchError> {
    let key = KeyPair::generate_for(&PKCS_ECDSA_P521_SHA512)?;
    let mut parameters = CertificateParams::new(vec!["localhost".to_owned()])?;
    parameters.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    let encoded = STANDARD.encode(parameters.self_signed(&key)?.der());
    let lines: Vec<_> = encoded.as_bytes().chunks(64).map(String::from_utf8_lossy).collect();
    Ok(format!("-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n", lines.join("\n")))
}

/// Sizes without symbols. The crate's example keeps some, which are taken out here.
fn sizes(providers: &[(&str, PathBuf)], strip: Option<&Path>, folder: &Path) -> Result<Measure, BenchError> {
    let mut values = Vec::new();
    for (name, program) in providers {
        let file = match (*name, strip) {
            (TF_PROVIDER, Some(strip)) => stripped(strip, program, folder)?,
            (TF_PROVIDER, None) => continue,
            _ => program.clone(),
        };
        #[expect(clippy::cast_precision_loss, reason = "no program has so many bytes")]
        let size = fs::metadata(&file).map_err(at(&file))?.len() as f64 / 1e6;
        values.push((*name, Some(Spread::exactly(size))));
    }
    Ok(Measure::new("size", "stripped binary", Unit::Megabytes, values))
}

fn stripped(strip: &Path, program: &Path, folder: &Path) -> Result<PathBuf, BenchError> {
    let file = folder.join("stripped");
    super::processes::milliseconds(Command::new(strip).arg("-o").arg(&file).arg(program), "")?;
    Ok(file)
}
