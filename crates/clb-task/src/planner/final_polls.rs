use std::{collections::BTreeMap, time::Duration};

use super::step::{Elapsed, Key};

/// Times reserved for final polls: each at its wait's deadline, or as much earlier as the final polls of others require, so
/// that no two are closer than the rate limit allows.
///
/// Final polls closer than two spacings form a run, since no further one fits between them. One that would fall into a run
/// is reserved before it, where the distance to the run before leaves room; so every operation is O(log n).
#[derive(Debug)]
pub(super) struct FinalPolls {
    spacing: Duration,
    reserved: BTreeMap<Elapsed, Key>,
    /// The first time of each run, and its last.
    runs: BTreeMap<Elapsed, Elapsed>,
}

impl FinalPolls {
    pub(super) fn new(spacing: Duration) -> Self {
        Self { spacing, reserved: BTreeMap::new(), runs: BTreeMap::new() }
    }

    /// Reserves the latest free time up to the deadline; none if that has passed.
    pub(super) fn reserve(&mut self, now: Elapsed, deadline: Elapsed, key: Key) -> Option<Elapsed> {
        let time = self.latest_free(deadline).filter(|time| *time >= now)?;
        self.reserved.insert(time, key);
        self.join_runs(time);
        Some(time)
    }

    /// Gives a time back.
    pub(super) fn release(&mut self, time: Elapsed) {
        self.reserved.remove(&time);
        let Some((&start, &end)) = self.runs.range(..=time).next_back() else { return };
        self.runs.remove(&start);
        if let Some((&before, _)) = self.reserved.range(start..time).next_back() {
            self.runs.insert(start, before);
        }
        if let Some((&after, _)) = self.reserved.range(time..=end.max(time)).next() {
            self.runs.insert(after, end);
        }
    }

    pub(super) fn first(&self) -> Option<(Elapsed, Key)> {
        self.reserved.first_key_value().map(|(time, key)| (*time, *key))
    }

    /// When the first is to be sent so that its whole run, at this spacing, ends when it is reserved to end.
    pub(super) fn first_start(&self, spacing: Duration) -> Option<Elapsed> {
        let (&start, &end) = self.runs.first_key_value()?;
        let stretch = spacing.as_secs_f64() / self.spacing.as_secs_f64() - 1.0;
        let length = (end.saturating_sub(start)).saturating_add(self.spacing);
        let earlier = Duration::try_from_secs_f64(length.as_secs_f64() * stretch).unwrap_or_default();
        Some(start.saturating_sub(if end > start { earlier } else { Duration::ZERO }))
    }

    fn latest_free(&self, deadline: Elapsed) -> Option<Elapsed> {
        match self.runs.range(..deadline.saturating_add(self.spacing)).next_back() {
            Some((start, end)) if end.saturating_add(self.spacing) > deadline => {
                start.checked_sub(self.spacing)
            }
            _ => Some(deadline),
        }
    }

    fn join_runs(&mut self, time: Elapsed) {
        let near = self.spacing * 2;
        let (mut start, mut end) = (time, time);
        if let Some((&first, &last)) = self.runs.range(..time).next_back()
            && last + near > time
        {
            start = first;
        }
        if let Some((&first, &last)) = self.runs.range(time..).next()
            && time + near > first
        {
            end = last;
            self.runs.remove(&first);
        }
        self.runs.insert(start, end);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn final_polls(deadlines: &[u64]) -> (FinalPolls, Vec<Option<u64>>) {
        let mut final_polls = FinalPolls::new(SECOND);
        let mut reserve = |(number, deadline): (u64, &u64)| {
            let time =
                final_polls.reserve(Elapsed::ZERO, SECOND * u32::try_from(*deadline).unwrap(), Key(number));
            time.map(|time| time.as_secs())
        };
        let reserved = (0..).zip(deadlines).map(&mut reserve).collect();
        (final_polls, reserved)
    }

    #[test]
    fn a_final_poll_is_at_its_deadline_when_there_is_room() {
        assert_eq!(final_polls(&[60, 50, 58]).1, [Some(60), Some(50), Some(58)]);
    }

    #[test]
    fn final_polls_with_one_deadline_are_brought_forward_one_by_one() {
        assert_eq!(final_polls(&[60, 60, 60, 59, 50]).1, [Some(60), Some(59), Some(58), Some(57), Some(50)]);
    }

    #[test]
    fn a_final_poll_that_finds_no_room_since_the_start_is_left_out() {
        assert_eq!(final_polls(&[2, 2, 2, 2, 2]).1, [Some(2), Some(1), Some(0), None, None]);
    }

    #[test]
    fn a_run_that_is_sent_slowly_starts_earlier_and_one_poll_does_not() {
        let (run, _) = final_polls(&[60, 60, 60, 60]);
        assert_eq!(run.first_start(SECOND), Some(SECOND * 57));
        assert_eq!(run.first_start(SECOND * 3), Some(SECOND * 49));
        assert_eq!(run.first_start(SECOND * 300), Some(Elapsed::ZERO));
        assert_eq!(final_polls(&[60]).0.first_start(SECOND * 3), Some(SECOND * 60));
    }

    #[test]
    fn a_time_that_is_given_back_is_used_again() {
        let (mut final_polls, _) = final_polls(&[60, 60, 60, 60]);
        final_polls.release(SECOND * 59);
        assert_eq!(final_polls.reserve(Elapsed::ZERO, SECOND * 60, Key(9)), Some(SECOND * 59));
        for time in [57, 58, 59, 60] {
            final_polls.release(SECOND * time);
        }
        assert!(final_polls.reserved.is_empty() && final_polls.runs.is_empty());
    }
}
