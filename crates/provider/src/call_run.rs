//! Sending a call and waiting for its task, until the user presses Ctrl-C.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use clb_api::clb_task::{self, TaskId, TaskReport, TaskStatus};
use clb_api::{AcceptedCall, ApiError, CallError, CallEvent, Client, PreparedCall, Response};
use tfplugin::{Context, Diagnostic, Diagnostics, Progress as Lines};
use tokio::time::Instant;
use tracing::{info, warn};

use crate::call_arguments::Call;
use crate::call_diagnostics;
use crate::diagnostics::error_text;
use crate::provider_data::{ProviderData, location};
use crate::timeouts::Operation;
use crate::wait::Progress;
use crate::wait_options::WaitOptions;

/// A call of an operation: how it is sent and waited for.
#[derive(Debug)]
pub(crate) struct CallRun<'a> {
    client: Client,
    call: &'a Call,
    options: clb_task::WaitOptions,
    operation: Operation,
    context: &'a Context<ProviderData>,
    observer: CallObserver,
}

/// Why a call has not succeeded.
#[derive(Debug)]
pub(crate) enum CallFailure {
    /// The error of the engine.
    Call(Box<CallError>),
    /// Terraform was told to stop while the task of the accepted call was waited for.
    Interrupted,
    /// The RequestId in state cannot be one.
    InvalidRequestId,
}

/// Codes about an object inside a load balancer that does not exist.
const NOT_FOUND: [&str; 2] = ["InvalidParameter.ListenerIdNotFound", "InvalidParameter.LocationNotFound"];

/// What is seen of a call while it is sent and waited for. Clones share it.
#[derive(Clone, Debug)]
pub(crate) struct CallObserver(Arc<Mutex<CallProgress>>);

/// What was seen of a call.
#[derive(Clone, Debug)]
pub(crate) struct CallProgress {
    pub(crate) started: Instant,
    /// The RequestId of the accepted call.
    pub(crate) request_id: Option<String>,
    /// What was seen of its task.
    pub(crate) task: Progress,
    /// The error of the last attempt that was followed by another one.
    pub(crate) attempt_error: Option<ApiError>,
    /// The resource that another call of this process is about.
    pub(crate) queued_for: Option<String>,
    /// Where progress is reported.
    lines: Option<Lines>,
}

impl<'a> CallRun<'a> {
    /// A call in the region of the options. Nothing is sent yet.
    pub(crate) fn new(
        call: &'a Call,
        options: &WaitOptions,
        operation: Operation,
        context: &'a Context<ProviderData>,
    ) -> Result<Self, Diagnostics> {
        let client = context.client().known_client(options.region.clone())?;
        let options =
            clb_task::WaitOptions::default().with_policy(options.policy).with_timeout(options.timeout);
        Ok(Self { client, call, options, operation, context, observer: CallObserver::new() })
    }

    /// Reports a line when the service has accepted the call.
    pub(crate) fn with_lines(self, lines: &Lines) -> Self {
        self.observer.lock().lines = Some(lines.clone());
        self
    }

    /// The time since the operation started.
    pub(crate) fn elapsed(&self) -> Duration {
        self.observer.progress().started.elapsed()
    }

    /// Says what the call waits for, for progress.
    pub(crate) fn summary(&self) -> String {
        let progress = self.observer.progress();
        let error = progress.attempt_error.map(|error| error.poll_error()).or(progress.task.error);
        let error = error.map(|error| format!("; last error: {}", error_text(&error))).unwrap_or_default();
        match (progress.request_id, progress.queued_for) {
            (Some(id), _) => format!("the task of {} (RequestId {id}){error}", self.call.action),
            (None, Some(resource)) => {
                format!("{}, which an earlier call about {resource} holds up{error}", self.call.action)
            }
            (None, None) => format!("the service to accept {}{error}", self.call.action),
        }
    }

    /// Sends the call until the service accepts it. After Ctrl-C nothing is sent any more.
    pub(crate) async fn send(&self) -> Result<AcceptedCall, CallFailure> {
        let sent = self.prepare()?.send_unless(self.options, self.context.cancelled()).await;
        self.context.client().warn(self.context);
        Ok(sent?)
    }

    /// Continues to wait for a call that was accepted earlier. Nothing is sent but polls.
    pub(crate) fn resume(&self, request_id: &str) -> Result<AcceptedCall, CallFailure> {
        let Ok(id) = TaskId::parse(request_id) else { return Err(CallFailure::InvalidRequestId) };
        self.observer.lock().request_id = Some(request_id.to_owned());
        Ok(self.prepare()?.resume(id, self.options))
    }

    /// Waits until the task of the accepted call succeeds.
    pub(crate) async fn wait(&self, accepted: AcceptedCall) -> Result<TaskReport, CallFailure> {
        let completed = tokio::select! {
            biased;
            () = self.context.cancelled() => Err(CallFailure::Interrupted),
            completed = accepted.wait() => completed.map_err(CallFailure::from),
        };
        self.context.client().warn(self.context);
        let Some(wait) = completed?.wait else {
            self.context.warn(call_diagnostics::undocumented_outcome(&self.call.action));
            return Ok(report(TaskStatus::Succeeded));
        };
        Ok(wait.report)
    }

    /// The diagnostic of a failure, in the words of the operation.
    pub(crate) async fn diagnostic(&self, failure: &CallFailure) -> Diagnostic {
        let location = location(&self.client).await;
        let progress = self.observer.progress();
        call_diagnostics::failure(&self.call.action, failure, &progress, &location, self.operation)
    }

    /// The warning about a destroy call whose object does not exist.
    pub(crate) async fn gone(&self, failure: &CallFailure) -> Diagnostic {
        call_diagnostics::gone(&self.call.action, failure, &location(&self.client).await)
    }

    fn prepare(&self) -> Result<PreparedCall, CallFailure> {
        let call = self.client.prepare_call(&self.call.action, self.call.parameters.as_json())?;
        let (observer, action) = (self.observer.clone(), self.call.action.clone());
        Ok(call.on_event(move |event| observer.record(&action, event)))
    }
}

/// A report about a task of which nothing but the status is known.
pub(crate) fn report(status: TaskStatus) -> TaskReport {
    TaskReport { status, message: None, load_balancer_ids: Vec::new(), request_id: None }
}

impl From<CallError> for CallFailure {
    fn from(error: CallError) -> Self {
        Self::Call(Box::new(error))
    }
}

impl CallFailure {
    /// The response of the service, if it accepted the call.
    pub(crate) fn response(&self) -> Option<&Response> {
        match self {
            Self::Call(error) => error.response(),
            Self::Interrupted | Self::InvalidRequestId => None,
        }
    }

    /// The last report about a task that has failed.
    pub(crate) fn failed_task(&self) -> Option<&TaskReport> {
        match self {
            Self::Call(error) => match error.as_ref() {
                CallError::TaskFailed { wait, .. } => Some(&wait.report),
                _ => None,
            },
            Self::Interrupted | Self::InvalidRequestId => None,
        }
    }
}

impl CallFailure {
    /// Whether the service rejected the call because the object does not exist.
    pub(crate) fn is_not_found(&self) -> bool {
        let Self::Call(error) = self else { return false };
        let CallError::Rejected(error) = error.as_ref() else { return false };
        error.is_not_found() || error.code().is_some_and(|code| NOT_FOUND.contains(&code))
    }
}

impl CallObserver {
    fn new() -> Self {
        Self(Arc::new(Mutex::new(CallProgress {
            started: Instant::now(),
            request_id: None,
            task: Progress::default(),
            attempt_error: None,
            queued_for: None,
            lines: None,
        })))
    }

    /// What was seen so far.
    pub(crate) fn progress(&self) -> CallProgress {
        self.lock().clone()
    }

    fn record(&self, action: &str, event: &CallEvent) {
        let mut progress = self.lock();
        match event {
            CallEvent::Queued { resource } => {
                info!(action, resource, "the call waits for another one about the same resource");
                progress.queued_for = Some(resource.clone());
            }
            CallEvent::Throttled { error, pause }
            | CallEvent::Busy { error, pause }
            | CallEvent::Resent { error, pause } => {
                warn!(action, code = error.code(), ?pause, "the call is sent again after a pause");
                progress.attempt_error = Some(error.clone());
            }
            CallEvent::Accepted(response) => {
                info!(action, request_id = response.request_id, "the service accepted the call");
                progress.request_id = Some(response.request_id.clone());
                if let Some(lines) = &progress.lines {
                    lines
                        .report(format!("The service accepted {action} (RequestId {})", response.request_id));
                }
            }
            CallEvent::Wait(event) => progress.task.record(event.clone()),
            _ => {}
        }
    }

    fn lock(&self) -> MutexGuard<'_, CallProgress> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
