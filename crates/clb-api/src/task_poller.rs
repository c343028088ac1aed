//! How the tasks of a service are polled.

use std::borrow::Cow;

use clb_task::{InvalidTaskError, TaskId, TaskStatus};

use crate::Response;

/// The action that reports the status of a service's tasks, where that is not `DescribeTaskStatus`: for
/// [`Client::with_task_poller`](crate::Client::with_task_poller).
///
/// By default, the id of a task is the `RequestId` of the call that started it, the action takes it as `TaskId`, and the response has the status in
/// `Status`: 0 for succeeded, 1 for failed, 2 for running.
///
/// ```
/// use clb_api::TaskPoller;
///
/// // The bare metal load balancer, bmlb in version 2018-06-25.
/// let of_bmlb = TaskPoller::new("DescribeLoadBalancerTaskResult").task_id_in("TaskId");
/// // `ModifyBlockIPList` of the load balancer.
/// let of_blocked_ips = TaskPoller::new("DescribeBlockIPTask").task_id_in("JodId").statuses(6, 2, 1);
/// # let _ = (of_bmlb, of_blocked_ips);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaskPoller {
    action: Cow<'static, str>,
    parameter: Cow<'static, str>,
    status_field: Cow<'static, str>,
    /// The numbers of succeeded, failed and running.
    statuses: [i64; 3],
    task_id_field: Option<Cow<'static, str>>,
}

impl TaskPoller {
    /// Polls with this action.
    pub fn new(action: impl Into<Cow<'static, str>>) -> Self {
        Self {
            action: action.into(),
            parameter: Cow::Borrowed("TaskId"),
            status_field: Cow::Borrowed("Status"),
            statuses: [TaskStatus::Succeeded, TaskStatus::Failed, TaskStatus::Running].map(TaskStatus::code),
            task_id_field: None,
        }
    }

    /// `DescribeTaskStatus`, as of the load balancer and of the gateway load balancer.
    pub(crate) fn describe_task_status() -> Self {
        Self::new("DescribeTaskStatus")
    }

    /// The field with the id of the task in the response to a call that starts one, instead of `RequestId`.
    #[must_use]
    pub fn task_id_in(self, field: impl Into<Cow<'static, str>>) -> Self {
        Self { task_id_field: Some(field.into()), ..self }
    }

    /// The parameter that takes the id of the task, instead of `TaskId`.
    #[must_use]
    pub fn parameter(self, name: impl Into<Cow<'static, str>>) -> Self {
        Self { parameter: name.into(), ..self }
    }

    /// The field of the response with the status, instead of `Status`.
    #[must_use]
    pub fn status_field(self, name: impl Into<Cow<'static, str>>) -> Self {
        Self { status_field: name.into(), ..self }
    }

    /// The numbers that stand for the statuses. Any other value is an error: never success.
    #[must_use]
    pub fn statuses(self, succeeded: i64, failed: i64, running: i64) -> Self {
        Self { statuses: [succeeded, failed, running], ..self }
    }

    /// The action.
    pub fn action(&self) -> &str {
        &self.action
    }

    pub(crate) fn parameter_name(&self) -> &str {
        &self.parameter
    }

    pub(crate) fn status_name(&self) -> &str {
        &self.status_field
    }

    /// The status that this JSON text stands for: a number exactly as documented, so that `"0"`, `0.0`, `-0` and `0e1` are none.
    pub(crate) fn status(&self, json: &str) -> Option<TaskStatus> {
        let place = self.statuses.iter().position(|number| number.to_string() == json)?;
        Some([TaskStatus::Succeeded, TaskStatus::Failed, TaskStatus::Running][place])
    }

    /// The task that a call has started, by its response.
    pub(crate) fn task_of(&self, response: &Response) -> Result<TaskId, InvalidTaskError> {
        match &self.task_id_field {
            None => response.task_id(),
            Some(field) => {
                TaskId::parse(response.body.get(&**field).and_then(|id| id.as_str()).unwrap_or_default())
            }
        }
    }
}
