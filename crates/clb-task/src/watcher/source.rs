use async_trait::async_trait;

use crate::{answer::Answer, task::Task};

/// Something that can be asked about a task: the API client, or a script in a test.
///
/// One call is one question: whoever waits bounds it in time, paces it and repeats it, so that an implementation does none
/// of that. The future is dropped when its answer is no longer waited for.
///
/// ```
/// use clb_task::{Answer, StatusSource, Task, TaskReport, TaskStatus, async_trait};
///
/// struct Done;
///
/// #[async_trait]
/// impl StatusSource for Done {
///     async fn ask(&self, _task: &Task) -> Answer {
///         let status = TaskStatus::Succeeded;
///         Answer::Report(TaskReport { status, message: None, load_balancer_ids: vec![], request_id: None })
///     }
/// }
/// ```
#[async_trait]
pub trait StatusSource: Send + Sync {
    /// Asks once.
    async fn ask(&self, task: &Task) -> Answer;
}
