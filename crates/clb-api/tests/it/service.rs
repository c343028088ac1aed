//! A fake service behind the transport: it locks, throttles, acts without responding, and counts.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};

use async_trait::async_trait;
use bytes::Bytes;
use clb_api::{Client, ClientBuilder, Transport, TransportError};
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

use crate::support::{demo_keys, region};

/// Shared with the client that talks to it.
#[derive(Clone)]
pub(crate) struct Service(Arc<Mutex<State>>);

/// What happens to a change, beside what is usual.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Fate {
    /// Accepted as usual.
    Usual,
    /// An error of this code and message.
    Error(&'static str, &'static str),
    /// The connection is refused.
    Refused,
    /// The connection breaks after the service has acted.
    ActedAndReset,
    /// No response, ever, after the service has acted.
    ActedAndHangs,
    /// HTTP 502 before the service has acted.
    BadGateway,
}

struct State {
    started: Instant,
    fates: VecDeque<Fate>,
    task_duration: Duration,
    latency: Duration,
    task_fails: bool,
    knows_tasks: bool,
    extra: Value,
    tasks: HashMap<String, Instant>,
    locks: HashMap<String, Instant>,
    tokens: HashMap<String, String>,
    /// When requests arrived, by action.
    arrivals: HashMap<String, Vec<Duration>>,
    accepted: Vec<(String, Value)>,
    busy: u32,
    throttled: u32,
}

impl Service {
    pub(crate) fn new(task_duration: Duration) -> Self {
        Self(Arc::new(Mutex::new(State {
            started: Instant::now(),
            fates: VecDeque::new(),
            task_duration,
            latency: Duration::ZERO,
            task_fails: false,
            knows_tasks: true,
            extra: json!({}),
            tasks: HashMap::new(),
            locks: HashMap::new(),
            tokens: HashMap::new(),
            arrivals: HashMap::new(),
            accepted: Vec::new(),
            busy: 0,
            throttled: 0,
        })))
    }

    pub(crate) fn builder(&self) -> ClientBuilder {
        let builder = Client::builder()
            .environment(clb_api::Environment::empty())
            .region(region("ap-guangzhou"))
            .credentials(demo_keys());
        builder.transport(Arc::new(self.clone()))
    }

    pub(crate) fn client(&self) -> Client {
        self.builder().build().unwrap()
    }

    /// What happens to the next changes.
    pub(crate) fn fates(self, fates: impl IntoIterator<Item = Fate>) -> Self {
        self.state().fates.extend(fates);
        self
    }

    pub(crate) fn latency(self, latency: Duration) -> Self {
        self.state().latency = latency;
        self
    }

    pub(crate) fn failing_tasks(self) -> Self {
        self.state().task_fails = true;
        self
    }

    pub(crate) fn without_tasks(self) -> Self {
        self.state().knows_tasks = false;
        self
    }

    /// More fields of the responses to changes.
    pub(crate) fn responding(self, extra: Value) -> Self {
        self.state().extra = extra;
        self
    }

    /// A task of somebody else locks the resource for so long.
    pub(crate) fn lock(&self, id: &str, duration: Duration) {
        self.state().locks.insert(id.to_owned(), Instant::now() + duration);
    }

    pub(crate) fn accepted(&self) -> Vec<(String, Value)> {
        self.state().accepted.clone()
    }

    /// When requests of an action arrived.
    pub(crate) fn arrivals(&self, action: &str) -> Vec<Duration> {
        self.state().arrivals.get(action).cloned().unwrap_or_default()
    }

    pub(crate) fn busy(&self) -> u32 {
        self.state().busy
    }

    pub(crate) fn throttled(&self) -> u32 {
        self.state().throttled
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap()
    }
}

#[async_trait]
impl Transport for Service {
    async fn send(
        &self,
        request: http::Request<Bytes>,
        _: Duration,
    ) -> Result<http::Response<Bytes>, TransportError> {
        let latency = self.state().latency;
        sleep(latency / 2).await;
        let action = request.headers()["x-tc-action"].to_str().unwrap().to_owned();
        let parameters: Value = serde_json::from_slice(request.body()).unwrap();
        let (fate, response) = self.state().respond(&action, &parameters);
        sleep(latency / 2).await;
        match fate {
            Fate::Refused => Err(TransportError::not_sent("connection refused")),
            Fate::ActedAndReset => Err(TransportError::maybe_sent("connection reset")),
            Fate::ActedAndHangs => std::future::pending().await,
            Fate::BadGateway => Ok(http::Response::builder().status(502).body(Bytes::new()).unwrap()),
            Fate::Usual | Fate::Error(..) => Ok(http::Response::new(Bytes::from(response.to_string()))),
        }
    }
}

impl State {
    fn respond(&mut self, action: &str, parameters: &Value) -> (Fate, Value) {
        let now = Instant::now();
        let arrivals = self.arrivals.entry(action.to_owned()).or_default();
        let recent = arrivals
            .iter()
            .rev()
            .take_while(|at| self.started.elapsed().abs_diff(**at) < Duration::from_secs(1))
            .count();
        arrivals.push(self.started.elapsed());
        if recent >= 20 {
            self.throttled += 1;
            return (Fate::Usual, error("RequestLimitExceeded", "slow down"));
        }
        if action == "DescribeTaskStatus" {
            return (Fate::Usual, self.status(parameters["TaskId"].as_str().unwrap(), now));
        }
        if action.starts_with("Describe") {
            return self.query();
        }
        let fate = self.fates.pop_front().unwrap_or(Fate::Usual);
        match fate {
            Fate::Error(code, message) => return (fate, error(code, message)),
            Fate::Refused | Fate::BadGateway => return (fate, Value::Null),
            _ => {}
        }
        (fate, self.change(action, parameters, now))
    }

    fn query(&mut self) -> (Fate, Value) {
        match self.fates.pop_front().unwrap_or(Fate::Usual) {
            Fate::Error(code, message) => (Fate::Usual, error(code, message)),
            Fate::Usual => (Fate::Usual, json!({"Response": {"TotalCount": 0, "RequestId": "r-1"}})),
            fate => (fate, Value::Null),
        }
    }

    fn change(&mut self, action: &str, parameters: &Value, now: Instant) -> Value {
        let token = parameters["ClientToken"].as_str().unwrap_or_default().to_owned();
        if let Some(id) = self.tokens.get(&token) {
            return json!({"Response": {"RequestId": id}});
        }
        let text = parameters.to_string();
        let ids: Vec<String> = text
            .split('"')
            .filter(|part| part.starts_with("lb-") || part.starts_with("lbtg-"))
            .map(str::to_owned)
            .collect();
        if ids.iter().any(|id| self.locks.get(id).is_some_and(|until| now < *until)) {
            self.busy += 1;
            return error("FailedOperation", "Your task is working (X)");
        }
        let id = format!("task-{}", self.tasks.len());
        let done = now + self.task_duration;
        self.locks.extend(ids.into_iter().map(|lock| (lock, done)));
        self.tasks.insert(id.clone(), done);
        self.accepted.push((action.to_owned(), parameters.clone()));
        if !token.is_empty() {
            self.tokens.insert(token, id.clone());
        }
        let mut response = json!({"RequestId": id});
        response.as_object_mut().unwrap().extend(self.extra.as_object().unwrap().clone());
        json!({ "Response": response })
    }

    fn status(&self, id: &str, now: Instant) -> Value {
        let Some(done) = self.tasks.get(id).filter(|_| self.knows_tasks) else {
            return error("InvalidParameter", "no such task");
        };
        let status = if now < *done { 2 } else { i32::from(self.task_fails) };
        json!({"Response": {"Status": status, "Message": "no quota", "RequestId": "poll-1"}})
    }
}

fn error(code: &str, message: &str) -> Value {
    json!({"Response": {"Error": {"Code": code, "Message": message}, "RequestId": "r-1"}})
}
