//! Validators for [`Attribute::validate`](crate::schema::Attribute::validate), for blocks, and for whole schemas.
//!
//! ```
//! use tfplugin::Type;
//! use tfplugin::schema::{Attribute, Schema};
//! use tfplugin::validators::{between, conflicting, each, length, matches, one_of, unique};
//!
//! let schema = Schema::new("A listener.")
//!     .attribute(Attribute::number("port").required().validate(between(1, 65_535)))
//!     .attribute(Attribute::string("name").optional().validate(length(1..=60)))
//!     .attribute(Attribute::string("name_prefix").optional().validate(matches("^[a-z-]+$", "of a-z and -")))
//!     .attribute(Attribute::list("zones", Type::String).optional().validate(unique()).validate(each(one_of(["a", "b"]))))
//!     .validate(conflicting(["name", "name_prefix"]));
//! # schema.check()?;
//! # Ok::<(), tfplugin::schema::SchemaError>(())
//! ```
//!
//! They run on the configuration before any model sees it, on what is known, and all their errors are shown at once. A field whose
//! type is a serde enum needs no `one_of`: its variants are checked when the model is read.

mod across;
mod collections;
mod numbers;
mod strings;

pub use across::{at_least_one_of, conflicting, exactly_one_of, required_together, requires};
pub use collections::{at_least_items, at_most_items, each, keys, unique};
pub use numbers::{at_least, at_most, between};
pub use strings::{cidr, duration, ip_address, json, length, matches, one_of, url, uuid};

use crate::Diagnostics;
use crate::schema::{Subject, Validator};

/// A validator by a function: whether it holds, and what it demands ("an even number").
///
/// ```
/// use tfplugin::schema::Attribute;
/// use tfplugin::validators::holds;
///
/// let host = Attribute::string("host").required().validate(holds("a host without a port", |value| {
///     value.as_str().is_some_and(|host| !host.contains(':'))
/// }));
/// ```
pub fn holds(
    demand: impl Into<String>,
    holds: impl Fn(&crate::Value) -> bool + Send + Sync + 'static,
) -> impl Validator {
    Holds { demand: demand.into(), holds }
}

struct Holds<F> {
    demand: String,
    holds: F,
}

impl<F: Fn(&crate::Value) -> bool + Send + Sync + 'static> Validator for Holds<F> {
    fn description(&self) -> String {
        self.demand.clone()
    }

    fn validate(&self, subject: &Subject<'_>) -> Result<(), Diagnostics> {
        if (self.holds)(subject.value()) { Ok(()) } else { Err(subject.reject(&self.demand)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Value;

    #[track_caller]
    pub(super) fn check(validator: &impl Validator, value: impl Into<Value>, expected: &[&str]) {
        let value = value.into();
        let errors = validator.validate(&Subject::new(&value)).err().unwrap_or_default();
        assert_eq!(errors.iter().map(crate::Diagnostic::detail).collect::<Vec<_>>(), expected, "{value}");
    }
}
