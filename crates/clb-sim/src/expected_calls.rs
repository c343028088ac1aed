//! The calls that a test expects.

use std::collections::VecDeque;
use std::fmt::Debug;
use std::ops::{Bound, RangeBounds};

use crate::record::CallRecord;

/// How many calls of an action a test expects.
#[derive(Debug)]
pub(crate) struct ExpectedCalls {
    action: String,
    calls: (Bound<usize>, Bound<usize>),
    /// `calls` as the test wrote it.
    wanted: String,
}

impl ExpectedCalls {
    pub(crate) fn new(action: String, calls: impl RangeBounds<usize> + Debug) -> Self {
        let wanted = format!("{calls:?}");
        Self { action, calls: (calls.start_bound().cloned(), calls.end_bound().cloned()), wanted }
    }

    /// What is wrong with the number of calls, if anything.
    pub(crate) fn unmet(&self, records: &VecDeque<CallRecord>) -> Option<String> {
        let calls = records.iter().filter(|record| record.action == self.action).count();
        (!self.calls.contains(&calls))
            .then(|| format!("{calls} calls of {} came, {} expected", self.action, self.wanted))
    }
}
