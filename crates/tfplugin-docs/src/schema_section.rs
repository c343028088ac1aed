//! Arguments and results of a schema, in the groups and words of the Registry's other pages.

use serde_json::Value;

use crate::provider_schema::{Attribute, Block, BlockType};

/// The section without its heading: groups, then the sections of whatever is nested.
pub(crate) fn section(block: &Block) -> String {
    let body = Body::of_block(block);
    format!("{}{}", body.groups("", "### ", ""), body.nested(""))
}

/// A type as pages write it, such as `List of String`.
pub(crate) fn type_name(ty: &Value) -> String {
    let (name, element) = match ty {
        Value::Array(parts) => (parts.first().and_then(Value::as_str), parts.get(1)),
        other => (other.as_str(), None),
    };
    match (name, element) {
        (Some("bool"), _) => "Boolean".into(),
        (Some(name @ ("list" | "set" | "map")), Some(element)) => {
            format!("{} of {}", capitalized(name), type_name(element))
        }
        (Some(name), _) => capitalized(name),
        (None, _) => "Dynamic".into(),
    }
}

fn capitalized(name: &str) -> String {
    let mut rest = name.chars();
    rest.next().map(|first| first.to_uppercase().chain(rest).collect()).unwrap_or_default()
}

/// Attributes and blocks that belong together, sorted by name.
struct Body<'a>(Vec<Part<'a>>);

/// An attribute or block with its name.
#[derive(Clone, Copy)]
enum Part<'a> {
    Attribute(&'a str, &'a Attribute),
    Block(&'a str, &'a BlockType),
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Group {
    Required,
    Optional,
    ReadOnly,
}

impl<'a> Body<'a> {
    fn of_block(block: &'a Block) -> Self {
        let attributes = block.attributes.iter().map(|(name, each)| Part::Attribute(name, each));
        Self::sorted(
            attributes.chain(block.block_types.iter().map(|(name, each)| Part::Block(name, each))).collect(),
        )
    }

    fn sorted(mut parts: Vec<Part<'a>>) -> Self {
        parts.sort_by_key(|part| part.name());
        Self(parts)
    }

    /// The groups that have members, each under its title, with a line for every member; `path` as in [`nested`](Self::nested).
    fn groups(&self, path: &str, before: &str, after: &str) -> String {
        let groups =
            [(Group::Required, "Required"), (Group::Optional, "Optional"), (Group::ReadOnly, "Read-Only")];
        let lines = groups.map(|(group, title)| {
            let members: Vec<_> =
                self.0.iter().filter(|part| part.group() == group).map(|part| part.line(path)).collect();
            (title, members.join("\n"))
        });
        let lines = lines.into_iter().filter(|(_, lines)| !lines.is_empty());
        lines
            .map(|(title, lines)| format!("{before}{title}{after}\n\n{lines}\n\n"))
            .collect::<Vec<_>>()
            .concat()
    }

    /// A section for each part that has parts of its own; `path` is where this body is, with a dot at its end.
    fn nested(&self, path: &str) -> String {
        let sections = self.0.iter().filter_map(|part| Some((part, part.body()?)));
        sections
            .map(|(part, body)| part.section(&format!("{path}{}", part.name()), &body))
            .collect::<Vec<_>>()
            .concat()
    }
}

impl<'a> Part<'a> {
    fn name(self) -> &'a str {
        match self {
            Part::Attribute(name, _) | Part::Block(name, _) => name,
        }
    }

    fn group(self) -> Group {
        let (required, optional) = match self {
            Part::Attribute(_, attribute) => (attribute.required, attribute.optional),
            Part::Block(_, block) => (block.min_items > 0, true),
        };
        match (required, optional) {
            (true, _) => Group::Required,
            (false, true) => Group::Optional,
            (false, false) => Group::ReadOnly,
        }
    }

    fn line(self, path: &str) -> String {
        let (name, kind, description) = (self.name(), self.kind(), self.description());
        let below = if self.body().is_some() {
            format!(" (see [below for nested schema](#{}))", self.anchor(&format!("{path}{name}")))
        } else {
            String::new()
        };
        format!("- `{name}` ({kind}) {description}{below}")
    }

    fn kind(self) -> String {
        match self {
            Part::Attribute(_, attribute) => attribute_kind(attribute),
            Part::Block(_, block) => block_kind(block),
        }
    }

    fn description(self) -> &'a str {
        match self {
            Part::Attribute(_, attribute) => &attribute.description,
            Part::Block(_, block) => &block.block.description,
        }
    }

    fn body(self) -> Option<Body<'a>> {
        match self {
            Part::Block(_, block) => Some(Body::of_block(&block.block)),
            Part::Attribute(_, attribute) => attribute.nested_type.as_ref().map(|nested| {
                Body::sorted(
                    nested.attributes.iter().map(|(name, each)| Part::Attribute(name, each)).collect(),
                )
            }),
        }
    }

    fn anchor(self, path: &str) -> String {
        let kind = match self {
            Part::Attribute(..) => "nestedatt",
            Part::Block(..) => "nestedblock",
        };
        format!("{kind}--{}", path.replace('.', "--"))
    }

    fn section(self, path: &str, body: &Body<'_>) -> String {
        let inside = format!("{path}.");
        let (anchor, groups, nested) =
            (self.anchor(path), body.groups(&inside, "", ":"), body.nested(&inside));
        format!("<a id=\"{anchor}\"></a>\n### Nested Schema for `{path}`\n\n{groups}{nested}")
    }
}

fn attribute_kind(attribute: &Attribute) -> String {
    let mut kind = match (&attribute.nested_type, &attribute.r#type) {
        (Some(nested), _) if nested.nesting_mode == "single" => "Attributes".into(),
        (Some(nested), _) => format!("Attributes {}", capitalized(&nested.nesting_mode)),
        (None, Some(ty)) => type_name(ty),
        (None, None) => "Dynamic".into(),
    };
    let marks = [
        (attribute.sensitive, ", Sensitive"),
        (attribute.write_only, ", Write-only"),
        (attribute.deprecated, ", Deprecated"),
    ];
    kind.extend(marks.into_iter().filter(|(holds, _)| *holds).map(|(_, mark)| mark));
    kind
}

fn block_kind(block: &BlockType) -> String {
    if matches!(block.nesting_mode.as_str(), "single" | "group") {
        return if block.min_items > 0 { "Block, Required".into() } else { "Block, Optional".into() };
    }
    let limit = |name, limit| if limit > 0 { format!(", {name}: {limit}") } else { String::new() };
    let (least, most) = (limit("Min", block.min_items), limit("Max", block.max_items));
    format!("Block {}{least}{most}", capitalized(&block.nesting_mode))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_section_is_grouped_sorted_and_followed_by_what_is_nested() {
        let block = json!({
            "attributes": {
                "z": { "type": ["set", ["list", "bool"]], "required": true, "description": "Z." },
                "a": { "type": "dynamic", "optional": true, "sensitive": true, "description": "A." },
                "outer": {
                    "nested_type": {
                        "nesting_mode": "map",
                        "attributes": {
                            "b": { "type": "string", "computed": true, "description": "B." },
                            "inner": {
                                "nested_type": {
                                    "nesting_mode": "list",
                                    "attributes": { "deep": { "type": "bool", "optional": true, "description": "D." } },
                                },
                                "computed": true,
                                "description": "I.",
                            },
                        },
                    },
                    "computed": true,
                    "description": "O.",
                },
            },
            "block_types": {
                "timeouts": {
                    "nesting_mode": "single",
                    "block": {
                        "description": "Times.",
                        "attributes": { "read": { "type": "string", "optional": true, "description": "R." } },
                    },
                },
                "item": {
                    "nesting_mode": "list",
                    "min_items": 1,
                    "max_items": 3,
                    "block": {
                        "description": "Items.",
                        "attributes": { "n": { "type": "number", "required": true, "description": "N." } },
                    },
                },
            },
        });
        insta::assert_snapshot!(section(&serde_json::from_value(block).unwrap()));
    }

    #[test]
    fn types_have_the_registrys_names() {
        for (ty, name) in [
            (json!("bool"), "Boolean"),
            (json!(["map", ["set", "number"]]), "Map of Set of Number"),
            (json!(["object", { "a": "string" }]), "Object"),
            (json!(["tuple", ["string"]]), "Tuple"),
            (json!("dynamic"), "Dynamic"),
        ] {
            assert_eq!(type_name(&ty), name);
        }
    }
}
