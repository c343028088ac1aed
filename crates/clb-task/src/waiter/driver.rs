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

use super::{WaiterOptions, active_wait::ActiveWait, source::StatusSource, subject::Subjects};
use crate::{
    planner::{Elapsed, Key, PlannedWait, Planner, PollResponse, Step, WaitOutcome},
    poll_outcome::{PollError, PollOutcome},
    rate_limiter::SharedRateLimiter,
    task::TaskRef,
};

/// What waits want of the driver.
pub(super) enum Request {
    Wait(Box<ActiveWait>),
    Cancel(u64),
}

/// Follows the planner until the last handle and wait are gone.
pub(super) async fn run(
    options: WaiterOptions,
    limiter: SharedRateLimiter,
    mut requests: UnboundedReceiver<Request>,
) {
    let mut driver = Driver::new(options, limiter);
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

/// The waits of one runtime. Drivers share the rate limiter, and thereby what time their planners count from.
struct Driver {
    limiter: SharedRateLimiter,
    planner: Planner,
    waits: HashMap<Key, Box<ActiveWait>>,
    keys: HashMap<u64, Key>,
    subjects: Subjects,
    /// The last throttled response.
    throttled: Option<PollError>,
    calls: FuturesUnordered<BoxFuture<'static, Option<Polled>>>,
}

/// The outcome of one poll.
struct Polled {
    key: Key,
    attempt: u32,
    outcome: PollOutcome,
}

impl Driver {
    fn new(options: WaiterOptions, limiter: SharedRateLimiter) -> Self {
        Self {
            limiter,
            planner: Planner::new(options),
            waits: HashMap::new(),
            keys: HashMap::new(),
            subjects: Subjects::default(),
            throttled: None,
            calls: FuturesUnordered::new(),
        }
    }

    /// Does what there is to do now, and says when there will be more.
    fn advance(&mut self) -> Option<Instant> {
        loop {
            match self.plan(Planner::next) {
                Step::Poll { key, attempt, deadline } => self.poll(key, attempt, deadline),
                Step::Completed { key, outcome } => self.complete(key, outcome),
                Step::WaitUntil(due) => return self.limiter.started().checked_add(due),
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
        if let PollOutcome::Throttled { error, .. } = &outcome {
            self.throttled = Some(error.clone());
        }
        let sharing = self.planner.sharing(key);
        let mut response = None;
        for key in &sharing {
            response = self.waits.get_mut(key).map(|wait| wait.on_outcome(outcome.clone())).or(response);
        }
        let Some(response) = response else { return };
        self.plan(|planner, now| planner.on_response(key, attempt, now, response));
        for key in sharing {
            if response == PollResponse::Running {
                self.complete_if_reported(key);
            }
            self.tell_next_poll(key);
        }
    }

    fn tell_next_poll(&self, key: Key) {
        if let (Some(wait), Some(due)) = (self.waits.get(&key), self.planner.next_poll(key)) {
            wait.tell_next_poll(due.saturating_sub(self.limiter.now()));
        }
    }

    /// A report is all that some waits are for.
    fn complete_if_reported(&mut self, key: Key) {
        if self.waits.get(&key).is_some_and(|wait| !wait.options().wait_for_completion) {
            self.planner.cancel(key);
            self.complete(key, WaitOutcome::Completed);
        }
    }

    fn add(&mut self, mut wait: Box<ActiveWait>) {
        let since = wait.since().saturating_duration_since(self.limiter.started());
        let deadline = since.saturating_add(wait.options().timeout);
        let planned = PlannedWait { policy: wait.options().policy, deadline };
        let same_task = self.subjects.any(wait.subject());
        let key = self.plan(|planner, now| match same_task {
            Some(other) => planner.add_for_same_task(now, planned, other),
            None => planner.add(now, planned),
        });
        wait.begin(self.held_for());
        if self.planner.is_in_flight(key) {
            wait.on_poll();
        }
        self.keys.insert(wait.number(), key);
        self.subjects.add(wait.subject().clone(), key);
        self.waits.insert(key, wait);
    }

    fn cancel(&mut self, number: u64) {
        let Some(key) = self.keys.remove(&number) else { return };
        self.planner.cancel(key);
        if let Some(wait) = self.waits.remove(&key) {
            self.subjects.remove(wait.subject(), key);
            wait.abort();
        }
    }

    fn complete(&mut self, key: Key, outcome: WaitOutcome) {
        let Some(wait) = self.waits.remove(&key) else { return };
        self.keys.remove(&wait.number());
        self.subjects.remove(wait.subject(), key);
        wait.complete(outcome, self.held_for(), self.throttled.as_ref());
    }

    fn poll(&mut self, key: Key, attempt: u32, deadline: Elapsed) {
        let Some(wait) = self.waits.get_mut(&key) else { return self.planner.cancel(key) };
        let call = poll(wait.source(), wait.task(), self.limiter.started(), deadline);
        let (call, handle) = abortable(call);
        wait.set_call(handle);
        for key in self.planner.sharing(key) {
            if let Some(wait) = self.waits.get_mut(&key) {
                wait.on_poll();
            }
        }
        let polled = call.map(move |outcome| outcome.ok().map(|outcome| Polled { key, attempt, outcome }));
        self.calls.push(polled.boxed());
    }

    /// Lets the planner work with the shared rate limiter, now.
    fn plan<T>(&mut self, work: impl FnOnce(&mut Planner, Elapsed) -> T) -> T {
        let now = self.limiter.now();
        let mut limiter = self.limiter.lock();
        self.planner.with_rate_limiter(&mut limiter, |planner| work(planner, now))
    }

    fn held_for(&self) -> Duration {
        self.limiter.lock().held_for(self.limiter.now())
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
