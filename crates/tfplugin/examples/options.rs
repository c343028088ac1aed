//! A provider that is served with options: the name of its log, the address by which Terraform attaches to it, and a runtime of its
//! own, with one thread where the variable `OPTIONS_THREADS` says so.

use std::process::ExitCode;

use serde::{Deserialize, Serialize};
use tfplugin::schema::{Attribute, Schema};
use tfplugin::{Context, DataSource, DataSources, Diagnostics, Provider, Serve};
use tokio::runtime::{Builder, Runtime};

fn main() -> ExitCode {
    let runtime = runtime().expect("the system has threads");
    Serve::new(Options).log_name("my-cloud").address("example.com/tfplugin/options").runtime(runtime).run()
}

#[expect(clippy::disallowed_methods, reason = "a program is told by its environment")]
fn runtime() -> std::io::Result<Runtime> {
    match std::env::var("OPTIONS_THREADS").as_deref() {
        Ok("1") => Builder::new_current_thread().build(),
        _ => Builder::new_multi_thread().worker_threads(3).thread_name("own").enable_all().build(),
    }
}

/// The provider. It has nothing to configure.
struct Options;

impl Provider for Options {
    type Config = ();
    type Client = ();

    fn data_sources(&self) -> DataSources {
        DataSources::new().with(Thread)
    }
}

/// `data "options_thread"`: the thread that reads it.
struct Thread;

#[derive(Deserialize, Serialize)]
struct ThreadModel {
    name: Option<String>,
}

impl DataSource for Thread {
    type Config = ThreadModel;
    type State = ThreadModel;

    fn name(&self) -> &'static str {
        "options_thread"
    }

    fn schema(&self) -> Schema {
        Schema::new("The thread that reads it.")
            .attribute(Attribute::string("name").computed().description("What it is called."))
    }

    async fn read(&self, _: ThreadModel, _: &Context) -> Result<ThreadModel, Diagnostics> {
        let spawned = async { std::thread::current().name().map(str::to_owned) };
        let name = tokio::spawn(spawned).await?;
        tracing::debug!(name, "read");
        tracing::debug!(target: "hyper::client", "sent");
        Ok(ThreadModel { name })
    }
}
