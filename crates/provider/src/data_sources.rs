//! The data sources `clb_task_status` and `clb_task_statuses`.

mod task_status;
mod task_statuses;

use tfplugin::{Configured, DataSources};

pub(crate) use task_statuses::{TaskState, task_attributes};

use crate::provider_data::ProviderData;

/// All of them.
pub(crate) fn all(provider: &Configured<ProviderData>) -> DataSources {
    vec![
        Box::new(task_status::TaskStatusDataSource::new(provider.clone())),
        Box::new(task_statuses::TaskStatusesDataSource::new(provider.clone())),
    ]
}
