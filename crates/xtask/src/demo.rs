//! The main job, end to end: a call that is carried out later, and Terraform holding back a resource until it is.

use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitStatus;
use std::time::Duration;

use clb_api::{ApiError, Client, Endpoint, Region, StaticCredentials};
use clb_sim::{DEMO_SECRET_ID, DEMO_SECRET_KEY, Options, Simulator, TaskScript};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::process::Command;
use xtask::package::target::Platform;
use xtask::package::{self, PackageError, mirror};
use xtask::terraform::{NotFoundError, Product, Terraform, Workspace, installing_from};

const REGION: &str = "ap-guangzhou";

/// An asynchronous call whose outcome Terraform is to wait for.
const ACTION: &str = "CreateListener";

/// The version under which the demo installs the provider.
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// How long the tasks of the demo run: long enough to see Terraform wait.
const TASK_LENGTH: Duration = Duration::from_secs(6);

/// Why the demo could not be shown.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DemoError {
    #[error("{0}")]
    NoTerraform(#[from] NotFoundError),
    #[error("the demo was interrupted")]
    Interrupted,
    #[error("the simulator could not be called: {0}")]
    Call(#[from] ApiError),
    #[error("the demo could not be set up: {0}")]
    Setup(Box<dyn std::error::Error + Send + Sync>),
    #[error("{0}")]
    Io(#[from] io::Error),
    #[error("the provider could not be packaged: {0}")]
    Package(#[from] PackageError),
    #[error("{0}")]
    NotAsPromised(String),
}

/// Shows a task that succeeds and one that fails. Nothing is left behind.
pub(crate) async fn run(terraform: Terraform, interrupt: impl Future<Output = ()>) -> Result<(), DemoError> {
    let stage = Stage::set(terraform).await?;
    tokio::select! {
        shown = stage.show() => shown,
        () = interrupt => Err(DemoError::Interrupted),
    }
}

/// Everything the demo needs: the simulator on a free port, a client for it, and a mirror with the provider.
struct Stage {
    terraform: Terraform,
    product: Product,
    mirror: TempDir,
    simulator: Simulator,
    url: String,
    client: Client,
}

/// What one run of Terraform showed.
struct Scene {
    status: ExitStatus,
    polls: usize,
    /// From the end of the task to the response that showed it.
    lag: Duration,
    created: bool,
}

impl Stage {
    async fn set(terraform: Terraform) -> Result<Self, DemoError> {
        say("Building the provider ...");
        let mirror = mirror_with(&build_provider().await?)?;
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}", listener.local_addr()?);
        let simulator = Simulator::new(Options::starting_now());
        tokio::spawn(clb_sim::run(listener, simulator.clone(), std::future::pending::<()>()));
        say(&format!("The simulator listens at {url}: the load balancer API without an account."));
        let client = client(&url)?;
        let product = terraform.version()?.product();
        Ok(Self { terraform, product, mirror, simulator, url, client })
    }

    async fn show(&self) -> Result<(), DemoError> {
        let listener = |port| {
            json!({
                "LoadBalancerId": "lb-demo0001", "Ports": [port], "Protocol": "TCP", "ListenerNames": ["demo"],
            })
        };
        let succeeds = TaskScript::runs_for(TASK_LENGTH).then_succeeds();
        let done = self.scene(succeeds, TASK_LENGTH, &listener(443)).await?;
        let fails = TaskScript::runs_for(TASK_LENGTH / 2).then_fails("port 8443 is already in use");
        let failed = self.scene(fails, TASK_LENGTH / 2, &listener(8443)).await?;
        say(&format!("\nWhat was seen, with {}:", self.terraform.version()?));
        say(&format!(
            "  a task that succeeds: {} polls, the gate opened {:.1?} after the task's end, the resource was created",
            done.polls, done.lag
        ));
        say(&format!(
            "  a task that fails:    {} polls, {} stopped with the reason, the resource was not created",
            failed.polls,
            self.product_name()
        ));
        say(&format!(
            "  throttled requests:   {}, of 20 that the service accepts in a second",
            self.simulator.throttled_calls()
        ));
        expect("the gate opens for a task that succeeds", done.status.success() && done.created)?;
        expect("the gate stays shut for a task that fails", !failed.status.success() && !failed.created)
    }

    /// Makes the call and applies the gate on the task that it starts, which runs for so long.
    async fn scene(
        &self,
        script: TaskScript,
        length: Duration,
        parameters: &Value,
    ) -> Result<Scene, DemoError> {
        let seen = self.simulator.calls().len();
        self.simulator.action(ACTION, script);
        let task = self.client.call(ACTION, parameters).await?.task_id().map_err(setup)?;
        let called = self.simulator.elapsed();
        say(&format!("\n{ACTION} was accepted as task {task}, which is now being carried out.\n"));
        let workdir = self.workdir()?;
        self.install(&workdir).await?;
        let variable = format!("task_id={task}");
        let arguments = ["apply", "-auto-approve", "-var", &variable];
        say(&format!("$ {} {}", self.name(), arguments.join(" ")));
        let status = Command::from(workdir.command(arguments)).kill_on_drop(true).status().await?;
        let polls: Vec<_> = self
            .simulator
            .calls()
            .into_iter()
            .skip(seen)
            .filter(|call| call.action == "DescribeTaskStatus")
            .collect();
        let last = polls.last().map_or(called, |call| call.at);
        let created = state(&workdir).await?.contains("terraform_data.needs_the_listener");
        Ok(Scene { status, polls: polls.len(), lag: last.saturating_sub(called + length), created })
    }

    /// Lets Terraform install the provider, as anybody does who has its archive.
    async fn install(&self, workdir: &Workspace) -> Result<(), DemoError> {
        say(&format!("$ {} init", self.name()));
        let output = Command::from(workdir.command(["init"])).output().await?;
        let printed = String::from_utf8_lossy(&output.stdout);
        printed.lines().filter(|line| line.starts_with("- Install")).for_each(say);
        expect("the provider is installed from the mirror", output.status.success())
    }

    fn workdir(&self) -> io::Result<Workspace> {
        let workdir = installing_from(self.terraform.clone(), self.mirror.path())?
            .with_files_of(&workspace_root().join("examples/gate"))?
            .with_env("TENCENTCLOUD_CLB_ENDPOINT", &self.url)
            .with_env("TENCENTCLOUD_REGION", REGION)
            .with_env("TENCENTCLOUD_SECRET_ID", DEMO_SECRET_ID)
            .with_env("TENCENTCLOUD_SECRET_KEY", DEMO_SECRET_KEY);
        Ok(workdir)
    }

    fn product_name(&self) -> &'static str {
        match self.product {
            Product::Terraform => "Terraform",
            Product::OpenTofu => "OpenTofu",
        }
    }

    /// What people type, whatever the program is called here.
    fn name(&self) -> &'static str {
        match self.product {
            Product::Terraform => "terraform",
            Product::OpenTofu => "tofu",
        }
    }
}

fn client(url: &str) -> Result<Client, DemoError> {
    let keys = StaticCredentials::parse(DEMO_SECRET_ID, DEMO_SECRET_KEY, None).map_err(setup)?;
    let region = Region::parse(REGION).map_err(setup)?;
    let builder = Client::builder().credentials(keys).region(region);
    builder.endpoint(Endpoint::parse(url).map_err(setup)?).build().map_err(setup)
}

fn setup(error: impl std::error::Error + Send + Sync + 'static) -> DemoError {
    DemoError::Setup(error.into())
}

/// A mirror with the binary as it was built.
fn mirror_with(binary: &Path) -> Result<TempDir, DemoError> {
    let folder = TempDir::with_prefix("clb-demo-")?;
    let platform = Platform::current()
        .ok_or_else(|| DemoError::NotAsPromised("no release is made for this platform".into()))?;
    package::pack(&workspace_root(), VERSION, binary, platform, folder.path())?;
    mirror::write(VERSION, folder.path(), folder.path())?;
    Ok(folder)
}

/// Builds the provider beside this program and gives its binary.
async fn build_provider() -> Result<PathBuf, DemoError> {
    let this = std::env::current_exe()?;
    let folder = this.parent().unwrap_or(Path::new(".")).to_owned();
    let cargo = option_env!("CARGO").unwrap_or("cargo");
    let arguments = ["build", "--quiet", "--locked", "--package", "terraform-provider-clb"];
    let status = Command::new(cargo).args(arguments).current_dir(workspace_root()).status().await?;
    expect("the provider is built", status.success())?;
    Ok(folder.join(format!("{}{}", package::PROVIDER, std::env::consts::EXE_SUFFIX)))
}

fn workspace_root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

async fn state(workdir: &Workspace) -> Result<String, DemoError> {
    let output = Command::from(workdir.command(["state", "list"])).output().await?;
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

fn expect(promise: &str, kept: bool) -> Result<(), DemoError> {
    if kept { Ok(()) } else { Err(DemoError::NotAsPromised(format!("not as promised: {promise}"))) }
}

fn say(line: &str) {
    println!("{line}");
}
