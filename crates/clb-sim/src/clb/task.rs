//! What actions have to do with tasks.

use std::iter;

use clb_task::actions::{self, Kind};
use serde_json::{Map, Value};

use super::changes::Body;
use crate::api_error::ApiError;
use crate::clock::Moment;
use crate::options::UnknownTask;
use crate::parameters::Parameters;
use crate::task_script::TaskScript;
use crate::tasks::{TaskName, Tasks};

/// The task that a `DescribeTaskStatus` call polls.
pub(crate) fn polled_task(parameters: &Map<String, Value>) -> Result<TaskName, ApiError> {
    let parameters = Parameters::new(parameters);
    match (parameters.string("TaskId"), parameters.string("DealName")) {
        (Some(id), _) => Ok(TaskName::Id(id.to_owned())),
        (None, Some(name)) => Ok(TaskName::Deal(name.to_owned())),
        (None, None) => Err(ApiError::missing_parameter("TaskId")),
    }
}

/// What the service does with an action; an error if it does not exist.
pub(crate) fn kind(action: &str) -> Result<Kind, ApiError> {
    actions::lookup(action).map(|action| action.kind).ok_or_else(|| ApiError::unknown_action(action))
}

/// Whether an action starts a task. Actions whose outcome the vendor does not document start one.
pub(crate) fn starts_task(kind: Kind) -> bool {
    matches!(kind, Kind::Polled | Kind::Undocumented)
}

/// The error about a task that the service does not know.
pub(crate) fn unknown_task(name: &TaskName, response: UnknownTask) -> ApiError {
    let code = match response {
        UnknownTask::InvalidParameter => "InvalidParameter",
        UnknownTask::ResourceNotFound => "ResourceNotFound",
    };
    ApiError::new(code, format!("there is no task `{}`", name.as_str()))
}

/// Starts the task of a changing call: its id is the `RequestId` of this very call.
pub(super) fn begin(
    tasks: &mut Tasks,
    mut script: TaskScript,
    request_id: &str,
    response: &Body,
    now: Moment,
) -> usize {
    let response = Parameters::new(response);
    script.load_balancers.extend(response.strings("LoadBalancerIds").into_iter().map(str::to_owned));
    let deal = response.string("DealName").map(|name| TaskName::Deal(name.to_owned()));
    let names = iter::once(TaskName::Id(request_id.to_owned())).chain(deal);
    tasks.begin(names.collect(), script, now.elapsed)
}
