//! The resources `clb_task_gate` and `clb_target_health_gate`.

mod target_health_gate;
mod task_gate;

use tfplugin::Resources;

use crate::provider_data::ProviderData;

/// All of them.
pub(crate) fn all() -> Resources<ProviderData> {
    Resources::new().with(task_gate::TaskGate).with(target_health_gate::TargetHealthGate)
}
