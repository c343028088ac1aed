//! The actions `clb_call` and `clb_wait_for_task`.

mod call;
mod wait_for_task;

use std::time::Duration;

use tfplugin::Actions;

use crate::provider_data::ProviderData;

/// The longest time between two lines of progress, as in Terraform's own "Still creating...".
const SUMMARY: Duration = Duration::from_secs(10);

/// All of them.
pub(crate) fn all() -> Actions<ProviderData> {
    Actions::new().with(call::CallAction).with(wait_for_task::WaitForTask)
}
