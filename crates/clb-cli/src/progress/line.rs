//! A live line on a terminal: what it is about, its age, its state, the time to the next request, and the last error.

use std::{
    fmt::Write,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use clb_api::clb_task::WaitEvent;
use indicatif::{MultiProgress, ProgressBar, ProgressState, ProgressStyle};
use tokio::time::Instant;

use super::error_text;

/// How often ages and times are drawn anew.
const TICK: Duration = Duration::from_millis(100);

#[derive(Debug)]
pub(super) struct Line {
    bar: ProgressBar,
    shown: Arc<Mutex<Shown>>,
}

/// What the line says beside its age.
#[derive(Debug, Default)]
struct Shown {
    state: String,
    polls: u32,
    /// The next request: what it is, and when it is due.
    next: Option<(&'static str, Instant)>,
}

impl Line {
    /// A line below those that are there, about what `prefix` names.
    pub(super) fn new(lines: &MultiProgress, prefix: String, state: &str) -> Self {
        let shown = Arc::new(Mutex::new(Shown { state: state.to_owned(), ..Shown::default() }));
        let bar = lines.add(ProgressBar::new_spinner());
        bar.set_style(style(Arc::clone(&shown)));
        bar.set_prefix(prefix);
        bar.enable_steady_tick(TICK);
        Self { bar, shown }
    }

    pub(super) fn set_prefix(&self, prefix: String) {
        self.bar.set_prefix(prefix);
    }

    /// A new state, without an error or a next request.
    pub(super) fn set_state(&self, state: &str) {
        self.shown().set(state, None);
        self.bar.set_message("");
    }

    /// A new state with the error that led to it, until `next` is done after a pause.
    pub(super) fn set_error(&self, state: &str, error: &str, next: &'static str, pause: Duration) {
        self.shown().set(state, Some((next, Instant::now() + pause)));
        self.bar.set_message(format!(": {error}"));
    }

    /// Something happened to the task of the line.
    pub(super) fn event(&self, event: &WaitEvent) {
        self.shown().record(event);
        match error_text(event) {
            Some((kind, error)) => self.bar.set_message(format!(", {kind}: {error}")),
            None if matches!(event, WaitEvent::Running(_)) => self.bar.set_message(""),
            None => {}
        }
    }

    /// The last state, with which the line stays.
    pub(super) fn finish(&self, state: &str) {
        *self.shown() = Shown { state: state.to_owned(), ..Shown::default() };
        self.bar.finish_with_message("");
    }

    /// Drawing locks it, too: no method of the bar may be called while it is locked.
    fn shown(&self) -> MutexGuard<'_, Shown> {
        self.shown.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Shown {
    fn set(&mut self, state: &str, next: Option<(&'static str, Instant)>) {
        state.clone_into(&mut self.state);
        self.next = next;
    }

    fn record(&mut self, event: &WaitEvent) {
        match event {
            WaitEvent::Polled(poll) => (self.polls, self.next) = (*poll, None),
            WaitEvent::Running(_) => "running".clone_into(&mut self.state),
            WaitEvent::NextPoll(pause) => self.next = Some(("next poll", Instant::now() + *pause)),
            _ => {}
        }
    }

    /// For example `running (2 polls), next poll in 0.7 s`.
    fn text(&self, now: Instant) -> String {
        let polls = match self.polls {
            0 => String::new(),
            1 => " (1 poll)".to_owned(),
            polls => format!(" ({polls} polls)"),
        };
        let next = self.next.map(|(next, due)| {
            let left = due.saturating_duration_since(now);
            format!(", {next} in {:.1} s", left.as_secs_f64())
        });
        format!("{}{polls}{}", self.state, next.unwrap_or_default())
    }
}

fn style(shown: Arc<Mutex<Shown>>) -> ProgressStyle {
    let text = move |_: &ProgressState, out: &mut dyn Write| {
        let shown = shown.lock().unwrap_or_else(PoisonError::into_inner);
        let _ = out.write_str(&shown.text(Instant::now()));
    };
    let style = ProgressStyle::with_template("{spinner} {prefix}  {elapsed:>4}  {text}{wide_msg}");
    style.unwrap_or_else(|_| ProgressStyle::default_spinner()).with_key("text", text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_counts_polls_and_the_time_to_the_next_one() {
        let now = Instant::now();
        let shown = |polls, next| Shown { state: "running".to_owned(), polls, next }.text(now);
        assert_eq!(shown(0, None), "running");
        let due = now + Duration::from_millis(740);
        assert_eq!(shown(1, Some(("next poll", due))), "running (1 poll), next poll in 0.7 s");
        assert_eq!(shown(2, Some(("next poll", now))), "running (2 polls), next poll in 0.0 s");
    }
}
