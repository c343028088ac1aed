//! Which task is polled next.

use std::time::Duration;

use super::{
    Planner,
    entry::State,
    step::{Elapsed, Key, Step},
};

/// How late a final poll may start: clocks and drivers are not exact.
const LATE: Duration = Duration::from_millis(250);

/// Which task to poll, and whether that is its final poll.
#[derive(Clone, Copy)]
pub(super) struct Candidate {
    pub(super) key: Key,
    pub(super) is_final: bool,
}

impl Planner {
    pub(super) fn candidate(&mut self, now: Elapsed) -> Option<Candidate> {
        if !self.ramp.admits(now) {
            return None;
        }
        let task = self.first_ready(now);
        // A poll now would delay a final poll that is due within one spacing: the final poll goes first.
        let reach = if task.is_some() { now.saturating_add(self.rate_limiter.spacing(now)) } else { now };
        match self.final_before(reach.max(now.saturating_add(Duration::from_nanos(1)))) {
            Some(key) => Some(Candidate { key, is_final: true }),
            None => task.map(|key| Candidate { key, is_final: false }),
        }
    }

    /// The task that became due first; while none is due, the first that may use a spare permit.
    fn first_ready(&self, now: Elapsed) -> Option<Key> {
        let ready = |(when, key)| (when <= now).then_some(key);
        let due = self.queue.first_due().and_then(ready);
        due.or_else(|| self.queue.first_spare().and_then(ready))
    }

    /// The first final poll before a time, if it cannot be sent any later.
    fn final_before(&mut self, end: Elapsed) -> Option<Key> {
        loop {
            let (final_poll, key) = self.final_polls.first()?;
            if self.final_start()? >= end {
                return None;
            }
            if !self.postpone(final_poll, key) {
                return Some(key);
            }
        }
    }

    /// When the first final poll is to be sent: at its time, or earlier as far as the polls that can be in flight carry
    /// less than one in each spacing.
    fn final_start(&self) -> Option<Elapsed> {
        let spacing = self.ramp.spacing().max(self.rate_limiter.full_spacing());
        self.final_polls.first_start(spacing)
    }

    /// Moves a final poll to a later time that others have left free, if there is one.
    fn postpone(&mut self, final_poll: Elapsed, key: Key) -> bool {
        let Some(entry) = self.entries.get_mut(&key) else { return false };
        let State::Waiting { final_poll: own, .. } = &mut entry.state else { return false };
        self.final_polls.release(final_poll);
        *own = self.final_polls.reserve(final_poll, entry.deadline, key);
        *own > Some(final_poll)
    }

    /// Whether a task at its deadline still has its final poll to come.
    pub(super) fn can_still_poll(&self, key: Key, now: Elapsed) -> bool {
        let Some(entry) = self.entries.get(&key) else { return false };
        let has_final_poll = matches!(entry.state, State::Waiting { final_poll: Some(_), .. });
        let start = now.max(self.rate_limiter.available_at());
        has_final_poll && !self.ramp.is_full() && start <= entry.deadline.saturating_add(LATE)
    }

    /// When the next poll may be due, as far as one can be sent.
    fn next_due(&mut self, now: Elapsed) -> Option<Elapsed> {
        if !self.ramp.admits(now) {
            return self.ramp.admits_at(now);
        }
        let firsts = [self.queue.first_due(), self.queue.first_spare()];
        firsts.into_iter().flatten().map(|(when, _)| when).chain(self.final_start()).min()
    }

    /// Nothing to poll now.
    pub(super) fn wait_for_due(&mut self, now: Elapsed) -> Step {
        let due = self.next_due(now);
        self.wait_until(now, due)
    }

    pub(super) fn wait_until(&self, now: Elapsed, due: Option<Elapsed>) -> Step {
        let deadline = self.deadlines.range((now, Key(u64::MAX))..).next().map(|(deadline, _)| *deadline);
        due.into_iter().chain(deadline).chain(self.too_late(now)).min().map_or(Step::Idle, Step::WaitUntil)
    }

    /// When a final poll that is still to come after its deadline is given up.
    fn too_late(&self, now: Elapsed) -> Option<Elapsed> {
        let (deadline, _) = self.deadlines.first().filter(|(deadline, _)| *deadline <= now)?;
        deadline.checked_add(LATE + Duration::from_nanos(1))
    }
}
