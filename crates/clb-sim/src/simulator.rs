//! The handle that tests and programs hold.

use std::fmt::Debug;
use std::ops::RangeBounds;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use serde_json::{Map, Value};

use crate::clock::Clock;
use crate::deliver;
use crate::expected_calls::ExpectedCalls;
use crate::fault::Fault;
use crate::keys::Key;
use crate::options::Options;
use crate::record::CallRecord;
use crate::reply::{Broken, Reply};
use crate::scenario::Scenario;
use crate::service::Service;
use crate::task_script::TaskScript;
use crate::tasks::TaskName;
use crate::when::When;

/// The service. A clone is another handle to the same one; script it before or while it is asked.
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

    /// Scripts the task with this id, from now on.
    pub fn task(&self, id: impl Into<String>, script: TaskScript) -> &Self {
        self.script(TaskName::Id(id.into()), script);
        self
    }

    /// Scripts the task of the order with this name, from now on.
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

    /// Answers an action with this object, to which a `RequestId` is added.
    pub fn answer(&self, action: impl Into<String>, answer: Map<String, Value>) -> &Self {
        self.service().answers.insert(action.into(), answer);
        self
    }

    /// Scripts a fault. Of several that are due for one call the first scripted comes.
    pub fn fault(&self, when: When, fault: impl Into<Fault>) -> &Self {
        self.service().faults.add(when, fault.into());
        self
    }

    /// Expects so many calls of an action; [`unmet`](Self::unmet) tells if there were more or fewer.
    pub fn expect_calls(&self, action: impl Into<String>, calls: impl RangeBounds<usize> + Debug) -> &Self {
        let expected = ExpectedCalls::new(action.into(), calls);
        self.service().expected.push(expected);
        self
    }

    /// Tells of every call from now on, before its answer travels. The observer must not call the simulator.
    pub fn on_call(&self, observer: impl FnMut(&CallRecord) + Send + 'static) -> &Self {
        self.service().observers.add(observer);
        self
    }

    /// Accepts this key from now on, in place of one with the same id.
    pub fn key(&self, key: Key) -> &Self {
        self.service().keys.add(key);
        self
    }

    /// Scripts everything that a scenario holds, from now on.
    pub fn play(&self, scenario: Scenario) -> &Self {
        scenario.tasks.into_iter().for_each(|(id, script)| self.script(TaskName::Id(id), script));
        scenario.deals.into_iter().for_each(|(name, script)| self.script(TaskName::Deal(name), script));
        let mut service = self.service();
        service.actions.extend(scenario.actions);
        service.answers.extend(scenario.answers);
        scenario.faults.into_iter().for_each(|(when, fault)| service.faults.add(when, fault));
        scenario.keys.into_iter().for_each(|key| service.keys.add(key));
        self
    }

    /// Answers a request without a socket. A hang never ends; other broken connections are errors.
    pub async fn handle(&self, request: http::Request<Bytes>) -> Result<http::Response<Bytes>, Broken> {
        deliver::in_process(self.reply(&request)).await
    }

    /// Every call so far, in the order of arrival (of more than 100,000, the newest).
    pub fn calls(&self) -> Vec<CallRecord> {
        self.service().records.iter().cloned().collect()
    }

    /// The calls of one action so far.
    pub fn calls_of(&self, action: &str) -> Vec<CallRecord> {
        self.service().records.iter().filter(|record| record.action == action).cloned().collect()
    }

    /// How many `DescribeTaskStatus` calls were over the service's rate limit. Scripted throttling is not among them.
    pub fn refused(&self) -> u64 {
        self.service().rate.refused()
    }

    /// Time since the start, on the scale of [`CallRecord::at`].
    pub fn elapsed(&self) -> Duration {
        self.clock.now().elapsed
    }

    /// The Unix time that the service's clock shows.
    pub fn unix(&self) -> Duration {
        self.clock.now().unix
    }

    /// The scripted expectations that were not met, each described: tasks not asked about until their end, faults
    /// that befell fewer calls than scripted, and numbers of calls.
    pub fn unmet(&self) -> Vec<String> {
        self.service().unmet()
    }

    /// Ends a test.
    ///
    /// # Panics
    ///
    /// Panics if an expectation is [unmet](Self::unmet), and names all that are.
    #[track_caller]
    pub fn assert_met(&self) {
        let unmet = self.unmet();
        assert!(unmet.is_empty(), "unmet expectations of the simulator:\n{}", unmet.join("\n"));
    }

    pub(crate) fn reply(&self, request: &http::Request<Bytes>) -> Reply {
        self.service().reply(request, self.clock.now())
    }

    fn script(&self, name: TaskName, script: TaskScript) {
        let now = self.elapsed();
        self.service().tasks.script(name, script, now);
    }

    fn service(&self) -> MutexGuard<'_, Service> {
        self.service.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
