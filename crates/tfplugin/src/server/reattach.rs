//! Serving Terraform processes that attach to this one, which they have not started: for debuggers and tests.

use std::io;
use std::sync::Arc;

use serde_json::{Value as Json, json};

use super::handshake::Handshake;
use super::socket::{ListenAddress, Listener};
use super::{Plugin, ServeError, connection, serve_connections};

/// The argument that asks for it, as with Go providers.
pub(super) fn is_wanted(mut arguments: impl Iterator<Item = String>) -> bool {
    arguments.any(|argument| argument == "-debug" || argument == "--debug")
}

/// A place to attach to.
pub(crate) struct Attachable {
    listener: Listener,
    address: ListenAddress,
}

impl Attachable {
    pub(crate) fn bind() -> io::Result<Self> {
        let (listener, address) = Listener::bind(&Handshake::default())?;
        Ok(Attachable { listener, address })
    }

    /// What `TF_REATTACH_PROVIDERS` says under the address of a provider.
    pub(crate) fn reattach(&self) -> Json {
        json!({
            "Protocol": "grpc",
            "ProtocolVersion": 6,
            "Pid": std::process::id(),
            // Terraform then leaves the ending of the process to whoever started it.
            "Test": true,
            "Addr": { "Network": ListenAddress::NETWORK, "String": self.address.to_text() },
        })
    }

    /// Serves any number of runs.
    pub(crate) async fn serve(self, plugin: Arc<Plugin>) -> Result<(), ServeError> {
        let Attachable { listener, address: _open } = self;
        serve_connections(plugin, connection::accept(listener, None, Arc::default())).await
    }

    /// What the person at the terminal is to do.
    pub(super) fn instructions(&self, provider_address: &str) -> String {
        let attach = json!({ provider_address: self.reattach() });
        format!(
            "Provider started. To attach Terraform to it, run Terraform with this variable; Ctrl-C here ends it.\n\n\
             \tTF_REATTACH_PROVIDERS='{attach}'\n\n"
        )
    }
}
