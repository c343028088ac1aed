//! The action `clb_wait_for_task`.

mod wait_for_task;

use tfplugin::Actions;

use crate::provider_data::ProviderData;

/// All of them.
pub(crate) fn all() -> Actions<ProviderData> {
    Actions::new().with(wait_for_task::WaitForTask)
}
