//! A Terraform provider to copy: notes as files in a directory.

mod client;
mod note_data_source;
mod note_resource;
mod provider;

pub use client::Client;
pub use provider::{ADDRESS, Notes};
