//! What the README shows is what the command prints.

use std::time::Duration;

use clb_sim::TaskScript;
use serde_json::Value;

use crate::support::World;

const README: &str = include_str!("../../README.md");

/// The first block of a language, with its lines.
fn block(language: &str) -> &'static str {
    let start = README.split_once(&format!("```{language}\n")).unwrap().1;
    start.split_once("\n```").unwrap().0
}

/// A line without what changes from run to run: ids and times.
fn normalized(line: &str) -> String {
    let mut text: String = line.chars().map(|c| if c.is_ascii_hexdigit() { '#' } else { c }).collect();
    while text.contains("##") {
        text = text.replace("##", "#");
    }
    text
}

#[test]
fn the_transcript_of_a_call_is_what_it_prints() {
    let world = World::new();
    world.simulator.action("CreateListener", TaskScript::runs_for(Duration::from_secs(1)).then_succeeds());
    let mut shown = block("console").split("$ clb ").skip(1);
    let mut lines = shown.next().unwrap().lines();
    let arguments = shell_words(lines.next().unwrap());
    let ran = world.run(&arguments.iter().map(String::as_str).collect::<Vec<_>>()).expect(0);
    let printed = format!("{}{}", ran.err, ran.out);
    let [shown, printed] = [lines.collect::<Vec<_>>(), printed.lines().collect()];
    assert_eq!(shown.len(), printed.len(), "{printed:?}");
    for (shown, printed) in shown.iter().zip(&printed) {
        assert_eq!(normalized(shown), normalized(printed));
    }
}

#[test]
fn the_second_command_of_the_transcript_waits_for_the_same_task() {
    let world = World::new();
    let line = block("console").rsplit("$ clb ").next().unwrap();
    let arguments = shell_words(line);
    world.simulator.task(&arguments[1], TaskScript::already_complete().then_succeeds());
    world.run(&arguments.iter().map(String::as_str).collect::<Vec<_>>()).expect(0);
    assert!(block("console").contains(&format!("accepted: {}\n", arguments[1])));
}

/// Words of a command, of which the README quotes some with `'`.
fn shell_words(line: &str) -> Vec<String> {
    let mut parts = line.split('\'');
    let mut words: Vec<String> = parts.next().unwrap().split_whitespace().map(str::to_owned).collect();
    while let (Some(quoted), Some(rest)) = (parts.next(), parts.next()) {
        words.push(quoted.to_owned());
        words.extend(rest.split_whitespace().map(str::to_owned));
    }
    words
}

#[test]
fn the_document_of_the_readme_has_the_fields_that_are_printed() {
    let world = World::new();
    let script = TaskScript::runs_for_polls(2).then_fails("no quota");
    let shown: Value = serde_json::from_str(block("json")).unwrap();
    let id = shown["tasks"][0]["id"].as_str().unwrap();
    world.simulator.task(id, script);
    let mut printed = world.run(&["wait", id, "-q", "--output", "json"]).expect(1).json();
    for changing in ["request_id", "elapsed_seconds"] {
        assert!(!printed["tasks"][0][changing].is_null());
        printed["tasks"][0][changing] = shown["tasks"][0][changing].clone();
    }
    assert_eq!(printed, shown);
}
