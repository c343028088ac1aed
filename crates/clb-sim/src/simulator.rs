//! The simulator, as tests and programs hold it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;

use crate::call_record::CallRecord;
use crate::clock::Clock;
use crate::delivery::{ConnectionError, OutgoingResponse};
use crate::options::Options;
use crate::service::Service;

/// The simulated service. A clone is another handle to the same service. Script it before or between calls.
#[derive(Debug, Clone)]
pub struct Simulator {
    clock: Arc<Clock>,
    service: Arc<Mutex<Service>>,
}

impl Simulator {
    /// Starts a service; its clock runs from here.
    pub fn new(options: Options) -> Self {
        let clock = Clock::starting_at(options.unix_start);
        Self { clock: Arc::new(clock), service: Arc::new(Mutex::new(Service::new(options))) }
    }

    /// Handles a request without a socket. A hang never returns; other connection faults are errors.
    pub async fn handle(
        &self,
        request: http::Request<Bytes>,
    ) -> Result<http::Response<Bytes>, ConnectionError> {
        self.respond(&request).deliver_in_process().await
    }

    /// Every call so far, in the order of arrival (of more than 20,000, the newest).
    pub fn calls(&self) -> Vec<CallRecord> {
        self.service().records.iter().cloned().collect()
    }

    /// The calls of one action so far.
    pub fn calls_of(&self, action: &str) -> Vec<CallRecord> {
        self.service().records.iter().filter(|record| record.action == action).cloned().collect()
    }

    /// How many calls of an action the service has accepted: it executed them, even if a fault then lost the response.
    pub fn accepted_calls_of(&self, action: &str) -> usize {
        self.service().records.iter().filter(|record| record.action == action && record.accepted).count()
    }

    /// How many calls exceeded the rate limit of their action. Scripted throttling does not count.
    pub fn throttled_calls(&self) -> u64 {
        self.service().rate_limits.rejected()
    }

    /// How many calls of one action exceeded its rate limit.
    pub fn throttled_calls_of(&self, action: &str) -> u64 {
        self.service().rate_limits.rejected_of(action)
    }

    /// Time since the start, on the scale of [`CallRecord::at`].
    pub fn elapsed(&self) -> Duration {
        self.clock.now().elapsed
    }

    /// The Unix time on the clock of the service.
    pub fn unix(&self) -> Duration {
        self.clock.now().unix
    }

    /// Describes each expectation that was not met: tasks that were not polled until they completed, faults that
    /// affected fewer calls than scripted, and numbers of calls.
    pub fn unmet_expectations(&self) -> Vec<String> {
        self.service().unmet_expectations()
    }

    /// Checks all expectations; call it last in a test.
    ///
    /// # Panics
    ///
    /// Panics if there are [unmet expectations](Self::unmet_expectations), and lists them.
    #[track_caller]
    pub fn assert_expectations_met(&self) {
        let unmet = self.unmet_expectations();
        assert!(unmet.is_empty(), "unmet expectations of the simulator:\n{}", unmet.join("\n"));
    }

    pub(crate) fn respond(&self, request: &http::Request<Bytes>) -> OutgoingResponse {
        self.service().handle(request, self.clock.now())
    }

    pub(crate) fn service(&self) -> MutexGuard<'_, Service> {
        self.service.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
