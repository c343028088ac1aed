//! A call that the service has accepted.

use std::{fmt, time::Duration};

use clb_task::{TaskRef, TaskStatus, WaitError, WaitErrorKind, WaitOptions, WaitReport};

use super::{
    CallError, CallEvent, Outcome, PreparedCall,
    order::{Accepted, Turn},
};
use crate::{
    Response,
    error_table::{ErrorScope, scope},
};

/// A call that the service has accepted, and whose task may be running.
///
/// It keeps later calls of this process from the resources that it names. If it is dropped before its task completes,
/// they first wait for that task themselves.
#[must_use = "the task may still be running: wait for it, or say `without_waiting`"]
pub struct AcceptedCall {
    call: PreparedCall,
    response: Response,
    task: TaskRef,
    noted: Accepted,
    _turn: Option<Turn>,
    /// With what is left of the timeout.
    options: WaitOptions,
    /// The timeout of the whole call.
    timeout: Duration,
}

/// A call whose task has succeeded, or whose response is the outcome.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct CompletedCall {
    /// The response to the call.
    pub response: Response,
    /// The last report about the task. `None` if nothing was waited for, or if the service does not know the task of
    /// an action whose outcome is [undocumented](Outcome::Undocumented): then the response is the outcome.
    pub wait: Option<WaitReport>,
}

impl AcceptedCall {
    pub(super) fn new(
        call: PreparedCall,
        response: Response,
        task: TaskRef,
        noted: Accepted,
        turn: Option<Turn>,
        options: WaitOptions,
        timeout: Duration,
    ) -> Self {
        Self { call, response, task, noted, _turn: turn, options, timeout }
    }

    /// The response to the call.
    pub fn response(&self) -> &Response {
        &self.response
    }

    /// The id of the call, which is the id of its task unless a [`TaskPoller`](crate::TaskPoller) says otherwise.
    pub fn request_id(&self) -> &str {
        &self.response.request_id
    }

    /// The task that the call has started.
    pub fn task(&self) -> &TaskRef {
        &self.task
    }

    /// Waits until the task succeeds, for what is left of the timeout. A failed task is [`CallError::TaskFailed`].
    pub async fn wait(self) -> Result<CompletedCall, CallError> {
        let mut wait =
            self.call.client.wait_for_report(self.task.clone(), self.options.with_wait_for_completion(true));
        let mut events = wait.events();
        let tell = async {
            while let Some(event) = events.next().await {
                (self.call.on_event)(&CallEvent::Wait(event));
            }
        };
        let (result, ()) = tokio::join!(wait, tell);
        if !matches!(&result, Err(error) if matches!(error.kind, WaitErrorKind::TimedOut | WaitErrorKind::DriverGone))
        {
            self.noted.complete();
        }
        match result {
            Ok(wait) if wait.report.status == TaskStatus::Failed => {
                Err(CallError::task_failed(wait, Some(Box::new(self.response))))
            }
            Ok(wait) => Ok(CompletedCall { response: self.response, wait: Some(wait) }),
            Err(error) if self.call.outcome != Outcome::Task && is_unknown_task(&error) => {
                Ok(CompletedCall { response: self.response, wait: None })
            }
            Err(mut error) => {
                error.timeout = self.timeout;
                Err(CallError::wait(error, Some(Box::new(self.response))))
            }
        }
    }

    /// Takes the call for completed. Later calls of this process about the same resources wait for its task.
    pub fn without_waiting(self) -> CompletedCall {
        CompletedCall { response: self.response, wait: None }
    }
}

impl fmt::Debug for AcceptedCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AcceptedCall").field("response", &self.response).finish_non_exhaustive()
    }
}

/// Whether the service has never reported a status of the task, and rejects polls about it.
fn is_unknown_task(error: &WaitError) -> bool {
    let WaitErrorKind::Rejected(rejection) = &error.kind else { return false };
    let is_about_task = rejection.code.as_deref().is_some_and(|code| scope(code) == ErrorScope::Resource);
    is_about_task && error.last_status.is_none()
}
