//! The guide's checklist names tests that are there.

use std::collections::BTreeSet;
use std::path::Path;

/// The names of all functions in a folder of sources.
fn functions(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            functions(&path, found);
        } else if path.extension().is_some_and(|end| end == "rs") {
            let text = std::fs::read_to_string(&path).unwrap();
            let names = text.lines().filter_map(|line| line.trim().split_once("fn ")?.1.split_once('('));
            found.extend(names.map(|(name, _)| name.to_owned()));
        }
    }
}

#[test]
fn every_test_of_the_checklist_is_there() {
    let guide = include_str!("../../docs/from-terraform-plugin-framework.md");
    let (_, table) = guide.split_once("| what the framework offers | here | shown by |").unwrap();
    let crates = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut known = BTreeSet::new();
    for folder in ["src", "tests", "../tfplugin-docs/src", "../tfplugin-docs/tests"] {
        functions(&crates.join(folder), &mut known);
    }
    let rows = table.lines().skip(2).take_while(|line| line.starts_with('|'));
    let mut named = 0;
    for row in rows {
        let tests = row.trim_end_matches('|').rsplit('|').next().unwrap();
        for name in tests.split('`').skip(1).step_by(2) {
            assert!(known.contains(name), "no test is called `{name}`");
            named += 1;
        }
    }
    assert!(named > 40, "{named}");
}
