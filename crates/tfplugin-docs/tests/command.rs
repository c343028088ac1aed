//! The command `cargo tfplugin-docs`, with the provider of `examples/provider-template`: it is built, and real Terraform asks it for
//! its schemas. The Terraform is the one that `TFPLUGIN_TERRAFORM` names, or `terraform` from the search path;
//! `TFPLUGIN_ACCEPTANCE=off` at build time leaves these tests out.

#![cfg(feature = "cli")]
#![expect(clippy::unwrap_used, reason = "a test that cannot continue should stop")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

fn template() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/provider-template")
}

/// A folder with the examples of the template, and no pages yet.
fn project() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    copy(&template().join("examples"), &folder.path().join("examples"));
    folder
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let copied = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &copied);
        } else {
            fs::copy(&path, &copied).unwrap();
        }
    }
}

/// Runs the command as cargo does, for the provider of the template.
fn run(task: &str, root: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cargo-tfplugin-docs"));
    command.args(["tfplugin-docs", task, "--root"]).arg(root);
    command.arg("--manifest-path").arg(template().join("Cargo.toml"));
    #[expect(clippy::disallowed_methods, reason = "tests are told by the environment")]
    if let Ok(terraform) = std::env::var("TFPLUGIN_TERRAFORM") {
        command.args(["--terraform", &terraform]);
    }
    command.args(arguments).output().unwrap()
}

#[track_caller]
fn expect_findings(output: &Output, findings: &[&str]) {
    let printed = String::from_utf8_lossy(&output.stdout);
    let mut lines: Vec<_> = printed.lines().collect();
    lines.sort_unstable();
    assert_eq!(lines, findings, "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.status.success(), findings.is_empty());
}

fn pages(docs: &Path) -> Vec<(PathBuf, String)> {
    let mut pages = Vec::new();
    for folder in ["", "resources", "data-sources"] {
        for entry in fs::read_dir(docs.join(folder)).unwrap() {
            let path = entry.unwrap().path();
            if path.is_file() {
                pages.push((path.strip_prefix(docs).unwrap().to_owned(), fs::read_to_string(&path).unwrap()));
            }
        }
    }
    pages.sort();
    pages
}

#[test]
#[cfg_attr(without_acceptance, ignore = "left out by TFPLUGIN_ACCEPTANCE=off")]
fn pages_are_made_of_what_the_built_provider_says_and_are_then_up_to_date() {
    let project = project();
    let generated = run("generate", project.path(), &[]);
    assert!(generated.status.success(), "{}", String::from_utf8_lossy(&generated.stderr));
    assert_eq!(String::from_utf8_lossy(&generated.stderr), "");
    let made = pages(&project.path().join("docs"));
    assert_eq!(
        made,
        pages(&template().join("docs")),
        "cargo tfplugin-docs generate in examples/provider-template"
    );
    for task in ["check", "validate"] {
        expect_findings(&run(task, project.path(), &[]), &[]);
    }
}

#[test]
#[cfg_attr(without_acceptance, ignore = "left out by TFPLUGIN_ACCEPTANCE=off")]
fn everything_that_the_registry_would_reject_is_found() {
    let project = project();
    fs::remove_file(project.path().join("examples/data-sources/notes_note/data-source.tf")).unwrap();
    let subcategory = ["--subcategory", "resources/note.md=Notes"];
    let generated = run("generate", project.path(), &subcategory);
    let note =
        "note: a page has no example, which would be in examples/data-sources/notes_note/data-source.tf\n";
    assert_eq!(String::from_utf8_lossy(&generated.stderr), note);
    let docs = project.path().join("docs");
    let write = |path: &str, text: &str| {
        let path = docs.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    write("guides/start.md", "---\ndescription: A\nsubcategory: \"Begin\"\n---\n");
    write("guides/start.html.md", "---\npage_title: A\ndescription: A\n---\n");
    write("resources/gone.md", "---\ndescription: A\nlayout: x\n---\n");
    write("resource/note.md", "---\ndescription: A\n---\n");
    write("guides/picture.png", "");
    write("guides/long.md", &format!("---\npage_title: A\ndescription: A\n---\n{}", "x".repeat(500_000)));
    fs::remove_file(docs.join("data-sources/note.md")).unwrap();
    fs::create_dir_all(project.path().join("website/docs")).unwrap();
    let stale = "not up to date, run `cargo tfplugin-docs generate`";
    let findings = [
        ": beside `website/docs`, of which the registry shows only one",
        &format!("data-sources/note.md: {stale}"),
        "data-sources/note.md: the provider offers it, and there is no such page",
        "guides/long.md: 500037 bytes, and the registry takes 500000",
        "guides/picture.png: it does not begin with front matter",
        "guides/picture.png: the registry shows Markdown only",
        "guides/start.md: a guide needs a `page_title`",
        "guides/start.md: the same page as guides/start.html.md",
        "guides/start.md: the subcategory `Begin` is not one of those allowed",
        &format!("index.md: {stale}"),
        "resource/note.md: the registry shows no folder `resource`",
        "resources/gone.md: `layout` belongs to the old site",
        &format!("resources/gone.md: {stale}"),
        "resources/gone.md: the provider does not offer it",
    ];
    let found = run(
        "validate",
        project.path(),
        &[&subcategory[..], &["--allowed-subcategories", "Notes,Other"]].concat(),
    );
    expect_findings(&found, &findings);
}

#[test]
fn without_a_provider_and_without_terraform_it_says_what_is_missing() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_cargo-tfplugin-docs"));
    let nameless = command.arg("generate").current_dir(folder.path()).output().unwrap();
    let error = String::from_utf8_lossy(&nameless.stderr).into_owned();
    assert!(!nameless.status.success() && error.contains("name the provider with --provider"), "{error}");
    let mut command = Command::new(env!("CARGO_BIN_EXE_cargo-tfplugin-docs"));
    command
        .args(["generate", "--terraform", "no-such-terraform", "--manifest-path"])
        .arg(template().join("Cargo.toml"));
    let without = command.current_dir(folder.path()).output().unwrap();
    let error = String::from_utf8_lossy(&without.stderr).into_owned();
    assert!(!without.status.success() && error.contains("install Terraform or OpenTofu"), "{error}");
}
