//! The kinds of things that providers offer: where the registry keeps their pages, and where their examples are.

use std::path::{Path, PathBuf};

/// A kind, the folder of its pages and examples, and what the registry calls it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Kind {
    pub(crate) folder: &'static str,
    pub(crate) title: &'static str,
    example: &'static str,
}

pub(crate) const DATA_SOURCE: Kind =
    Kind { folder: "data-sources", title: "Data Source", example: "data-source.tf" };
pub(crate) const RESOURCE: Kind = Kind { folder: "resources", title: "Resource", example: "resource.tf" };
pub(crate) const EPHEMERAL: Kind =
    Kind { folder: "ephemeral-resources", title: "Ephemeral Resource", example: "ephemeral-resource.tf" };
pub(crate) const LIST: Kind =
    Kind { folder: "list-resources", title: "List Resource", example: "list-resource.tfquery.hcl" };
pub(crate) const ACTION: Kind = Kind { folder: "actions", title: "Action", example: "action.tf" };
pub(crate) const FUNCTION: Kind = Kind { folder: "functions", title: "function", example: "function.tf" };

/// Every kind whose pages are generated.
pub(crate) const KINDS: [Kind; 6] = [DATA_SOURCE, RESOURCE, EPHEMERAL, LIST, ACTION, FUNCTION];

impl Kind {
    /// The page within `docs/`. The registry leaves the provider's name out of the names of pages.
    pub(crate) fn page_of(self, name: &str, provider: &str) -> PathBuf {
        let short = name.strip_prefix(provider).and_then(|rest| rest.strip_prefix('_')).unwrap_or(name);
        Path::new(self.folder).join(format!("{short}.md"))
    }

    /// The example within `examples/`.
    pub(crate) fn example_of(self, name: &str) -> PathBuf {
        Path::new(self.folder).join(name).join(self.example)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_have_short_names_and_examples_long_ones() {
        assert_eq!(RESOURCE.page_of("clb_task_gate", "clb"), Path::new("resources/task_gate.md"));
        assert_eq!(FUNCTION.page_of("task_id", "clb"), Path::new("functions/task_id.md"));
        assert_eq!(ACTION.page_of("clbx_y", "clb"), Path::new("actions/clbx_y.md"));
        assert_eq!(DATA_SOURCE.example_of("clb_a"), Path::new("data-sources/clb_a/data-source.tf"));
    }
}
