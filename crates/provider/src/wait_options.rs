//! How to wait for tasks: in which region, how often to poll and for how long. Every data source, gate and action that
//! waits has these arguments.

use std::time::Duration;

use clb_api::Region;
use clb_api::clb_task::PollPolicy;
use tfplugin::schema::Attribute;
use tfplugin::{Attr, Diagnostics};

use crate::argument;
use crate::polling::{self, Polling};
use crate::timeouts::{self, Operation, Timeouts};

/// The options, checked and known.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct WaitOptions {
    /// Overrides the provider's region.
    pub(crate) region: Option<Region>,
    pub(crate) policy: PollPolicy,
    pub(crate) timeout: Duration,
}

/// The schema of `polling`.
pub(crate) fn polling_attribute() -> Attribute {
    polling::attribute()
}

/// The schema of `region` and `polling`; `timeouts` is a block of its own.
pub(crate) fn attributes() -> [Attribute; 2] {
    let region = "Region of the tasks. Overrides the provider's region.";
    [Attribute::string("region").optional().description(region), polling::attribute()]
}

/// Reads the options, unknown if a part of them is.
pub(crate) fn read(
    region: &Attr<String>,
    polling: &Attr<Polling>,
    timeouts: &Attr<Timeouts>,
    operation: Operation,
) -> Result<Attr<WaitOptions>, Diagnostics> {
    let mut problems = Diagnostics::new();
    let region = problems.take(argument::parse(region, "region", Region::parse)).unwrap_or_default();
    let policy = problems.take(polling::policy(polling)).unwrap_or_default();
    let timeout = problems.take(timeouts::timeout(timeouts, operation)).unwrap_or_default();
    problems.into_result()?;
    Ok(match (region, policy, timeout) {
        (Attr::Unknown, _, _) => Attr::Unknown,
        (region, Attr::Known(policy), Attr::Known(timeout)) => {
            Attr::Known(WaitOptions { region: region.known(), policy, timeout })
        }
        _ => Attr::Unknown,
    })
}
