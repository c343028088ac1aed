//! Waiting for tasks.

use std::{
    collections::HashMap,
    fmt,
    future::Future,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll, ready},
    time::Duration,
};

use clb_task::{TaskRef, TaskStatus, Wait, WaitEvents, WaitOptions, WaitReport, Waiter, WaiterOptions};
use futures_util::future::join_all;

use crate::{CallError, Client, Service, rate_limits::RateLimits};

/// The waiters of a client and its clones: one for each service and action that reports tasks.
pub(crate) struct Waiters {
    request_timeout: Duration,
    waiters: Mutex<HashMap<(Service, String), Waiter>>,
}

/// Waiting for one task: a future of the report about a task that succeeded. A failed task is an error.
///
/// Waiting continues whether or not this is polled. Dropping it ends the wait at once.
#[derive(Debug)]
#[must_use = "dropping it ends the wait"]
pub struct TaskWait(Wait);

impl Client {
    /// Waits for a task until it succeeds. A failed task is [`CallError::TaskFailed`].
    ///
    /// All waits of a client and its clones share one rate limiter. With `wait_for_completion` set to `false` in the
    /// options, the report may also be about a running task.
    pub fn wait(&self, task: impl Into<TaskRef>, options: WaitOptions) -> TaskWait {
        TaskWait(self.wait_for_report(task, options))
    }

    /// Waits for a task until it completes, and reports how: a failed task is no error here.
    pub fn wait_for_report(&self, task: impl Into<TaskRef>, options: WaitOptions) -> Wait {
        let waiter =
            self.shared().waiters.of(self.service_ref(), self.poller().action(), &self.shared().limits);
        waiter.wait(Arc::new(self.clone()), task, options)
    }

    /// Waits for many tasks at once; the results are in the order of `tasks`.
    pub async fn wait_all<T: Into<TaskRef>>(
        &self,
        tasks: impl IntoIterator<Item = T>,
        options: WaitOptions,
    ) -> Vec<Result<WaitReport, CallError>> {
        let waits: Vec<_> = tasks.into_iter().map(|task| self.wait(task, options)).collect();
        join_all(waits).await
    }
}

impl TaskWait {
    /// What happens from the start of the wait to its end. The events can be taken once; after that there are none.
    pub fn events(&mut self) -> WaitEvents {
        self.0.events()
    }
}

impl Future for TaskWait {
    type Output = Result<WaitReport, CallError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let result = ready!(Pin::new(&mut self.0).poll(cx));
        Poll::Ready(match result {
            Ok(wait) if wait.report.status == TaskStatus::Failed => Err(CallError::task_failed(wait, None)),
            Ok(wait) => Ok(wait),
            Err(error) => Err(CallError::wait(error, None)),
        })
    }
}

impl Waiters {
    pub(crate) fn new(request_timeout: Duration) -> Self {
        Self { request_timeout, waiters: Mutex::default() }
    }

    /// The waiter of a service, whose polls share the rate limiter of their action.
    fn of(&self, service: &Service, action: &str, limits: &RateLimits) -> Waiter {
        let mut waiters = self.waiters.lock().unwrap_or_else(PoisonError::into_inner);
        let make = || {
            let limiter = limits.of(service, action);
            let options = WaiterOptions {
                requests_per_second: limiter.allowed(),
                request_timeout: self.request_timeout,
            };
            Waiter::with_rate_limiter(options, limiter)
        };
        waiters.entry((service.clone(), action.to_owned())).or_insert_with(make).clone()
    }
}

impl fmt::Debug for Waiters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Waiters").field("request_timeout", &self.request_timeout).finish_non_exhaustive()
    }
}
