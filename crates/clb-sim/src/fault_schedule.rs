//! The scripted faults.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::fault::Fault;
use crate::fault_timing::When;

/// The scripted faults, in the order in which they were scripted.
#[derive(Debug, Default)]
pub(crate) struct FaultSchedule(Vec<ScriptedFault>);

#[derive(Debug)]
struct ScriptedFault {
    when: When,
    fault: Fault,
    seen: u64,
    used: u64,
}

/// The faults that affect one call.
#[derive(Debug, Default)]
pub(crate) struct Due {
    /// Seconds by which the clock of the service is ahead.
    pub(crate) skew: i64,
    pub(crate) fault: Option<Fault>,
}

impl FaultSchedule {
    pub(crate) fn add(&mut self, when: When, fault: Fault) {
        self.0.push(ScriptedFault { when, fault, seen: 0, used: 0 });
    }

    /// Counts a call and returns what affects it: the first fault that is due, and besides it the first clock skew.
    pub(crate) fn due(&mut self, action: &str, subjects: &BTreeSet<String>, now: Duration) -> Due {
        let mut due = Due::default();
        for scripted in self.0.iter_mut().filter(|scripted| scripted.when.matches(action, subjects)) {
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

    /// Describes each fault that affected fewer calls than scripted.
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
        format!("{}: {} affected {} of {} matching calls", self.when, self.fault, self.used, self.seen)
    }
}
