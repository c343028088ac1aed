//! How tests script a simulator.

use std::fmt::Debug;
use std::ops::RangeBounds;
use std::sync::Arc;
use std::time::Duration;

use crate::call_record::CallRecord;
use crate::clb::TargetHealth;
use crate::expected_calls::ExpectedCalls;
use crate::fault::Fault;
use crate::fault_timing::When;
use crate::key::Key;
use crate::product::Product;
use crate::product_scripts::ProductScripts;
use crate::scenario::Scenario;
use crate::scripts::{ActionKey, ApiCall, ScriptedResponse};
use crate::simulator::Simulator;
use crate::task_script::TaskScript;
use crate::tasks::TaskName;

/// Scripts. All of them apply from now on.
impl Simulator {
    /// Scripts the task with this id; it starts now.
    pub fn task(&self, id: impl Into<String>, script: TaskScript) -> &Self {
        self.script_task(TaskName::Id(id.into()), script);
        self
    }

    /// Scripts the task of the order with this `DealName`; it starts now.
    pub fn deal(&self, name: impl Into<String>, script: TaskScript) -> &Self {
        self.script_task(TaskName::Deal(name.into()), script);
        self
    }

    /// Makes the service forget the task with this id, as it does with old ones.
    pub fn forget_task(&self, id: impl Into<String>) -> &Self {
        self.service().tasks.forget(&TaskName::Id(id.into()));
        self
    }

    /// Gives this script to every task that the action starts. A synchronous action then starts one, too.
    pub fn action(&self, action: impl Into<String>, script: TaskScript) -> &Self {
        self.actions(action, [script])
    }

    /// Gives these scripts to the tasks that the action starts, in order; the last repeats.
    pub fn actions(&self, action: impl Into<String>, scripts: impl IntoIterator<Item = TaskScript>) -> &Self {
        self.script_actions(ActionKey::of_any(action), scripts);
        self
    }

    /// Responds to every call of an action with this object, to which a `RequestId` is added, or with this error.
    ///
    /// ```
    /// # use clb_sim::{ApiError, Options, Simulator};
    /// # let simulator = Simulator::new(Options::default());
    /// simulator.response("DescribeQuota", serde_json::json!({ "QuotaSet": [] }));
    /// simulator.response("CreateListener", ApiError::new("LimitExceeded", "too many listeners"));
    /// ```
    pub fn response(&self, action: impl Into<String>, response: impl Into<ScriptedResponse>) -> &Self {
        self.responses(action, [response])
    }

    /// Responds to the calls of an action with these, in order; the last repeats.
    pub fn responses<R: Into<ScriptedResponse>>(
        &self,
        action: impl Into<String>,
        responses: impl IntoIterator<Item = R>,
    ) -> &Self {
        self.script_responses(ActionKey::of_any(action), responses);
        self
    }

    /// Responds to the calls of an action with what a function returns. It must not call the simulator.
    ///
    /// ```
    /// # use clb_sim::{ApiError, Options, Simulator};
    /// # use serde_json::json;
    /// # let simulator = Simulator::new(Options::default());
    /// simulator.respond_with("DescribeQuota", |call| match call.region {
    ///     "ap-guangzhou" => Ok(json!({ "QuotaSet": [] })),
    ///     region => Err(ApiError::new("UnsupportedRegion", region)),
    /// });
    /// ```
    pub fn respond_with<R: Into<ScriptedResponse>>(
        &self,
        action: impl Into<String>,
        mut function: impl FnMut(ApiCall<'_>) -> R + Send + 'static,
    ) -> &Self {
        let key = ActionKey::of_any(action);
        self.service().scripts.respond_with(key, move |call| function(call).into());
        self
    }

    /// Knows another product, whose calls need a region. Signatures are checked as for the load balancer; responses and
    /// tasks are scripted, and `DescribeTaskStatus` reports the tasks.
    ///
    /// ```
    /// # use clb_sim::{Options, Simulator, TaskScript};
    /// # let simulator = Simulator::new(Options::default());
    /// simulator
    ///     .product("gwlb", "2024-09-06")
    ///     .action("CreateGatewayLoadBalancer", TaskScript::runs_for_polls(2).then_succeeds())
    ///     .response("DescribeGatewayLoadBalancers", serde_json::json!({ "TotalCount": 0 }));
    /// ```
    pub fn product(&self, name: impl Into<String>, version: impl Into<String>) -> ProductScripts<'_> {
        self.add_product(name.into(), version.into(), true)
    }

    /// Knows another product, whose calls need no region.
    pub fn global_product(&self, name: impl Into<String>, version: impl Into<String>) -> ProductScripts<'_> {
        self.add_product(name.into(), version.into(), false)
    }

    /// Scripts a fault. If several are due for one call, the first scripted one affects it.
    pub fn fault(&self, when: When, fault: impl Into<Fault>) -> &Self {
        self.service().faults.add(when, fault.into());
        self
    }

    /// Accepts at most so many calls of this action in one calendar second; `None` lifts the limit.
    pub fn rate_limit(&self, action: impl Into<String>, per_second: Option<u32>) -> &Self {
        self.service().rate_limits.set(action.into(), per_second);
        self
    }

    /// Keeps a load balancer or target group busy for this time, as a call of another process does.
    pub fn occupy(&self, id: impl Into<String>, duration: Duration) -> &Self {
        let until = self.elapsed().saturating_add(duration);
        self.service().clb.occupy(id.into(), until);
        self
    }

    /// Scripts the health of the target with this instance id or address, optionally with `:PORT`.
    pub fn target_health(&self, target: impl Into<String>, health: TargetHealth) -> &Self {
        self.service().clb.health.set(target.into(), health);
        self
    }

    /// Expects so many calls of an action; [`unmet_expectations`](Self::unmet_expectations) reports more and fewer.
    pub fn expect_calls(&self, action: impl Into<String>, calls: impl RangeBounds<usize> + Debug) -> &Self {
        let expected = ExpectedCalls::new(action.into(), calls);
        self.service().expected.push(expected);
        self
    }

    /// Calls the observer with the record of every call, before the response is sent. The observer must not call the
    /// simulator.
    pub fn on_call(&self, observer: impl FnMut(&CallRecord) + Send + 'static) -> &Self {
        self.service().observers.add(observer);
        self
    }

    /// Accepts this key. It replaces a key with the same id.
    pub fn key(&self, key: Key) -> &Self {
        self.service().keys.add(key);
        self
    }

    /// Scripts everything in a scenario; its tasks start now.
    pub fn play(&self, scenario: Scenario) -> &Self {
        for (id, script) in scenario.tasks {
            self.task(id, script);
        }
        for (name, script) in scenario.deals {
            self.deal(name, script);
        }
        for (action, scripts) in scenario.actions {
            self.actions(action, scripts);
        }
        for (action, all) in scenario.responses {
            self.responses(action, all);
        }
        for (name, version) in scenario.products {
            self.product(name, version);
        }
        for (when, fault) in scenario.faults {
            self.fault(when, fault);
        }
        for (action, limit) in scenario.rate_limits {
            self.rate_limit(action, limit);
        }
        for (id, duration) in scenario.busy {
            self.occupy(id, duration);
        }
        for (target, health) in scenario.health {
            self.target_health(target, health);
        }
        for key in scenario.keys {
            self.key(key);
        }
        self
    }

    fn script_task(&self, name: TaskName, script: TaskScript) {
        let now = self.elapsed();
        self.service().tasks.script(name, script, now);
    }

    pub(crate) fn script_actions(&self, key: ActionKey, scripts: impl IntoIterator<Item = TaskScript>) {
        self.service().scripts.start_tasks(key, scripts.into_iter().collect());
    }

    pub(crate) fn script_responses<R: Into<ScriptedResponse>>(
        &self,
        key: ActionKey,
        responses: impl IntoIterator<Item = R>,
    ) {
        let responses = responses.into_iter().map(Into::into).collect();
        self.service().scripts.respond_in_order(key, responses);
    }

    fn add_product(&self, name: String, version: String, needs_region: bool) -> ProductScripts<'_> {
        let product = Product { name: name.clone(), version, needs_region };
        Arc::make_mut(&mut self.service().products).add(product);
        ProductScripts { simulator: self, product: name }
    }
}
