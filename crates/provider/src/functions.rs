//! The functions `provider::clb::...`.

mod is_task_id;
mod task_id;

use tfplugin::Functions;

/// All of them.
pub(crate) fn all() -> Functions {
    vec![Box::new(is_task_id::IsTaskId), Box::new(task_id::TaskIdFunction)]
}
