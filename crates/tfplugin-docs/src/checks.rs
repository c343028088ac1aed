//! What the registry, and the tools of its makers, check of a folder of documentation.

use std::collections::BTreeSet;
use std::fmt;
use std::path::{Path, PathBuf};

use crate::kind::{FUNCTION, KINDS};
use crate::pages::{DocsError, Pages, at};

/// Folders of `docs/` whose pages the registry shows, beside those of the kinds.
const GUIDES: &str = "guides";

/// Most pages that the registry takes, and most bytes of one, from its storage limits.
const MOST_PAGES: usize = 2000;
const MOST_BYTES: u64 = 500_000;

/// Something that the registry rejects, or that its readers would miss.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The page within `docs/`.
    pub page: PathBuf,
    /// What is wrong, and what would be right.
    pub problem: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.page.display(), self.problem)
    }
}

/// Checks a folder of documentation; `pages` are those that the provider's schemas make.
pub fn check(docs: &Path, pages: &Pages) -> Result<Vec<Finding>, DocsError> {
    let found = files(docs)?;
    let mut findings = Vec::new();
    let mut note = |page: &Path, problem: String| findings.push(Finding { page: page.to_owned(), problem });
    if found.len() > MOST_PAGES {
        note(Path::new(""), format!("{} files, and the registry takes {MOST_PAGES}", found.len()));
    }
    for path in &found {
        if let Some(problem) = layout(path) {
            note(path, problem);
        }
        let full = docs.join(path);
        let size = full.metadata().map_err(at(&full))?.len();
        if size > MOST_BYTES {
            note(path, format!("{size} bytes, and the registry takes {MOST_BYTES}"));
        }
        let text = std::fs::read_to_string(&full).map_err(at(&full))?;
        for problem in content(path, &text) {
            note(path, problem);
        }
    }
    let generated: BTreeSet<&Path> =
        found.iter().map(PathBuf::as_path).filter(|path| is_generated(path)).collect();
    for path in pages.paths().difference(&generated) {
        note(path, "the provider offers it, and there is no such page".to_owned());
    }
    for path in generated.difference(&pages.paths()) {
        note(path, "the provider does not offer it".to_owned());
    }
    Ok(findings)
}

/// Every file below a folder by its path in it, sorted.
fn files(docs: &Path) -> Result<BTreeSet<PathBuf>, DocsError> {
    let mut found = BTreeSet::new();
    let mut folders = vec![docs.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).map_err(at(&folder))? {
            let path = entry.map_err(at(&folder))?.path();
            if path.is_dir() {
                folders.push(path);
            } else {
                found.extend(path.strip_prefix(docs).map(Path::to_owned));
            }
        }
    }
    Ok(found)
}

fn is_generated(path: &Path) -> bool {
    path == Path::new("index.md") || KINDS.iter().any(|kind| path.starts_with(kind.folder))
}

/// Where the registry looks for pages, and under which names.
fn layout(path: &Path) -> Option<String> {
    let folder = path.parent().unwrap_or(Path::new(""));
    let known = folder.as_os_str().is_empty()
        || folder == Path::new(GUIDES)
        || KINDS.iter().any(|kind| folder == Path::new(kind.folder));
    if !known {
        return Some(format!("the registry shows no folder `{}`", folder.display()));
    }
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let ends = [".md", ".markdown", ".html.md", ".html.markdown"];
    (!ends.iter().any(|end| name.ends_with(end))).then(|| "the registry shows Markdown only".to_owned())
}

/// What a page must say at its head, and a function's page in its example.
fn content(path: &Path, text: &str) -> Vec<String> {
    let Some(head) =
        text.strip_prefix("---\n").and_then(|rest| rest.split_once("\n---\n")).map(|(head, _)| head)
    else {
        return vec!["it does not begin with front matter".to_owned()];
    };
    let has = |key: &str| head.lines().any(|line| line.starts_with(&format!("{key}:")));
    let (index, guide) = (path == Path::new("index.md"), path.starts_with(GUIDES));
    let rules = [
        (has("layout"), "`layout` belongs to the old site"),
        (has("sidebar_current"), "`sidebar_current` belongs to the old site"),
        (index && has("subcategory"), "the provider's own page has no `subcategory`"),
        (guide && !has("page_title"), "a guide needs a `page_title`"),
        (!has("description"), "without a `description` searches show nothing"),
        (
            path.starts_with(FUNCTION.folder) && !text.contains("required_version"),
            "functions need Terraform 1.8: the example should have `required_version = \">= 1.8.0\"`",
        ),
    ];
    rules.into_iter().filter(|(broken, _)| *broken).map(|(_, problem)| problem.to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_content(path: &str, text: &str, problems: &[&str]) {
        let found = content(Path::new(path), text);
        assert_eq!(found.len(), problems.len(), "{found:?}");
        for (found, expected) in found.iter().zip(problems) {
            assert!(found.contains(expected), "{found}");
        }
    }

    #[test]
    fn heads_are_checked_as_the_registry_does() {
        check_content("resources/a.md", "---\npage_title: A\ndescription: A\n---\n", &[]);
        check_content("resources/a.md", "# A", &["front matter"]);
        check_content("index.md", "---\nsubcategory: \"\"\ndescription: A\n---\n", &["no `subcategory`"]);
        check_content("guides/a.md", "---\ndescription: A\n---\n", &["`page_title`"]);
        check_content(
            "resources/a.md",
            "---\nlayout: x\nsidebar_current: y\n---\n",
            &["`layout`", "`sidebar_", "`descr"],
        );
        check_content("functions/a.md", "---\ndescription: A\n---\n", &["required_version"]);
    }

    #[test]
    fn files_are_where_the_registry_looks_for_them() {
        for path in ["index.md", "guides/a.md", "actions/a.md", "resources/a.html.markdown"] {
            assert_eq!(layout(Path::new(path)), None, "{path}");
        }
        assert!(layout(Path::new("resource/a.md")).unwrap().contains("`resource`"));
        assert!(layout(Path::new("guides/a.txt")).unwrap().contains("Markdown"));
    }
}
