#![doc = include_str!("../README.md")]

mod checks;
#[cfg(feature = "tfplugin")]
mod from_provider;
mod function_page;
mod kind;
mod markdown;
mod page;
mod pages;
mod provider_schema;
mod schema_section;

pub use checks::{Finding, check, check_subcategories};
pub use pages::{DocsError, Documentation, Pages};
pub use provider_schema::{
    Attribute, Block, BlockType, Function, NestedType, Parameter, ProviderSchema, Schema, SchemaError,
};
