//! The simulator, as tests and programs hold it.

use std::fmt::Debug;
use std::ops::RangeBounds;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use serde_json::{Map, Value};

use crate::call_record::CallRecord;
use crate::clock::Clock;
use crate::delivery::{ConnectionError, OutgoingResponse};
use crate::expected_calls::ExpectedCalls;
use crate::fault::Fault;
use crate::fault_timing::When;
use crate::key::Key;
use crate::options::Options;
use crate::scenario::Scenario;
use crate::service::Service;
use crate::task_script::TaskScript;
use crate::tasks::TaskName;

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

    /// Scripts the task with this id; it starts now.
    pub fn task(&self, id: impl Into<String>, script: TaskScript) -> &Self {
        self.script(TaskName::Id(id.into()), script);
        self
    }

    /// Scripts the task of the order with this `DealName`; it starts now.
    pub fn deal(&self, name: impl Into<String>, script: TaskScript) -> &Self {
        self.script(TaskName::Deal(name.into()), script);
        self
    }

    /// Makes the service forget the task with this id, as it does with old ones.
    pub fn forget_task(&self, id: impl Into<String>) -> &Self {
        self.service().tasks.forget(&TaskName::Id(id.into()));
        self
    }

    /// Gives this script to every task that the asynchronous action starts from now on.
    pub fn action(&self, action: impl Into<String>, script: TaskScript) -> &Self {
        self.service().actions.insert(action.into(), script);
        self
    }

    /// Responds to an action with this object, to which a `RequestId` is added.
    pub fn response(&self, action: impl Into<String>, body: Map<String, Value>) -> &Self {
        self.service().responses.insert(action.into(), body);
        self
    }

    /// Scripts a fault. If several are due for one call, the first scripted one affects it.
    pub fn fault(&self, when: When, fault: impl Into<Fault>) -> &Self {
        self.service().faults.add(when, fault.into());
        self
    }

    /// Expects so many calls of an action; [`unmet_expectations`](Self::unmet_expectations) reports more and fewer.
    pub fn expect_calls(&self, action: impl Into<String>, calls: impl RangeBounds<usize> + Debug) -> &Self {
        let expected = ExpectedCalls::new(action.into(), calls);
        self.service().expected.push(expected);
        self
    }

    /// Calls the observer with the record of every call from now on, before the response is sent. The observer must not
    /// call the simulator.
    pub fn on_call(&self, observer: impl FnMut(&CallRecord) + Send + 'static) -> &Self {
        self.service().observers.add(observer);
        self
    }

    /// Accepts this key from now on. It replaces a key with the same id.
    pub fn key(&self, key: Key) -> &Self {
        self.service().keys.add(key);
        self
    }

    /// Scripts everything in a scenario; its tasks start now.
    pub fn play(&self, scenario: Scenario) -> &Self {
        scenario.tasks.into_iter().for_each(|(id, script)| self.script(TaskName::Id(id), script));
        scenario.deals.into_iter().for_each(|(name, script)| self.script(TaskName::Deal(name), script));
        let mut service = self.service();
        service.actions.extend(scenario.actions);
        service.responses.extend(scenario.responses);
        scenario.faults.into_iter().for_each(|(when, fault)| service.faults.add(when, fault));
        scenario.keys.into_iter().for_each(|key| service.keys.add(key));
        self
    }

    /// Handles a request without a socket. A hang never returns; other connection faults are errors.
    pub async fn handle(
        &self,
        request: http::Request<Bytes>,
    ) -> Result<http::Response<Bytes>, ConnectionError> {
        self.respond(&request).deliver_in_process().await
    }

    /// Every call so far, in the order of arrival (of more than 100,000, the newest).
    pub fn calls(&self) -> Vec<CallRecord> {
        self.service().records.iter().cloned().collect()
    }

    /// The calls of one action so far.
    pub fn calls_of(&self, action: &str) -> Vec<CallRecord> {
        self.service().records.iter().filter(|record| record.action == action).cloned().collect()
    }

    /// How many `DescribeTaskStatus` calls exceeded the rate limit of the service. Scripted throttling does not count.
    pub fn throttled_calls(&self) -> u64 {
        self.service().rate.rejected()
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

    fn script(&self, name: TaskName, script: TaskScript) {
        let now = self.elapsed();
        self.service().tasks.script(name, script, now);
    }

    fn service(&self) -> MutexGuard<'_, Service> {
        self.service.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
