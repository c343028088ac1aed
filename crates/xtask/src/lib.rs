//! What the demo and the acceptance tests share: finding Terraform and running it on a configuration of ours.

pub mod terraform;
