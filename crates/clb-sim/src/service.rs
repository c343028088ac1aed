//! The state of the service and its decisions. Nothing here waits.

use std::collections::{HashMap, VecDeque};
use std::iter;

use bytes::Bytes;
use http::header::DATE;
use serde_json::{Map, Value};

use crate::api_error::ApiError;
use crate::call_record::CallRecord;
use crate::clb::Accepted;
use crate::clock::Moment;
use crate::delivery::{Delivery, OutgoingResponse};
use crate::expected_calls::ExpectedCalls;
use crate::fault::Fault;
use crate::fault_schedule::FaultSchedule;
use crate::gateway::{self, Api, Call};
use crate::key::Keyring;
use crate::observers::Observers;
use crate::options::Options;
use crate::rate_limit::RateLimit;
use crate::request::ApiRequest;
use crate::response::{ApiResponse, new_request_id, set_header};
use crate::task_script::TaskScript;
use crate::tasks::{TaskName, Tasks};
use crate::temporary_key::TemporaryKeys;
use crate::{clb, metadata, sts, time_format};

/// How many call records are kept; the oldest are dropped first, so that a simulator can run for days.
const KEPT_RECORDS: usize = 100_000;

/// The result of an action.
type Outcome = Result<Map<String, Value>, ApiError>;

/// Everything the service knows. Time comes in as an argument.
#[derive(Debug)]
pub(crate) struct Service {
    pub(crate) options: Options,
    pub(crate) keys: Keyring,
    pub(crate) tasks: Tasks,
    pub(crate) actions: HashMap<String, TaskScript>,
    pub(crate) responses: HashMap<String, Map<String, Value>>,
    pub(crate) faults: FaultSchedule,
    pub(crate) rate: RateLimit,
    pub(crate) records: VecDeque<CallRecord>,
    pub(crate) expected: Vec<ExpectedCalls>,
    pub(crate) observers: Observers,
}

impl Service {
    pub(crate) fn new(options: Options) -> Self {
        Self {
            keys: Keyring::new(options.keys.clone()),
            rate: RateLimit::new(options.rate_limit),
            options,
            tasks: Tasks::default(),
            actions: HashMap::new(),
            responses: HashMap::new(),
            faults: FaultSchedule::default(),
            records: VecDeque::new(),
            expected: Vec::new(),
            observers: Observers::default(),
        }
    }

    /// Handles one request that arrives now, and records it.
    pub(crate) fn handle(&mut self, request: &http::Request<Bytes>, now: Moment) -> OutgoingResponse {
        let request = ApiRequest::read(request);
        let due = self.faults.due(request.action(), request.task(), now.elapsed);
        let now = now.ahead_by(due.skew);
        let mut response = match &due.fault {
            Some(Fault::Response(canned)) => ApiResponse::canned(canned),
            Some(Fault::ExpiredToken) => ApiResponse::of(Err(ApiError::expired_token()), new_request_id()),
            _ => self.respond(&request, now),
        };
        if let Some(fault) = &due.fault {
            response.apply_fault(fault);
        }
        set_header(response.http.headers_mut(), DATE, Some(&time_format::http_date(now.unix)));
        self.record(request.record(now.elapsed, &response));
        OutgoingResponse { response: response.http, delivery: Delivery::under(due.fault.as_ref()) }
    }

    fn respond(&mut self, request: &ApiRequest<'_>, now: Moment) -> ApiResponse {
        if request.is_metadata() {
            let role = self.options.instance_role.clone();
            return metadata::respond(request.path(), role.as_deref(), self.temporary_keys(now));
        }
        if let Some(page) = gateway::page(request) {
            return page;
        }
        let request_id = new_request_id();
        let outcome =
            gateway::check(request, &self.keys, now).and_then(|call| self.execute(&call, &request_id, now));
        ApiResponse::of(outcome, request_id)
    }

    fn execute(&mut self, call: &Call<'_>, request_id: &str, now: Moment) -> Outcome {
        if let Some(response) = self.responses.get(call.action) {
            return Ok(response.clone());
        }
        match (call.api, call.action) {
            (Api::Sts, _) => sts::respond(call, self.temporary_keys(now)),
            (Api::Clb, "DescribeTaskStatus") => self.describe_task_status(call, now),
            (Api::Clb, _) => self.change(call, request_id, now),
        }
    }

    fn change(&mut self, call: &Call<'_>, request_id: &str, now: Moment) -> Outcome {
        let starts_task = clb::starts_task(call.action)?;
        let accepted = clb::accept(call.action, call.parameters);
        let response = accepted.response.clone();
        if starts_task {
            self.begin(call, accepted, request_id, now);
        }
        Ok(response)
    }

    fn describe_task_status(&mut self, call: &Call<'_>, now: Moment) -> Outcome {
        self.rate.admit(now.unix).map_err(|limit| ApiError::throttled(call.action, limit))?;
        let name = clb::polled_task(call.parameters)?;
        let status = self.tasks.poll(&name, now.elapsed);
        status.ok_or_else(|| clb::unknown_task(&name, self.options.unknown_task))
    }

    /// Starts the task of a changing call: its id is the `RequestId` of this very call.
    fn begin(&mut self, call: &Call<'_>, accepted: Accepted, request_id: &str, now: Moment) {
        let mut script = self.script_of(call.action);
        script.load_balancers.extend(accepted.load_balancers);
        let id = TaskName::Id(request_id.to_owned());
        let names = iter::once(id).chain(accepted.deal_name.map(TaskName::Deal));
        self.tasks.begin(names.collect(), script, now.elapsed);
    }

    fn script_of(&self, action: &str) -> TaskScript {
        let usual = || TaskScript::runs_for(self.options.action_duration).then_succeeds();
        self.actions.get(action).cloned().unwrap_or_else(usual)
    }

    fn temporary_keys(&mut self, now: Moment) -> TemporaryKeys<'_> {
        TemporaryKeys { keys: &mut self.keys, lifetime: self.options.session_duration, now }
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
        self.tasks.unmet().chain(self.faults.unmet()).chain(calls).collect()
    }
}
