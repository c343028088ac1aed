//! What TCCLI's `--waiter` cannot do: each line of the README's table, both columns, against the simulator over TLS.
//! TCCLI is the command that `CLB_TCCLI` names, else the one of the search path, else it is installed among the scratch
//! files of the build. Where that is impossible, its column is reported as ignored.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "../../../clb-sim/tests/official_clients/command.rs"]
mod command;
#[path = "../../../clb-sim/tests/official_clients/python.rs"]
#[expect(dead_code, reason = "the official SDK is for other tests")]
mod python;
mod rows;
#[path = "../cli/support.rs"]
#[expect(dead_code, reason = "some of it is for the tests of the command alone")]
mod support;
mod tccli;

use std::{process::ExitCode, sync::Arc};

use clb_sim::{Options, Simulator};
use libtest_mimic::{Arguments, Trial};

use self::{
    rows::{ROWS, Row},
    support::World,
    tccli::Tccli,
};

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let tccli = if arguments.list { None } else { find() };
    let trials = ROWS.iter().flat_map(|row| [theirs(row, tccli.clone()), ours(row)]);
    let snippet = tccli.clone();
    let is_ignored = snippet.is_none();
    let snippet = Trial::test("the_snippet_of_a_call_is_one_that_tccli_makes", move || {
        the_snippet_creates_listeners(snippet.as_deref().ok_or("TCCLI is not installed")?);
        Ok(())
    });
    let table = Trial::test("the_table_of_the_readme_has_these_lines", || {
        the_readme_has_the_rows();
        Ok(())
    });
    libtest_mimic::run(&arguments, trials.chain([table, snippet.with_ignored_flag(is_ignored)]).collect())
        .exit_code()
}

fn find() -> Option<Arc<Tccli>> {
    let found = Tccli::find();
    found
        .inspect_err(|reason| eprintln!("TCCLI is not here, and cannot be installed: {reason}"))
        .ok()
        .map(Arc::new)
}

fn ours(row: &'static Row) -> Trial {
    let run = || {
        (row.ours)(&world());
        Ok(())
    };
    Trial::test(format!("{}::clb", row.name), run)
}

fn theirs(row: &'static Row, tccli: Option<Arc<Tccli>>) -> Trial {
    let is_ignored = tccli.is_none();
    let run = move || {
        (row.theirs)(tccli.as_deref().ok_or("TCCLI is not installed")?, &world());
        Ok(())
    };
    Trial::test(format!("{}::tccli", row.name), run).with_ignored_flag(is_ignored)
}

/// A simulator over TLS, which accepts five polls a second.
fn world() -> World {
    let options = Options::starting_now().with_rate_limit(Some(rows::RATE));
    World::start(async { Simulator::new(options).listen_tls().await.unwrap() })
}

/// A shell runs the snippet as it is printed; TCCLI has the endpoint from its profile.
fn the_snippet_creates_listeners(tccli: &Tccli) {
    let world = world();
    let parameters = r#"{"LoadBalancerId":"lb-12345678","Ports":[80,443],"Protocol":"TCP","ListenerNames":["it's ${a}","b"]}"#;
    let snippet = world.run(&["call", "CreateListener", "-p", parameters, "--as", "tccli"]).expect(0).out;
    let ran = tccli.shell(&world, &snippet).expect(0);
    assert!(ran.json()["ListenerIds"].as_array().is_some_and(|ids| ids.len() == 2), "{ran:?}");
    let sent = &world.simulator.calls_of("CreateListener")[0].parameters;
    assert_eq!(
        serde_json::to_value(sent).unwrap(),
        serde_json::from_str::<serde_json::Value>(parameters).unwrap()
    );
}

fn the_readme_has_the_rows() {
    let readme = include_str!("../../README.md");
    let section = readme.lines().skip_while(|line| !line.starts_with("## Beside TCCLI")).skip(1);
    let table = section.take_while(|line| !line.starts_with('#')).filter(|line| line.starts_with('|'));
    let shown: Vec<&str> = table.skip(2).collect();
    let expected: Vec<String> = ROWS.iter().map(Row::line).collect();
    assert_eq!(shown, expected);
}
