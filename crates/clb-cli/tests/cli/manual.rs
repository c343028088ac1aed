//! The manual pages.

use std::{fs, process::Command};

use crate::support::{Ran, clb};

const SUBCOMMANDS: [&str; 9] =
    ["status", "wait", "call", "sign", "actions", "health", "simulate", "completions", "man"];

#[test]
fn the_command_and_each_subcommand_have_a_page() {
    let folder = tempfile::tempdir().unwrap();
    let pages = folder.path().join("man1");
    Ran::of(&clb(&["man", "--dir", pages.to_str().unwrap()]).output().unwrap()).expect(0);
    let mut expected: Vec<_> = SUBCOMMANDS.iter().map(|name| format!("clb-{name}.1")).collect();
    expected.push("clb.1".to_owned());
    expected.sort();
    let names = fs::read_dir(&pages).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<_> = names.collect();
    names.sort();
    assert_eq!(names, expected);
    let main = fs::read_to_string(pages.join("clb.1")).unwrap();
    let title = format!(".TH clb 1 \" \" \"clb {}\" \"clb Manual\"", env!("CARGO_PKG_VERSION"));
    assert!(main.contains(&title), "{main}");
    for name in SUBCOMMANDS {
        assert!(main.contains(&format!("clb\\-{name}(1)")), "{name}");
        let printed = Ran::of(&clb(&["man", name]).output().unwrap()).expect(0).out;
        assert_eq!(printed, fs::read_to_string(pages.join(format!("clb-{name}.1"))).unwrap());
    }
    assert_eq!(Ran::of(&clb(&["man"]).output().unwrap()).expect(0).out, main);
}

#[test]
fn an_unknown_subcommand_has_no_page_and_the_known_ones_are_named() {
    let ran = Ran::of(&clb(&["man", "stat"]).output().unwrap()).expect(2);
    assert!(ran.err.contains("`stat`") && ran.err.contains("`status`"), "{}", ran.err);
}

/// A formatter finds nothing to complain about; only a machine without `mandoc` leaves that out, and says so.
#[test]
fn the_pages_are_well_formed() {
    let folder = tempfile::tempdir().unwrap();
    let pages = folder.path().to_str().unwrap();
    Ran::of(&clb(&["man", "--dir", pages]).output().unwrap()).expect(0);
    for page in fs::read_dir(folder.path()).unwrap() {
        let page = page.unwrap().path();
        match Command::new("mandoc").args(["-Tlint", "-Werror"]).arg(&page).output() {
            Ok(output) => assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout)),
            Err(error) => return eprintln!("left out, mandoc cannot be run: {error}"),
        }
    }
}
