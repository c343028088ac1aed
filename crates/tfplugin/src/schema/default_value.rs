use super::hook::Hook;
use super::walk::Attributes;
use crate::{Attr, Type, Value};

/// What a plan holds where the configuration holds nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum DefaultValue {
    /// This value.
    Fixed(Value),
    /// What this variable holds; null if it is not set.
    Environment(String),
    /// What the other attributes make of it.
    Computed(Hook<dyn Fn(&Others<'_>) -> Value + Send + Sync>),
}

impl DefaultValue {
    /// The default as a state holds it, an attribute of this type beside these others.
    pub(super) fn value(&self, ty: &Type, others: &Attributes) -> Value {
        let value = match self {
            DefaultValue::Fixed(value) => value.clone(),
            DefaultValue::Environment(variable) => variable_value(variable).map_or(Value::Null, Value::from),
            DefaultValue::Computed(default) => default(&Others(others)),
        };
        ty.conform(value.clone()).unwrap_or(value)
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the schema names a variable of the environment as the default"
)]
fn variable_value(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// The attributes and blocks of one object.
#[derive(Clone, Copy, Debug)]
pub struct Others<'a>(&'a Attributes);

impl<'a> Others<'a> {
    /// The attribute or block of this name; null where there is none.
    pub fn get(&self, name: &str) -> &'a Value {
        self.0.get(name).unwrap_or(&Value::Null)
    }

    /// [`get`](Self::get) as a value that is known, null or unknown.
    pub fn read(&self, name: &str) -> Attr<&'a Value> {
        match self.get(name).plain() {
            Value::Null => Attr::Null,
            Value::Unknown(_) => Attr::Unknown,
            known => Attr::Known(known),
        }
    }
}
