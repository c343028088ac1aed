//! What happens during a call, for those who want to know.

use std::time::Duration;

use clb_task::WaitEvent;

use crate::{ApiError, Response};

/// What happens while a call is sent and waited for.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum CallEvent {
    /// Another call of this process about the same load balancer or target group has not completed yet.
    Queued {
        /// The id of the load balancer or target group.
        resource: String,
    },
    /// A request with the call leaves.
    Sent {
        /// 1 for the first request, 2 for the next.
        attempt: u32,
    },
    /// The service throttled the call, which is sent again after the pause.
    Throttled {
        /// What the service said.
        error: ApiError,
        /// The time until the call is sent again.
        pause: Duration,
    },
    /// Another change of the resource is in progress; the call is sent again after the pause.
    Busy {
        /// What the service said.
        error: ApiError,
        /// The time until the call is sent again.
        pause: Duration,
    },
    /// The request did not reach the service, or has a `ClientToken` that makes repeating it safe. It is sent again
    /// after the pause.
    Resent {
        /// What went wrong.
        error: ApiError,
        /// The time until the call is sent again.
        pause: Duration,
    },
    /// The service accepted the call.
    Accepted(Response),
    /// What happens while the task is waited for, its completion included.
    Wait(WaitEvent),
}
