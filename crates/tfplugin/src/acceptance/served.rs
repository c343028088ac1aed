use std::io;
use std::sync::{Arc, mpsc};
use std::thread::JoinHandle;

use serde_json::{Map, Value as Json};
use tokio::runtime::Builder;
use tokio_util::sync::CancellationToken;

use crate::Provider;
use crate::server::{Attachable, Operations, Plugin, ServeMode};

/// A provider that this process serves on a thread of its own, until it is dropped.
#[derive(Debug)]
pub(super) struct ServedProvider {
    address: String,
    reattach: Json,
    end: CancellationToken,
    thread: Option<JoinHandle<()>>,
}

impl ServedProvider {
    pub(super) fn start(address: &str, provider: impl Provider) -> io::Result<Self> {
        let end = CancellationToken::new();
        let (sender, receiver) = mpsc::channel();
        let ended = end.clone();
        let thread = std::thread::Builder::new().name("provider".into()).spawn(move || {
            let served = serve(provider, &ended, |reattach| drop(sender.send(reattach)));
            served.unwrap_or_else(|error| panic!("cannot serve the provider: {error}"));
        })?;
        let reattach = receiver.recv().map_err(|_| io::Error::other("the provider could not be served"))?;
        Ok(Self { address: address.to_owned(), reattach, end, thread: Some(thread) })
    }

    /// The value of `TF_REATTACH_PROVIDERS`.
    pub(super) fn reattach(providers: &[Self]) -> String {
        let all: Map<_, _> =
            providers.iter().map(|each| (each.address.clone(), each.reattach.clone())).collect();
        Json::Object(all).to_string()
    }
}

fn serve(provider: impl Provider, end: &CancellationToken, started: impl FnOnce(Json)) -> io::Result<()> {
    let operations = Operations::runtime()?;
    let on = Operations::on(operations.handle()).ok_or(io::ErrorKind::Unsupported)?;
    let plugin = Arc::new(Plugin::new(provider, ServeMode::ManyRuns, on));
    Builder::new_current_thread().enable_all().build()?.block_on(async {
        let attachable = Attachable::bind()?;
        started(attachable.reattach());
        tokio::select! {
            served = attachable.serve(plugin) => served.map_err(io::Error::other),
            () = end.cancelled() => Ok(()),
        }
    })?;
    operations.shutdown_background();
    Ok(())
}

impl Drop for ServedProvider {
    fn drop(&mut self) {
        self.end.cancel();
        // A thread that has panicked has said so.
        let _ = self.thread.take().map(JoinHandle::join);
    }
}
