//! The inputs from which the command reads ids.

use std::{io::Write, time::Duration};

use clb_sim::TaskScript;

use crate::support::World;

fn world() -> World {
    let world = World::new();
    for id in ["a", "b", "c"] {
        world.simulator.task(id, TaskScript::runs_for(Duration::ZERO).then_succeeds());
    }
    world
}

const ALL: &str = "a  succeeded\nb  succeeded\nc  succeeded\n";

#[test]
fn ids_come_from_arguments_a_file_and_standard_input_each_once() {
    let world = world();
    let mut file = tempfile::NamedTempFile::new().unwrap();
    writeln!(file, "# of the listener\nb\n\na").unwrap();
    let path = file.path().to_str().unwrap();
    let ran = world.run_with(&["status", "a", "--file", path, "-"], "c\n").expect(0);
    assert_eq!(ran.out.lines().count(), 3, "{}", ran.out);
    assert_eq!(world.simulator.calls().len(), 3);
}

#[test]
fn ids_are_found_in_responses_of_the_api_and_of_tccli() {
    let world = world();
    let input = "{\"Response\":{\"RequestId\":\"a\"}}\n{\n    \"ListenerIds\": [],\n    \"RequestId\": \"b\"\n}\n[{\"RequestId\":\"c\"}]";
    assert_eq!(world.run_with(&["wait", "-q", "-"], input).expect(0).out, ALL);
}

#[test]
fn an_error_in_the_input_ends_before_anything_is_sent() {
    let world = world();
    let error =
        "{\"Response\":{\"Error\":{\"Code\":\"LimitExceeded\",\"Message\":\"no more\"},\"RequestId\":\"r\"}}";
    let ran = world.run_with(&["wait", "-"], error).expect(2);
    assert!(ran.err.contains("LimitExceeded: no more"), "{}", ran.err);
    for input in ["", "two words", "{\"RequestId\":"] {
        world.run_with(&["wait", "-"], input).expect(2);
    }
    assert!(world.simulator.calls().is_empty());
}
