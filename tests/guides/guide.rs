//! A guide and its fenced blocks.

use std::path::{Path, PathBuf};

/// A guide of `docs/guides`.
#[derive(Clone, Debug)]
pub(crate) struct Guide {
    pub(crate) name: String,
    text: String,
}

impl Guide {
    /// All guides, sorted by name.
    pub(crate) fn all() -> Vec<Self> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/guides");
        let mut files: Vec<PathBuf> =
            std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        files.sort();
        let guide = |path: PathBuf| Self {
            name: path.file_stem().unwrap().to_string_lossy().into_owned(),
            text: std::fs::read_to_string(&path).unwrap(),
        };
        files.into_iter().map(guide).collect()
    }

    /// The configurations in the order of the guide, as files of one directory. A block after a line such as
    /// "In `tests/main.tftest.hcl`:" is the file of that name.
    pub(crate) fn files(&self) -> Vec<(String, String)> {
        let configurations = (1..).zip(self.blocks("terraform"));
        let mut files: Vec<_> =
            configurations.map(|(number, text)| (format!("block-{number}.tf"), text)).collect();
        for part in self.text.split("\nIn `").skip(1) {
            let Some((name, rest)) = part.split_once("`:\n\n```hcl\n") else { continue };
            let (text, _) = rest.split_once("```").unwrap();
            files.push((name.to_owned(), text.to_owned()));
        }
        files
    }

    /// All commands.
    pub(crate) fn commands(&self) -> String {
        self.blocks("shell").collect()
    }

    fn blocks(&self, language: &str) -> impl Iterator<Item = String> {
        let fence = format!("```{language}\n");
        let blocks: Vec<_> = self.text.split(&fence).skip(1).collect();
        let blocks: Vec<_> =
            blocks.into_iter().map(|rest| rest.split_once("```").unwrap().0.to_owned()).collect();
        blocks.into_iter()
    }
}
