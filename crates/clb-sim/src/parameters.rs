//! The parameters of a call: read from JSON or from a query, checked against the action's own.

mod check;
mod model;
mod query;

use serde_json::{Map, Value};

pub(crate) use self::check::check;
pub(crate) use self::query::from_query;

/// Parameters of an action or fields of a structure, checked already. Null counts as missing, as it does for the service.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Parameters<'a>(&'a Map<String, Value>);

impl<'a> Parameters<'a> {
    pub(crate) fn new(fields: &'a Map<String, Value>) -> Self {
        Self(fields)
    }

    pub(crate) fn get(self, name: &str) -> Option<&'a Value> {
        self.0.get(name).filter(|value| !value.is_null())
    }

    /// A string that is not empty.
    pub(crate) fn string(self, name: &str) -> Option<&'a str> {
        self.get(name)?.as_str().filter(|text| !text.is_empty())
    }

    pub(crate) fn integer(self, name: &str) -> Option<i64> {
        self.get(name)?.as_i64()
    }

    pub(crate) fn boolean(self, name: &str) -> Option<bool> {
        self.get(name)?.as_bool()
    }

    /// The elements of a list; none if it is missing.
    pub(crate) fn list(self, name: &str) -> impl Iterator<Item = &'a Value> + use<'a> {
        self.get(name).and_then(Value::as_array).into_iter().flatten()
    }

    pub(crate) fn strings(self, name: &str) -> Vec<&'a str> {
        self.list(name).filter_map(Value::as_str).collect()
    }

    /// The structures of a list.
    pub(crate) fn structures(self, name: &str) -> impl Iterator<Item = Self> + use<'a> {
        self.list(name).filter_map(Value::as_object).map(Self)
    }

    /// All fields that are present.
    pub(crate) fn iter(self) -> impl Iterator<Item = (&'a String, &'a Value)> {
        self.0.iter().filter(|(_, value)| !value.is_null())
    }
}
