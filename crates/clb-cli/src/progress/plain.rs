//! Plain lines for logs: a task is named when it is first seen running, has an error, or completes.

use std::{cell::RefCell, collections::BTreeSet};

use clb_api::clb_task::WaitEvent;

use super::error_text;
use crate::{output, result::TaskResult};

#[derive(Debug)]
pub(super) struct Plain {
    count: usize,
    state: RefCell<State>,
}

#[derive(Debug, Default)]
struct State {
    running: BTreeSet<String>,
    completed: usize,
}

impl Plain {
    pub(super) fn new(count: usize) -> Self {
        Self { count, state: RefCell::default() }
    }

    pub(super) fn event(&self, id: &str, event: &WaitEvent) {
        if let Some((kind, error)) = error_text(event) {
            output::note(&format!("{id}: {kind}: {error}"));
        }
        if matches!(event, WaitEvent::Running(_)) && self.state.borrow_mut().running.insert(id.to_owned()) {
            output::note(&format!("{id}: running"));
        }
    }

    pub(super) fn completed(&self, result: &TaskResult) {
        let mut state = self.state.borrow_mut();
        state.completed += 1;
        let count =
            if self.count > 1 { format!(" ({} of {})", state.completed, self.count) } else { String::new() };
        output::note(&format!("{}: {}{count}", result.task, result.ending()));
    }
}
