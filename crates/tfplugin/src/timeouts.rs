use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::schema::{Attribute, Block, NestedBlock, Nesting};
use crate::{Attr, GoDuration, validators};

/// The `timeouts` of a resource, data source or action: a block or nested attribute with a duration for each operation.
///
/// ```
/// use std::time::Duration;
/// use serde::{Deserialize, Serialize};
/// use tfplugin::schema::{Attribute, Schema};
/// use tfplugin::{Timeouts, Value, from_value};
///
/// #[derive(Deserialize, Serialize)]
/// struct ServerModel {
///     name: String,
///     timeouts: Timeouts,
/// }
///
/// let schema = Schema::new("A server.")
///     .attribute(Attribute::string("name").required())
///     .block(Timeouts::block(["create", "delete"])); // or .attribute(Timeouts::attribute(..))
///
/// let timeouts = Value::object([("create", "1h30m".into())]);
/// let server: ServerModel = from_value(Value::object([("name", "web".into()), ("timeouts", timeouts)]))?;
/// assert_eq!(server.timeouts.get("create", Duration::from_secs(600)), Duration::from_secs(5_400));
/// assert_eq!(server.timeouts.get("delete", Duration::from_secs(600)), Duration::from_secs(600));
/// # Ok::<(), tfplugin::ModelError>(())
/// ```
///
/// [`Context::within`](crate::Context::within) holds an operation to one. Durations are in Go's syntax; what is none is an error of
/// its attribute in every command. State keeps them as they are written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Timeouts(Attr<BTreeMap<String, Attr<GoDuration>>>);

impl Timeouts {
    /// The block `timeouts { create = "10m" }` for these operations.
    pub fn block<'a>(operations: impl IntoIterator<Item = &'a str>) -> NestedBlock {
        NestedBlock::single("timeouts", attributes(operations).fold(Block::new(), Block::attribute))
    }

    /// The nested attribute `timeouts = { create = "10m" }` for these operations.
    pub fn attribute<'a>(operations: impl IntoIterator<Item = &'a str>) -> Attribute {
        Attribute::nested("timeouts", Nesting::Single, attributes(operations))
            .optional()
            .description("How long operations may take, such as `30s` or `1h30m`.")
    }

    /// The timeout of this operation, or the default where none is configured or known.
    pub fn get(&self, operation: &str, default: Duration) -> Duration {
        match &self.0 {
            Attr::Known(timeouts) => match timeouts.get(operation) {
                Some(Attr::Known(timeout)) => timeout.length(),
                _ => default,
            },
            Attr::Null | Attr::Unknown => default,
        }
    }
}

fn attributes<'a>(operations: impl IntoIterator<Item = &'a str>) -> impl Iterator<Item = Attribute> {
    operations.into_iter().map(|operation| {
        Attribute::string(operation)
            .optional()
            .description(format!("How long to wait for `{operation}`, such as `30s` or `1h30m`."))
            .validate(validators::duration())
    })
}

impl<'de> Deserialize<'de> for Timeouts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Attr::deserialize(deserializer).map(Timeouts)
    }
}

impl Serialize for Timeouts {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::Schema;
    use crate::{Value, from_value, to_value};

    const DEFAULT: Duration = Duration::from_secs(20 * 60);

    #[track_caller]
    fn check(written: Value, create: Duration) {
        let timeouts: Timeouts = from_value(written.clone()).unwrap();
        assert_eq!(timeouts.get("create", DEFAULT), create);
        let ty = Timeouts::attribute(["create", "delete"]).ty();
        assert_eq!(ty.conform(to_value(&timeouts).unwrap()), ty.conform(written));
    }

    #[test]
    fn what_is_not_written_is_the_default_and_what_is_stays_as_written() {
        check(Value::Null, DEFAULT);
        check(Value::UNKNOWN, DEFAULT);
        check(Value::object([("create", Value::UNKNOWN), ("delete", "1m".into())]), DEFAULT);
        check(Value::object([("create", "90s".into())]), Duration::from_secs(90));
    }

    #[test]
    fn a_schema_takes_them_as_block_or_attribute() {
        assert_eq!(Schema::new("").block(Timeouts::block(["read"])).check(), Ok(()));
        assert_eq!(Schema::new("").attribute(Timeouts::attribute(["read"])).check(), Ok(()));
    }
}
