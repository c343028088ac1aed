use std::sync::Arc;

use async_trait::async_trait;

use crate::{poll_outcome::PollOutcome, task::TaskRef};

/// Something that can be polled about a task: the API client, or a script in a test.
///
/// One call is one poll. The waiter bounds it in time, keeps it to the rate limit and repeats it, so that an implementation
/// does none of that. The source chooses the service and the action that it calls. The future is dropped when nobody waits
/// for its outcome any more.
///
/// ```
/// use clb_task::{PollOutcome, StatusSource, TaskRef, TaskReport, TaskStatus, async_trait};
///
/// struct Done;
///
/// #[async_trait]
/// impl StatusSource for Done {
///     async fn poll_once(&self, _task: &TaskRef) -> PollOutcome {
///         let status = TaskStatus::Succeeded;
///         PollOutcome::Report(TaskReport { status, message: None, load_balancer_ids: vec![], request_id: None })
///     }
/// }
/// ```
#[async_trait]
pub trait StatusSource: Send + Sync {
    /// Polls once.
    async fn poll_once(&self, task: &TaskRef) -> PollOutcome;

    /// What tells this source from others: waits for the same task through sources with the same identity share their
    /// polls. By default the address of the `Arc` is the identity. A source that is created for each wait returns, for
    /// example, account and region.
    fn identity(&self) -> Option<Arc<str>> {
        None
    }
}
