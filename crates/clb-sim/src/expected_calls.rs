//! Expected numbers of calls.

use std::collections::VecDeque;
use std::fmt::Debug;
use std::ops::{Bound, RangeBounds};

use crate::call_record::CallRecord;

/// The number of calls of an action that a test expects.
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

    /// Describes how the number of calls differs from the expected one.
    pub(crate) fn unmet(&self, records: &VecDeque<CallRecord>) -> Option<String> {
        let calls = records.iter().filter(|record| record.action == self.action).count();
        (!self.calls.contains(&calls))
            .then(|| format!("{} was called {calls} times, {} expected", self.action, self.wanted))
    }
}
