//! Decides which task to poll when: a plain value without clock, network or async, the same for the same inputs on every
//! platform.
//!
//! A driver tells it the time since it was made, follows the [`Step`] that [`Planner::next`] returns, and reports each
//! response with [`Planner::on_response`]:
//!
//! ```
//! use std::time::Duration;
//! use clb_task::{PollPolicy, planner::{WaitOutcome, Planner, PlannerOptions, PollResponse, Step, PlannedWait}};
//!
//! let seconds = Duration::from_secs;
//! let mut planner = Planner::new(PlannerOptions::default());
//! let policy = PollPolicy::fixed(seconds(2))?;
//! let key = planner.add(seconds(0), PlannedWait { policy, deadline: seconds(60) });
//!
//! // A new task is polled at once; the poll may take as long as one request.
//! let deadline = seconds(10);
//! assert_eq!(planner.next(seconds(0)), Step::Poll { key, attempt: 1, deadline });
//! planner.on_response(key, 1, seconds(1), PollResponse::Running);
//!
//! // The interval runs from the response.
//! assert_eq!(planner.next(seconds(1)), Step::WaitUntil(seconds(3)));
//! assert_eq!(planner.next(seconds(3)), Step::Poll { key, attempt: 2, deadline: seconds(13) });
//! planner.on_response(key, 2, seconds(4), PollResponse::Completed);
//! assert_eq!(planner.next(seconds(4)), Step::Completed { key, outcome: WaitOutcome::Completed });
//! assert_eq!(planner.next(seconds(4)), Step::Idle);
//! # Ok::<(), clb_task::InvalidPolicyError>(())
//! ```
//!
//! # The adaptive policy
//!
//! A task is due when its expected detection latency (the time since it completed unnoticed) reaches 0.05 s. The expectation
//! comes from the tasks of the run: at first a scale-free prior, under which a task that has run for a time may as well run
//! for that time again; after five completed tasks a log-normal distribution, fitted to all tasks, the running ones
//! (censored) included. A young task is therefore polled about once a second, and one among many that take minutes rarely at
//! first. While more tasks are due than the rate limit carries, those that became due first are polled first, so that every
//! policy becomes round robin. While fewer are due, spare permits go to new tasks at once, and to young tasks that a run of
//! slow ones would leave unpolled.
//!
//! Mean latency against polls per task, for 10, 100 and 1000 tasks that start together (median 8 s, sigma 0.8, 20 requests
//! a second), drawn by the polling simulator:
//!
#![doc = include_str!("../docs/polling.svg")]

mod candidate;
mod entry;
mod final_polls;
mod group;
mod queue;
mod ramp;
mod step;

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    time::Duration,
};

pub use self::step::{Elapsed, Key, PlannedWait, PlannerOptions, PollResponse, Step, WaitOutcome};
use self::{
    candidate::Candidate,
    entry::{Entry, State, middle},
    final_polls::FinalPolls,
    group::Groups,
    queue::Queue,
    ramp::Ramp,
};
use crate::{durations::Estimator, rate_limiter::RateLimiter};

/// How far beyond a deadline a poll in flight may run.
const OVERTIME: Duration = Duration::from_secs(2);

/// Decides which task is polled when, for any number of waits under one rate limit.
///
/// Among the tasks that are due, the one that became due first is polled first; a final poll at a deadline goes before
/// them, and a new task that is not due otherwise takes a spare permit. See the [module](self) for how to drive it.
#[derive(Debug)]
pub struct Planner {
    options: PlannerOptions,
    rate_limiter: RateLimiter,
    estimator: Estimator,
    entries: BTreeMap<Key, Box<Entry>>,
    queue: Queue,
    final_polls: FinalPolls,
    /// The deadlines of the waits without a poll in flight.
    deadlines: BTreeSet<(Elapsed, Key)>,
    /// Waits that have completed, until `next` has said so; those cancelled meanwhile have no entry any more.
    completed: VecDeque<Key>,
    groups: Groups,
    ramp: Ramp,
    last_key: u64,
}

impl Planner {
    /// A planner without waits.
    pub fn new(options: PlannerOptions) -> Self {
        let rate_limiter = RateLimiter::new(options.requests_per_second);
        Self {
            options,
            final_polls: FinalPolls::new(rate_limiter.full_spacing()),
            rate_limiter,
            estimator: Estimator::new(),
            entries: BTreeMap::new(),
            queue: Queue::default(),
            deadlines: BTreeSet::new(),
            completed: VecDeque::new(),
            groups: Groups::default(),
            ramp: Ramp::new(options.requests_per_second),
            last_key: 0,
        }
    }

    /// Adds a wait that begins now.
    pub fn add(&mut self, now: Elapsed, wait: PlannedWait) -> Key {
        self.last_key += 1;
        let key = Key(self.last_key);
        self.enqueue(key, now, Box::new(Entry::new(now, wait)));
        key
    }

    /// The next thing to do. To be called again after each step, after each response, and at the time it names.
    pub fn next(&mut self, now: Elapsed) -> Step {
        if self.estimator.wants_fit(self.entries.len()) {
            self.refit();
        }
        self.time_out(now);
        if let Some((key, outcome)) = self.pop_completed() {
            return Step::Completed { key, outcome };
        }
        let Some(candidate) = self.candidate(now) else { return self.wait_for_due(now) };
        match self.rate_limiter.try_acquire(now) {
            Ok(()) => self.poll(candidate, now),
            Err(until) => self.wait_until(now, Some(until)),
        }
    }

    /// Takes in the response to a poll. One that is unknown or late only informs the rate limiter.
    pub fn on_response(&mut self, key: Key, attempt: u32, now: Elapsed, response: PollResponse) {
        let sent = self.entries.get(&key).and_then(|entry| entry.sent(attempt));
        // An unknown poll was sent at most one request ago.
        self.inform_rate_limiter(
            sent.unwrap_or(now.saturating_sub(self.options.request_timeout)),
            now,
            response,
        );
        let Some(sent) = sent else { return };
        let answered = !matches!(response, PollResponse::Transient { .. });
        self.ramp.on_end(key, answered.then(|| now.saturating_sub(sent)));
        self.learn(key, sent, now, response);
        for member in self.sharing(key) {
            self.settle(member, sent, now, response);
        }
    }

    /// Ends a wait. A poll of it in flight counts as responded to; no outcome will follow.
    pub fn cancel(&mut self, key: Key) {
        let sharing = self.sharing(key);
        let Some(entry) = self.entries.remove(&key) else { return };
        self.leave_group(key, &entry);
        match entry.state {
            State::InFlight { sent, leader } if leader == key => {
                self.ramp.on_end(key, None);
                self.poll_without_leader(sharing, key, sent);
            }
            _ => self.dequeue(key, &entry),
        }
    }

    /// The rate limiter that all polls keep to.
    pub fn rate_limiter(&self) -> &RateLimiter {
        &self.rate_limiter
    }

    /// Works for a moment with a rate limiter that others use, too.
    #[cfg(feature = "tokio")]
    pub(crate) fn with_rate_limiter<T>(
        &mut self,
        rate_limiter: &mut RateLimiter,
        work: impl FnOnce(&mut Self) -> T,
    ) -> T {
        std::mem::swap(&mut self.rate_limiter, rate_limiter);
        let result = work(self);
        std::mem::swap(&mut self.rate_limiter, rate_limiter);
        result
    }
}

/// Queueing.
impl Planner {
    /// Takes in what the response to a poll means for one of the waits that share it.
    fn settle(&mut self, key: Key, sent: Elapsed, now: Elapsed, response: PollResponse) {
        let Some(mut entry) = self.entries.remove(&key) else { return };
        match response {
            PollResponse::Running => entry.on_running(sent, now),
            PollResponse::Completed => return self.complete(key, entry, WaitOutcome::Completed),
            PollResponse::Unrecognized => return self.complete(key, entry, WaitOutcome::Unrecognized),
            PollResponse::Rejected { retries } if entry.rejections >= retries => {
                return self.complete(key, entry, WaitOutcome::Rejected);
            }
            PollResponse::Rejected { .. } => entry.on_rejected(now),
            PollResponse::Throttled { .. } => entry.retry_at(now),
            PollResponse::Transient { retry_after } => entry.on_failure(now, retry_after.unwrap_or_default()),
        }
        // A poll that outlived the deadline was the final one, whatever its outcome.
        entry.had_final |= now >= entry.deadline;
        self.enqueue(key, now, entry);
    }

    /// Queues a task for its next poll and, unless it had that, for its final poll.
    fn enqueue(&mut self, key: Key, now: Elapsed, mut entry: Box<Entry>) {
        let place = self.queue.insert(key, entry.when(&self.estimator));
        let final_poll =
            if entry.had_final { None } else { self.final_polls.reserve(now, entry.deadline, key) };
        self.deadlines.insert((entry.deadline, key));
        entry.state = State::Waiting { place, final_poll };
        self.entries.insert(key, entry);
    }

    fn dequeue(&mut self, key: Key, entry: &Entry) {
        let State::Waiting { place, final_poll } = entry.state else { return };
        self.queue.remove(key, place);
        self.deadlines.remove(&(entry.deadline, key));
        if let Some(final_poll) = final_poll {
            self.final_polls.release(final_poll);
        }
    }

    fn poll(&mut self, candidate: Candidate, now: Elapsed) -> Step {
        let Candidate { key, is_final } = candidate;
        let Some(attempt) = self.mark_in_flight(key, key, now, is_final) else { return Step::Idle };
        self.ramp.on_poll(key, now);
        let deadline = self.share(key, now);
        Step::Poll { key, attempt, deadline }
    }

    /// Takes a wait out of the queue, and gives the number of its poll.
    fn mark_in_flight(&mut self, key: Key, leader: Key, now: Elapsed, is_final: bool) -> Option<u32> {
        let mut entry = self.entries.remove(&key)?;
        self.dequeue(key, &entry);
        entry.on_poll(now, leader, is_final);
        let attempt = entry.attempt;
        self.entries.insert(key, entry);
        Some(attempt)
    }

    /// When to give up a poll of a wait.
    fn poll_deadline(&self, sent: Elapsed, deadline: Elapsed) -> Elapsed {
        let timeout = self.options.request_timeout;
        sent.saturating_add(timeout).min(deadline.saturating_add(timeout.min(OVERTIME)))
    }

    /// Keeps an outcome until [`next`](Self::next) gives it out.
    fn complete(&mut self, key: Key, mut entry: Box<Entry>, outcome: WaitOutcome) {
        self.leave_group(key, &entry);
        entry.state = State::Completed(outcome);
        self.entries.insert(key, entry);
        self.completed.push_back(key);
    }

    fn pop_completed(&mut self) -> Option<(Key, WaitOutcome)> {
        while let Some(key) = self.completed.pop_front() {
            if let Some(State::Completed(outcome)) = self.entries.remove(&key).map(|entry| entry.state) {
                return Some((key, outcome));
            }
        }
        None
    }

    fn time_out(&mut self, now: Elapsed) {
        while let Some(&(deadline, key)) = self.deadlines.first() {
            if deadline > now || self.can_still_poll(key, now) {
                return;
            }
            let Some(entry) = self.entries.remove(&key) else { return };
            self.dequeue(key, &entry);
            self.complete(key, entry, WaitOutcome::TimedOut);
        }
    }
}

/// Learning from responses.
impl Planner {
    fn inform_rate_limiter(&mut self, sent: Elapsed, now: Elapsed, response: PollResponse) {
        match response {
            PollResponse::Throttled { retry_after } => self.rate_limiter.on_throttled(sent, now, retry_after),
            PollResponse::Transient { retry_after } => self.rate_limiter.on_transient(sent, now, retry_after),
            PollResponse::Running
            | PollResponse::Completed
            | PollResponse::Unrecognized
            | PollResponse::Rejected { .. } => {
                self.rate_limiter.on_response();
            }
        }
    }

    /// Informs the estimator. Waits that share a poll are one task.
    fn learn(&mut self, key: Key, sent: Elapsed, now: Elapsed, response: PollResponse) {
        let Some(entry) = self.entries.get(&key) else { return };
        match response {
            PollResponse::Running => self.estimator.on_running(),
            PollResponse::Completed => {
                let age = entry.age(middle(sent, now));
                self.estimator.on_completed(now.as_secs_f64(), entry.age_seen(), age);
            }
            _ => {}
        }
    }

    /// Fits the distribution to what was observed, and queues all tasks anew.
    fn refit(&mut self) {
        let running: Vec<f64> = self.entries.values().filter_map(|entry| entry.age_seen()).collect();
        self.estimator.fit(&running);
        for (key, entry) in &mut self.entries {
            let when = entry.when(&self.estimator);
            if let State::Waiting { place, .. } = &mut entry.state {
                self.queue.reschedule(*key, place, when);
            }
        }
    }
}
