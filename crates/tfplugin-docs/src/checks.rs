//! What the registry, and the tools of its makers, check of a folder of documentation.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::{Path, PathBuf};

use crate::kind::{FUNCTION, KINDS};
use crate::pages::{DocsError, Pages, at};

/// Folders of `docs/` whose pages the registry shows, beside those of the kinds.
const GUIDES: &str = "guides";

/// Where the pages of the old site were.
const OLD_SITE: &str = "website/docs";

/// Most pages that the registry takes, and most bytes of one, from its storage limits.
const MOST_PAGES: usize = 2000;
const MOST_BYTES: u64 = 500_000;

/// Something that the registry rejects, or that its readers would miss.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
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
    check_allowing(docs, pages, None)
}

/// [`check`] that also holds pages to these subcategories.
pub fn check_subcategories(
    docs: &Path,
    pages: &Pages,
    allowed: &[impl AsRef<str>],
) -> Result<Vec<Finding>, DocsError> {
    let allowed: Vec<_> = allowed.iter().map(AsRef::as_ref).collect();
    check_allowing(docs, pages, Some(&allowed))
}

fn check_allowing(docs: &Path, pages: &Pages, allowed: Option<&[&str]>) -> Result<Vec<Finding>, DocsError> {
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
        for problem in content(path, &text).into_iter().chain(misplaced(&text, allowed)) {
            note(path, problem);
        }
    }
    if docs.parent().is_some_and(|root| root.join(OLD_SITE).is_dir()) {
        note(Path::new(""), format!("beside `{OLD_SITE}`, of which the registry shows only one"));
    }
    for (path, other) in twice(&found) {
        note(path, format!("the same page as {}", other.display()));
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
    stem(path).is_none().then(|| "the registry shows Markdown only".to_owned())
}

/// The path without its extension; none if it is not one of a page.
fn stem(path: &Path) -> Option<&str> {
    let ends = [".html.md", ".html.markdown", ".md", ".markdown"];
    ends.iter().find_map(|end| path.to_str()?.strip_suffix(end))
}

/// Pages that differ only in their extension.
fn twice(found: &BTreeSet<PathBuf>) -> Vec<(&Path, &Path)> {
    let mut first: BTreeMap<&str, &Path> = BTreeMap::new();
    let pages = found.iter().filter_map(|path| Some((stem(path)?, path.as_path())));
    pages.filter_map(|(stem, path)| first.insert(stem, path).map(|other| (path, other))).collect()
}

/// A subcategory that is not one of those allowed.
fn misplaced(text: &str, allowed: Option<&[&str]>) -> Option<String> {
    let subcategory = head(text)?.lines().find_map(|line| line.strip_prefix("subcategory:"))?;
    let subcategory = subcategory.trim().trim_matches('"');
    let is_allowed = subcategory.is_empty() || allowed.is_none_or(|allowed| allowed.contains(&subcategory));
    (!is_allowed).then(|| format!("the subcategory `{subcategory}` is not one of those allowed"))
}

/// What is between the dashes at the beginning.
fn head(text: &str) -> Option<&str> {
    text.strip_prefix("---\n")?.split_once("\n---\n").map(|(head, _)| head)
}

/// What a page must say at its head, and a function's page in its example.
fn content(path: &Path, text: &str) -> Vec<String> {
    let Some(head) = head(text) else {
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
    fn a_subcategory_is_one_of_those_allowed() {
        let page = |subcategory: &str| format!("---\nsubcategory: \"{subcategory}\"\n---\n");
        assert_eq!(misplaced(&page("Disks"), None), None);
        for fine in ["", "Disks"] {
            assert_eq!(misplaced(&page(fine), Some(&["Disks"])), None);
        }
        let found = misplaced(&page("Discs"), Some(&["Disks"]));
        assert_eq!(found.as_deref(), Some("the subcategory `Discs` is not one of those allowed"));
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
