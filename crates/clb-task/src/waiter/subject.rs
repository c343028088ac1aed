//! Which waits are for the same task.

use std::{collections::HashMap, sync::Arc};

use super::source::StatusSource;
use crate::{planner::Key, task::TaskRef};

/// A task as polled through one source.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Subject {
    source: SourceIdentity,
    task: Arc<TaskRef>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum SourceIdentity {
    Named(Arc<str>),
    Address(usize),
}

/// The waits for each subject.
#[derive(Debug, Default)]
pub(super) struct Subjects(HashMap<Subject, Vec<Key>>);

impl Subject {
    pub(super) fn new(source: &Arc<dyn StatusSource>, task: Arc<TaskRef>) -> Self {
        let address = || SourceIdentity::Address(Arc::as_ptr(source).cast::<()>() as usize);
        let source = source.identity().map_or_else(address, SourceIdentity::Named);
        Self { source, task }
    }
}

impl Subjects {
    /// Any wait for the same task.
    pub(super) fn any(&self, subject: &Subject) -> Option<Key> {
        self.0.get(subject)?.first().copied()
    }

    pub(super) fn add(&mut self, subject: Subject, key: Key) {
        self.0.entry(subject).or_default().push(key);
    }

    pub(super) fn remove(&mut self, subject: &Subject, key: Key) {
        let Some(keys) = self.0.get_mut(subject) else { return };
        keys.retain(|other| *other != key);
        if keys.is_empty() {
            self.0.remove(subject);
        }
    }
}
