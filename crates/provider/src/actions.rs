//! The action `clb_wait_for_task`.

mod wait_for_task;

use tfplugin::{Actions, Configured};

use crate::provider_data::ProviderData;

/// All of them.
pub(crate) fn all(provider: &Configured<ProviderData>) -> Actions {
    vec![Box::new(wait_for_task::WaitForTask::new(provider.clone()))]
}
