//! A provider that sleeps: what Ctrl-C, a thread that is blocked, a crash and a lost task look like from Terraform.

use std::process::ExitCode;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tfplugin::schema::{Attribute, Schema};
use tfplugin::{Attr, Change, Context, Diagnostics, Provider, Resource, Resources};

fn main() -> ExitCode {
    tfplugin::serve(Sleeper)
}

/// The provider. It has nothing to configure.
struct Sleeper;

impl Provider for Sleeper {
    type Config = ();
    type Client = ();

    fn address(&self) -> Option<&str> {
        Some("example.com/tfplugin/sleeper")
    }

    fn resources(&self) -> Resources {
        Resources::new().with(Nap)
    }
}

/// `resource "sleeper_nap"`: sleeps when it is created.
struct Nap;

#[derive(Deserialize, Serialize)]
struct NapModel {
    seconds: f64,
    how: String,
    id: Attr<String>,
}

impl Resource for Nap {
    type Model = NapModel;

    fn name(&self) -> &'static str {
        "sleeper_nap"
    }

    fn schema(&self) -> Schema {
        let how = "`waiting` (until Ctrl-C), `blocking` (a whole thread), `crashing` (the process), `spawning` (a task that panics) or `forgetting` (one that nobody waits for).";
        Schema::new("Sleeps when it is created.")
            .attribute(Attribute::number("seconds").required().requires_replace().description("How long."))
            .attribute(Attribute::string("how").required().requires_replace().description(how))
            .attribute(Attribute::string("id").computed().description("Always `nap`."))
    }

    async fn create(
        &self,
        planned: NapModel,
        _: &mut Change<NapModel>,
        context: &Context,
    ) -> Result<NapModel, Diagnostics> {
        let time = Duration::from_secs_f64(planned.seconds);
        match planned.how.as_str() {
            "blocking" => block(time),
            "crashing" => std::process::abort(),
            "forgetting" => forget().await,
            "spawning" => tokio::spawn(async { panic!("a task lost its way") }).await?,
            _ => context.race(tokio::time::sleep(time)).await?,
        }
        Ok(NapModel { id: Attr::Known("nap".into()), ..planned })
    }
}

/// A task that nobody waits for, gone wrong by the time that this returns.
async fn forget() {
    let (sender, receiver) = tokio::sync::oneshot::channel::<()>();
    tokio::spawn(async move {
        let _dropped_last = sender;
        panic!("nobody waits for this")
    });
    let _ = receiver.await;
}

#[expect(clippy::disallowed_methods, reason = "to show what becomes of it")]
fn block(time: Duration) {
    std::thread::sleep(time);
}
