//! The state of the service and its decisions. Nothing here waits.

use std::collections::VecDeque;
use std::sync::Arc;

use bytes::Bytes;
use clb_task::actions::Kind;
use http::header::DATE;
use serde_json::{Map, Value};

use crate::api_error::ApiError;
use crate::call_record::CallRecord;
use crate::clb::{self, Clb};
use crate::clock::Moment;
use crate::delivery::{Delivery, OutgoingResponse};
use crate::expected_calls::ExpectedCalls;
use crate::fault::Fault;
use crate::fault_schedule::FaultSchedule;
use crate::gateway::{self, Call};
use crate::key::Keyring;
use crate::observers::Observers;
use crate::options::Options;
use crate::product::Products;
use crate::rate_limit::RateLimits;
use crate::request::ApiRequest;
use crate::response::{ApiResponse, new_request_id, set_header};
use crate::scripts::{ScriptedResponse, Scripts};
use crate::sts::OneTimeCodes;
use crate::task_script::TaskScript;
use crate::tasks::{TaskName, Tasks};
use crate::temporary_key::TemporaryKeys;
use crate::{metadata, parameters, sts, time_format};

/// How many call records are kept; the oldest are dropped first, so that a simulator can run for days.
const KEPT_RECORDS: usize = 20_000;

/// The result of an action.
type Outcome = Result<Executed, ApiError>;

/// The response of an action that was executed, now or by an earlier call.
#[derive(Debug, Default)]
pub(crate) struct Executed {
    pub(crate) body: Map<String, Value>,
    /// Whether it is the response of an earlier call with the same `ClientToken`.
    pub(crate) is_repeat: bool,
}

/// The state of the service. Time is an argument.
#[derive(Debug)]
pub(crate) struct Service {
    pub(crate) options: Options,
    pub(crate) products: Arc<Products>,
    pub(crate) keys: Keyring,
    pub(crate) tasks: Tasks,
    pub(crate) clb: Clb,
    pub(crate) scripts: Scripts,
    pub(crate) faults: FaultSchedule,
    pub(crate) rate_limits: RateLimits,
    pub(crate) records: VecDeque<CallRecord>,
    pub(crate) expected: Vec<ExpectedCalls>,
    pub(crate) observers: Observers,
    one_time_codes: OneTimeCodes,
}

impl Service {
    pub(crate) fn new(options: Options) -> Self {
        Self {
            products: Arc::default(),
            keys: Keyring::new(options.keys.clone()),
            rate_limits: RateLimits::new(options.rate_limit),
            clb: Clb::new(&options),
            options,
            tasks: Tasks::default(),
            scripts: Scripts::default(),
            faults: FaultSchedule::default(),
            records: VecDeque::new(),
            expected: Vec::new(),
            observers: Observers::default(),
            one_time_codes: OneTimeCodes::default(),
        }
    }

    /// Handles one request that arrives now, and records it.
    pub(crate) fn handle(&mut self, request: &http::Request<Bytes>, now: Moment) -> OutgoingResponse {
        let request = ApiRequest::read(request);
        let due = self.faults.due(request.action(), &request.subjects(), now.elapsed);
        let shown = now.ahead_by(due.skew);
        let mut response = match &due.fault {
            Some(Fault::Response(canned)) => ApiResponse::canned(canned),
            Some(Fault::ExpiredToken) => ApiResponse::rejected(&ApiError::expired_token()),
            Some(Fault::ResetBeforeExecution | Fault::HangBeforeExecution) => ApiResponse::unexecuted(),
            _ => self.respond(&request, now, shown),
        };
        if let Some(fault) = &due.fault {
            response.apply_fault(fault);
        }
        set_header(response.http.headers_mut(), DATE, Some(&time_format::http_date(shown.unix)));
        self.record(request.record(now.elapsed, &response));
        OutgoingResponse { response: response.http, delivery: Delivery::under(due.fault.as_ref()) }
    }

    /// `shown` is the time on the clock of the service, which a fault may have set ahead.
    fn respond(&mut self, request: &ApiRequest<'_>, now: Moment, shown: Moment) -> ApiResponse {
        if request.is_metadata() {
            let role = self.options.instance_role.clone();
            return metadata::respond(request.path(), role.as_deref(), self.temporary_keys(shown));
        }
        if let Some(page) = gateway::page(request) {
            return page;
        }
        self.clb.settle(&self.tasks, now);
        let request_id = new_request_id();
        let products = Arc::clone(&self.products);
        let outcome = gateway::check(request, &products, &self.keys, shown)
            .and_then(|call| self.execute(&call, &request_id, now, shown));
        ApiResponse::of(outcome, request_id)
    }

    fn execute(&mut self, call: &Call<'_>, request_id: &str, now: Moment, shown: Moment) -> Outcome {
        let admitted = self.rate_limits.admit(call.product, call.action, shown.unix);
        admitted.map_err(|limit| ApiError::throttled(call.action, limit))?;
        if let Some(ScriptedResponse(response)) = self.scripts.response(call.view()) {
            return response.map(Executed::now);
        }
        match (call.product, call.action) {
            ("sts", _) => self.issue_keys(call, shown),
            (_, "DescribeTaskStatus") => self.describe_task_status(call, now),
            ("clb", _) => self.execute_clb(call, request_id, now),
            _ => self.start_scripted_task(call, request_id, now),
        }
    }

    fn issue_keys(&mut self, call: &Call<'_>, shown: Moment) -> Outcome {
        parameters::check(call.action, call.parameters)?;
        let keys =
            TemporaryKeys { keys: &mut self.keys, lifetime: self.options.session_duration, now: shown };
        sts::respond(call, keys, &mut self.one_time_codes).map(Executed::now)
    }

    fn execute_clb(&mut self, call: &Call<'_>, request_id: &str, now: Moment) -> Outcome {
        let kind = clb::kind(call.action)?;
        parameters::check(call.action, call.parameters)?;
        if kind == Kind::Query {
            return self.clb.query(call, now).map(Executed::now);
        }
        if let Some(body) = self.clb.first_responses.find(call)? {
            return Ok(Executed { body, is_repeat: true });
        }
        let usual = || TaskScript::runs_for(self.options.action_duration).then_succeeds();
        let script = self.scripts.task(call.view()).or_else(|| clb::starts_task(kind).then(usual));
        self.clb.change(call, script, request_id, &mut self.tasks, now).map(Executed::now)
    }

    fn describe_task_status(&mut self, call: &Call<'_>, now: Moment) -> Outcome {
        parameters::check(call.action, call.parameters)?;
        let name = clb::polled_task(call.parameters)?;
        let status = self.tasks.poll(&name, now.elapsed);
        // A task may have completed by this very poll.
        self.clb.settle(&self.tasks, now);
        status.map(Executed::now).ok_or_else(|| clb::unknown_task(&name, self.options.unknown_task))
    }

    /// An action of another product: it has a scripted task, or it does not exist.
    fn start_scripted_task(&mut self, call: &Call<'_>, request_id: &str, now: Moment) -> Outcome {
        let script = self.scripts.task(call.view()).ok_or_else(|| ApiError::unknown_action(call.action))?;
        self.tasks.begin(vec![TaskName::Id(request_id.to_owned())], script, now.elapsed);
        Ok(Executed::default())
    }

    fn temporary_keys(&mut self, shown: Moment) -> TemporaryKeys<'_> {
        TemporaryKeys { keys: &mut self.keys, lifetime: self.options.session_duration, now: shown }
    }

    fn record(&mut self, record: CallRecord) {
        self.observers.notify(&record);
        if self.records.len() == KEPT_RECORDS {
            self.records.pop_front();
        }
        self.records.push_back(record);
    }

    /// Describes every expectation that was not met.
    pub(crate) fn unmet_expectations(&self) -> Vec<String> {
        let calls = self.expected.iter().filter_map(|expected| expected.unmet(&self.records));
        self.tasks.unmet().chain(self.faults.unmet()).chain(self.scripts.unmet()).chain(calls).collect()
    }
}

impl Executed {
    fn now(body: Map<String, Value>) -> Self {
        Self { body, is_repeat: false }
    }
}
