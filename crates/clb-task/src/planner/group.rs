//! Waits for the same task: one poll serves all of them.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Planner,
    entry::{Entry, State},
    step::{Elapsed, Key, PlannedWait},
};

/// A group of waits for the same task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Group(Key);

/// The groups of more than one wait.
#[derive(Debug, Default)]
pub(super) struct Groups(BTreeMap<Group, BTreeSet<Key>>);

impl Groups {
    /// Begins a group with its first member. The member's key names the group, and is never reused.
    pub(super) fn begin(&mut self, key: Key) -> Group {
        self.0.insert(Group(key), BTreeSet::from([key]));
        Group(key)
    }

    pub(super) fn join(&mut self, group: Group, key: Key) {
        self.0.entry(group).or_default().insert(key);
    }

    pub(super) fn leave(&mut self, group: Group, key: Key) {
        let Some(members) = self.0.get_mut(&group) else { return };
        members.remove(&key);
        if members.is_empty() {
            self.0.remove(&group);
        }
    }

    /// The members of a group but one.
    pub(super) fn others(&self, group: Option<Group>, key: Key) -> Vec<Key> {
        let members = group.and_then(|group| self.0.get(&group));
        members.into_iter().flatten().copied().filter(|member| *member != key).collect()
    }
}

impl Planner {
    /// Adds a wait for the same task as another. While both wait, one poll serves both; each keeps its own policy and
    /// deadline, and counts the polls that serve it.
    pub fn add_for_same_task(&mut self, now: Elapsed, wait: PlannedWait, other: Key) -> Key {
        let key = self.add(now, wait);
        let Some(group) = self.group_of(other) else { return key };
        self.groups.join(group, key);
        if let Some(entry) = self.entries.get_mut(&key) {
            entry.group = Some(group);
        }
        self.join_poll_in_flight(key, group, now);
        key
    }

    /// The waits that the poll of a wait serves: itself first, then those for the same task. None, if it has no poll in
    /// flight.
    pub fn sharing(&self, leader: Key) -> Vec<Key> {
        let Some(entry) = self.entries.get(&leader) else { return Vec::new() };
        let is_served = |key: &Key| {
            let state = self.entries.get(key).map(|entry| entry.state);
            matches!(state, Some(State::InFlight { leader: own, .. }) if own == leader)
        };
        let others = self.groups.others(entry.group, leader);
        std::iter::once(leader).chain(others).filter(is_served).collect()
    }

    /// When a wait is due for its next poll. None, while it has a poll in flight, and when it has completed.
    pub fn next_poll(&self, key: Key) -> Option<Elapsed> {
        match self.entries.get(&key)?.state {
            State::Waiting { place, final_poll } => {
                Some(final_poll.map_or(place.due(), |time| time.min(place.due())))
            }
            _ => None,
        }
    }

    /// Whether a poll that serves a wait is in flight.
    pub fn is_in_flight(&self, key: Key) -> bool {
        matches!(self.entries.get(&key).map(|entry| entry.state), Some(State::InFlight { .. }))
    }

    /// Lets the poll of a wait serve all that wait for the same task. It may take as long as the most impatient of them can
    /// wait.
    pub(super) fn share(&mut self, leader: Key, now: Elapsed) -> Elapsed {
        let group = self.entries.get(&leader).and_then(|entry| entry.group);
        for key in self.groups.others(group, leader) {
            if matches!(self.entries.get(&key).map(|entry| entry.state), Some(State::Waiting { .. })) {
                self.mark_in_flight(key, leader, now, false);
            }
        }
        let deadlines = self.sharing(leader).into_iter().filter_map(|key| self.entries.get(&key));
        let deadlines = deadlines.map(|entry| self.poll_deadline(now, entry.deadline));
        deadlines.min().unwrap_or(now)
    }

    /// Those that shared a poll, sent at `sent`, are due again when its leader is gone.
    pub(super) fn poll_without_leader(&mut self, sharing: Vec<Key>, leader: Key, sent: Elapsed) {
        for key in sharing.into_iter().filter(|key| *key != leader) {
            let Some(mut entry) = self.entries.remove(&key) else { continue };
            entry.retry_at(sent);
            self.enqueue(key, sent, entry);
        }
    }

    pub(super) fn leave_group(&mut self, key: Key, entry: &Entry) {
        if let Some(group) = entry.group {
            self.groups.leave(group, key);
        }
    }

    /// The group of a wait that is not over, begun if need be.
    fn group_of(&mut self, key: Key) -> Option<Group> {
        let entry = self.entries.get_mut(&key)?;
        if matches!(entry.state, State::Completed(_)) {
            return None;
        }
        Some(*entry.group.get_or_insert_with(|| self.groups.begin(key)))
    }

    /// Lets a poll that is in flight serve a new wait, too, unless it may take longer than the wait can.
    fn join_poll_in_flight(&mut self, key: Key, group: Group, now: Elapsed) {
        let in_flight = |other: &Key| match self.entries.get(other)?.state {
            State::InFlight { sent, leader } => Some((sent, leader)),
            _ => None,
        };
        let Some((sent, leader)) = self.groups.others(Some(group), key).iter().find_map(in_flight) else {
            return;
        };
        let Some(entry) = self.entries.get(&key) else { return };
        if sent.saturating_add(self.options.request_timeout) <= self.poll_deadline(now, entry.deadline) {
            self.mark_in_flight(key, leader, now, false);
        }
    }
}
