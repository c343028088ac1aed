//! The sessions that the front page shows are what Terraform prints.

use std::path::Path;

use clb_sim::TaskScript;
use xtask::terraform::Product;
use xtask::transcript::missing;

use crate::harness::{Configuration, Run, World};
use crate::install::Installation;

const README: &str = include_str!("../../README.md");

const TASK: &str = "302d0e40-2821-48f4-a942-900abb92a058";

/// The session on the front page that begins with these words.
fn session(start: &str) -> &'static str {
    let sessions =
        README.split("```text\n").skip(1).filter_map(|rest| rest.split_once("```")).map(|(text, _)| text);
    sessions.into_iter().find(|text| text.starts_with(start)).unwrap()
}

/// Holds a session on the front page to what was printed, which `tofu` prints in other words.
#[track_caller]
fn check(start: &str, configuration: &Configuration, run: &Run) {
    if configuration.product() != Product::Terraform {
        return;
    }
    let printed = format!("{}\n{}\n{}", session(start).lines().next().unwrap(), run.stdout, run.stderr);
    assert_eq!(missing(session(start), &printed), None, "in:\n{printed}");
}

fn apply(world: &World) -> (Configuration, Run) {
    let configuration = world.example("gate");
    let run = configuration.run(&["apply", "-auto-approve", "-var", &format!("task_id={TASK}")]);
    (configuration, run)
}

#[test]
#[cfg_attr(without_acceptance, ignore)]
fn the_front_page_shows_a_gate_that_opens() {
    let world = World::new();
    world.simulator.task(TASK, TaskScript::runs_for_polls(1).then_succeeds());
    let (configuration, run) = apply(&world);
    check("$ terraform apply", &configuration, &run);
}

#[test]
#[cfg_attr(without_acceptance, ignore)]
fn the_front_page_shows_a_task_that_fails() {
    let world = World::new();
    let script = TaskScript::runs_for_polls(1).then_fails("port 8443 is already in use");
    world.simulator.task(TASK, script);
    let (configuration, run) = apply(&world);
    check("Error: task failed", &configuration, &run);
}

/// From the folder in the home directory, without any configuration of the command line.
#[test]
#[cfg_attr(without_acceptance, ignore)]
fn the_front_page_shows_how_to_install() {
    let installation = Installation::new();
    let configuration = Configuration::without_cli_configuration();
    copy(&installation.mirror(), &configuration.path().join("home/.terraform.d/plugins"));
    configuration.rewrite("");
    let run = configuration.run(&["init"]).expect_success();
    check("$ terraform init", &configuration, &run);
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap().map(Result::unwrap) {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}
