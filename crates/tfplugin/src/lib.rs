//! Write Terraform providers in Rust: plugin protocol 6 with mutual TLS, exact values and typed models.
