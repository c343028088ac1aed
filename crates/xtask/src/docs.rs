//! The pages of this provider.

use std::path::Path;

use clb_api::Environment;
use terraform_provider_clb::ClbProvider;
use tfplugin_docs::{DocsError, Documentation, Pages, ProviderSchema};

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

/// Makes the pages of the workspace in `root`.
pub fn pages(root: &Path) -> Result<Pages, DocsError> {
    // What the provider says about itself depends on no variable.
    let schema = ProviderSchema::of(&ClbProvider::new(Environment::empty()));
    let credentials =
        format!("Credentials are looked for in this order, at the first call:\n\n{}", clb_api::precedence());
    let documentation = Documentation::new("clb", &schema, root)
        .generated_by("cargo xtask docs")
        .with_section("index.md", "Authentication", &credentials);
    let actions = schema.action_schemas.keys().map(|name| name.trim_start_matches("clb_"));
    let documentation = actions.fold(documentation, |documentation, name| {
        documentation.with_section(format!("actions/{name}.md"), "Events", EVENTS)
    });
    documentation.pages()
}
