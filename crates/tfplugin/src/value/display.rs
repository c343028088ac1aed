use std::fmt;

use crate::Value;

impl fmt::Display for Value {
    /// Much as the configuration language writes it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Null => f.write_str("null"),
            Value::Unknown(_) => f.write_str("unknown"),
            Value::Bool(value) => value.fmt(f),
            Value::String(text) => write!(f, "{text:?}"),
            Value::Number(number) => number.fmt(f),
            Value::List(elements) | Value::Set(elements) | Value::Tuple(elements) => {
                write!(f, "[{}]", list(elements.iter().map(Value::to_string)))
            }
            Value::Map(parts) | Value::Object(parts) => {
                write!(f, "{{{}}}", list(parts.iter().map(|(name, part)| format!("{name} = {part}"))))
            }
            Value::Dynamic(typed) => typed.1.fmt(f),
        }
    }
}

fn list(parts: impl Iterator<Item = String>) -> String {
    parts.collect::<Vec<_>>().join(", ")
}
