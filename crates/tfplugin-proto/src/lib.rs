//! Bindings of Terraform plugin protocol 6 and the helper services of go-plugin.
