use std::collections::BTreeSet;

use super::step::{Elapsed, Key};

/// The tasks that wait for a question, in the order in which they become due; among equals, in the order of lining up.
///
/// New tasks stand in a second line as well, from which they are taken while no task is due.
#[derive(Debug, Default)]
pub(super) struct Queue {
    due: BTreeSet<(Elapsed, u64, Key)>,
    new: BTreeSet<(u64, Key)>,
    last: u64,
}

/// Where a task stands in the queue.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    due: Elapsed,
    number: u64,
    new: bool,
}

impl Queue {
    pub(super) fn insert(&mut self, key: Key, due: Elapsed, new: bool) -> Place {
        self.last += 1;
        let place = Place { due, number: self.last, new };
        self.due.insert((due, place.number, key));
        if new {
            self.new.insert((place.number, key));
        }
        place
    }

    pub(super) fn remove(&mut self, key: Key, place: Place) {
        self.due.remove(&(place.due, place.number, key));
        if place.new {
            self.new.remove(&(place.number, key));
        }
    }

    /// Changes when a task is due; among equals it stays where it was.
    pub(super) fn reschedule(&mut self, key: Key, place: &mut Place, due: Elapsed) {
        self.due.remove(&(place.due, place.number, key));
        place.due = due;
        self.due.insert((place.due, place.number, key));
    }

    pub(super) fn first_due(&self) -> Option<(Elapsed, Key)> {
        self.due.first().map(|(due, _, key)| (*due, *key))
    }

    pub(super) fn first_new(&self) -> Option<Key> {
        self.new.first().map(|(_, key)| *key)
    }
}
