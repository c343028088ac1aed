#![doc = include_str!("../README.md")]

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
