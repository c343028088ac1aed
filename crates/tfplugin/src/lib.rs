#![doc = include_str!("../README.md")]

mod context;
mod data_source;
mod diagnostic;
mod model;
mod path;
mod provider;
pub mod schema;
mod server;
mod value;

pub use context::Context;
pub use data_source::{AnyDataSource, DataSource};
pub use diagnostic::{Diagnostic, Diagnostics, ResultExt, Severity};
pub use model::{Attr, ModelError, from_value, to_value};
pub use path::{AttributePath, Step};
pub use provider::{AnyProvider, Configured, Provider};
pub use server::serve;
pub use value::number::{InvalidNumber, Number};
pub use value::types::{InvalidType, Type};
pub use value::{Refinement, Value};
