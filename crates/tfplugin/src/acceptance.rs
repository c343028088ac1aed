//! Real Terraform in tests: the `terraform` or `tofu` of this machine, run against a provider in the test's own process or
//! against the built program.
//!
//! ```no_run
//! # struct Example;
//! # impl tfplugin::Provider for Example {
//! #     type Config = ();
//! #     type Client = ();
//! # }
//! use tfplugin::acceptance::{Terraform, Workspace};
//!
//! let terraform = Terraform::find("EXAMPLE_TERRAFORM", |name| std::env::var(name).ok())?;
//! let workspace = Workspace::new(terraform)?.with_provider("example.com/me/example", Example)?;
//! workspace.write("main.tf", r#"
//!     terraform {
//!       required_providers {
//!         example = { source = "example.com/me/example" }
//!       }
//!     }
//!     resource "example_server" "web" {
//!       name = "web"
//!     }
//! "#)?;
//! workspace.apply().expect_success();
//! workspace.expect_no_changes();
//! workspace.run(["apply", "-replace=example_server.web", "-auto-approve"]).expect_success();
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Behind the feature `acceptance`:
//!
//! ```toml
//! [dev-dependencies]
//! tfplugin = { version = "0.1", features = ["acceptance"] }
//! ```

mod run;
mod served;
mod state;
mod terraform;
mod version;
mod workspace;

pub use run::Run;
#[cfg(unix)]
pub use run::RunningCommand;
pub use state::RecordedResource;
pub use terraform::{NotFoundError, Terraform};
pub use version::{Feature, Product, Version};
pub use workspace::Workspace;
