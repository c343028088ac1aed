//! The pages that the Registry shows, made from what the provider says about itself and from `examples/`. Guides are
//! written by hand and only listed.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use tfplugin::Provider;
use tfplugin::schema::Schema;

mod function;
mod markdown;
mod page;
mod schema;

use page::Page;

/// The name by which configurations know the provider.
const PROVIDER: &str = "clb";

/// Every generated page by its path within `docs/`.
#[derive(Debug, PartialEq, Eq)]
pub struct Pages(BTreeMap<PathBuf, String>);

/// Why the pages could not be made or compared.
#[derive(Debug, thiserror::Error)]
#[error("{}: {source}", path.display())]
pub struct DocsError {
    path: PathBuf,
    source: io::Error,
}

/// A kind of thing that providers offer, where its pages and examples are, and what the Registry calls it.
struct Kind {
    folder: &'static str,
    title: &'static str,
    example: &'static str,
}

const DATA_SOURCE: Kind = Kind { folder: "data-sources", title: "Data Source", example: "data-source.tf" };
const RESOURCE: Kind = Kind { folder: "resources", title: "Resource", example: "resource.tf" };
const EPHEMERAL: Kind =
    Kind { folder: "ephemeral-resources", title: "Ephemeral Resource", example: "ephemeral-resource.tf" };
const FUNCTION: Kind = Kind { folder: "functions", title: "Function", example: "function.tf" };
const ACTION: Kind = Kind { folder: "actions", title: "Action", example: "action.tf" };

/// What becomes of each event of a resource's lifecycle that can trigger an action.
const EVENTS: &str = "\
An action runs when an event of a resource triggers it, or by hand with `terraform apply -invoke`. Actions need Terraform 1.14; \
OpenTofu has none.

| event | Terraform 1.14 and 1.15 | Terraform 1.16 |
|---|---|---|
| `before_create`, `before_update` | The resource, and whatever depends on it, waits for the action. If the action fails, nothing is \
created or changed. | the same |
| `after_create`, `after_update` | The resource exists already, and whatever depends on it does **not** wait for the action. A \
failure is reported when the run ends. | The resource exists already. Whatever depends on it waits for the action and is not \
created if the action fails. |
| `before_destroy`, `after_destroy` | not available | The destruction, or what comes after it, waits for the action. If the action \
fails, Terraform warns and continues. |

To hold back a resource with every version that has actions, use `before_create` and `before_update`.";

impl Pages {
    /// Makes the pages. `root` is the folder that has `examples/` and `docs/guides/`; every offer needs its example.
    pub fn of(provider: &impl Provider, root: &Path) -> Result<Self, DocsError> {
        let mut pages = Self(BTreeMap::new());
        pages.insert("index.md".into(), index(provider, root)?);
        for each in provider.data_sources() {
            pages.described(&DATA_SOURCE, each.name(), &each.schema(), root)?;
        }
        for each in provider.resources() {
            pages.described(&RESOURCE, each.name(), &each.schema(), root)?;
        }
        for each in provider.ephemeral_resources() {
            pages.described(&EPHEMERAL, each.name(), &each.schema(), root)?;
        }
        for each in provider.actions() {
            pages.described(&ACTION, each.name(), &each.schema(), root)?;
        }
        for each in provider.functions() {
            let page =
                function::page(each.name(), &each.signature(), &FUNCTION.example_of(each.name(), root)?);
            pages.insert(FUNCTION.page_of(each.name()), page);
        }
        Ok(pages)
    }

    /// Writes the pages into `docs`, and removes generated ones that are no longer made.
    pub fn write(&self, docs: &Path) -> Result<(), DocsError> {
        for stale in self.differences(docs)? {
            let path = docs.join(&stale);
            let Some(text) = self.0.get(&stale) else {
                std::fs::remove_file(&path).map_err(at(&path))?;
                continue;
            };
            let folder = path.parent().unwrap_or(docs);
            std::fs::create_dir_all(folder).map_err(at(folder))?;
            std::fs::write(&path, text).map_err(at(&path))?;
        }
        Ok(())
    }

    /// Paths of pages in `docs` that are missing, that say something else, or that nothing makes any more.
    pub fn differences(&self, docs: &Path) -> Result<Vec<PathBuf>, DocsError> {
        let mut differences = Vec::new();
        for (path, text) in &self.0 {
            let written = std::fs::read_to_string(docs.join(path));
            if written.map_or(true, |written| written != *text) {
                differences.push(path.clone());
            }
        }
        for kind in [DATA_SOURCE, RESOURCE, EPHEMERAL, FUNCTION, ACTION] {
            let left =
                files(&docs.join(kind.folder))?.into_iter().map(|name| Path::new(kind.folder).join(name));
            differences.extend(left.filter(|path| !self.0.contains_key(path)));
        }
        Ok(differences)
    }

    fn described(&mut self, kind: &Kind, name: &str, schema: &Schema, root: &Path) -> Result<(), DocsError> {
        let page = Page::new(
            &format!("{name} {} - terraform-provider-{PROVIDER}", kind.title),
            schema.body().markdown(),
        )
        .heading(&format!("{name} ({})", kind.title), schema.body().markdown())
        .example(&kind.example_of(name, root)?);
        let page = if kind.folder == ACTION.folder { page.section("Events", EVENTS) } else { page };
        self.insert(kind.page_of(name), page.schema(schema).finish());
        Ok(())
    }

    fn insert(&mut self, path: PathBuf, text: String) {
        self.0.insert(path, text);
    }
}

impl Kind {
    /// The Registry leaves the provider's name out of the names of pages.
    fn page_of(&self, name: &str) -> PathBuf {
        let short = name.strip_prefix(PROVIDER).and_then(|rest| rest.strip_prefix('_')).unwrap_or(name);
        Path::new(self.folder).join(format!("{short}.md"))
    }

    fn example_of(&self, name: &str, root: &Path) -> Result<String, DocsError> {
        read(&root.join("examples").join(self.folder).join(name).join(self.example))
    }
}

fn index(provider: &impl Provider, root: &Path) -> Result<String, DocsError> {
    let schema = provider.schema();
    let title = format!("{PROVIDER} Provider");
    let credentials =
        format!("Credentials are looked for in this order, at the first call:\n\n{}", clb_api::precedence());
    let page = Page::new(&title, schema.body().markdown())
        .heading(&title, schema.body().markdown())
        .example(&read(&root.join("examples/provider/provider.tf"))?)
        .section("Guides", &guides(&root.join("docs/guides"))?)
        .section("Authentication", &credentials)
        .schema(&schema);
    Ok(page.finish())
}

/// A list of links to the guides.
fn guides(folder: &Path) -> Result<String, DocsError> {
    let mut links = Vec::new();
    for name in files(folder)? {
        let text = read(&folder.join(&name))?;
        let title = text.lines().find_map(|line| line.strip_prefix("page_title: ")).unwrap_or(&name);
        links.push(format!("- [{}](guides/{name})", title.trim_matches('"')));
    }
    Ok(links.join("\n"))
}

/// Names of the Markdown files in a folder, sorted; none if there is no such folder.
fn files(folder: &Path) -> Result<Vec<String>, DocsError> {
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let entries =
        std::fs::read_dir(folder).and_then(Iterator::collect::<io::Result<Vec<_>>>).map_err(at(folder))?;
    let names = entries.into_iter().map(|entry| entry.file_name().to_string_lossy().into_owned());
    let mut names: Vec<_> =
        names.filter(|name| Path::new(name).extension().is_some_and(|end| end == "md")).collect();
    names.sort();
    Ok(names)
}

fn read(path: &Path) -> Result<String, DocsError> {
    std::fs::read_to_string(path).map_err(at(path))
}

fn at(path: &Path) -> impl FnOnce(io::Error) -> DocsError {
    let path = path.to_owned();
    move |source| DocsError { path, source }
}
