//! What a provider offers, in the form of `terraform providers schema -json`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Everything that a provider offers, by name. Terraform leaves out what a provider does not have.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
#[serde(default)]
#[non_exhaustive]
pub struct ProviderSchema {
    /// The provider's own arguments.
    pub provider: Schema,
    /// Resources.
    pub resource_schemas: BTreeMap<String, Schema>,
    /// Data sources.
    pub data_source_schemas: BTreeMap<String, Schema>,
    /// Ephemeral resources.
    pub ephemeral_resource_schemas: BTreeMap<String, Schema>,
    /// Actions.
    pub action_schemas: BTreeMap<String, Schema>,
    /// Resources that `terraform query` can list.
    pub list_resource_schemas: BTreeMap<String, Schema>,
    /// Functions.
    pub functions: BTreeMap<String, Function>,
}

/// A schema: its attributes and blocks.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Schema {
    /// What is at its top.
    pub block: Block,
}

/// Attributes and blocks that belong together.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Block {
    /// Attributes by name.
    pub attributes: BTreeMap<String, Attribute>,
    /// Nested blocks by name.
    pub block_types: BTreeMap<String, BlockType>,
    /// What it is for, in Markdown.
    pub description: String,
    /// Whether it should not be used any more.
    pub deprecated: bool,
}

/// An argument, or a value that the provider computes.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
#[serde(default)]
#[non_exhaustive]
#[expect(clippy::struct_excessive_bools, reason = "Terraform's JSON has them")]
pub struct Attribute {
    /// Its type, unless it has attributes of its own.
    pub r#type: Option<Value>,
    /// Its attributes.
    pub nested_type: Option<NestedType>,
    /// What it is for, in Markdown.
    pub description: String,
    /// Whether a configuration must set it.
    pub required: bool,
    /// Whether a configuration may set it.
    pub optional: bool,
    /// Whether the provider sets it.
    pub computed: bool,
    /// Whether Terraform hides its value.
    pub sensitive: bool,
    /// Whether its value is in no plan and no state.
    pub write_only: bool,
    /// Whether it should not be used any more.
    pub deprecated: bool,
}

/// Attributes of an attribute.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
#[serde(default)]
#[non_exhaustive]
pub struct NestedType {
    /// The attributes by name.
    pub attributes: BTreeMap<String, Attribute>,
    /// `single`, `list`, `set` or `map`.
    pub nesting_mode: String,
}

/// A nested block.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
#[serde(default)]
#[non_exhaustive]
pub struct BlockType {
    /// `single`, `group`, `list`, `set` or `map`.
    pub nesting_mode: String,
    /// What is in it.
    pub block: Block,
    /// The least number of such blocks; 0 for none.
    pub min_items: u64,
    /// The greatest number of such blocks; 0 for any.
    pub max_items: u64,
}

/// A function.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Function {
    /// One sentence.
    pub summary: String,
    /// What it is for, in Markdown.
    pub description: String,
    /// The type of its result.
    pub return_type: Value,
    /// Its parameters in order.
    pub parameters: Vec<Parameter>,
    /// What takes all further arguments.
    pub variadic_parameter: Option<Parameter>,
}

/// A parameter of a function.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Parameter {
    /// Its name.
    pub name: String,
    /// What it is for, in Markdown.
    pub description: String,
    /// Whether it takes null.
    pub is_nullable: bool,
    /// Its type.
    pub r#type: Value,
}

/// Why no schema could be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SchemaError {
    /// The text is not what `terraform providers schema -json` prints.
    #[error("not the output of `terraform providers schema -json`: {0}")]
    Json(#[from] serde_json::Error),
    /// No provider, or more than one, has this name.
    #[error("expected one provider named `{name}`, found {found}")]
    Provider {
        /// The name that was asked for.
        name: String,
        /// Which providers there are.
        found: String,
    },
}

impl ProviderSchema {
    /// Reads the output of `terraform providers schema -json` (or of `tofu`). `name` is the last part of the provider's
    /// source address, such as `clb` of `clb-rs/clb`.
    pub fn read(json: &str, name: &str) -> Result<Self, SchemaError> {
        #[derive(Deserialize)]
        struct Output {
            #[serde(default)]
            provider_schemas: BTreeMap<String, ProviderSchema>,
        }
        let mut providers = serde_json::from_str::<Output>(json)?.provider_schemas;
        let found = providers.keys().cloned().collect::<Vec<_>>().join(", ");
        providers.retain(|address, _| address.rsplit('/').next() == Some(name));
        match (providers.pop_first(), providers.is_empty()) {
            (Some((_, schema)), true) => Ok(schema),
            _ => Err(SchemaError::Provider { name: name.to_owned(), found }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_output_of_terraform_is_read() {
        let json = r#"{
            "format_version": "1.0",
            "provider_schemas": {
                "registry.terraform.io/acme/files": {
                    "provider": { "version": 0, "block": { "description": "Files.", "description_kind": "markdown" } },
                    "resource_schemas": {
                        "files_file": {
                            "version": 1,
                            "block": { "attributes": { "name": { "type": "string", "required": true } } }
                        }
                    },
                    "functions": {
                        "join": { "return_type": "string", "variadic_parameter": { "name": "parts", "type": "string" } }
                    }
                },
                "terraform.io/builtin/terraform": {}
            }
        }"#;
        let schema = ProviderSchema::read(json, "files").unwrap();
        assert_eq!(schema.provider.block.description, "Files.");
        assert!(schema.resource_schemas["files_file"].block.attributes["name"].required);
        assert_eq!(schema.functions["join"].variadic_parameter.as_ref().unwrap().name, "parts");
        let error = ProviderSchema::read(json, "other").unwrap_err().to_string();
        assert!(error.contains("`other`") && error.contains("acme/files"), "{error}");
    }

    #[test]
    fn other_text_is_rejected() {
        let error = ProviderSchema::read("not json", "files").unwrap_err().to_string();
        assert!(error.starts_with("not the output of `terraform providers schema -json`"), "{error}");
    }
}
