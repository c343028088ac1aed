//! The functions `provider::clb::...`.

mod is_task_id;
mod task_id;

use tfplugin::Functions;

/// All of them.
pub(crate) fn all() -> Functions {
    Functions::new().with(is_task_id::IsTaskId).with(task_id::TaskIdFunction)
}
