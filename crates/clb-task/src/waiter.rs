mod active_wait;
mod driver;
mod event;
mod options;
mod source;
mod subject;
mod wait;

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use tokio::{
    runtime::{self, Handle},
    sync::{
        mpsc::{self, UnboundedSender},
        oneshot,
    },
};

use self::{active_wait::ActiveWait, driver::Request};
pub use self::{
    event::{WaitEvent, WaitEvents},
    options::WaitOptions,
    source::StatusSource,
    wait::{Hold, Wait, WaitError, WaitErrorKind, WaitReport, WaitResult},
};
use crate::{planner::PlannerOptions, rate_limiter::SharedRateLimiter, task::TaskRef};

/// What holds for all waits of a waiter: the allowed rate and how long one poll may take.
pub type WaiterOptions = PlannerOptions;

/// Waits for tasks, all under one rate limit: a handle that is cheap to clone.
///
/// The first wait in a tokio runtime starts a driver there, which polls for all waits of that runtime and ends with the
/// last handle and wait. Waits for the same task, through the same source, share their polls.
///
/// ```
/// # use clb_task::{PollOutcome, StatusSource, TaskRef, TaskReport, TaskStatus, async_trait};
/// # struct Service;
/// # #[async_trait]
/// # impl StatusSource for Service {
/// #     async fn poll_once(&self, _: &TaskRef) -> PollOutcome {
/// #         let status = TaskStatus::Succeeded;
/// #         PollOutcome::Report(TaskReport { status, message: None, load_balancer_ids: vec![], request_id: None })
/// #     }
/// # }
/// use std::sync::Arc;
/// use clb_task::{TaskId, WaitOptions, Waiter, WaiterOptions};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let waiter = Waiter::new(WaiterOptions::default());
/// let task = TaskId::parse("4a1d3c8e-0c6f-4f7b-9d55-9a3c2a1b7e10")?;
/// let done = waiter.wait(Arc::new(Service), task, WaitOptions::default()).await?;
/// assert_eq!((done.report.status, done.polls), (TaskStatus::Succeeded, 1));
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Waiter(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    options: WaiterOptions,
    limiter: SharedRateLimiter,
    /// The way to the driver of each runtime, so that a runtime that is blocked or gone stops no waits but its own.
    drivers: Mutex<HashMap<runtime::Id, UnboundedSender<Request>>>,
    numbers: AtomicU64,
}

/// A wait's entry with the driver, which ends when it is dropped.
#[derive(Debug)]
struct Registration {
    driver: UnboundedSender<Request>,
    number: u64,
}

impl Waiter {
    /// A waiter without a driver yet; needs no runtime.
    pub fn new(options: WaiterOptions) -> Self {
        Self::with_rate_limiter(options, SharedRateLimiter::new(options.requests_per_second))
    }

    /// A waiter whose polls share a rate limiter with other requests, at the limiter's rate instead of the options'.
    pub fn with_rate_limiter(options: WaiterOptions, limiter: SharedRateLimiter) -> Self {
        let options = WaiterOptions { requests_per_second: limiter.allowed(), ..options };
        let (drivers, numbers) = (Mutex::default(), AtomicU64::new(0));
        Self(Arc::new(Shared { options, limiter, drivers, numbers }))
    }

    /// The rate limiter of all polls, for requests that count against the same limit: those that a source sends again within
    /// one poll.
    pub fn rate_limiter(&self) -> &SharedRateLimiter {
        &self.0.limiter
    }

    /// Waits for a task until it completes or the timeout passes, counted from this call. Waiting begins at once, whether
    /// or not the result is polled. Outside a tokio runtime it ends at once with
    /// [`DriverGone`](crate::WaitErrorKind::DriverGone), unless a driver is running already.
    pub fn wait(
        &self,
        source: Arc<dyn StatusSource>,
        task: impl Into<TaskRef>,
        options: WaitOptions,
    ) -> Wait {
        let (event_sender, events) = event::channel();
        let (result_sender, result) = oneshot::channel();
        let number = self.0.numbers.fetch_add(1, Ordering::Relaxed);
        let wait = ActiveWait::new(number, source, task.into(), options, event_sender, result_sender);
        Wait::new(result, events, self.0.register(Box::new(wait)))
    }
}

impl Shared {
    /// Hands a wait to the driver. If there is none, dropping the wait ends it.
    fn register(&self, wait: Box<ActiveWait>) -> Option<Registration> {
        let number = wait.number();
        let driver = self.driver()?;
        driver.send(Request::Wait(wait)).ok()?;
        Some(Registration { driver, number })
    }

    /// The way to the driver of the current runtime, begun if need be; outside a runtime, to any driver that runs.
    fn driver(&self) -> Option<UnboundedSender<Request>> {
        let mut drivers = self.drivers.lock().unwrap_or_else(PoisonError::into_inner);
        drivers.retain(|_, driver| !driver.is_closed());
        let Ok(runtime) = Handle::try_current() else { return drivers.values().next().cloned() };
        let driver = drivers.entry(runtime.id()).or_insert_with(|| {
            let (sender, requests) = mpsc::unbounded_channel();
            runtime.spawn(driver::run(self.options, self.limiter.clone(), requests));
            sender
        });
        Some(driver.clone())
    }
}

impl Drop for Registration {
    fn drop(&mut self) {
        // A driver that is gone has nothing left to cancel.
        let _ = self.driver.send(Request::Cancel(self.number));
    }
}
