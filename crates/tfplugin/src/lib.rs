#![doc = include_str!("../README.md")]

mod action;
mod check;
mod context;
mod data_source;
mod diagnostic;
mod ephemeral;
mod function;
#[cfg(fuzzing)]
#[doc(hidden)]
pub mod fuzzing;
mod log;
mod model;
mod offers;
mod panic;
mod path;
mod provider;
mod resource;
pub mod schema;
mod server;
#[cfg(feature = "testing")]
pub mod testing;
mod value;
mod wire;

pub use action::{Action, Actions, AnyAction, Progress};
pub use check::check;
pub use context::Context;
pub use data_source::{AnyDataSource, DataSource, DataSources};
pub use diagnostic::{Diagnostic, Diagnostics, ResultExt, Severity};
pub use ephemeral::{AnyEphemeralResource, EphemeralResource, EphemeralResources, Opened};
pub use function::{AnyFunction, Function, Functions, Parameter, Signature};
pub use model::{Attr, ModelError, from_value, to_value};
pub use path::{AttributePath, Step};
pub use provider::{AnyProvider, Configured, Provider};
pub use resource::{AnyResource, Change, Import, MovedState, Plan, Resource, Resources, StoredState};
pub use server::serve;
pub use value::number::{InvalidNumber, Number};
pub use value::types::{InvalidType, Type};
pub use value::{Refinement, Value};
