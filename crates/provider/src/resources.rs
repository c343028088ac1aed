//! The resources `clb_call`, `clb_task_gate` and `clb_target_health_gate`.

mod call;
mod target_health_gate;
mod task_gate;

use tfplugin::Resources;

use crate::provider_data::ProviderData;

/// All of them.
pub(crate) fn all() -> Resources<ProviderData> {
    Resources::new()
        .with(call::CallResource)
        .with(task_gate::TaskGate)
        .with(target_health_gate::TargetHealthGate)
}
