//! Why a call did not complete, or its task did not succeed.

use std::{sync::Arc, time::Duration};

use clb_task::{InvalidTaskError, WaitError, WaitErrorKind, WaitReport};

use super::ActionError;
use crate::{ApiError, Response};

/// A call that was not accepted, or whose task was not seen to succeed.
///
/// [`response`](Self::response) tells whether the service accepted the call, and [`may_have_acted`](Self::may_have_acted)
/// whether the service may have done something.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CallError {
    /// The action cannot be called and waited for. Nothing was sent.
    #[error(transparent)]
    Action(#[from] ActionError),
    /// The service rejected the call, or the client is not configured for it.
    #[error(transparent)]
    Rejected(#[from] ApiError),
    /// Until the timeout, the service did not accept the call: it was throttled, the resource was busy, or the service
    /// could not be reached. The service certainly did not act on it.
    #[error("the call was not accepted within {timeout:.1?} ({attempts} attempts)")]
    NotAccepted {
        /// The error of the last attempt.
        #[source]
        error: Box<ApiError>,
        /// How many attempts were made.
        attempts: u32,
        /// The timeout of the call.
        timeout: Duration,
    },
    /// Until the timeout, another call of this process about the same resource did not complete. Nothing was sent.
    #[error(
        "the call was not sent within {timeout:.1?}: an earlier call about the same resource has not completed"
    )]
    NotSent {
        /// The timeout of the call.
        timeout: Duration,
    },
    /// A request was sent, and it is not known whether the service acted on it. Without a `ClientToken` it was not sent
    /// again, since that might have repeated the change.
    #[error("the call may have been carried out, and {}", if *.repeated { "was repeated with one ClientToken" } else { "was not repeated" })]
    Ambiguous {
        /// Whether it was sent again with the same `ClientToken`, so that it was carried out once at most.
        repeated: bool,
        /// What is known.
        #[source]
        error: Box<ApiError>,
    },
    /// The call was interrupted before the service accepted it.
    #[error("the call was interrupted {}", if *.may_have_acted { "before its response arrived" } else { "before it was sent" })]
    Interrupted {
        /// Whether a request had been sent, so that the service may have acted on it.
        may_have_acted: bool,
    },
    /// The call was accepted, but its response names no task.
    #[error("the call was accepted, but its response names no task")]
    NoTask {
        /// The response to the call.
        response: Box<Response>,
        /// What is wrong with its `RequestId`, or the field that has the id of the task.
        #[source]
        error: InvalidTaskError,
    },
    /// The response lists what the call did not do.
    #[error("the call did not work for {}{}", failed.join(", "), message.as_ref().map(|text| format!(": {text}")).unwrap_or_default())]
    PartlyFailed {
        /// The response to the call.
        response: Box<Response>,
        /// The ids of the listeners for which it did not work.
        failed: Vec<String>,
        /// The reason, if the service gives one.
        message: Option<String>,
    },
    /// The call was carried out, but its response is not what its model expects.
    #[error("the call was carried out, but its response cannot be read")]
    Unreadable {
        /// The response to the call.
        response: Box<Response>,
        /// Where it differs.
        #[source]
        error: Arc<serde_json::Error>,
    },
    /// The task has failed.
    #[error("the task failed: {}", message.as_deref().unwrap_or("the service gave no reason"))]
    TaskFailed {
        /// The reason, if the service gives one.
        message: Option<String>,
        /// The last report about the task, and how long it took.
        wait: Box<WaitReport>,
        /// The response to the call, if the task was waited for as part of a call.
        response: Option<Box<Response>>,
    },
    /// The task was not seen to complete, and may still be running.
    #[error("{}the task was not seen to complete", if response.is_some() { "the call was accepted, but " } else { "" })]
    Wait {
        /// What ended the wait.
        #[source]
        error: Box<WaitError>,
        /// The response to the call, if the task was waited for as part of a call.
        response: Option<Box<Response>>,
    },
}

impl CallError {
    pub(crate) fn task_failed(wait: WaitReport, response: Option<Box<Response>>) -> Self {
        Self::TaskFailed { message: wait.report.message.clone(), wait: Box::new(wait), response }
    }

    pub(crate) fn wait(error: WaitError, response: Option<Box<Response>>) -> Self {
        Self::Wait { error: Box::new(error), response }
    }

    /// The response to the call, if the service accepted it.
    pub fn response(&self) -> Option<&Response> {
        match self {
            Self::NoTask { response, .. }
            | Self::PartlyFailed { response, .. }
            | Self::Unreadable { response, .. } => Some(response),
            Self::TaskFailed { response, .. } | Self::Wait { response, .. } => response.as_deref(),
            _ => None,
        }
    }

    /// The id of the accepted call, which is the id of its task; else that of the last response, which the vendor's
    /// support asks for.
    pub fn request_id(&self) -> Option<&str> {
        match (self.response(), self.api_error(), self) {
            (Some(response), _, _) => Some(&response.request_id),
            (None, Some(error), _) => error.request_id(),
            (None, None, Self::TaskFailed { wait, .. }) => wait.report.request_id.as_deref(),
            (None, None, Self::Wait { error, .. }) => error.last_request_id.as_deref(),
            _ => None,
        }
    }

    /// The error of the call itself, if that was not accepted.
    pub fn api_error(&self) -> Option<&ApiError> {
        match self {
            Self::Rejected(error) => Some(error),
            Self::NotAccepted { error, .. } | Self::Ambiguous { error, .. } => Some(error),
            _ => None,
        }
    }

    /// Whether the service may have done something. `false` where it certainly has not.
    pub fn may_have_acted(&self) -> bool {
        match self {
            Self::Action(_) | Self::NotAccepted { .. } | Self::NotSent { .. } => false,
            Self::Rejected(error) => error.may_have_acted(),
            Self::Interrupted { may_have_acted } => *may_have_acted,
            _ => true,
        }
    }

    /// Whether the call was accepted and its task may still be running.
    pub fn is_still_running(&self) -> bool {
        matches!(self, Self::Wait { error, .. } if !matches!(error.kind, WaitErrorKind::Unrecognized { .. }))
    }
}
