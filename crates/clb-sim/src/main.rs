//! Placeholder until the layers below are in place.
fn main() {}
