//! The data sources `clb_task_status` and `clb_task_statuses`.

mod task_status;
mod task_statuses;

use tfplugin::DataSources;

pub(crate) use task_statuses::{TaskState, task_attributes};

use crate::provider_data::ProviderData;

/// All of them.
pub(crate) fn all() -> DataSources<ProviderData> {
    DataSources::new().with(task_status::TaskStatusDataSource).with(task_statuses::TaskStatusesDataSource)
}
