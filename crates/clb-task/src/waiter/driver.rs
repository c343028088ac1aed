use std::{collections::HashMap, panic::AssertUnwindSafe, sync::Arc, time::Duration};

use futures_util::{
    FutureExt, StreamExt,
    future::{BoxFuture, abortable},
    stream::FuturesUnordered,
};
use tokio::{
    sync::mpsc::UnboundedReceiver,
    time::{Instant, sleep_until, timeout_at},
};

use super::{WaiterOptions, active_wait::ActiveWait, source::StatusSource};
use crate::{
    planner::{Elapsed, Key, PlannedWait, Planner, PollResponse, Step, WaitOutcome},
    poll_outcome::{PollError, PollOutcome},
    task::TaskRef,
};

/// What waits want of the driver.
pub(super) enum Request {
    Wait(Box<ActiveWait>),
    Cancel(u64),
}

/// Follows the planner until the last handle and wait are gone.
pub(super) async fn run(options: WaiterOptions, mut requests: UnboundedReceiver<Request>) {
    let mut driver = Driver::new(options);
    loop {
        let due = driver.advance();
        tokio::select! {
            biased;
            request = requests.recv() => match request {
                Some(request) => driver.on_request(request),
                None => return,
            },
            Some(polled) = driver.calls.next() => driver.on_polled(polled),
            () = until(due) => {}
        }
    }
}

struct Driver {
    started: Instant,
    planner: Planner,
    waits: HashMap<Key, Box<ActiveWait>>,
    keys: HashMap<u64, Key>,
    calls: FuturesUnordered<BoxFuture<'static, Option<Polled>>>,
}

/// The outcome of one poll.
struct Polled {
    key: Key,
    attempt: u32,
    outcome: PollOutcome,
}

impl Driver {
    fn new(options: WaiterOptions) -> Self {
        Self {
            started: Instant::now(),
            planner: Planner::new(options),
            waits: HashMap::new(),
            keys: HashMap::new(),
            calls: FuturesUnordered::new(),
        }
    }

    /// Does what there is to do now, and says when there will be more.
    fn advance(&mut self) -> Option<Instant> {
        loop {
            match self.planner.next(self.started.elapsed()) {
                Step::Poll { key, attempt, deadline } => self.poll(key, attempt, deadline),
                Step::Completed { key, outcome } => self.complete(key, outcome),
                Step::WaitUntil(due) => return self.started.checked_add(due),
                Step::Idle => return None,
            }
        }
    }

    fn on_request(&mut self, request: Request) {
        match request {
            Request::Wait(wait) => self.add(wait),
            Request::Cancel(number) => self.cancel(number),
        }
    }

    /// A poll that was aborted has no outcome.
    fn on_polled(&mut self, polled: Option<Polled>) {
        let Some(Polled { key, attempt, outcome }) = polled else { return };
        let Some(wait) = self.waits.get_mut(&key) else { return };
        let response = wait.on_outcome(outcome);
        let is_enough = response == PollResponse::Running && !wait.options().wait_for_completion;
        self.planner.on_response(key, attempt, self.started.elapsed(), response);
        if is_enough {
            self.planner.cancel(key);
            self.complete(key, WaitOutcome::Completed);
        }
    }

    fn add(&mut self, wait: Box<ActiveWait>) {
        let since = wait.since().saturating_duration_since(self.started);
        let deadline = since.saturating_add(wait.options().timeout);
        let planned = PlannedWait { policy: wait.options().policy, deadline };
        let key = self.planner.add(self.started.elapsed(), planned);
        self.keys.insert(wait.number(), key);
        self.waits.insert(key, wait);
    }

    fn cancel(&mut self, number: u64) {
        let Some(key) = self.keys.remove(&number) else { return };
        self.planner.cancel(key);
        if let Some(wait) = self.waits.remove(&key) {
            wait.abort();
        }
    }

    fn complete(&mut self, key: Key, outcome: WaitOutcome) {
        let Some(wait) = self.waits.remove(&key) else { return };
        self.keys.remove(&wait.number());
        wait.complete(outcome);
    }

    fn poll(&mut self, key: Key, attempt: u32, deadline: Elapsed) {
        let Some(wait) = self.waits.get_mut(&key) else { return self.planner.cancel(key) };
        let call = poll(wait.source(), wait.task(), self.started, deadline);
        let (call, handle) = abortable(call);
        wait.on_poll(attempt, handle);
        let polled = call.map(move |outcome| outcome.ok().map(|outcome| Polled { key, attempt, outcome }));
        self.calls.push(polled.boxed());
    }
}

/// One poll, bounded in time. A source that panics would do so again: that is final.
async fn poll(
    source: Arc<dyn StatusSource>,
    task: Arc<TaskRef>,
    started: Instant,
    deadline: Elapsed,
) -> PollOutcome {
    let sent = Instant::now();
    let call = AssertUnwindSafe(async { source.poll_once(&task).await }).catch_unwind();
    match timeout_at(started.checked_add(deadline).unwrap_or_else(far_future), call).await {
        Ok(Ok(outcome)) => outcome,
        Ok(Err(_)) => {
            PollOutcome::Rejected { error: PollError::new("the status source panicked"), retries: 0 }
        }
        Err(_) => {
            let error = PollError::new(format!("no response within {:.1?}", sent.elapsed()));
            PollOutcome::Transient { error, retry_after: None }
        }
    }
}

async fn until(due: Option<Instant>) {
    match due {
        Some(due) => sleep_until(due).await,
        None => std::future::pending().await,
    }
}

/// A time that does not come, but can be computed with.
fn far_future() -> Instant {
    Instant::now() + Duration::from_secs(30 * 365 * 24 * 3600)
}
