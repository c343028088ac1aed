//! The resource `clb_task_gate`.

mod task_gate;

use tfplugin::{Configured, Resources};

use crate::provider_data::ProviderData;

/// All of them.
pub(crate) fn all(provider: &Configured<ProviderData>) -> Resources {
    vec![Box::new(task_gate::TaskGate::new(provider.clone()))]
}
