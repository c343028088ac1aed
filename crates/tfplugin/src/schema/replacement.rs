use super::hook::Hook;
use crate::Value;

/// Whether a changed value replaces the resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Replacement {
    Never,
    Always,
    If(Hook<dyn Fn(&AttributeChange<'_>) -> bool + Send + Sync>),
}

impl Replacement {
    /// Whether some change replaces the resource.
    pub(crate) fn may_be(&self) -> bool {
        *self != Replacement::Never
    }

    /// Whether this change does.
    pub(crate) fn is_due(&self, prior: &Value, planned: &Value) -> bool {
        match self {
            _ if prior == planned => false,
            Replacement::Never => false,
            Replacement::Always => true,
            Replacement::If(holds) => holds(&AttributeChange { prior, planned }),
        }
    }
}

/// A value before and after a change.
#[derive(Clone, Copy, Debug)]
pub struct AttributeChange<'a> {
    prior: &'a Value,
    planned: &'a Value,
}

impl<'a> AttributeChange<'a> {
    /// The value in the state.
    pub fn prior(&self) -> &'a Value {
        self.prior
    }

    /// The value in the plan, which may be unknown.
    pub fn planned(&self) -> &'a Value {
        self.planned
    }
}
