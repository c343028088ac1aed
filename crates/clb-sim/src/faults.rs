//! The faults that are scripted, and when they come.

use std::time::Duration;

use crate::fault::Fault;
use crate::when::When;

/// The scripted faults, in the order in which they were scripted.
#[derive(Debug, Default)]
pub(crate) struct Faults(Vec<ScriptedFault>);

#[derive(Debug)]
struct ScriptedFault {
    when: When,
    fault: Fault,
    seen: u64,
    used: u64,
}

/// What befalls one call.
#[derive(Debug, Default)]
pub(crate) struct Due {
    /// Seconds that the service's clock is ahead.
    pub(crate) skew: i64,
    pub(crate) fault: Option<Fault>,
}

impl Faults {
    pub(crate) fn add(&mut self, when: When, fault: Fault) {
        self.0.push(ScriptedFault { when, fault, seen: 0, used: 0 });
    }

    /// Counts a call and says what befalls it: the first fault that is due, and besides it the first skew.
    pub(crate) fn due(&mut self, action: &str, task: Option<&str>, now: Duration) -> Due {
        let mut due = Due::default();
        for scripted in self.0.iter_mut().filter(|scripted| scripted.when.concerns(action, task)) {
            scripted.seen += 1;
            match &scripted.fault {
                Fault::ClockSkew(seconds) if due.skew == 0 && scripted.is_due(now) => due.skew = *seconds,
                Fault::ClockSkew(_) => continue,
                fault if due.fault.is_none() && scripted.is_due(now) => due.fault = Some(fault.clone()),
                _ => continue,
            }
            scripted.used += 1;
        }
        due
    }

    /// The faults that have not befallen as many calls as they should have, each described.
    pub(crate) fn unmet(&self) -> impl Iterator<Item = String> {
        self.0
            .iter()
            .filter(|scripted| scripted.used < scripted.when.expected_uses())
            .map(ScriptedFault::unmet)
    }
}

impl ScriptedFault {
    fn is_due(&self, now: Duration) -> bool {
        self.when.is_due(now, self.seen, self.used)
    }

    fn unmet(&self) -> String {
        format!("{}: {} befell {} of {} matching calls", self.when, self.fault, self.used, self.seen)
    }
}
