//! The comparison with the official SDKs names a test for each line.

use std::path::{Path, PathBuf};

/// The Rust files below this folder.
fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let files = entries.flat_map(|path| if path.is_dir() { sources(&path) } else { vec![path] });
    files.filter(|path| path.extension().is_some_and(|extension| extension == "rs")).collect()
}

#[test]
fn every_line_of_the_comparison_names_a_test_that_exists() {
    let crate_folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let tests: String = ["src", "tests"]
        .iter()
        .flat_map(|folder| sources(&crate_folder.join(folder)))
        .map(|path| std::fs::read_to_string(path).unwrap())
        .collect();
    let comparison = std::fs::read_to_string(crate_folder.join("docs/comparison.md")).unwrap();
    let lines = comparison.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| |"));
    let named: Vec<_> = lines.filter_map(|line| line.rsplit('`').nth(1)).collect();
    assert!(named.len() > 20, "{named:?}");
    for name in named {
        assert!(tests.contains(&format!("fn {name}()")), "{name} is no test");
    }
}
