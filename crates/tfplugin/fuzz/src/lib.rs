//! What the targets share: types and values made of the fuzzer's bytes, and what holds for every value.

pub mod check;
pub mod make;
pub mod provider;
