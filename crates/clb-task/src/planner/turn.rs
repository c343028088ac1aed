//! Whose turn it is.

use std::time::Duration;

use super::{
    IN_FLIGHT, Planner,
    step::{Elapsed, Key, Step},
    watched::State,
};

/// How late a last look may start: clocks and drivers are not exact.
const LATE: Duration = Duration::from_millis(250);

/// Which task to ask about, and whether as its last look.
#[derive(Clone, Copy)]
pub(super) struct Candidate {
    pub(super) key: Key,
    pub(super) last_look: bool,
}

impl Planner {
    pub(super) fn candidate(&mut self, now: Elapsed) -> Option<Candidate> {
        if self.in_flight >= IN_FLIGHT {
            return None;
        }
        let ready = |(when, key)| (when <= now).then_some(key);
        let due = self.queue.first_due().and_then(ready);
        let task = due.or_else(|| self.queue.first_spare().and_then(ready));
        // A question now would put off a look within one spacing: the look goes first.
        let reach = if task.is_some() { now.saturating_add(self.pace.spacing(now)) } else { now };
        match self.look_before(reach.max(now.saturating_add(Duration::from_nanos(1)))) {
            Some(key) => Some(Candidate { key, last_look: true }),
            None => task.map(|key| Candidate { key, last_look: false }),
        }
    }

    /// The first last look before a time, if it cannot be taken any later.
    fn look_before(&mut self, end: Elapsed) -> Option<Key> {
        loop {
            let (look, key) = self.looks.first().filter(|(look, _)| *look < end)?;
            if !self.postpone(look, key) {
                return Some(key);
            }
        }
    }

    /// Moves a look to a later time that others have left free, if there is one.
    fn postpone(&mut self, look: Elapsed, key: Key) -> bool {
        let Some(watched) = self.watched.get_mut(&key) else { return false };
        let State::Waiting { look: own, .. } = &mut watched.state else { return false };
        self.looks.release(look);
        *own = self.looks.reserve(look, watched.deadline, key);
        *own > Some(look)
    }

    /// Whether a task at its deadline has its last look before it.
    pub(super) fn can_still_look(&self, key: Key, now: Elapsed) -> bool {
        let Some(watched) = self.watched.get(&key) else { return false };
        let has_look = matches!(watched.state, State::Waiting { look: Some(_), .. });
        let start = now.max(self.pace.free());
        has_look && self.in_flight < IN_FLIGHT && start <= watched.deadline.saturating_add(LATE)
    }

    /// When the next question may be worth asking, as far as one can be asked.
    pub(super) fn next_due(&self) -> Option<Elapsed> {
        if self.in_flight >= IN_FLIGHT {
            return None;
        }
        let firsts = [self.queue.first_due(), self.queue.first_spare(), self.looks.first()];
        firsts.into_iter().flatten().map(|(when, _)| when).min()
    }

    pub(super) fn wait_until(&self, now: Elapsed, due: Option<Elapsed>) -> Step {
        let deadline = self.deadlines.range((now, Key(u64::MAX))..).next().map(|(deadline, _)| *deadline);
        due.into_iter().chain(deadline).min().map_or(Step::Idle, Step::WaitUntil)
    }
}
