//! What to ask when: a plain value without clock, network or async, the same for the same inputs on every platform.
//!
//! A driver tells it the time since it was made, follows the [`Step`] that [`Planner::next`] answers, and reports each
//! reply with [`Planner::on_reply`]:
//!
//! ```
//! use std::time::Duration;
//! use clb_task::{PollPolicy, planner::{Ending, Planner, PlannerOptions, Reply, Step, Watch}};
//!
//! let seconds = Duration::from_secs;
//! let mut planner = Planner::new(PlannerOptions::default());
//! let policy = PollPolicy::fixed(seconds(2))?;
//! let key = planner.add(seconds(0), Watch { policy, deadline: seconds(60) });
//!
//! // A new task is asked about at once; the call may take as long as one request.
//! let answer_by = seconds(10);
//! assert_eq!(planner.next(seconds(0)), Step::Ask { key, attempt: 1, answer_by });
//! planner.on_reply(key, 1, seconds(1), Reply::Running);
//!
//! // The interval runs from the answer.
//! assert_eq!(planner.next(seconds(1)), Step::WaitUntil(seconds(3)));
//! assert_eq!(planner.next(seconds(3)), Step::Ask { key, attempt: 2, answer_by: seconds(13) });
//! planner.on_reply(key, 2, seconds(4), Reply::Ended);
//! assert_eq!(planner.next(seconds(4)), Step::Ended { key, ending: Ending::Done });
//! assert_eq!(planner.next(seconds(4)), Step::Idle);
//! # Ok::<(), clb_task::InvalidPolicy>(())
//! ```
//!
//! # The adaptive policy
//!
//! A task is due when the time for which it is expected to have been done unnoticed reaches 0.05 s. What is expected comes
//! from the tasks of the run: at first that a task which has run for a time may as well run for that time again, and after
//! five endings a log-normal distribution fitted to what was seen of all tasks, those included that still run. A young task
//! is thus asked about about once a second, one among many that take minutes rarely at first. While more tasks are due than
//! the pace carries, those that became due first are asked about first, so that every policy ends in a round.
//! While fewer are due, the room is used: for new tasks at once, and for young ones that a run of slow tasks would leave alone.
//!
//! Mean latency against questions a task, for 10, 100 and 1000 tasks that start together (median 8 s, sigma 0.8, 20 questions
//! a second), drawn by the `simulate` example:
//!
#![doc = include_str!("../docs/polling.svg")]

mod last_looks;
mod queue;
mod step;
mod turn;
mod watched;

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    time::Duration,
};

pub use self::step::{Elapsed, Ending, Key, PlannerOptions, Reply, Step, Watch};
use self::{
    last_looks::LastLooks,
    queue::Queue,
    turn::Candidate,
    watched::{State, Watched, middle},
};
use crate::{durations::Learner, pace::Pace};

/// Questions in flight at most, whatever the rate: what a service that hangs can hold on to.
const IN_FLIGHT: usize = 64;
/// How far beyond a deadline a question under way may run.
const OVERTIME: Duration = Duration::from_secs(2);

/// Decides which task is asked about when, for any number of tasks under one pace.
///
/// Among the tasks that are due, the one that became due first is asked about first; a last look at a deadline goes before
/// them, and a new task that is not due otherwise takes the room that is left. See the [module](self) for how to drive it.
#[derive(Debug)]
pub struct Planner {
    options: PlannerOptions,
    pace: Pace,
    learner: Learner,
    watched: BTreeMap<Key, Box<Watched>>,
    queue: Queue,
    looks: LastLooks,
    /// The deadlines of the tasks that wait for a question.
    deadlines: BTreeSet<(Elapsed, Key)>,
    /// Tasks that have ended, until `next` has said so; those cancelled meanwhile are no longer watched.
    ended: VecDeque<Key>,
    in_flight: usize,
    last_key: u64,
}

impl Planner {
    /// A planner that watches nothing yet.
    pub fn new(options: PlannerOptions) -> Self {
        let pace = Pace::new(options.requests_per_second);
        Self {
            options,
            looks: LastLooks::new(pace.full_spacing()),
            pace,
            learner: Learner::new(),
            watched: BTreeMap::new(),
            queue: Queue::default(),
            deadlines: BTreeSet::new(),
            ended: VecDeque::new(),
            in_flight: 0,
            last_key: 0,
        }
    }

    /// Watches one more task from now on.
    pub fn add(&mut self, now: Elapsed, watch: Watch) -> Key {
        self.last_key += 1;
        let key = Key(self.last_key);
        self.line_up(key, now, Box::new(Watched::new(now, watch)));
        key
    }

    /// The next thing to do. To be called again after each step, after each reply, and at the time it names.
    pub fn next(&mut self, now: Elapsed) -> Step {
        if self.learner.wants_fit(self.watched.len()) {
            self.refit();
        }
        self.time_out(now);
        if let Some((key, ending)) = self.pop_ended() {
            return Step::Ended { key, ending };
        }
        let Some(candidate) = self.candidate(now) else { return self.wait_until(now, self.next_due()) };
        match self.pace.take(now) {
            Ok(()) => self.ask(candidate, now),
            Err(free) => self.wait_until(now, Some(free)),
        }
    }

    /// Takes in the reply to a question. One that is unknown or no longer waited for only informs the pace.
    pub fn on_reply(&mut self, key: Key, attempt: u32, now: Elapsed, reply: Reply) {
        let sent = self.watched.get(&key).and_then(|watched| watched.sent(attempt));
        // An unknown question was sent at most one request ago.
        self.inform_pace(sent.unwrap_or(now.saturating_sub(self.options.request_timeout)), now, reply);
        let Some(sent) = sent else { return };
        let Some(mut watched) = self.watched.remove(&key) else { return };
        self.in_flight -= 1;
        match reply {
            Reply::Running => self.learn_running(&mut watched, sent, now),
            Reply::Ended => {
                self.learn_ended(&watched, sent, now);
                return self.end(key, watched, Ending::Done);
            }
            Reply::Unrecognized => return self.end(key, watched, Ending::Unrecognized),
            Reply::Refused { again } if watched.refused >= again => {
                return self.end(key, watched, Ending::Refused);
            }
            Reply::Refused { .. } => watched.on_refused(now),
            Reply::Throttled { .. } => watched.put_again(now),
            Reply::NoAnswer { retry_after } => watched.on_nothing(now, retry_after.unwrap_or_default()),
        }
        // A question that outlived the deadline was the last look, whatever came of it.
        watched.looked |= now >= watched.deadline;
        self.line_up(key, now, watched);
    }

    /// Stops watching a task. A question about it that is in flight counts as answered; no ending will follow.
    pub fn cancel(&mut self, key: Key) {
        let Some(watched) = self.watched.remove(&key) else { return };
        match watched.state {
            State::Asked { .. } => self.in_flight -= 1,
            _ => self.leave_lines(key, &watched),
        }
    }

    /// The pace that all questions keep to.
    pub fn pace(&self) -> &Pace {
        &self.pace
    }
}

/// Into the lines and out of them.
impl Planner {
    /// Lines a task up for its next question and, unless that was taken, for its last look.
    fn line_up(&mut self, key: Key, now: Elapsed, mut watched: Box<Watched>) {
        let place = self.queue.insert(key, watched.when(&self.learner));
        let look = if watched.looked { None } else { self.looks.reserve(now, watched.deadline, key) };
        self.deadlines.insert((watched.deadline, key));
        watched.state = State::Waiting { place, look };
        self.watched.insert(key, watched);
    }

    fn leave_lines(&mut self, key: Key, watched: &Watched) {
        let State::Waiting { place, look } = watched.state else { return };
        self.queue.remove(key, place);
        self.deadlines.remove(&(watched.deadline, key));
        if let Some(look) = look {
            self.looks.release(look);
        }
    }

    fn ask(&mut self, candidate: Candidate, now: Elapsed) -> Step {
        let Candidate { key, last_look } = candidate;
        let Some(mut watched) = self.watched.remove(&key) else { return Step::Idle };
        self.leave_lines(key, &watched);
        watched.on_asked(now, last_look);
        self.in_flight += 1;
        let (attempt, answer_by) = (watched.attempt, self.answer_by(now, watched.deadline));
        self.watched.insert(key, watched);
        Step::Ask { key, attempt, answer_by }
    }

    fn answer_by(&self, sent: Elapsed, deadline: Elapsed) -> Elapsed {
        let timeout = self.options.request_timeout;
        sent.saturating_add(timeout).min(deadline.saturating_add(timeout.min(OVERTIME)))
    }

    /// Keeps an ending until [`next`](Self::next) gives it out.
    fn end(&mut self, key: Key, mut watched: Box<Watched>, ending: Ending) {
        watched.state = State::Ended(ending);
        self.watched.insert(key, watched);
        self.ended.push_back(key);
    }

    fn pop_ended(&mut self) -> Option<(Key, Ending)> {
        while let Some(key) = self.ended.pop_front() {
            if let Some(State::Ended(ending)) = self.watched.remove(&key).map(|watched| watched.state) {
                return Some((key, ending));
            }
        }
        None
    }

    fn time_out(&mut self, now: Elapsed) {
        while let Some(&(deadline, key)) = self.deadlines.first() {
            if deadline > now || self.can_still_look(key, now) {
                return;
            }
            let Some(watched) = self.watched.remove(&key) else { return };
            self.leave_lines(key, &watched);
            self.end(key, watched, Ending::TimedOut);
        }
    }
}

/// What replies teach.
impl Planner {
    fn inform_pace(&mut self, sent: Elapsed, now: Elapsed, reply: Reply) {
        match reply {
            Reply::Throttled { retry_after } => self.pace.on_throttled(sent, now, retry_after),
            Reply::NoAnswer { retry_after } => self.pace.on_no_answer(sent, now, retry_after),
            Reply::Running | Reply::Ended | Reply::Unrecognized | Reply::Refused { .. } => {
                self.pace.on_answer();
            }
        }
    }

    fn learn_running(&mut self, watched: &mut Watched, sent: Elapsed, now: Elapsed) {
        watched.on_running(sent, now);
        self.learner.on_running();
    }

    fn learn_ended(&mut self, watched: &Watched, sent: Elapsed, now: Elapsed) {
        let age = watched.age(middle(sent, now));
        self.learner.on_ended(now.as_secs_f64(), watched.age_seen(), age);
    }

    /// Fits to what was learned, and lines all tasks up anew.
    fn refit(&mut self) {
        let running: Vec<f64> = self.watched.values().filter_map(|watched| watched.age_seen()).collect();
        self.learner.fit(&running);
        for (key, watched) in &mut self.watched {
            let when = watched.when(&self.learner);
            if let State::Waiting { place, .. } = &mut watched.state {
                self.queue.reschedule(*key, place, when);
            }
        }
    }
}
