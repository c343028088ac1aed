#![doc = include_str!("../README.md")]

#[cfg(feature = "acceptance")]
pub mod acceptance;
mod action;
mod check;
mod codec;
mod context;
mod data_source;
mod diagnostic;
pub mod duration;
mod ephemeral;
mod erased;
mod function;
#[cfg(fuzzing)]
#[doc(hidden)]
pub mod fuzzing;
pub mod guides;
mod list;
mod log;
mod model;
mod panic;
mod path;
mod private_state;
mod provider;
mod registry;
mod resource;
pub mod schema;
mod server;
#[cfg(feature = "testing")]
pub mod testing;
mod timeouts;
pub mod validators;
mod value;

pub use action::{Action, Actions, Progress};
pub use check::check;
pub use context::{ClientCapabilities, Context, Deferral};
pub use data_source::{DataSource, DataSources};
pub use diagnostic::{Diagnostic, Diagnostics, ResultExt, Severity};
pub use duration::GoDuration;
pub use ephemeral::{EphemeralResource, EphemeralResources, Opened};
pub use erased::{
    DynAction, DynDataSource, DynEphemeralResource, DynFunction, DynListResource, DynProvider, DynResource,
    Registered,
};
pub use function::{Function, Functions, Parameter, Signature};
pub use list::{ListResource, ListResources, Listing};
pub use model::{Attr, ModelError, convert, from_value, to_value};
pub use path::{AttributePath, Step};
pub use private_state::PrivateState;
pub use provider::Provider;
pub use resource::{
    Adopted, Change, CreatePlan, DeletePlan, Import, MovedState, Plan, Resource, Resources, StoredState,
    UpdatePlan,
};
pub use schema::semantic;
pub use server::{Serve, serve};
pub use timeouts::Timeouts;
pub use value::number::{InvalidNumberError, Number};
pub use value::types::{InvalidTypeError, Type};
pub use value::{Refinement, Value};
