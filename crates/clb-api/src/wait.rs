//! Calls that are waited for.

use std::{sync::Arc, time::Duration};

use clb_task::{InvalidTaskError, TaskId, TaskRef, Wait, WaitError, WaitOptions, WaitReport};
use futures_util::future::join_all;
use serde::Serialize;
use tokio::time::{Instant, sleep};

use crate::{ApiError, Client, Response};

/// A call that was accepted, and what became of its task.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct CompletedCall {
    /// The answer to the call.
    pub response: Response,
    /// The task's end; a failed task ends, too.
    pub waited: WaitReport,
}

/// A call that was not accepted, or whose task was not seen to end.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CallError {
    /// The call itself failed.
    #[error(transparent)]
    Call(#[from] ApiError),
    /// The call was accepted, but its answer names no task.
    #[error("the call was accepted, but its answer has no usable RequestId: {problem}")]
    NoTask {
        /// The answer.
        response: Box<Response>,
        /// What is wrong with its `RequestId`.
        problem: InvalidTaskError,
    },
    /// The call was accepted, and its task may still be running.
    #[error("the call was accepted: {error}")]
    Wait {
        /// The answer.
        response: Box<Response>,
        /// What ended the wait.
        error: Box<WaitError>,
    },
}

/// Between two tries of the same call: a second at first, then twice as long each time, ten seconds at most.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

impl Client {
    /// Makes a call, again and again while the service certainly does not act on it (throttled, load balancer busy,
    /// connection refused), until it is accepted or `patience` is over. Then, and after any other error, that error
    /// is the outcome.
    ///
    /// This is how a change may be repeated. [`call`](Self::call) leaves that to its caller.
    pub async fn call_until_accepted(
        &self,
        action: &str,
        parameters: &(impl Serialize + Sync),
        patience: Duration,
    ) -> Result<Response, ApiError> {
        let began = Instant::now();
        let mut pause = FIRST_PAUSE;
        loop {
            let error = match self.call(action, parameters).await {
                Err(error) if error.is_safe_to_resend() => error,
                done => return done,
            };
            let rest = error.retry_after().unwrap_or_default().max(pause);
            if began.elapsed().saturating_add(rest) > patience {
                return Err(error);
            }
            sleep(rest).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    /// Makes an asynchronous call, once, and waits for its task.
    pub async fn call_and_wait(
        &self,
        action: &str,
        parameters: &(impl Serialize + Sync),
        options: WaitOptions,
    ) -> Result<CompletedCall, CallError> {
        let response = self.call(action, parameters).await?;
        let task = match response.task_id() {
            Ok(task) => task,
            Err(problem) => return Err(CallError::NoTask { response: Box::new(response), problem }),
        };
        match self.wait(task, options).await {
            Ok(waited) => Ok(CompletedCall { response, waited }),
            Err(error) => Err(CallError::Wait { response: Box::new(response), error: Box::new(error) }),
        }
    }

    /// Waits for a task: a future of its end, and a stream of what happens until then. All waits of a client and its
    /// clones share one pace.
    pub fn wait(&self, task: impl Into<TaskRef>, options: WaitOptions) -> Wait {
        self.waiter().wait(Arc::new(self.clone()), task, options)
    }

    /// Waits for many tasks at once; the outcomes are in the order of `tasks`.
    pub async fn wait_all<T: Into<TaskRef>>(
        &self,
        tasks: impl IntoIterator<Item = T>,
        options: WaitOptions,
    ) -> Vec<Result<WaitReport, WaitError>> {
        let waits: Vec<_> = tasks.into_iter().map(|task| self.wait(task, options)).collect();
        join_all(waits).await
    }
}

impl Response {
    /// The task that an asynchronous call has started: its own `RequestId`.
    pub fn task_id(&self) -> Result<TaskId, InvalidTaskError> {
        TaskId::parse(self.request_id.as_deref().unwrap_or_default())
    }
}
