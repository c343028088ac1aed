//! A live line for each task on a terminal: state, age and next poll.

use std::{cell::RefCell, time::Duration};

use clb_api::clb_task::WaitEvent;
use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::error_text;
use crate::result::TaskResult;

/// Lines at most; the tasks beyond are counted.
const MAX_LINES: usize = 15;
/// How often ages and times are drawn anew.
const TICK: Duration = Duration::from_millis(100);

#[derive(Debug)]
pub(super) struct Live {
    lines: MultiProgress,
    bars: RefCell<Vec<Line>>,
    rest: Option<ProgressBar>,
}

#[derive(Debug)]
struct Line {
    bar: Option<ProgressBar>,
    polls: u32,
}

impl Live {
    pub(super) fn new(ids: &[String]) -> Self {
        // Indicatif itself leaves colours out for NO_COLOR.
        let lines = MultiProgress::with_draw_target(ProgressDrawTarget::stderr());
        let width = ids.iter().take(MAX_LINES).map(String::len).max().unwrap_or_default();
        let bar = |id: &String| {
            let bar = lines.add(ProgressBar::new_spinner());
            bar.set_style(style());
            bar.set_prefix(format!("{id:width$}"));
            bar.set_message("polling");
            bar.enable_steady_tick(TICK);
            bar
        };
        let bars = ids.iter().enumerate().map(|(index, id)| {
            let bar = (index < MAX_LINES).then(|| bar(id));
            Line { bar, polls: 0 }
        });
        let bars = RefCell::new(bars.collect());
        let more = ids.len().saturating_sub(MAX_LINES);
        let rest = (more > 0).then(|| {
            let bar = lines.add(ProgressBar::new_spinner());
            bar.set_style(style());
            bar.set_prefix(format!("{more} more tasks"));
            bar.set_length(ids.len() as u64);
            bar.enable_steady_tick(TICK);
            bar
        });
        Self { lines, bars, rest }
    }

    pub(super) fn event(&self, index: usize, event: &WaitEvent) {
        let mut bars = self.bars.borrow_mut();
        let line = &mut bars[index];
        if let WaitEvent::Polled(poll) = event {
            line.polls = *poll;
        }
        let (Some(bar), polls) = (&line.bar, line.polls) else { return };
        match (event, error_text(event)) {
            (WaitEvent::Polled(_), _) => bar.set_message(format!("poll {polls}")),
            (WaitEvent::Running(_), _) => bar.set_message(format!("running ({polls} polls)")),
            (WaitEvent::NextPoll(pause), _) => {
                bar.set_message(format!("running ({polls} polls), next poll in {}", rounded(*pause)));
            }
            (_, Some((kind, error))) => bar.set_message(format!("{kind}: {error}")),
            _ => {}
        }
    }

    pub(super) fn completed(&self, index: usize, result: &TaskResult) {
        if let Some(bar) = &self.bars.borrow()[index].bar {
            bar.finish_with_message(result.state());
        }
        if let Some(rest) = &self.rest {
            rest.inc(1);
            rest.set_message(format!(
                "{} of {} tasks completed",
                rest.position(),
                rest.length().unwrap_or_default()
            ));
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

fn style() -> ProgressStyle {
    let style = ProgressStyle::with_template("{spinner} {prefix}  {elapsed:>4}  {wide_msg}");
    style.unwrap_or_else(|_| ProgressStyle::default_spinner())
}

fn rounded(pause: Duration) -> String {
    format!("{:.1} s", pause.as_secs_f64())
}
