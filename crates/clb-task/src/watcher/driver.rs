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

use super::{WatcherOptions, source::StatusSource, watching::Watching};
use crate::{
    answer::{Answer, Trouble},
    planner::{Elapsed, Ending, Key, Planner, Reply, Step, Watch},
    policy::PollPolicy,
    task::Task,
};

/// What waits want of the driver.
pub(crate) enum Request {
    Watch { watching: Box<Watching>, policy: PollPolicy, timeout: Duration },
    Cancel(u64),
}

/// Follows the planner until the last handle and wait are gone.
pub(crate) async fn run(options: WatcherOptions, mut requests: UnboundedReceiver<Request>) {
    let mut driver = Driver::new(options);
    loop {
        let due = driver.advance();
        tokio::select! {
            biased;
            request = requests.recv() => match request {
                Some(request) => driver.on_request(request),
                None => return,
            },
            Some(replied) = driver.calls.next() => driver.on_replied(replied),
            () = until(due) => {}
        }
    }
}

struct Driver {
    started: Instant,
    planner: Planner,
    waits: HashMap<Key, Box<Watching>>,
    keys: HashMap<u64, Key>,
    calls: FuturesUnordered<BoxFuture<'static, Option<Replied>>>,
}

/// The answer to one question.
struct Replied {
    key: Key,
    attempt: u32,
    answer: Answer,
}

impl Driver {
    fn new(options: WatcherOptions) -> Self {
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
                Step::Ask { key, attempt, answer_by } => self.ask(key, attempt, answer_by),
                Step::Ended { key, ending } => self.finish(key, ending),
                Step::WaitUntil(due) => return self.started.checked_add(due),
                Step::Idle => return None,
            }
        }
    }

    fn on_request(&mut self, request: Request) {
        match request {
            Request::Watch { watching, policy, timeout } => self.watch(watching, policy, timeout),
            Request::Cancel(number) => self.cancel(number),
        }
    }

    /// A question that was called back has no reply.
    fn on_replied(&mut self, replied: Option<Replied>) {
        let Some(Replied { key, attempt, answer }) = replied else { return };
        let Some(watching) = self.waits.get_mut(&key) else { return };
        let reply = watching.on_answer(answer);
        let enough = reply == Reply::Running && watching.ends_with_an_answer();
        self.planner.on_reply(key, attempt, self.started.elapsed(), reply);
        if enough {
            self.planner.cancel(key);
            self.finish(key, Ending::Done);
        }
    }

    fn watch(&mut self, watching: Box<Watching>, policy: PollPolicy, timeout: Duration) {
        let since = watching.since().saturating_duration_since(self.started);
        let watch = Watch { policy, deadline: since.saturating_add(timeout) };
        let key = self.planner.add(self.started.elapsed(), watch);
        self.keys.insert(watching.number(), key);
        self.waits.insert(key, watching);
    }

    fn cancel(&mut self, number: u64) {
        let Some(key) = self.keys.remove(&number) else { return };
        self.planner.cancel(key);
        if let Some(watching) = self.waits.remove(&key) {
            watching.call_back();
        }
    }

    fn finish(&mut self, key: Key, ending: Ending) {
        let Some(watching) = self.waits.remove(&key) else { return };
        self.keys.remove(&watching.number());
        watching.end(ending);
    }

    fn ask(&mut self, key: Key, attempt: u32, answer_by: Elapsed) {
        let Some(watching) = self.waits.get_mut(&key) else { return self.planner.cancel(key) };
        let call = ask(watching.source(), watching.task(), self.started, answer_by);
        let (call, handle) = abortable(call);
        watching.on_asked(attempt, handle);
        let replied = call.map(move |answer| answer.ok().map(|answer| Replied { key, attempt, answer }));
        self.calls.push(replied.boxed());
    }
}

/// One question, bounded in time. A source that panics would go on to: that is final.
async fn ask(source: Arc<dyn StatusSource>, task: Arc<Task>, started: Instant, answer_by: Elapsed) -> Answer {
    let sent = Instant::now();
    let question = AssertUnwindSafe(async { source.ask(&task).await }).catch_unwind();
    match timeout_at(started.checked_add(answer_by).unwrap_or_else(far_future), question).await {
        Ok(Ok(answer)) => answer,
        Ok(Err(_)) => Answer::Refused { trouble: Trouble::new("the status source panicked"), again: 0 },
        Err(_) => {
            let trouble = Trouble::new(format!("no answer within {:.1?}", sent.elapsed()));
            Answer::NoAnswer { trouble, retry_after: None }
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
