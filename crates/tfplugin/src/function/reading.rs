//! Reading a signature back, as a generator of documentation does.

use super::{Parameter, Signature};
use crate::Type;

impl Signature {
    /// The type of the result.
    pub fn output(&self) -> &Type {
        &self.output
    }

    /// The parameters, without the variadic one.
    pub fn each_parameter(&self) -> impl Iterator<Item = &Parameter> {
        self.parameters.iter()
    }

    /// The parameter that takes any number of further arguments.
    pub fn variadic_parameter(&self) -> Option<&Parameter> {
        self.variadic.as_ref()
    }

    /// What it is for, in one line.
    pub fn summary(&self) -> &str {
        &self.summary
    }

    /// The description; empty if there is none.
    pub fn markdown(&self) -> &str {
        &self.description
    }

    /// Why it should not be used any more, if that is so.
    pub fn deprecation(&self) -> Option<&str> {
        (!self.deprecated.is_empty()).then_some(&self.deprecated)
    }
}

impl Parameter {
    /// The name, which errors use.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The type of its arguments.
    pub fn ty(&self) -> &Type {
        &self.ty
    }

    /// The description; empty if there is none.
    pub fn markdown(&self) -> &str {
        &self.description
    }

    /// Whether it takes null.
    pub fn allows_null(&self) -> bool {
        self.null
    }
}
