//! A secret appears nowhere.

use clb_sim::{DEMO_SECRET_KEY, Fault, TaskScript, When};

use crate::harness::World;

const GATE: &str = "data \"clb_task_status\" \"gate\" {\n  task_id = \"1234\"\n}\n";

#[test]
#[cfg_attr(without_acceptance, ignore)]
fn keys_are_in_no_log_error_or_state() {
    for fault in
        [None, Some(Fault::Reset), Some(Fault::api_error("AuthFailure.SignatureFailure", "wrong").into())]
    {
        let world = World::new();
        world.simulator.task("1234", TaskScript::runs_for_polls(1).then_succeeds());
        if let Some(fault) = fault {
            world.simulator.fault(When::next(1), fault);
        }
        let configuration =
            world.configuration(GATE).with_env("TF_LOG", "TRACE").with_env("TENCENTCLOUD_SECURITY_TOKEN", "");
        let run = configuration.apply();
        assert!(run.stderr.contains("[TRACE]"), "the log is missing");
        let files = configuration.files();
        let texts = files.iter().map(|(name, text)| (name.as_str(), text.as_str()));
        for (name, text) in texts.chain([("stdout", run.stdout.as_str()), ("stderr", run.stderr.as_str())]) {
            assert!(!text.contains(DEMO_SECRET_KEY), "{name} holds the key");
        }
    }
}
