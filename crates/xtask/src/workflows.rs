//! The workflows, which run elsewhere: what they call is there, and what they use cannot change under their feet.

use std::fs;
use std::path::PathBuf;

use cargo_metadata::MetadataCommand;
use clap::Parser;

use crate::{Arguments, root};

/// Where commands are written down: files, and the lines of each.
fn lines() -> Vec<(PathBuf, String)> {
    let workflows = fs::read_dir(root().join(".github/workflows")).unwrap();
    let workflows = workflows.map(|entry| entry.unwrap().path());
    let others = [".ci/run", "CONTRIBUTING.md", "README.md", "SECURITY.md"].map(|name| root().join(name));
    let files = workflows.chain(others);
    files
        .flat_map(|file| {
            let text = fs::read_to_string(&file).unwrap();
            text.lines().map(|line| (file.clone(), line.to_owned())).collect::<Vec<_>>()
        })
        .collect()
}

/// The words of each command that begins with `start`, with what a shell would fill in as one word.
fn commands(start: &str) -> Vec<Vec<String>> {
    let all = lines();
    let found = all.iter().flat_map(|(_, line)| {
        line.match_indices(start).map(|(at, _)| {
            let end =
                line[at..].find(['`', '|', '#', ')', '>', ';']).map_or(line.len(), |length| at + length);
            line[at..end]
                .split_whitespace()
                .map(|word| word.trim_matches(['"', ',', '.', ':']))
                .map(str::to_owned)
                .collect()
        })
    });
    found.collect()
}

#[test]
fn every_task_that_is_called_exists_with_its_options() {
    let called = commands("cargo xtask");
    assert!(called.len() > 10, "{called:?}");
    for words in called {
        // In a sentence, words follow the task.
        let is_sentence = words.get(3).is_some_and(|word| !word.starts_with('-'));
        let command = if is_sentence { &words[1..3] } else { &words[1..] };
        if let Err(error) = Arguments::try_parse_from(command) {
            panic!("{}: {error}", words.join(" "));
        }
    }
}

#[test]
fn every_package_and_test_that_is_called_exists() {
    let metadata = MetadataCommand::new().current_dir(root()).no_deps().exec().unwrap();
    let packages: Vec<_> = metadata.packages.iter().map(|package| package.name.as_str()).collect();
    let targets: Vec<_> = metadata
        .packages
        .iter()
        .flat_map(|package| &package.targets)
        .map(|target| target.name.as_str())
        .collect();
    for words in
        commands("cargo test").into_iter().chain(commands("cargo package")).chain(commands("cargo clippy"))
    {
        for pair in words.windows(2) {
            let known = match pair[0].as_str() {
                "-p" | "--package" => &packages,
                "--test" => &targets,
                _ => continue,
            };
            assert!(known.contains(&pair[1].as_str()), "{}", words.join(" "));
        }
    }
}

#[test]
fn every_script_that_is_called_exists() {
    for (file, line) in lines() {
        for script in line.split_whitespace().filter_map(|word| word.find(".ci/").map(|at| &word[at..])) {
            let script = script.trim_end_matches(|c: char| !c.is_ascii_alphanumeric());
            assert!(root().join(script).is_file(), "{}: {line}", file.display());
        }
    }
}

/// A tag can be moved to other code, a commit cannot.
#[test]
fn actions_are_pinned_to_commits_and_say_their_version() {
    let all = lines();
    let used: Vec<_> = all
        .iter()
        .filter_map(|(_, line)| line.trim_start_matches([' ', '-']).strip_prefix("uses: "))
        .collect();
    assert!(used.len() > 10, "{used:?}");
    for action in used {
        let (commit, version) = action.split_once('@').unwrap().1.split_once(" # v").unwrap_or_default();
        let is_commit = commit.len() == 40 && commit.bytes().all(|byte| byte.is_ascii_hexdigit());
        assert!(is_commit && version.split('.').count() == 3, "{action}");
    }
}

/// What a workflow may do besides reading is said for the job that needs it.
#[test]
fn workflows_may_only_read_unless_a_job_says_more() {
    for workflow in fs::read_dir(root().join(".github/workflows")).unwrap() {
        let text = fs::read_to_string(workflow.unwrap().path()).unwrap();
        assert!(text.contains("\npermissions:\n  contents: read\n\n"), "{text}");
        let checkouts = text.matches("uses: actions/checkout@").count();
        assert_eq!(checkouts, text.matches("persist-credentials: false").count());
    }
}
