//! A service on a virtual clock, and a driver that follows the planner against it.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BinaryHeap},
    time::Duration,
};

use clb_task::{
    PollPolicy, RequestRate,
    planner::{Elapsed, Key, PlannedWait, Planner, PlannerOptions, PollResponse, Step, WaitOutcome},
};

/// One task of the world.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Task {
    pub(crate) policy: PollPolicy,
    pub(crate) start: Elapsed,
    pub(crate) duration: Duration,
    pub(crate) timeout: Duration,
}

/// What goes wrong with a poll; the polls of a world take the faults in turn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Fault {
    None,
    Throttled,
    Transient,
    Rejected,
    /// No response: the driver gives up at `deadline`.
    Silence,
}

/// One poll.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Poll {
    pub(crate) task: usize,
    pub(crate) attempt: u32,
    pub(crate) sent: Elapsed,
    pub(crate) deadline: Elapsed,
    /// When the response came, and what it was.
    pub(crate) responded: Elapsed,
    pub(crate) response: PollResponse,
}

/// What happened.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct History {
    pub(crate) polls: Vec<Poll>,
    pub(crate) outcomes: Vec<(usize, Elapsed, WaitOutcome)>,
    /// The most polls that were in flight at once.
    pub(crate) in_flight: usize,
}

/// The world.
#[derive(Debug, Clone)]
pub(crate) struct World {
    pub(crate) tasks: Vec<Task>,
    pub(crate) faults: Vec<Fault>,
    pub(crate) trip: Duration,
    pub(crate) rate: f64,
}

pub(crate) const REQUEST_TIMEOUT: Duration = Duration::from_secs(10);

impl World {
    /// The time between two polls at the full rate.
    pub(crate) fn spacing(&self) -> Duration {
        Duration::from_secs_f64(1.0 / (self.rate * 0.95))
    }

    /// Follows the planner until every wait has completed.
    ///
    /// # Panics
    ///
    /// If the planner wants to wait for a time that has passed.
    pub(crate) fn play(&self) -> History {
        let requests_per_second = RequestRate::new(self.rate).unwrap();
        let mut planner =
            Planner::new(PlannerOptions { requests_per_second, request_timeout: REQUEST_TIMEOUT });
        let mut to_come: Vec<usize> = (0..self.tasks.len()).collect();
        to_come.sort_by_key(|task| Reverse((self.tasks[*task].start, *task)));
        let (mut history, mut keys, mut now) = (History::default(), BTreeMap::new(), Elapsed::ZERO);
        let mut responses: BinaryHeap<Reverse<(Elapsed, usize, Key)>> = BinaryHeap::new();
        loop {
            while let Some(task) = to_come.pop_if(|task| self.tasks[*task].start <= now) {
                let Task { policy, timeout, .. } = self.tasks[task];
                keys.insert(
                    planner.add(now, PlannedWait { policy, deadline: now.saturating_add(timeout) }),
                    task,
                );
            }
            while let Some(Reverse((_, poll, key))) = responses.pop_if_due(now) {
                let Poll { attempt, response, .. } = history.polls[poll];
                planner.on_response(key, attempt, now, response);
            }
            let start = to_come.last().map(|task| self.tasks[*task].start);
            let event = start.into_iter().chain(responses.peek().map(|Reverse((at, ..))| *at)).min();
            match planner.next(now) {
                Step::Poll { key, attempt, deadline } => {
                    let poll = self.poll(history.polls.len(), keys[&key], attempt, now, deadline);
                    responses.push(Reverse((poll.responded, history.polls.len(), key)));
                    history.polls.push(poll);
                    history.in_flight = history.in_flight.max(responses.len());
                }
                Step::Completed { key, outcome } => history.outcomes.push((keys[&key], now, outcome)),
                Step::WaitUntil(due) => {
                    assert!(due > now, "waits for {due:?} at {now:?}");
                    now = event.map_or(due, |event| event.min(due));
                }
                Step::Idle => match event {
                    Some(event) => now = event,
                    None => return history,
                },
            }
        }
    }

    fn poll(&self, number: usize, task: usize, attempt: u32, sent: Elapsed, deadline: Elapsed) -> Poll {
        let fault = self.faults.get(number % self.faults.len().max(1)).copied().unwrap_or(Fault::None);
        let arrives = sent + self.trip;
        let completed = sent + self.trip / 2 >= self.tasks[task].start + self.tasks[task].duration;
        let (responded, response) = match fault {
            _ if arrives > deadline => (deadline, PollResponse::Transient { retry_after: None }),
            Fault::Silence => (deadline, PollResponse::Transient { retry_after: None }),
            Fault::None if completed => (arrives, PollResponse::Completed),
            Fault::None => (arrives, PollResponse::Running),
            Fault::Throttled => (arrives, PollResponse::Throttled { retry_after: None }),
            Fault::Transient => (arrives, PollResponse::Transient { retry_after: None }),
            Fault::Rejected => (arrives, PollResponse::Rejected { retries: 3 }),
        };
        Poll { task, attempt, sent, deadline, responded, response }
    }
}

trait PopIfDue<T> {
    fn pop_if_due(&mut self, now: Elapsed) -> Option<T>;
}

impl PopIfDue<Reverse<(Elapsed, usize, Key)>> for BinaryHeap<Reverse<(Elapsed, usize, Key)>> {
    fn pop_if_due(&mut self, now: Elapsed) -> Option<Reverse<(Elapsed, usize, Key)>> {
        self.peek().is_some_and(|Reverse((at, ..))| *at <= now).then(|| self.pop()).flatten()
    }
}
