//! The page of a function.

use serde_json::Value;

use crate::page::Page;
use crate::provider_schema::{Function, Parameter};
use crate::schema_section::type_name;

/// The signature as pages write it, such as `name(first string, rest number...) bool`.
pub(crate) fn signature(name: &str, function: &Function) -> String {
    let parameters = function.parameters.iter().map(|each| format!("{} {}", each.name, small(&each.r#type)));
    let variadic =
        function.variadic_parameter.iter().map(|each| format!("{} {}...", each.name, small(&each.r#type)));
    let parameters: Vec<_> = parameters.chain(variadic).collect();
    format!("{name}({}) {}", parameters.join(", "), small(&function.return_type))
}

/// Adds the sections that only functions have.
pub(crate) fn sections<'a>(page: Page<'a>, name: &str, function: &Function) -> Page<'a> {
    let signature = format!("```text\n{}\n```", signature(name, function));
    let page = page.generated("signature", "Signature", &signature);
    if function.parameters.is_empty() && function.variadic_parameter.is_none() {
        return page;
    }
    page.generated("arguments", "Arguments", &arguments(function))
}

fn small(ty: &Value) -> String {
    match type_name(ty).as_str() {
        "Boolean" => "bool".into(),
        other => other.to_lowercase(),
    }
}

fn arguments(function: &Function) -> String {
    let fixed = function.parameters.iter().map(|parameter| argument("", parameter));
    let variadic = function.variadic_parameter.iter().map(|parameter| argument("Variadic, ", parameter));
    let lines = (1..).zip(fixed.chain(variadic)).map(|(number, line)| format!("{number}. {line}"));
    lines.collect::<Vec<_>>().join("\n")
}

fn argument(mark: &str, parameter: &Parameter) -> String {
    let null = if parameter.is_nullable { ", Nullable" } else { "" };
    let ty = type_name(&parameter.r#type);
    format!("`{}` ({mark}{ty}{null}) {}", parameter.name, parameter.description)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_signature_is_written_with_its_types() {
        let function = json!({
            "summary": "Joins",
            "return_type": "bool",
            "parameters": [
                { "name": "first", "type": ["list", "string"], "is_nullable": true, "description": "One." },
            ],
            "variadic_parameter": { "name": "rest", "type": "dynamic", "description": "Others." },
        });
        let function: Function = serde_json::from_value(function).unwrap();
        assert_eq!(signature("join", &function), "join(first list of string, rest dynamic...) bool");
        let lines = "1. `first` (List of String, Nullable) One.\n2. `rest` (Variadic, Dynamic) Others.";
        assert_eq!(arguments(&function), lines);
    }
}
