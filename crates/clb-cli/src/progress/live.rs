//! A live line for each task on a terminal.

use std::cell::Cell;

use clb_api::clb_task::WaitEvent;
use indicatif::{MultiProgress, ProgressDrawTarget};

use super::line::Line;
use crate::result::TaskResult;

/// Lines at most; the tasks beyond are counted.
const MAX_LINES: usize = 15;

#[derive(Debug)]
pub(super) struct Live {
    lines: MultiProgress,
    tasks: Vec<Line>,
    rest: Option<Line>,
    count: usize,
    completed: Cell<usize>,
}

impl Live {
    pub(super) fn new(ids: &[String]) -> Self {
        let lines = terminal();
        let width = ids.iter().take(MAX_LINES).map(String::len).max().unwrap_or_default();
        let shown = ids.iter().take(MAX_LINES);
        let tasks = shown.map(|id| Line::new(&lines, format!("{id:width$}"), "polling")).collect();
        let more = ids.len().saturating_sub(MAX_LINES);
        let rest = (more > 0).then(|| Line::new(&lines, format!("{more} more tasks"), "waiting"));
        Self { lines, tasks, rest, count: ids.len(), completed: Cell::new(0) }
    }

    pub(super) fn event(&self, index: usize, event: &WaitEvent) {
        if let Some(line) = self.tasks.get(index) {
            line.event(event);
        }
    }

    pub(super) fn completed(&self, index: usize, result: &TaskResult) {
        if let Some(line) = self.tasks.get(index) {
            line.finish(&result.ending());
        }
        self.completed.set(self.completed.get() + 1);
        if let Some(rest) = &self.rest {
            rest.set_state(&format!("{} of {} tasks completed", self.completed.get(), self.count));
        }
    }

    pub(super) fn finish(&self) {
        // Lines that are wiped leave the results alone on the terminal.
        let _ = self.lines.clear();
    }
}

impl Drop for Live {
    /// Also when the command is interrupted.
    fn drop(&mut self) {
        self.finish();
    }
}

/// Lines on standard error. They have no colour, so `NO_COLOR` has nothing to change.
pub(super) fn terminal() -> MultiProgress {
    MultiProgress::with_draw_target(ProgressDrawTarget::stderr())
}
