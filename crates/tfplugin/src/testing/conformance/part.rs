use super::NULL;
use crate::Value;
use crate::path::Step;

/// One part of the prior state, the configuration and the plan; null where there is none.
#[derive(Clone, Copy)]
pub(super) struct Part<'a> {
    pub(super) prior: &'a Value,
    pub(super) config: &'a Value,
    pub(super) planned: &'a Value,
}

impl Part<'_> {
    pub(super) fn at(self, step: &Step) -> Self {
        let Part { prior, config, planned } = self;
        Part { prior: within(prior, step), config: within(config, step), planned: within(planned, step) }
    }

    pub(super) fn is_as_configured(self) -> bool {
        same(self.planned, self.config)
    }

    /// By keeping the prior value a provider says that the configured one means the same.
    pub(super) fn is_kept(self) -> bool {
        !self.prior.is_null() && !self.config.is_null() && same(self.planned, self.prior)
    }

    pub(super) fn values(&self) -> [(&'static str, &Value); 2] {
        [("configured", self.config), ("returned", self.planned)]
    }
}

fn within<'a>(value: &'a Value, step: &Step) -> &'a Value {
    let part = match (value, step) {
        (Value::Unknown(_), _) => Some(value),
        (Value::Object(parts), Step::Attribute(name)) => parts.get(name),
        (Value::Map(parts), Step::Key(key)) => parts.get(key),
        (Value::List(elements), Step::Index(index)) => elements.get(*index),
        _ => None,
    };
    part.unwrap_or(&NULL)
}

/// Whether they are equal, whatever is certain about the unknown in them.
fn same(one: &Value, other: &Value) -> bool {
    one == other || unrefined(one) == unrefined(other)
}

fn unrefined(value: &Value) -> Value {
    let all = |elements: &[Value]| elements.iter().map(unrefined).collect::<Vec<_>>();
    match value {
        Value::Unknown(_) => Value::UNKNOWN,
        Value::List(elements) => Value::List(all(elements)),
        Value::Tuple(elements) => Value::Tuple(all(elements)),
        Value::Set(elements) => Value::set(all(elements)),
        Value::Map(parts) => {
            Value::Map(parts.iter().map(|(key, part)| (key.clone(), unrefined(part))).collect())
        }
        Value::Object(parts) => Value::object(parts.iter().map(|(name, part)| (name, unrefined(part)))),
        Value::Dynamic(typed) => Value::Dynamic(Box::new((typed.0.clone(), unrefined(&typed.1)))),
        other => other.clone(),
    }
}
