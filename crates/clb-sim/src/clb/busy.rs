//! How the service says that a load balancer or target group is busy.

use crate::api_error::ApiError;

/// How the service rejects a call about a load balancer or target group on which a task runs. The first is documented,
/// users met the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "cli", derive(clap::ValueEnum))]
#[non_exhaustive]
pub enum BusyResponse {
    /// `FailedOperation.ResourceInOperating`.
    #[default]
    ResourceInOperating,
    /// `FailedOperation` with `Your task is working (ACTION)`.
    TaskIsWorking,
    /// `FailedOperation` with `Same wsName is Working(ACTION)`.
    SameNameIsWorking,
    /// `FailedOperation` with `maybe some tasks are being processed`.
    TasksAreBeingProcessed,
    /// `FailedOperation.InvalidLBStatus`.
    InvalidStatus,
}

impl BusyResponse {
    /// The error for a call about a resource on which a task of this action runs.
    pub(crate) fn error(self, id: &str, action: &str) -> ApiError {
        let bare = |message| ApiError::new("FailedOperation", message);
        match self {
            Self::ResourceInOperating => {
                ApiError::new("FailedOperation.ResourceInOperating", format!("`{id}` is in operation"))
            }
            Self::TaskIsWorking => bare(format!("Your task is working ({action}).")),
            Self::SameNameIsWorking => {
                bare(format!("Task Check Failed : Same wsName is Working({action}), pls Try Later"))
            }
            Self::TasksAreBeingProcessed => bare(format!(
                "Loadbalancer({id}) is not in normal desState, maybe some tasks are being processed"
            )),
            Self::InvalidStatus => ApiError::new(
                "FailedOperation.InvalidLBStatus",
                format!("the status of `{id}` is not normal"),
            ),
        }
    }
}
