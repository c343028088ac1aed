//! The service behind the handle: it decides, and never waits.

use std::collections::{HashMap, VecDeque};
use std::iter;

use bytes::Bytes;
use http::header::DATE;
use serde_json::{Map, Value};

use crate::answer::{Answer, fresh_request_id, set};
use crate::checks::{self, Api, Call};
use crate::clb::Accepted;
use crate::clock::Moment;
use crate::expected_calls::ExpectedCalls;
use crate::failure::Failure;
use crate::fault::Fault;
use crate::faults::Faults;
use crate::incoming::Incoming;
use crate::keys::Keyring;
use crate::observers::Observers;
use crate::options::Options;
use crate::rate::RateLimit;
use crate::record::CallRecord;
use crate::reply::{Delivery, Reply};
use crate::session::Sessions;
use crate::task_script::TaskScript;
use crate::tasks::{TaskName, Tasks};
use crate::{clb, metadata, sts, time_text};

/// How many calls are remembered; the oldest are forgotten first, so that a simulator can run for days.
const REMEMBERED_CALLS: usize = 100_000;

/// What an action comes to.
type Outcome = Result<Map<String, Value>, Failure>;

/// Everything the service knows. Time comes in as an argument.
#[derive(Debug)]
pub(crate) struct Service {
    pub(crate) options: Options,
    pub(crate) keys: Keyring,
    pub(crate) tasks: Tasks,
    pub(crate) actions: HashMap<String, TaskScript>,
    pub(crate) answers: HashMap<String, Map<String, Value>>,
    pub(crate) faults: Faults,
    pub(crate) rate: RateLimit,
    pub(crate) records: VecDeque<CallRecord>,
    pub(crate) expected: Vec<ExpectedCalls>,
    pub(crate) observers: Observers,
}

impl Service {
    pub(crate) fn new(options: Options) -> Self {
        Self {
            keys: Keyring::new(options.keys.clone()),
            rate: RateLimit::new(options.questions_per_second),
            options,
            tasks: Tasks::default(),
            actions: HashMap::new(),
            answers: HashMap::new(),
            faults: Faults::default(),
            records: VecDeque::new(),
            expected: Vec::new(),
            observers: Observers::default(),
        }
    }

    /// Answers one request that arrives now, and remembers it.
    pub(crate) fn reply(&mut self, request: &http::Request<Bytes>, now: Moment) -> Reply {
        let incoming = Incoming::read(request);
        let due = self.faults.due(incoming.action(), incoming.task(), now.elapsed);
        let now = now.ahead_by(due.skew);
        let mut answer = match &due.fault {
            Some(Fault::Answer(canned)) => Answer::canned(canned),
            Some(Fault::ExpiredToken) => Answer::of(Err(Failure::expired_token()), fresh_request_id()),
            _ => self.answer(&incoming, now),
        };
        if let Some(fault) = &due.fault {
            answer.suffer(fault);
        }
        set(answer.response.headers_mut(), DATE, Some(&time_text::http_date(now.unix)));
        self.remember(incoming.record(now.elapsed, &answer));
        Reply { response: answer.response, delivery: Delivery::under(due.fault.as_ref()) }
    }

    fn answer(&mut self, incoming: &Incoming<'_>, now: Moment) -> Answer {
        if incoming.is_metadata() {
            let role = self.options.instance_role.clone();
            return metadata::answer(incoming.path(), role.as_deref(), self.sessions(now));
        }
        if let Some(page) = checks::page(incoming) {
            return page;
        }
        let request_id = fresh_request_id();
        let outcome =
            checks::call(incoming, &self.keys, now).and_then(|call| self.carry_out(&call, &request_id, now));
        Answer::of(outcome, request_id)
    }

    fn carry_out(&mut self, call: &Call<'_>, request_id: &str, now: Moment) -> Outcome {
        if let Some(answer) = self.answers.get(call.action) {
            return Ok(answer.clone());
        }
        match (call.api, call.action) {
            (Api::Sts, _) => sts::answer(call, self.sessions(now)),
            (Api::Clb, "DescribeTaskStatus") => self.describe_task_status(call, now),
            (Api::Clb, _) => self.change(call, request_id, now),
        }
    }

    fn change(&mut self, call: &Call<'_>, request_id: &str, now: Moment) -> Outcome {
        let starts_task = clb::starts_task(call.action)?;
        let accepted = clb::accept(call.action, call.parameters);
        let answer = accepted.answer.clone();
        if starts_task {
            self.begin(call, accepted, request_id, now);
        }
        Ok(answer)
    }

    fn describe_task_status(&mut self, call: &Call<'_>, now: Moment) -> Outcome {
        self.rate.admit(now.unix).map_err(|limit| Failure::throttled(call.action, limit))?;
        let name = clb::asked_task(call.parameters)?;
        let status = self.tasks.ask(&name, now.elapsed);
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

    fn sessions(&mut self, now: Moment) -> Sessions<'_> {
        Sessions { keys: &mut self.keys, length: self.options.session_duration, now }
    }

    fn remember(&mut self, record: CallRecord) {
        self.observers.tell(&record);
        if self.records.len() == REMEMBERED_CALLS {
            self.records.pop_front();
        }
        self.records.push_back(record);
    }

    /// Every scripted expectation that was not met, described.
    pub(crate) fn unmet(&self) -> Vec<String> {
        let calls = self.expected.iter().filter_map(|expected| expected.unmet(&self.records));
        self.tasks.unmet().chain(self.faults.unmet()).chain(calls).collect()
    }
}
