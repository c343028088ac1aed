use std::time::Duration;

use super::{
    group::Group,
    queue::{Place, When},
    step::{Elapsed, Key, PlannedWait, WaitOutcome},
};
use crate::{
    durations::{Distribution, Estimator},
    policy::{PollPolicy, Schedule, grown},
    rate_limiter::MAX_HOLD,
};

/// The pause after a failed poll; it doubles with each failure in a row, to the longest. Short, so that a service that
/// recovers is noticed soon; the rate limiter protects one that does not.
const FIRST_PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(4);
/// While permits are spare, the interval of a young task is at most this many times the interval under the prior. Runs mix
/// tasks that take seconds with tasks that take minutes, and what the slow ones teach is too long for the quick ones.
const YOUNG_FACTOR: f64 = 3.0;
/// Up to this age, in seconds, a task is young: it may be one that takes seconds.
const YOUNG: f64 = 8.0;
/// Later deadlines count as this one, three hundred billion years on, so that sums of times stay in range.
const LATEST: Elapsed = Duration::from_secs(u64::MAX / 2);

/// What the planner knows about one wait.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) policy: PollPolicy,
    pub(super) deadline: Elapsed,
    pub(super) state: State,
    pub(super) attempt: u32,
    /// Whether the final poll was sent, so that none is reserved any more.
    pub(super) had_final: bool,
    /// The waits for the same task, if there are others.
    pub(super) group: Option<Group>,
    /// Rejections since the task was last seen running.
    pub(super) rejections: u32,
    added: Elapsed,
    seen: Option<Seen>,
    /// When to poll again after a failed poll.
    retry: Option<Elapsed>,
    /// Failed polls in a row.
    failures: u32,
    /// Responses that said "running".
    running_responses: u32,
}

/// Where a wait stands.
#[derive(Debug, Clone, Copy)]
pub(super) enum State {
    /// Not queued yet.
    Added,
    Waiting {
        place: Place,
        final_poll: Option<Elapsed>,
    },
    /// Polled by the leader of its group, which may be itself.
    InFlight {
        sent: Elapsed,
        leader: Key,
    },
    Completed(WaitOutcome),
}

/// The last response that said "running".
#[derive(Debug, Clone, Copy)]
struct Seen {
    /// The middle between sending and response, when the task was last known to run.
    at: Elapsed,
    responded: Elapsed,
}

impl Entry {
    pub(super) fn new(now: Elapsed, wait: PlannedWait) -> Self {
        Self {
            policy: wait.policy,
            deadline: wait.deadline.min(LATEST),
            state: State::Added,
            attempt: 0,
            had_final: false,
            group: None,
            rejections: 0,
            added: now,
            seen: None,
            retry: None,
            failures: 0,
            running_responses: 0,
        }
    }

    pub(super) fn on_poll(&mut self, now: Elapsed, leader: Key, is_final: bool) {
        self.state = State::InFlight { sent: now, leader };
        self.attempt = self.attempt.saturating_add(1);
        self.had_final |= is_final;
        self.retry = None;
    }

    pub(super) fn on_running(&mut self, sent: Elapsed, now: Elapsed) {
        self.seen = Some(Seen { at: middle(sent, now), responded: now });
        self.rejections = 0;
        self.failures = 0;
        self.running_responses = self.running_responses.saturating_add(1);
    }

    pub(super) fn on_rejected(&mut self, now: Elapsed) {
        self.rejections += 1;
        self.on_failure(now, Duration::ZERO);
    }

    /// A poll failed; the next comes after a pause, and not before `retry_after`, at most 60 s, has passed. A failed poll is no final poll.
    pub(super) fn on_failure(&mut self, now: Elapsed, retry_after: Duration) {
        let pause = grown(FIRST_PAUSE, LONGEST_PAUSE, 2.0, self.failures).min(self.longest_interval());
        self.failures = self.failures.saturating_add(1);
        self.retry_at(now.saturating_add(pause.max(retry_after.min(MAX_HOLD))));
    }

    pub(super) fn retry_at(&mut self, due: Elapsed) {
        self.retry = Some(due);
        self.had_final = false;
    }

    /// When the poll with this number was sent, if it is the one in flight.
    pub(super) fn sent(&self, attempt: u32) -> Option<Elapsed> {
        match self.state {
            State::InFlight { sent, .. } if attempt == self.attempt => Some(sent),
            _ => None,
        }
    }

    pub(super) fn when(&self, estimator: &Estimator) -> When {
        let due = self.due(estimator);
        When { due, spare: self.spare().filter(|spare| *spare < due) }
    }

    fn due(&self, estimator: &Estimator) -> Elapsed {
        if let Some(retry) = self.retry {
            return retry;
        }
        let last = self.seen.map_or(self.added, |seen| seen.responded);
        match self.policy.0 {
            Schedule::Adaptive { .. } => {
                self.adaptive_due(estimator).min(last.saturating_add(self.longest_interval())).max(last)
            }
            _ if self.seen.is_none() => last,
            Schedule::Fixed { interval } => last.saturating_add(interval),
            Schedule::Exponential { initial, max, multiplier } => {
                last.saturating_add(grown(initial, max, multiplier, self.running_responses - 1))
            }
        }
    }

    /// When the task may use a spare permit: at once while it is new, later after a bounded interval while it is young. Only
    /// the adaptive policy has such a time.
    fn spare(&self) -> Option<Elapsed> {
        if self.retry.is_some() || !matches!(self.policy.0, Schedule::Adaptive { .. }) {
            return None;
        }
        let Some(age) = self.age_seen() else { return Some(self.added) };
        if age > YOUNG {
            return None;
        }
        let interval = YOUNG_FACTOR * (Distribution::ScaleFree.due(age) - age);
        Duration::try_from_secs_f64(age + interval).ok().map(|age| self.added.saturating_add(age))
    }

    /// The age at which the task was last seen running, in seconds.
    pub(super) fn age_seen(&self) -> Option<f64> {
        self.seen.filter(|_| !matches!(self.state, State::Completed(_))).map(|seen| self.age(seen.at))
    }

    /// The task's age at a time, in seconds.
    pub(super) fn age(&self, at: Elapsed) -> f64 {
        at.saturating_sub(self.added).as_secs_f64()
    }

    /// When a poll that takes as long as the last one reaches the service at the task's due age.
    fn adaptive_due(&self, estimator: &Estimator) -> Elapsed {
        let (seen, half_trip) =
            self.seen.map_or((self.added, Duration::ZERO), |s| (s.at, s.responded.saturating_sub(s.at)));
        let due = Duration::try_from_secs_f64(estimator.due(self.age(seen))).unwrap_or(LATEST);
        self.added.saturating_add(due).saturating_sub(half_trip)
    }

    fn longest_interval(&self) -> Duration {
        match self.policy.0 {
            Schedule::Adaptive { max_interval: Some(longest) } => longest,
            _ => LATEST,
        }
    }
}

/// The middle between sending and response.
pub(super) fn middle(sent: Elapsed, responded: Elapsed) -> Elapsed {
    sent + responded.saturating_sub(sent) / 2
}
