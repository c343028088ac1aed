//! What is too long for the front page.

#[doc = include_str!("../docs/from-terraform-plugin-framework.md")]
pub mod from_terraform_plugin_framework {}

#[doc = include_str!("../docs/testing.md")]
pub mod testing {}

#[doc = include_str!("../docs/releasing.md")]
pub mod releasing {}
