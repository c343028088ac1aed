use std::time::Duration;

use super::{
    queue::{Place, When},
    step::{Elapsed, Ending, Watch},
};
use crate::{
    durations::{Belief, Learner},
    policy::{PollPolicy, Schedule, grown},
};

/// The pause after a question that came to nothing; it doubles with each one in a row, to the longest. Short, because a
/// service that comes back is to be noticed soon; the pace protects a service that does not.
const FIRST_PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(4);
/// A young task is left alone for at most this many times as long as one of which nothing is known, while there is room.
/// Runs mix tasks that take seconds with tasks that take minutes, and what the slow teach is too long for the quick.
const PATIENCE: f64 = 3.0;
/// Up to this age, in seconds, a task is young: it may be one that takes seconds.
const YOUNG: f64 = 8.0;
/// Later deadlines are taken as this one, three hundred billion years on, so that sums of times stay in range.
const LATEST: Elapsed = Duration::from_secs(u64::MAX / 2);

/// What the planner knows about one task.
#[derive(Debug)]
pub(super) struct Watched {
    pub(super) policy: PollPolicy,
    pub(super) deadline: Elapsed,
    pub(super) state: State,
    pub(super) attempt: u32,
    /// Whether the last look was taken, so that none is set aside any more.
    pub(super) looked: bool,
    /// Refusals since the task was last seen running.
    pub(super) refused: u32,
    added: Elapsed,
    seen: Option<Seen>,
    /// When to put a question again that came to nothing.
    again: Option<Elapsed>,
    /// Questions that came to nothing, in a row.
    fruitless: u32,
    /// Answers that said "running".
    answers: u32,
}

/// Where a task stands.
#[derive(Debug, Clone, Copy)]
pub(super) enum State {
    /// Not lined up yet.
    Added,
    Waiting {
        place: Place,
        look: Option<Elapsed>,
    },
    Asked {
        sent: Elapsed,
    },
    Ended(Ending),
}

/// The last answer that said "running".
#[derive(Debug, Clone, Copy)]
struct Seen {
    /// The middle between sending and answer, when the task was last known to run.
    at: Elapsed,
    answered: Elapsed,
}

impl Watched {
    pub(super) fn new(now: Elapsed, watch: Watch) -> Self {
        Self {
            policy: watch.policy,
            deadline: watch.deadline.min(LATEST),
            state: State::Added,
            attempt: 0,
            looked: false,
            refused: 0,
            added: now,
            seen: None,
            again: None,
            fruitless: 0,
            answers: 0,
        }
    }

    pub(super) fn on_asked(&mut self, now: Elapsed, last_look: bool) {
        self.state = State::Asked { sent: now };
        self.attempt = self.attempt.saturating_add(1);
        self.looked |= last_look;
        self.again = None;
    }

    pub(super) fn on_running(&mut self, sent: Elapsed, now: Elapsed) {
        self.seen = Some(Seen { at: middle(sent, now), answered: now });
        self.refused = 0;
        self.fruitless = 0;
        self.answers = self.answers.saturating_add(1);
    }

    pub(super) fn on_refused(&mut self, now: Elapsed) {
        self.refused += 1;
        self.on_nothing(now, Duration::ZERO);
    }

    /// A question came to nothing; it is put again, not before `now` and `retry_after`. It was no look at the task.
    pub(super) fn on_nothing(&mut self, now: Elapsed, retry_after: Duration) {
        let pause = grown(FIRST_PAUSE, LONGEST_PAUSE, 2.0, self.fruitless).min(self.longest_interval());
        self.fruitless = self.fruitless.saturating_add(1);
        self.put_again(now.saturating_add(pause.max(retry_after)));
    }

    pub(super) fn put_again(&mut self, due: Elapsed) {
        self.again = Some(due);
        self.looked = false;
    }

    /// When the question with this number was sent, if it is the one in flight.
    pub(super) fn sent(&self, attempt: u32) -> Option<Elapsed> {
        match self.state {
            State::Asked { sent } if attempt == self.attempt => Some(sent),
            _ => None,
        }
    }

    pub(super) fn when(&self, learner: &Learner) -> When {
        let due = self.due(learner);
        When { due, spare: self.spare().filter(|spare| *spare < due) }
    }

    fn due(&self, learner: &Learner) -> Elapsed {
        if let Some(again) = self.again {
            return again;
        }
        let last = self.seen.map_or(self.added, |seen| seen.answered);
        match self.policy.0 {
            Schedule::Adaptive { .. } => {
                self.worth_asking(learner).min(last.saturating_add(self.longest_interval())).max(last)
            }
            _ if self.seen.is_none() => last,
            Schedule::Fixed { interval } => last.saturating_add(interval),
            Schedule::Exponential { initial, max, multiplier } => {
                last.saturating_add(grown(initial, max, multiplier, self.answers - 1))
            }
        }
    }

    /// When the task takes room that is left over: at once while it is new, and later when patience with a young one ends.
    /// Only the adaptive policy knows such a time.
    fn spare(&self) -> Option<Elapsed> {
        if self.again.is_some() || !matches!(self.policy.0, Schedule::Adaptive { .. }) {
            return None;
        }
        let Some(age) = self.age_seen() else { return Some(self.added) };
        if age > YOUNG {
            return None;
        }
        let patience = PATIENCE * (Belief::ScaleFree.due(age) - age);
        Duration::try_from_secs_f64(age + patience).ok().map(|age| self.added.saturating_add(age))
    }

    /// The age at which the task was last seen running, in seconds.
    pub(super) fn age_seen(&self) -> Option<f64> {
        self.seen.filter(|_| !matches!(self.state, State::Ended(_))).map(|seen| self.age(seen.at))
    }

    /// The task's age at a time, in seconds.
    pub(super) fn age(&self, at: Elapsed) -> f64 {
        at.saturating_sub(self.added).as_secs_f64()
    }

    /// When a question, under way for as long as the last one, finds the task worth asking about.
    fn worth_asking(&self, learner: &Learner) -> Elapsed {
        let (seen, half_trip) =
            self.seen.map_or((self.added, Duration::ZERO), |s| (s.at, s.answered.saturating_sub(s.at)));
        let due = Duration::try_from_secs_f64(learner.due(self.age(seen))).unwrap_or(LATEST);
        self.added.saturating_add(due).saturating_sub(half_trip)
    }

    fn longest_interval(&self) -> Duration {
        match self.policy.0 {
            Schedule::Adaptive { max_interval: Some(longest) } => longest,
            _ => LATEST,
        }
    }
}

/// The middle between sending and answer.
pub(super) fn middle(sent: Elapsed, answered: Elapsed) -> Elapsed {
    sent + answered.saturating_sub(sent) / 2
}
