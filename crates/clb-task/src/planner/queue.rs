use std::collections::BTreeSet;

use super::step::{Elapsed, Key};

/// The tasks without a poll in flight, in the order in which they become due; among equals, in the order of insertion.
///
/// A task that may use a spare permit earlier than that is in a second queue as well, from which it is taken while no task is
/// due.
#[derive(Debug, Default)]
pub(super) struct Queue {
    due: BTreeSet<Entry>,
    spare: BTreeSet<Entry>,
    last: u64,
}

type Entry = (Elapsed, u64, Key);

/// Where a task stands in the queue.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    when: When,
    number: u64,
}

/// When a task becomes due, and from when on it may use a spare permit, if that is earlier.
#[derive(Debug, Clone, Copy)]
pub(super) struct When {
    pub(super) due: Elapsed,
    pub(super) spare: Option<Elapsed>,
}

impl Place {
    pub(super) fn due(&self) -> Elapsed {
        self.when.spare.map_or(self.when.due, |spare| spare.min(self.when.due))
    }
}

impl Queue {
    pub(super) fn insert(&mut self, key: Key, when: When) -> Place {
        self.last += 1;
        let place = Place { when, number: self.last };
        self.enter(key, place);
        place
    }

    pub(super) fn remove(&mut self, key: Key, place: Place) {
        self.due.remove(&(place.when.due, place.number, key));
        if let Some(spare) = place.when.spare {
            self.spare.remove(&(spare, place.number, key));
        }
    }

    /// Changes when a task is due; among equals it stays where it was.
    pub(super) fn reschedule(&mut self, key: Key, place: &mut Place, when: When) {
        self.remove(key, *place);
        place.when = when;
        self.enter(key, *place);
    }

    pub(super) fn first_due(&self) -> Option<(Elapsed, Key)> {
        self.due.first().map(|(due, _, key)| (*due, *key))
    }

    pub(super) fn first_spare(&self) -> Option<(Elapsed, Key)> {
        self.spare.first().map(|(spare, _, key)| (*spare, *key))
    }

    fn enter(&mut self, key: Key, place: Place) {
        self.due.insert((place.when.due, place.number, key));
        if let Some(spare) = place.when.spare {
            self.spare.insert((spare, place.number, key));
        }
    }
}
