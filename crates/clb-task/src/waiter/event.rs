//! What happens during a wait, for those who want to know: a bounded channel from the driver.

use std::{
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use futures_util::Stream;
use tokio::sync::mpsc::{self, Receiver, Sender};

use super::wait::WaitResult;
use crate::poll_outcome::{PollError, TaskReport};

/// Events kept for a reader that falls behind, besides the last one.
const BACKLOG: usize = 16;

/// What happens while a task is waited for.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum WaitEvent {
    /// A poll was sent: the first, the second, ...
    Polled(u32),
    /// The task is running.
    Running(TaskReport),
    /// When the task is polled next, counted from now: later if the rate limit or others come first.
    NextPoll(Duration),
    /// The service rejected the poll. Unless polls are left, the wait fails.
    Rejected(PollError),
    /// The service's rate limit was exceeded; all polls slow down.
    Throttled {
        /// What the service said.
        error: PollError,
        /// For how long the service wants no request, if it says so.
        retry_after: Option<Duration>,
    },
    /// The poll failed in a way that may pass; the task is polled again.
    Transient(PollError),
    /// The last event: the wait completes.
    Completed(WaitResult),
}

/// The events of one wait, a [`Stream`]. It ends after [`WaitEvent::Completed`].
///
/// A reader that falls behind by more than 16 events misses some, but never the last.
#[derive(Debug)]
pub struct WaitEvents(Option<Receiver<Box<WaitEvent>>>);

/// The driver's end of the channel.
#[derive(Debug)]
pub(super) struct EventSender(Sender<Box<WaitEvent>>);

/// A new channel. Events are boxed, since a channel sets aside room for 32.
pub(super) fn channel() -> (EventSender, WaitEvents) {
    let (sender, receiver) = mpsc::channel(BACKLOG + 1);
    (EventSender(sender), WaitEvents(Some(receiver)))
}

impl WaitEvents {
    /// The next event, for those without `StreamExt` at hand; none after the last.
    pub async fn next(&mut self) -> Option<WaitEvent> {
        std::future::poll_fn(|cx| self.poll(cx)).await
    }

    /// Events of which the reader was given before.
    pub(super) fn taken() -> Self {
        Self(None)
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Option<WaitEvent>> {
        let Some(receiver) = &mut self.0 else { return Poll::Ready(None) };
        receiver.poll_recv(cx).map(|event| event.map(|event| *event))
    }
}

impl Stream for WaitEvents {
    type Item = WaitEvent;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<WaitEvent>> {
        self.poll(cx)
    }
}

impl EventSender {
    /// Sends an event, unless the reader has fallen behind: the last place belongs to the last event.
    pub(super) fn send(&self, event: WaitEvent) {
        if self.0.capacity() > 1 {
            self.send_last(event);
        }
    }

    /// Sends the last event. A reader that is gone needs none.
    pub(super) fn send_last(&self, event: WaitEvent) {
        if !self.0.is_closed() {
            let _ = self.0.try_send(Box::new(event));
        }
    }
}
