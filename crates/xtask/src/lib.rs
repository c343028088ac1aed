//! What the tasks and the tests share: finding Terraform and running it on a configuration of ours, and the pages of the
//! documentation.

pub mod docs;
pub mod terraform;
