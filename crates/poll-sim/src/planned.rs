//! The crate's planner, driven on a virtual clock.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BinaryHeap},
    time::Duration,
};

use clb_task::{
    PollPolicy, RequestRate,
    planner::{Elapsed, Key, PlannedWait, Planner, PlannerOptions, PollResponse, Step},
};

use crate::{
    draws::{Run, Service},
    outcome::{Outcome, Response},
};

/// The planner stays at this share of the rate that it is told; here it is to use all of it.
const SHARE: f64 = 0.95;
/// No wait times out.
const NEVER: Elapsed = Duration::from_secs(1_000_000_000);

/// Simulates one run.
pub(crate) fn play(run: &Run, service: &Service, policy: PollPolicy) -> Outcome {
    let mut play = Play::new(run, service, policy);
    while play.step() {}
    play.outcome
}

struct Play<'a> {
    run: &'a Run,
    service: &'a Service,
    policy: PollPolicy,
    planner: Planner,
    now: Elapsed,
    /// Tasks that have not started, the next one last.
    to_come: Vec<usize>,
    tasks: BTreeMap<Key, usize>,
    responses: BinaryHeap<Reverse<Arrival>>,
    outcome: Outcome,
}

/// When a response arrives, to which poll, and what it says: throttled, completed.
type Arrival = (Elapsed, Key, u32, bool, bool);

impl<'a> Play<'a> {
    fn new(run: &'a Run, service: &'a Service, policy: PollPolicy) -> Self {
        let requests_per_second = RequestRate::new(service.rate / SHARE).unwrap_or_default();
        let options = PlannerOptions { requests_per_second, request_timeout: Duration::from_secs(10) };
        let mut to_come: Vec<usize> = (0..run.len()).collect();
        to_come.sort_by(|a, b| run[*b].start.total_cmp(&run[*a].start).then(b.cmp(a)));
        Self {
            run,
            service,
            policy,
            planner: Planner::new(options),
            now: Elapsed::ZERO,
            to_come,
            tasks: BTreeMap::new(),
            responses: BinaryHeap::new(),
            outcome: Outcome::default(),
        }
    }

    /// Does one thing; false when all is done.
    fn step(&mut self) -> bool {
        self.start_tasks();
        self.deliver_replies();
        match self.planner.next(self.now) {
            Step::Poll { key, attempt, .. } => self.poll(key, attempt),
            Step::Completed { .. } => {}
            Step::WaitUntil(due) => self.now = self.next_event().map_or(due, |event| event.min(due)),
            Step::Idle => match self.next_event() {
                Some(event) => self.now = event,
                None => return false,
            },
        }
        true
    }

    fn start_tasks(&mut self) {
        while let Some(task) = self.to_come.pop_if(|task| seconds(self.run[*task].start) <= self.now) {
            let key = self.planner.add(self.now, PlannedWait { policy: self.policy, deadline: NEVER });
            self.tasks.insert(key, task);
        }
    }

    fn deliver_replies(&mut self) {
        while let Some(Reverse((at, ..))) = self.responses.peek()
            && *at <= self.now
        {
            let Some(Reverse((_, key, attempt, throttled, completed))) = self.responses.pop() else { return };
            let response = match (throttled, completed) {
                (true, _) => PollResponse::Throttled { retry_after: None },
                (false, true) => PollResponse::Completed,
                (false, false) => PollResponse::Running,
            };
            self.planner.on_response(key, attempt, self.now, response);
        }
    }

    fn poll(&mut self, key: Key, attempt: u32) {
        let task = self.tasks[&key];
        let response = self.outcome.poll(self.service, task, &self.run[task], self.now.as_secs_f64());
        let at = self.now + seconds(self.service.rtt);
        self.responses.push(Reverse((
            at,
            key,
            attempt,
            response == Response::Throttled,
            response == Response::Completed,
        )));
    }

    fn next_event(&self) -> Option<Elapsed> {
        let start = self.to_come.last().map(|task| seconds(self.run[*task].start));
        start.into_iter().chain(self.responses.peek().map(|Reverse((at, ..))| *at)).min()
    }
}

fn seconds(seconds: f64) -> Duration {
    Duration::from_secs_f64(seconds)
}
