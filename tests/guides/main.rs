//! Every guide runs as it is pasted: its configurations and its shell commands, with real Terraform and the real TCCLI,
//! against the simulator. Where TCCLI cannot be installed, its guides are reported as ignored.

#![expect(clippy::unwrap_used, reason = "a test may fail")]

mod guide;
mod shell;
mod tccli;

use clb_sim::{Fault, TaskScript, When};
use libtest_mimic::{Arguments, Failed, Trial};

use crate::guide::Guide;
use crate::shell::Shell;

const TASKS: [&str; 2] = ["55c85074-3e7f-4c6d-864f-673660d4f8de", "6a3c1d42-0b1e-4f5a-9a53-2f5b8c7d9e10"];

/// Guides without commands, whose configurations are parts of one.
const NOT_RUN: [&str; 1] = ["versions"];

/// Guides whose commands use TCCLI.
const WITH_TCCLI: [&str; 2] = ["gate-from-a-pipeline", "gate-from-local-exec"];

fn main() {
    let arguments = Arguments::from_args();
    let tccli = if arguments.list { Err("only listed".to_owned()) } else { tccli::install() };
    if let (Err(reason), false) = (&tccli, arguments.list) {
        eprintln!("TCCLI cannot be installed here: {reason}");
    }
    let path = tccli.ok();
    let mut trials = Vec::new();
    for guide in Guide::all().into_iter().filter(|guide| !NOT_RUN.contains(&guide.name.as_str())) {
        let needs_tccli = WITH_TCCLI.contains(&guide.name.as_str());
        let ignored = cfg!(any(without_acceptance, windows)) || (needs_tccli && path.is_none());
        if needs_tccli {
            let (guide, path) = (guide.clone(), path.clone());
            let name = format!("{}_fails_after_a_rejected_call", guide.name);
            let trial = Trial::test(name, move || run(&Shell::new(&guide, path.as_ref()), rejected));
            trials.push(trial.with_ignored_flag(ignored));
        }
        let path = path.clone();
        let trial =
            Trial::test(guide.name.clone(), move || run(&Shell::new(&guide, path.as_ref()), succeeds));
        trials.push(trial.with_ignored_flag(ignored));
    }
    libtest_mimic::run(&arguments, trials).exit();
}

#[expect(clippy::unnecessary_wraps, reason = "the harness wants a result")]
fn run(shell: &Shell, check: fn(&Shell)) -> Result<(), Failed> {
    for task in TASKS {
        shell.simulator().task(task, TaskScript::runs_for_polls(1).then_succeeds());
    }
    check(shell);
    Ok(())
}

/// All commands of the guide succeed.
fn succeeds(shell: &Shell) {
    let output = shell.run();
    assert!(output.status.success(), "{}", shell::text(&output));
}

/// The service rejects the call of the guide: its commands fail, and no dependent resource is created.
fn rejected(shell: &Shell) {
    let error = Fault::api_error("LimitExceeded", "no more listeners");
    shell.simulator().fault(When::always().of("CreateListener"), error);
    let output = shell.run();
    assert!(!output.status.success(), "{}", shell::text(&output));
    assert!(shell::text(&output).contains("LimitExceeded"), "{}", shell::text(&output));
    let state = std::fs::read_to_string(shell.directory().join("terraform.tfstate")).unwrap_or_default();
    assert!(!state.contains("needs_the_listener"), "{state}");
}
