//! The type-erased forms of the traits that authors implement: object-safe, over [`Value`](crate::Value)s instead of models, and
//! implemented for every one. Nobody else implements them.

mod action;
mod data_source;
mod ephemeral;
mod function;
mod provider;
mod resource;

pub use action::DynAction;
pub use data_source::DynDataSource;
pub use ephemeral::DynEphemeralResource;
pub use function::DynFunction;
pub use provider::DynProvider;
pub use resource::DynResource;
