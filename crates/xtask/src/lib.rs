//! What the tasks and the tests share: finding Terraform and running it on a configuration of ours, the pages of the
//! documentation, the packages, and the figures.

pub mod api;
pub mod bench;
pub mod docs;
pub mod package;
pub mod recording;
pub mod terraform;
pub mod tidy;
pub mod transcript;
