//! The block `timeouts`: how long an operation may take.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tfplugin::schema::{Attribute, Block, NestedBlock};
use tfplugin::{Attr, AttributePath, Diagnostics, duration};

use crate::argument;

/// The timeout of an operation that the block does not set. Load balancer tasks take seconds to a few minutes;
/// Terraform's plugin SDK has the same default.
const DEFAULT: Duration = Duration::from_secs(20 * 60);

/// An operation that may wait, by the name of its argument in the block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operation {
    /// Of a data source.
    Read,
    /// Of a resource.
    Create,
    /// Of a resource.
    Update,
    /// Of a resource.
    Delete,
    /// Of an action.
    Invoke,
}

impl Operation {
    /// The name of its argument.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Create => "create",
            Self::Update => "update",
            Self::Delete => "delete",
            Self::Invoke => "invoke",
        }
    }
}

/// The block as it is written: a duration for each operation.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(transparent)]
pub(crate) struct Timeouts(BTreeMap<String, Attr<String>>);

/// The block's schema, with one argument for each operation.
pub(crate) fn block(operations: &[(Operation, &str)]) -> NestedBlock {
    let block = operations.iter().fold(Block::new(), |block, (operation, what)| {
        let text = format!("How long {what} may take, such as `90s`, `10m` or `1h30m`. Default `20m`.");
        block.attribute(Attribute::string(operation.name()).optional().description(text))
    });
    NestedBlock::single("timeouts", block.description(
            "How long operations may take. A request that is under way at the timeout may finish for at most 2 seconds more.",
        ))
}

/// How long `operation` may take, unknown if the argument is.
pub(crate) fn timeout(
    timeouts: &Attr<Timeouts>,
    operation: Operation,
) -> Result<Attr<Duration>, Diagnostics> {
    let written = match timeouts {
        Attr::Known(Timeouts(operations)) => operations.get(operation.name()).cloned().unwrap_or_default(),
        Attr::Null => Attr::Null,
        Attr::Unknown => Attr::Unknown,
    };
    let path = AttributePath::from("timeouts").attribute(operation.name());
    let timeout = argument::parse(&written, path, duration::parse)?;
    Ok(if timeout.is_null() { Attr::Known(DEFAULT) } else { timeout })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: Attr<&str>) -> Attr<Timeouts> {
        Attr::Known(Timeouts([("read".to_owned(), text.map(str::to_owned))].into()))
    }

    #[test]
    fn the_default_is_twenty_minutes() {
        for timeouts in [Attr::Null, Attr::Known(Timeouts::default()), read(Attr::Null)] {
            assert_eq!(timeout(&timeouts, Operation::Read), Ok(Attr::Known(Duration::from_secs(1200))));
        }
    }

    #[test]
    fn an_unknown_timeout_stays_unknown() {
        assert_eq!(timeout(&Attr::Unknown, Operation::Read), Ok(Attr::Unknown));
        assert_eq!(timeout(&read(Attr::Unknown), Operation::Read), Ok(Attr::Unknown));
    }

    #[test]
    fn a_malformed_duration_is_an_error_at_its_argument() {
        let errors = timeout(&read(Attr::Known("10")), Operation::Read).unwrap_err();
        let error = errors.iter().next().unwrap();
        assert_eq!(error.path().to_string(), "timeouts.read");
        insta::assert_snapshot!(error.detail(), @"`timeouts.read`: each number in a duration has a unit: ns, us, ms, s, m or h, as in `90s` or `1h30m`.");
    }
}
