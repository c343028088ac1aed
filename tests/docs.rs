//! The documentation is up to date and complete, and every link has a target.

#![expect(clippy::unwrap_used, reason = "a test may fail")]

use std::collections::BTreeSet;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use clb_api::Environment;
use terraform_provider_clb::ClbProvider;
use tfplugin::Provider;
use tfplugin::schema::{Attribute, AttributeKind, Block, Schema};
use xtask::terraform::{self, Terraform};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn provider() -> ClbProvider {
    ClbProvider::new(Environment::empty())
}

#[test]
fn the_pages_say_what_the_provider_says() {
    let pages = xtask::docs::pages(&root()).unwrap();
    let stale = pages.differences(&root().join("docs")).unwrap();
    assert!(stale.is_empty(), "run `cargo xtask docs`: not up to date in docs/: {stale:?}");
    assert!(pages.missing_examples().is_empty(), "{:?}", pages.missing_examples());
}

#[test]
fn the_registry_takes_the_pages() {
    let pages = xtask::docs::pages(&root()).unwrap();
    let findings = tfplugin_docs::check(&root().join("docs"), &pages).unwrap();
    assert!(findings.is_empty(), "{findings:#?}");
}

#[test]
fn everything_that_can_be_written_or_read_is_described() {
    let mut missing = Vec::new();
    for (name, schema) in schemas(&provider()) {
        undescribed(schema.body(), &name, &mut missing);
    }
    for each in provider().functions() {
        let (name, signature) = (each.name(), each.signature());
        let parameters = signature.each_parameter().chain(signature.variadic_parameter());
        note(name, signature.summary(), &mut missing);
        note(name, signature.markdown(), &mut missing);
        for parameter in parameters {
            note(&format!("{name}.{}", parameter.name()), parameter.markdown(), &mut missing);
        }
    }
    assert!(missing.is_empty(), "without a description: {missing:#?}");
}

#[test]
fn links_within_the_pages_lead_somewhere() {
    let pages = pages();
    assert!(pages.len() > 6, "there are only {pages:?}");
    for page in &pages {
        let text = std::fs::read_to_string(page).unwrap();
        for target in targets(&text).filter(|target| !target.contains("://")) {
            let (file, anchor) = target.split_once('#').unwrap_or((target, ""));
            let file = if file.is_empty() { page.clone() } else { page.parent().unwrap().join(file) };
            let linked = std::fs::read_to_string(&file)
                .unwrap_or_else(|error| panic!("{} links to {target}: {error}", page.display()));
            let found = anchor.is_empty() || anchors(&linked).contains(anchor);
            assert!(found, "{} links to {target}, and there is no such place", page.display());
        }
    }
}

#[test]
fn every_guide_has_the_head_that_the_registry_wants() {
    for guide in guides() {
        let text = std::fs::read_to_string(&guide).unwrap();
        let head = text.strip_prefix("---\npage_title: \"").and_then(|rest| rest.split_once("\n---\n\n# "));
        let (head, _) = head.unwrap_or_else(|| panic!("{} has no head, or no heading", guide.display()));
        assert!(head.contains("\ndescription: |-\n  "), "{} has no description", guide.display());
    }
}

/// Their form alone; that they work is held by the examples, which the acceptance tests run.
#[test]
fn examples_in_guides_are_formatted_as_terraform_does() {
    // Without Terraform the acceptance tests fail already and say how to get one.
    let Ok(terraform) = terraform::find(variable) else { return };
    for guide in guides() {
        for block in blocks(&std::fs::read_to_string(&guide).unwrap()) {
            assert_eq!(formatted(&terraform, &block), block, "in {}", guide.display());
        }
    }
}

#[test]
fn links_of_the_front_pages_lead_somewhere() {
    for page in FRONT_PAGES {
        let text = std::fs::read_to_string(root().join(page)).unwrap();
        for target in targets(&text).filter(|target| !target.contains("://")) {
            assert!(root().join(target).exists(), "{page} links to {target}, and there is no such file");
        }
    }
}

/// A promise whose test was renamed or removed is no longer shown by anything.
#[test]
fn every_promise_of_the_security_page_is_shown_by_a_test() {
    let page = std::fs::read_to_string(root().join("SECURITY.md")).unwrap();
    let sources = sources();
    let mut promises = 0;
    for row in page.lines().filter(|line| line.starts_with('|')) {
        for name in row.rsplit('|').nth(1).unwrap().split('`').skip(1).step_by(2) {
            assert!(sources.contains(&format!("fn {name}(")), "SECURITY.md names the test `{name}`");
            promises += 1;
        }
    }
    assert!(promises > 20, "SECURITY.md names {promises} tests");
}

#[test]
fn nothing_is_documented_that_is_not_offered() {
    let offers = offers();
    for page in pages() {
        let text = std::fs::read_to_string(&page).unwrap();
        let words = text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
        for word in words.filter(|word| word.starts_with("clb_")) {
            assert!(offers.contains(word), "{} mentions `{word}`", page.display());
        }
    }
}

/// Pages beside the documentation of the registry.
const FRONT_PAGES: [&str; 3] = ["README.md", "CONTRIBUTING.md", "SECURITY.md"];

/// Every Rust file of the crates and tests, one after the other.
fn sources() -> String {
    let mut folders = vec![root().join("crates"), root().join("tests")];
    let mut text = String::new();
    while let Some(folder) = folders.pop() {
        for path in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|end| end == "rs") {
                text += &std::fs::read_to_string(path).unwrap();
            }
        }
    }
    text
}

fn schemas(provider: &ClbProvider) -> Vec<(String, Schema)> {
    let mut schemas = vec![("provider".to_owned(), provider.schema())];
    schemas.extend(provider.data_sources().into_iter().map(|each| (each.name().to_owned(), each.schema())));
    schemas.extend(provider.resources().into_iter().map(|each| (each.name().to_owned(), each.schema())));
    schemas.extend(
        provider.ephemeral_resources().into_iter().map(|each| (each.name().to_owned(), each.schema())),
    );
    schemas.extend(provider.actions().into_iter().map(|each| (each.name().to_owned(), each.schema())));
    schemas
}

fn offers() -> BTreeSet<String> {
    schemas(&provider()).into_iter().map(|(name, _)| name).collect()
}

fn undescribed(block: &Block, path: &str, missing: &mut Vec<String>) {
    note(path, block.markdown(), missing);
    for attribute in block.each_attribute() {
        undescribed_attribute(attribute, path, missing);
    }
    for nested in block.each_block() {
        undescribed(nested.body(), &format!("{path}.{}", nested.name()), missing);
    }
}

fn undescribed_attribute(attribute: &Attribute, path: &str, missing: &mut Vec<String>) {
    let path = format!("{path}.{}", attribute.name());
    note(&path, attribute.markdown(), missing);
    if let AttributeKind::Nested(_, attributes) = attribute.kind() {
        for nested in attributes {
            undescribed_attribute(nested, &path, missing);
        }
    }
}

fn note(path: &str, description: &str, missing: &mut Vec<String>) {
    if description.trim().is_empty() {
        missing.push(path.to_owned());
    }
}

fn pages() -> Vec<PathBuf> {
    let docs = root().join("docs");
    let folders = std::fs::read_dir(&docs).unwrap().map(|entry| entry.unwrap().path());
    let folders: Vec<_> = folders.filter(|path| path.is_dir()).collect();
    folders.iter().chain([&docs]).flat_map(|folder| markdown_in(folder)).collect()
}

fn guides() -> Vec<PathBuf> {
    markdown_in(&root().join("docs/guides"))
}

fn markdown_in(folder: &Path) -> Vec<PathBuf> {
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    files.filter(|path| path.extension().is_some_and(|end| end == "md")).collect()
}

/// What the links of a page lead to.
fn targets(text: &str) -> impl Iterator<Item = &str> {
    text.split("](").skip(1).filter_map(|rest| rest.split_once(')')).map(|(target, _)| target)
}

/// Named places of a page: anchors, and headings in the form that the Registry gives them.
fn anchors(text: &str) -> BTreeSet<String> {
    let named =
        text.split("<a id=\"").skip(1).filter_map(|rest| rest.split_once('"')).map(|(id, _)| id.to_owned());
    let headings = text.lines().filter(|line| line.starts_with('#'));
    let headings = headings.map(|line| line.trim_start_matches(['#', ' ']).to_lowercase().replace(' ', "-"));
    named.chain(headings).collect()
}

/// The configurations of a page.
fn blocks(text: &str) -> Vec<String> {
    let fenced = text.split("```terraform\n").skip(1);
    fenced.map(|rest| rest.split_once("```").unwrap().0.to_owned()).collect()
}

fn formatted(terraform: &Terraform, block: &str) -> String {
    let mut command = Command::new(terraform.program());
    let command = command
        .args(["fmt", "-"])
        .env("CHECKPOINT_DISABLE", "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped());
    let mut child = command.stderr(Stdio::null()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(block.as_bytes()).unwrap();
    String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap()
}

#[expect(clippy::disallowed_methods, reason = "the tests are told by the environment which Terraform to run")]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}
