//! Serving Terraform processes that attach to this one, which was started by hand: for debuggers.

use serde_json::json;

use super::socket::ListenAddress;

/// The argument that asks for it, as with Go providers.
pub(super) fn is_wanted(mut arguments: impl Iterator<Item = String>) -> bool {
    arguments.any(|argument| argument == "-debug" || argument == "--debug")
}

/// What the person at the terminal is to do.
pub(super) fn instructions(provider_address: &str, address: &ListenAddress) -> String {
    let attach = json!({
        provider_address: {
            "Protocol": "grpc",
            "ProtocolVersion": 6,
            "Pid": std::process::id(),
            // Terraform then leaves the ending of the process to whoever started it.
            "Test": true,
            "Addr": { "Network": ListenAddress::NETWORK, "String": address.to_text() },
        }
    });
    format!(
        "Provider started. To attach Terraform to it, run Terraform with this variable; Ctrl-C here ends it.\n\n\
         \tTF_REATTACH_PROVIDERS='{attach}'\n\n"
    )
}
