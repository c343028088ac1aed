//! The line from the driver to one wait: smaller than a channel (which sets aside room for 32 events), so that ten
//! thousand waits stay cheap, and bounded, so that a wait that nobody reads stays so too.

use std::{
    collections::VecDeque,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, Waker},
};

use super::wait::Event;

/// Events kept for a reader that falls behind.
const BACKLOG: usize = 16;

/// The driver's end.
#[derive(Debug)]
pub(crate) struct Feed(Arc<Line>);

/// The reader's end.
#[derive(Debug)]
pub(crate) struct Listener(Arc<Line>);

#[derive(Debug, Default)]
struct Line {
    state: Mutex<State>,
    ends_with_an_answer: AtomicBool,
}

#[derive(Debug, Default)]
struct State {
    /// Boxed, since most of the time there are none, and the room for a few stays with the line.
    events: VecDeque<Box<Event>>,
    reader: Option<Waker>,
}

/// A new line.
pub(crate) fn feed() -> (Feed, Listener) {
    let line = Arc::new(Line::default());
    (Feed(line.clone()), Listener(line))
}

impl Feed {
    /// Tells the reader; the oldest event goes if there are too many.
    pub(crate) fn tell(&self, event: Event) {
        let reader = {
            let mut state = self.0.lock();
            if state.events.len() >= BACKLOG {
                state.events.pop_front();
            }
            state.events.push_back(Box::new(event));
            state.reader.take()
        };
        if let Some(reader) = reader {
            reader.wake();
        }
    }

    /// Whether a running task is reported instead of waited for.
    pub(crate) fn ends_with_an_answer(&self) -> bool {
        self.0.ends_with_an_answer.load(Ordering::Relaxed)
    }
}

impl Listener {
    pub(crate) fn end_with_an_answer(&self) {
        self.0.ends_with_an_answer.store(true, Ordering::Relaxed);
    }

    pub(crate) fn poll(&self, cx: &mut Context<'_>) -> Poll<Event> {
        let mut state = self.0.lock();
        if let Some(event) = state.events.pop_front() {
            return Poll::Ready(*event);
        }
        state.reader = Some(cx.waker().clone());
        Poll::Pending
    }
}

impl Line {
    /// Nothing panics while it holds the lock, so that a poisoned one is as good as any.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
