use std::{collections::BTreeMap, time::Duration};

use super::step::{Elapsed, Key};

/// Times set aside for last looks: each at its task's deadline, or as much earlier as the looks of others force it to be,
/// so that no two are closer than the pace allows.
///
/// Looks closer than two spacings form a run, since no further look fits between them. A look that would fall into a run
/// is put before it, where the distance to the run before leaves room; so every operation is O(log n).
#[derive(Debug)]
pub(super) struct LastLooks {
    spacing: Duration,
    looks: BTreeMap<Elapsed, Key>,
    /// The first look of each run, and its last.
    runs: BTreeMap<Elapsed, Elapsed>,
}

impl LastLooks {
    pub(super) fn new(spacing: Duration) -> Self {
        Self { spacing, looks: BTreeMap::new(), runs: BTreeMap::new() }
    }

    /// Sets the latest free time up to the deadline aside; none if that has passed.
    pub(super) fn reserve(&mut self, now: Elapsed, deadline: Elapsed, key: Key) -> Option<Elapsed> {
        let look = self.latest_free(deadline).filter(|look| *look >= now)?;
        self.looks.insert(look, key);
        self.join_runs(look);
        Some(look)
    }

    /// Gives a time back.
    pub(super) fn release(&mut self, look: Elapsed) {
        self.looks.remove(&look);
        let Some((&start, &end)) = self.runs.range(..=look).next_back() else { return };
        self.runs.remove(&start);
        if let Some((&before, _)) = self.looks.range(start..look).next_back() {
            self.runs.insert(start, before);
        }
        if let Some((&after, _)) = self.looks.range(look..=end.max(look)).next() {
            self.runs.insert(after, end);
        }
    }

    pub(super) fn first(&self) -> Option<(Elapsed, Key)> {
        self.looks.first_key_value().map(|(look, key)| (*look, *key))
    }

    fn latest_free(&self, deadline: Elapsed) -> Option<Elapsed> {
        match self.runs.range(..deadline.saturating_add(self.spacing)).next_back() {
            Some((start, end)) if end.saturating_add(self.spacing) > deadline => {
                start.checked_sub(self.spacing)
            }
            _ => Some(deadline),
        }
    }

    fn join_runs(&mut self, look: Elapsed) {
        let near = self.spacing * 2;
        let (mut start, mut end) = (look, look);
        if let Some((&first, &last)) = self.runs.range(..look).next_back()
            && last + near > look
        {
            start = first;
        }
        if let Some((&first, &last)) = self.runs.range(look..).next()
            && look + near > first
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

    fn looks(deadlines: &[u64]) -> (LastLooks, Vec<Option<u64>>) {
        let mut looks = LastLooks::new(SECOND);
        let mut reserve = |(number, deadline): (u64, &u64)| {
            let look = looks.reserve(Elapsed::ZERO, SECOND * u32::try_from(*deadline).unwrap(), Key(number));
            look.map(|look| look.as_secs())
        };
        let reserved = (0..).zip(deadlines).map(&mut reserve).collect();
        (looks, reserved)
    }

    #[test]
    fn a_look_is_at_its_deadline_when_there_is_room() {
        assert_eq!(looks(&[60, 50, 58]).1, [Some(60), Some(50), Some(58)]);
    }

    #[test]
    fn looks_with_one_deadline_are_brought_forward_one_by_one() {
        assert_eq!(looks(&[60, 60, 60, 59, 50]).1, [Some(60), Some(59), Some(58), Some(57), Some(50)]);
    }

    #[test]
    fn a_look_that_finds_no_room_since_the_start_is_left_out() {
        assert_eq!(looks(&[2, 2, 2, 2, 2]).1, [Some(2), Some(1), Some(0), None, None]);
    }

    #[test]
    fn a_time_that_is_given_back_is_used_again() {
        let (mut looks, _) = looks(&[60, 60, 60, 60]);
        looks.release(SECOND * 59);
        assert_eq!(looks.reserve(Elapsed::ZERO, SECOND * 60, Key(9)), Some(SECOND * 59));
        for look in [57, 58, 59, 60] {
            looks.release(SECOND * look);
        }
        assert!(looks.looks.is_empty() && looks.runs.is_empty());
    }
}
