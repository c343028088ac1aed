mod driver;
mod feed;
mod source;
mod wait;
mod watching;

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use tokio::{
    runtime::Handle,
    sync::mpsc::{self, UnboundedSender},
};

use self::{driver::Request, feed::feed, watching::Watching};
pub use self::{
    source::StatusSource,
    wait::{Event, Wait, WaitError, WaitErrorKind, Waited},
};
use crate::{planner::PlannerOptions, policy::PollPolicy, task::Task};

/// What holds for all tasks of a watcher: the allowed rate and how long one question may take.
pub type WatcherOptions = PlannerOptions;

/// Waits for tasks, all under one pace: a handle that is cheap to clone.
///
/// The first wait starts a driver in the current tokio runtime, which asks for all of them and ends with the last handle
/// and wait.
///
/// ```
/// # use clb_task::{Answer, StatusSource, Task, TaskReport, TaskStatus, async_trait};
/// # struct Service;
/// # #[async_trait]
/// # impl StatusSource for Service {
/// #     async fn ask(&self, _: &Task) -> Answer {
/// #         let status = TaskStatus::Succeeded;
/// #         Answer::Report(TaskReport { status, message: None, load_balancer_ids: vec![], request_id: None })
/// #     }
/// # }
/// use std::{sync::Arc, time::Duration};
/// use clb_task::{PollPolicy, TaskId, Watcher, WatcherOptions};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let watcher = Watcher::new(WatcherOptions::default());
/// let task = TaskId::parse("4a1d3c8e-0c6f-4f7b-9d55-9a3c2a1b7e10")?;
/// let timeout = Duration::from_secs(20 * 60);
/// let waited = watcher.watch(Arc::new(Service), task.into(), PollPolicy::adaptive(), timeout).await?;
/// assert_eq!((waited.report.status, waited.polls), (TaskStatus::Succeeded, 1));
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Watcher(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    options: WatcherOptions,
    /// The way to the driver, once there is one.
    driver: Mutex<Option<UnboundedSender<Request>>>,
    numbers: AtomicU64,
}

/// A wait's entry with the driver, which ends when it is dropped.
#[derive(Debug)]
pub(crate) struct Registration {
    driver: UnboundedSender<Request>,
    number: u64,
}

impl Watcher {
    /// A watcher without a driver yet; needs no runtime.
    pub fn new(options: WatcherOptions) -> Self {
        Self(Arc::new(Shared { options, driver: Mutex::new(None), numbers: AtomicU64::new(0) }))
    }

    /// Waits for a task until it has ended or `timeout` is over, counted from this call. Waiting begins at once, whether
    /// or not the result is polled. Outside a tokio runtime it ends at once with
    /// [`DriverGone`](crate::WaitErrorKind::DriverGone), unless a driver is running already.
    pub fn watch(
        &self,
        source: Arc<dyn StatusSource>,
        task: Task,
        policy: PollPolicy,
        timeout: Duration,
    ) -> Wait {
        let (feed, listener) = feed();
        let number = self.0.numbers.fetch_add(1, Ordering::Relaxed);
        let watching = Box::new(Watching::new(number, feed, source, task));
        Wait::new(listener, self.0.register(watching, policy, timeout))
    }
}

impl Shared {
    /// Hands a wait to the driver. If there is none, dropping what was to be watched tells the reader.
    fn register(
        &self,
        watching: Box<Watching>,
        policy: PollPolicy,
        timeout: Duration,
    ) -> Option<Registration> {
        let number = watching.number();
        let driver = self.driver()?;
        driver.send(Request::Watch { watching, policy, timeout }).ok()?;
        Some(Registration { driver, number })
    }

    /// The way to a driver that runs; a new one if the last has ended with its runtime.
    fn driver(&self) -> Option<UnboundedSender<Request>> {
        let mut driver = self.driver.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(running) = driver.as_ref().filter(|driver| !driver.is_closed()) {
            return Some(running.clone());
        }
        let runtime = Handle::try_current().ok()?;
        let (sender, requests) = mpsc::unbounded_channel();
        runtime.spawn(driver::run(self.options, requests));
        *driver = Some(sender.clone());
        Some(sender)
    }
}

impl Drop for Registration {
    fn drop(&mut self) {
        // A driver that is gone has nothing left to stop.
        let _ = self.driver.send(Request::Cancel(self.number));
    }
}
