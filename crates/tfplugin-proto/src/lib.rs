//! Bindings of Terraform plugin protocol 6 (minor version 6.11) and of the helper services of go-plugin, generated at build
//! time from the repository's `proto/` and nothing else. Providers are written against `tfplugin`, which keeps these types
//! inside.

/// Messages, client and server of `tfplugin6.Provider`.
#[allow(missing_docs, unreachable_pub, clippy::pedantic)] // generated
pub mod tfplugin6 {
    tonic::include_proto!("tfplugin6");
}

/// Messages, clients and servers of go-plugin's `GRPCController`, `GRPCBroker` and `GRPCStdio`.
#[allow(missing_docs, unreachable_pub, clippy::pedantic)] // generated
pub mod goplugin {
    tonic::include_proto!("plugin");
}
