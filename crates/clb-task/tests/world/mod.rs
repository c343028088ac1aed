//! A service on a virtual clock, and a driver that follows the planner against it.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BinaryHeap},
    time::Duration,
};

use clb_task::{
    PollPolicy, RequestRate,
    planner::{Elapsed, Ending, Key, Planner, PlannerOptions, Reply, Step, Watch},
};

/// One task of the world.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Task {
    pub(crate) policy: PollPolicy,
    pub(crate) start: Elapsed,
    pub(crate) duration: Duration,
    pub(crate) timeout: Duration,
}

/// What goes wrong with a question; the questions of a world take the faults in turn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Fault {
    None,
    Throttled,
    NoAnswer,
    Refused,
    /// Never answered: the driver gives up at `answer_by`.
    Silence,
}

/// One question.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Question {
    pub(crate) task: usize,
    pub(crate) attempt: u32,
    pub(crate) sent: Elapsed,
    pub(crate) answer_by: Elapsed,
    /// When the reply was there, and what it was.
    pub(crate) answered: Elapsed,
    pub(crate) reply: Reply,
}

/// What happened.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Story {
    pub(crate) questions: Vec<Question>,
    pub(crate) endings: Vec<(usize, Elapsed, Ending)>,
    /// The most questions that were in flight at once.
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
    /// The full pace's distance between two questions.
    pub(crate) fn spacing(&self) -> Duration {
        Duration::from_secs_f64(1.0 / (self.rate * 0.95))
    }

    /// Follows the planner until everything has ended.
    ///
    /// # Panics
    ///
    /// If the planner asks to wait for what is over.
    pub(crate) fn play(&self) -> Story {
        let requests_per_second = RequestRate::new(self.rate).unwrap();
        let mut planner =
            Planner::new(PlannerOptions { requests_per_second, request_timeout: REQUEST_TIMEOUT });
        let mut to_come: Vec<usize> = (0..self.tasks.len()).collect();
        to_come.sort_by_key(|task| Reverse((self.tasks[*task].start, *task)));
        let (mut story, mut keys, mut now) = (Story::default(), BTreeMap::new(), Elapsed::ZERO);
        let mut replies: BinaryHeap<Reverse<(Elapsed, usize, Key)>> = BinaryHeap::new();
        loop {
            while let Some(task) = to_come.pop_if(|task| self.tasks[*task].start <= now) {
                let Task { policy, timeout, .. } = self.tasks[task];
                keys.insert(planner.add(now, Watch { policy, deadline: now.saturating_add(timeout) }), task);
            }
            while let Some(Reverse((_, question, key))) = replies.pop_if_due(now) {
                let Question { attempt, reply, .. } = story.questions[question];
                planner.on_reply(key, attempt, now, reply);
            }
            let start = to_come.last().map(|task| self.tasks[*task].start);
            let event = start.into_iter().chain(replies.peek().map(|Reverse((at, ..))| *at)).min();
            match planner.next(now) {
                Step::Ask { key, attempt, answer_by } => {
                    let question = self.question(story.questions.len(), keys[&key], attempt, now, answer_by);
                    replies.push(Reverse((question.answered, story.questions.len(), key)));
                    story.questions.push(question);
                    story.in_flight = story.in_flight.max(replies.len());
                }
                Step::Ended { key, ending } => story.endings.push((keys[&key], now, ending)),
                Step::WaitUntil(due) => {
                    assert!(due > now, "waits for {due:?} at {now:?}");
                    now = event.map_or(due, |event| event.min(due));
                }
                Step::Idle => match event {
                    Some(event) => now = event,
                    None => return story,
                },
            }
        }
    }

    fn question(
        &self,
        number: usize,
        task: usize,
        attempt: u32,
        sent: Elapsed,
        answer_by: Elapsed,
    ) -> Question {
        let fault = self.faults.get(number % self.faults.len().max(1)).copied().unwrap_or(Fault::None);
        let arrives = sent + self.trip;
        let ended = sent + self.trip / 2 >= self.tasks[task].start + self.tasks[task].duration;
        let (answered, reply) = match fault {
            _ if arrives > answer_by => (answer_by, Reply::NoAnswer { retry_after: None }),
            Fault::Silence => (answer_by, Reply::NoAnswer { retry_after: None }),
            Fault::None if ended => (arrives, Reply::Ended),
            Fault::None => (arrives, Reply::Running),
            Fault::Throttled => (arrives, Reply::Throttled { retry_after: None }),
            Fault::NoAnswer => (arrives, Reply::NoAnswer { retry_after: None }),
            Fault::Refused => (arrives, Reply::Refused { again: 3 }),
        };
        Question { task, attempt, sent, answer_by, answered, reply }
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
