//! The pages that the registry shows, made from a provider's schemas and `examples/`. Guides are written by hand and only
//! listed.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};

use crate::function_page;
use crate::kind::{ACTION, DATA_SOURCE, EPHEMERAL, FUNCTION, KINDS, Kind, LIST, RESOURCE};
use crate::page::Page;
use crate::provider_schema::{ProviderSchema, Schema};

/// What the pages of a provider are made from.
#[derive(Debug)]
pub struct Documentation<'a> {
    provider: &'a str,
    schema: &'a ProviderSchema,
    root: &'a Path,
    generator: &'a str,
    sections: Vec<(PathBuf, String, String)>,
    subcategories: BTreeMap<PathBuf, String>,
}

/// Every generated page by its path within `docs/`.
#[derive(Debug, PartialEq, Eq)]
pub struct Pages {
    pages: BTreeMap<PathBuf, String>,
    missing_examples: BTreeSet<PathBuf>,
}

/// Why the pages could not be made or compared.
#[derive(Debug, thiserror::Error)]
#[error("{}: {source}", path.display())]
pub struct DocsError {
    path: PathBuf,
    source: io::Error,
}

const PROVIDER_EXAMPLE: &str = "provider/provider.tf";

/// Files beside the example of a resource, as `tfplugindocs` names them.
const IMPORTS: [(&str, &str, &str); 3] = [
    ("import.sh", "With the command:", "shell"),
    ("import-by-string-id.tf", "By its id, with an `import` block (Terraform 1.5):", "terraform"),
    ("import-by-identity.tf", "By its identity, with an `import` block (Terraform 1.12):", "terraform"),
];

impl<'a> Documentation<'a> {
    /// The documentation of the provider with this name, such as `clb`. `root` is the folder with `examples/` and `docs/`.
    pub fn new(provider: &'a str, schema: &'a ProviderSchema, root: &'a Path) -> Self {
        let (generator, sections, subcategories) = ("cargo tfplugin-docs", Vec::new(), BTreeMap::new());
        Self { provider, schema, root, generator, sections, subcategories }
    }

    /// The command that pages name as theirs; default: `cargo tfplugin-docs`.
    #[must_use]
    pub fn generated_by(mut self, command: &'a str) -> Self {
        self.generator = command;
        self
    }

    /// Adds a section above the schema of a page, which is named by its path within `docs/`.
    #[must_use]
    pub fn with_section(mut self, page: impl Into<PathBuf>, heading: &str, text: &str) -> Self {
        self.sections.push((page.into(), heading.to_owned(), text.to_owned()));
        self
    }

    /// Puts a page, which is named by its path within `docs/`, under this heading of the registry's navigation.
    #[must_use]
    pub fn with_subcategory(mut self, page: impl Into<PathBuf>, subcategory: &str) -> Self {
        self.subcategories.insert(page.into(), subcategory.to_owned());
        self
    }

    /// Makes the pages. Those without an example are in [`Pages::missing_examples`].
    pub fn pages(&self) -> Result<Pages, DocsError> {
        let mut pages = BTreeMap::from([("index.md".into(), self.index()?)]);
        for (kind, schemas) in [
            (DATA_SOURCE, &self.schema.data_source_schemas),
            (RESOURCE, &self.schema.resource_schemas),
            (EPHEMERAL, &self.schema.ephemeral_resource_schemas),
            (LIST, &self.schema.list_resource_schemas),
            (ACTION, &self.schema.action_schemas),
        ] {
            for (name, schema) in schemas {
                pages.insert(kind.page_of(name, self.provider), self.described(kind, name, schema)?);
            }
        }
        for name in self.schema.functions.keys() {
            pages.insert(FUNCTION.page_of(name, self.provider), self.function(name)?);
        }
        Ok(Pages { pages, missing_examples: self.missing_examples() })
    }

    /// Paths within the root of the examples that are not there.
    fn missing_examples(&self) -> BTreeSet<PathBuf> {
        let ProviderSchema { resource_schemas, data_source_schemas, functions, .. } = self.schema;
        let ProviderSchema { ephemeral_resource_schemas, list_resource_schemas, action_schemas, .. } =
            self.schema;
        let of = |kind: Kind, schemas: &BTreeMap<String, Schema>| {
            schemas.keys().map(|name| kind.example_of(name)).collect::<Vec<_>>()
        };
        let named = [
            of(RESOURCE, resource_schemas),
            of(DATA_SOURCE, data_source_schemas),
            of(EPHEMERAL, ephemeral_resource_schemas),
            of(LIST, list_resource_schemas),
            of(ACTION, action_schemas),
            functions.keys().map(|name| FUNCTION.example_of(name)).collect(),
            vec![PROVIDER_EXAMPLE.into()],
        ];
        let paths = named.into_iter().flatten().map(|path| Path::new("examples").join(path));
        paths.filter(|path| !self.root.join(path).exists()).collect()
    }

    fn index(&self) -> Result<String, DocsError> {
        let (title, block) = (format!("{} Provider", self.provider), &self.schema.provider.block);
        let page = Page::index(self.generator, &title, &block.description)
            .heading(&title, &block.description)
            .example(&self.example(Path::new(PROVIDER_EXAMPLE))?)
            .section("Guides", &guides(&self.root.join("docs/guides"))?);
        Ok(self.sections(page, Path::new("index.md")).schema(block).finish())
    }

    fn described(&self, kind: Kind, name: &str, schema: &Schema) -> Result<String, DocsError> {
        let title = format!("{name} {} - terraform-provider-{}", kind.title, self.provider);
        let description = &schema.block.description;
        let path = kind.page_of(name, self.provider);
        let page = Page::new(self.generator, &title, self.subcategory(&path), description)
            .heading(&format!("{name} ({})", kind.title), description)
            .example(&self.example(&kind.example_of(name))?);
        let page = self.sections(page, &path).schema(&schema.block);
        Ok(page.section("Import", &self.import(kind, name)?).finish())
    }

    fn function(&self, name: &str) -> Result<String, DocsError> {
        let function = &self.schema.functions[name];
        let title = format!("{name} {} - terraform-provider-{}", FUNCTION.title, self.provider);
        let path = FUNCTION.page_of(name, self.provider);
        let page = Page::new(self.generator, &title, self.subcategory(&path), &function.summary)
            .heading(&format!("{}: {name}", FUNCTION.title), &function.description)
            .example(&self.example(&FUNCTION.example_of(name))?);
        let page = self.sections(page, &path);
        Ok(function_page::sections(page, name, function).finish())
    }

    /// A file below `examples/`; empty if there is none.
    fn example(&self, path: &Path) -> Result<String, DocsError> {
        let path = self.root.join("examples").join(path);
        if path.exists() { read(&path) } else { Ok(String::new()) }
    }

    /// How an object is imported: what the files beside the example of a resource show.
    fn import(&self, kind: Kind, name: &str) -> Result<String, DocsError> {
        let mut ways = String::new();
        for (file, words, language) in IMPORTS {
            let text = self.example(&Path::new(kind.folder).join(name).join(file))?;
            if !text.trim().is_empty() {
                ways.extend([words, "\n\n```", language, "\n", text.trim(), "\n```\n\n"]);
            }
        }
        Ok(ways)
    }

    fn subcategory(&self, page: &Path) -> &str {
        self.subcategories.get(page).map_or("", String::as_str)
    }

    fn sections(&self, page: Page<'a>, path: &Path) -> Page<'a> {
        let own = self.sections.iter().filter(|(of, ..)| of == path);
        own.fold(page, |page, (_, heading, text)| page.section(heading, text))
    }
}

impl Pages {
    /// Paths of the pages within `docs/`.
    pub fn paths(&self) -> BTreeSet<&Path> {
        self.pages.keys().map(PathBuf::as_path).collect()
    }

    /// Paths, such as `examples/provider/provider.tf`, of examples that pages would show and that are not there.
    pub fn missing_examples(&self) -> &BTreeSet<PathBuf> {
        &self.missing_examples
    }

    /// Writes the pages into `docs`, and removes generated ones that are no longer made.
    pub fn write(&self, docs: &Path) -> Result<(), DocsError> {
        for stale in self.differences(docs)? {
            let path = docs.join(&stale);
            let Some(text) = self.pages.get(&stale) else {
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
        for (path, text) in &self.pages {
            let written = std::fs::read_to_string(docs.join(path));
            if written.map_or(true, |written| written != *text) {
                differences.push(path.clone());
            }
        }
        for kind in KINDS {
            let left =
                files(&docs.join(kind.folder))?.into_iter().map(|name| Path::new(kind.folder).join(name));
            differences.extend(left.filter(|path| !self.pages.contains_key(path)));
        }
        Ok(differences)
    }
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

pub(crate) fn at(path: &Path) -> impl FnOnce(io::Error) -> DocsError + use<> {
    let path = path.to_owned();
    move |source| DocsError { path, source }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn provider() -> ProviderSchema {
        serde_json::from_value(json!({
            "provider": { "block": { "description": "Keeps `files`." } },
            "resource_schemas": {
                "files_file": { "block": { "description": "A file." } },
            },
            "functions": { "join": { "summary": "Joins", "description": "Joins.", "return_type": "string" } },
        }))
        .unwrap()
    }

    /// A folder with the examples of the provider.
    fn project() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (path, text) in [
            ("provider/provider.tf", "provider \"files\" {}"),
            ("resources/files_file/resource.tf", "resource \"files_file\" \"a\" {}"),
            ("functions/join/function.tf", "output \"o\" {}"),
        ] {
            let path = folder.path().join("examples").join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        folder
    }

    #[test]
    fn a_page_has_its_head_example_sections_and_schema() {
        let (schema, project) = (provider(), project());
        let documentation = Documentation::new("files", &schema, project.path());
        let pages = documentation.with_section("resources/file.md", "Limits", "None.").pages().unwrap();
        insta::assert_snapshot!(pages.pages[Path::new("resources/file.md")]);
    }

    #[test]
    fn the_index_has_no_subcategory() {
        let (schema, project) = (provider(), project());
        let pages = Documentation::new("files", &schema, project.path()).pages().unwrap();
        let index = &pages.pages[Path::new("index.md")];
        assert!(
            !index.contains("subcategory") && index.contains("description: |-\n  Keeps files.\n---\n"),
            "{index}"
        );
    }

    #[test]
    fn stale_pages_are_removed_and_a_second_writing_changes_nothing() {
        let (schema, project) = (provider(), project());
        let docs = project.path().join("docs");
        std::fs::create_dir_all(docs.join("resources")).unwrap();
        std::fs::write(docs.join("resources/gone.md"), "").unwrap();
        let pages = Documentation::new("files", &schema, project.path()).pages().unwrap();
        assert!(pages.differences(&docs).unwrap().contains(&"resources/gone.md".into()));
        pages.write(&docs).unwrap();
        assert_eq!(pages.differences(&docs).unwrap(), Vec::<PathBuf>::new());
        assert!(!docs.join("resources/gone.md").exists());
    }

    #[test]
    fn a_missing_example_is_named_and_left_out() {
        let (schema, project) = (provider(), project());
        let pages = Documentation::new("files", &schema, project.path()).pages().unwrap();
        assert_eq!(pages.missing_examples(), &BTreeSet::new());
        std::fs::remove_dir_all(project.path().join("examples/functions")).unwrap();
        let pages = Documentation::new("files", &schema, project.path()).pages().unwrap();
        assert_eq!(pages.missing_examples(), &BTreeSet::from(["examples/functions/join/function.tf".into()]));
        assert!(!pages.pages[Path::new("functions/join.md")].contains("Example Usage"));
    }

    #[test]
    fn a_page_shows_how_its_resource_is_imported_and_is_in_its_subcategory() {
        let (schema, project) = (provider(), project());
        let folder = project.path().join("examples/resources/files_file");
        std::fs::write(folder.join("import.sh"), "terraform import files_file.a name\n").unwrap();
        let identity = "import {\n  to       = files_file.a\n  identity = { name = \"a\" }\n}\n";
        std::fs::write(folder.join("import-by-identity.tf"), identity).unwrap();
        let documentation = Documentation::new("files", &schema, project.path());
        let pages = documentation.with_subcategory("resources/file.md", "Disk").pages().unwrap();
        insta::assert_snapshot!(pages.pages[Path::new("resources/file.md")]);
    }
}
