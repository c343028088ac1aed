//! What `fuzz/` needs of the inside. `cargo fuzz` sets the cfg; no other build has it.

use std::sync::Arc;

use tfplugin_proto::tfplugin6::provider_server::Provider as Service;

use crate::server::{Operations, Plugin, Rpc, ServeMode};
use crate::value::{json, msgpack};
use crate::{Provider, Type, Value};

/// Reads MessagePack.
pub fn from_msgpack(bytes: &[u8], ty: &Type) -> Result<Value, String> {
    msgpack::decode(bytes, ty).map_err(|error| error.to_string())
}

/// Writes MessagePack.
pub fn to_msgpack(value: &Value) -> Vec<u8> {
    msgpack::encode(value)
}

/// Reads JSON.
pub fn from_json(bytes: &[u8], ty: &Type) -> Result<Value, String> {
    json::decode(bytes, ty).map_err(|error| error.to_string())
}

/// Reads a stored state.
pub fn from_state(bytes: &[u8], ty: &Type) -> Result<Value, String> {
    json::decode_state(bytes, ty).map_err(|error| error.to_string())
}

/// Reads JSON whose type nobody knows.
pub fn from_untyped(bytes: &[u8]) -> Result<Value, String> {
    json::decode_untyped(bytes).map_err(|error| error.to_string())
}

/// The provider's service, to be called without a connection.
pub fn service(provider: impl Provider) -> impl Service {
    Rpc::new(Arc::new(Plugin::new(provider, ServeMode::ManyRuns, Operations::InPlace)))
}
