//! What serde says of a misfit, in words that a person who writes Terraform knows.

use std::borrow::Cow;

use serde::de::{Expected, Unexpected};

/// What a model takes. Its Rust type is no word for the person who wrote the configuration.
pub(super) fn expected(expected: &dyn Expected) -> Cow<'static, str> {
    let range = |first: i64, last: i64| format!("a whole number from {first} to {last}").into();
    let text = expected.to_string();
    match text.as_str() {
        "u8" => range(0, u8::MAX.into()),
        "u16" => range(0, u16::MAX.into()),
        "u32" => range(0, u32::MAX.into()),
        "i8" => range(i8::MIN.into(), i8::MAX.into()),
        "i16" => range(i16::MIN.into(), i16::MAX.into()),
        "i32" => range(i32::MIN.into(), i32::MAX.into()),
        "u64" | "usize" | "u128" => "a whole number, 0 or more".into(),
        "a nonzero u32" | "a nonzero u64" | "a nonzero usize" => "a whole number, 1 or more".into(),
        "i64" | "isize" | "i128" => "a whole number".into(),
        "f32" | "f64" => "a number".into(),
        "a boolean" => "a bool".into(),
        "a sequence" => "a list".into(),
        text if text.starts_with("struct ") => "an object".into(),
        _ => text.into(),
    }
}

/// What was found instead. A string is not quoted: it may be a secret.
pub(super) fn found(found: Unexpected<'_>) -> Cow<'static, str> {
    match found {
        Unexpected::Bool(_) => "a bool".into(),
        Unexpected::Unsigned(number) => number.to_string().into(),
        Unexpected::Signed(number) => number.to_string().into(),
        Unexpected::Float(number) => number.to_string().into(),
        Unexpected::Char(_) | Unexpected::Str(_) => "a string".into(),
        Unexpected::Unit | Unexpected::Option => "null".into(),
        Unexpected::Seq => "a list".into(),
        Unexpected::Map => "an object".into(),
        other => other.to_string().into(),
    }
}
