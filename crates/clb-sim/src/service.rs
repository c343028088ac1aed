use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use bytes::Bytes;
use http::header::DATE;
use serde_json::{Map, Value};

use crate::checks::{self, Call};
use crate::clb;
use crate::envelope::{Answer, fresh_request_id, set};
use crate::expectation::{ExpectedCalls, Faults};
use crate::failure::Failure;
use crate::fault::Fault;
use crate::incoming::Incoming;
use crate::keys::Keyring;
use crate::options::Options;
use crate::rate::RateLimit;
use crate::record::CallRecord;
use crate::reply::{Delivery, Reply};
use crate::task_script::TaskScript;
use crate::tasks::{TaskName, Tasks};

/// How many calls are remembered; the oldest are forgotten first, so that a simulator can run for days.
const REMEMBERED_CALLS: usize = 100_000;

/// Everything the service knows. Time comes in as an argument: since the simulator's start.
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
        }
    }

    /// Answers one request that arrives now, and remembers it.
    pub(crate) fn reply(&mut self, request: &http::Request<Bytes>, now: Duration) -> Reply {
        let incoming = Incoming::read(request);
        let due = self.faults.due(incoming.action(), incoming.task(), now);
        let unix = shifted(self.options.unix_start + now, due.skew);
        let mut answer = match &due.fault {
            Some(Fault::Answer(canned)) => Answer::canned(canned),
            Some(Fault::ExpiredToken) => Answer::of(Err(checks::expired_token()), fresh_request_id()),
            _ => self.answer(&incoming, now, unix),
        };
        if let Some(Fault::ContentType(text)) = &due.fault {
            set(answer.response.headers_mut(), http::header::CONTENT_TYPE, Some(text));
        }
        set(answer.response.headers_mut(), DATE, Some(&http_date(unix)));
        self.remember(incoming.record(now, &answer));
        Reply { response: answer.response, delivery: Delivery::under(due.fault.as_ref()) }
    }

    fn answer(&mut self, incoming: &Incoming<'_>, now: Duration, unix: Duration) -> Answer {
        if let Some(page) = checks::page(incoming) {
            return page;
        }
        let request_id = fresh_request_id();
        let outcome = checks::call(incoming, &self.keys, now, unix)
            .and_then(|call| self.carry_out(&call, &request_id, now, unix));
        Answer::of(outcome, request_id)
    }

    fn carry_out(
        &mut self,
        call: &Call<'_>,
        request_id: &str,
        now: Duration,
        unix: Duration,
    ) -> Result<Map<String, Value>, Failure> {
        if let Some(answer) = self.answers.get(call.action) {
            return Ok(answer.clone());
        }
        match call.action {
            "DescribeTaskStatus" => self.describe_task_status(call, now, unix),
            action if checks::is_asynchronous(action) => Ok(self.begin(call, request_id, now)),
            action => Err(checks::unknown_action(action)),
        }
    }

    fn describe_task_status(
        &mut self,
        call: &Call<'_>,
        now: Duration,
        unix: Duration,
    ) -> Result<Map<String, Value>, Failure> {
        self.rate.admit(unix).map_err(|limit| Failure::throttled(call.action, limit))?;
        let name = clb::asked_task(call.parameters)?;
        self.tasks.ask(&name, now).ok_or_else(|| clb::unknown_task(&name, self.options.unknown_task))
    }

    /// Starts the task of an asynchronous action: its id is the `RequestId` of this very call.
    fn begin(&mut self, call: &Call<'_>, request_id: &str, now: Duration) -> Map<String, Value> {
        let accepted = clb::accept(call.action, call.parameters);
        let mut script = self.script_of(call.action);
        script.load_balancers.extend(accepted.load_balancers);
        let mut names = vec![TaskName::Id(request_id.to_owned())];
        names.extend(accepted.deal_name.map(TaskName::Deal));
        self.tasks.begin(names, script, now);
        accepted.body
    }

    fn script_of(&self, action: &str) -> TaskScript {
        let usual = || TaskScript::runs_for(self.options.action_duration).then_succeeds();
        self.actions.get(action).cloned().unwrap_or_else(usual)
    }

    fn remember(&mut self, record: CallRecord) {
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

fn shifted(unix: Duration, seconds: i64) -> Duration {
    let shift = Duration::from_secs(seconds.unsigned_abs());
    if seconds < 0 { unix.saturating_sub(shift) } else { unix.saturating_add(shift) }
}

/// The time as a `Date` header writes it.
fn http_date(unix: Duration) -> String {
    let seconds = i64::try_from(unix.as_secs()).unwrap_or(i64::MAX);
    let timestamp = jiff::Timestamp::from_second(seconds).unwrap_or(jiff::Timestamp::MAX);
    let printer = jiff::fmt::rfc2822::DateTimePrinter::new();
    printer.timestamp_to_rfc9110_string(&timestamp).unwrap_or_default()
}
