//! The page of a function.

use tfplugin::{Parameter, Signature, Type};

use super::page::Page;
use super::{PROVIDER, schema};

/// The page, with `example` in it.
pub(super) fn page(name: &str, signature: &Signature, example: &str) -> String {
    let page = Page::new(&format!("{name} function - terraform-provider-{PROVIDER}"), signature.summary());
    page.heading(&format!("function: {name}"), signature.markdown())
        .example(example)
        .section("Signature", &format!("```text\n{}\n```", written(name, signature)))
        .section("Arguments", &arguments(signature))
        .finish()
}

/// The signature as pages write it, such as `name(first string, rest number...) bool`.
fn written(name: &str, signature: &Signature) -> String {
    let parameters = signature.each_parameter().map(|each| format!("{} {}", each.name(), small(each.ty())));
    let variadic =
        signature.variadic_parameter().map(|each| format!("{} {}...", each.name(), small(each.ty())));
    let parameters: Vec<_> = parameters.chain(variadic).collect();
    format!("{name}({}) {}", parameters.join(", "), small(signature.output()))
}

fn small(ty: &Type) -> String {
    match ty {
        Type::Bool => "bool".into(),
        other => schema::type_name(other).to_lowercase(),
    }
}

fn arguments(signature: &Signature) -> String {
    let fixed = signature.each_parameter().map(|parameter| argument("", parameter));
    let variadic = signature.variadic_parameter().map(|parameter| argument("Variadic, ", parameter));
    let lines = (1..).zip(fixed.chain(variadic)).map(|(number, line)| format!("{number}. {line}"));
    lines.collect::<Vec<_>>().join("\n")
}

fn argument(mark: &str, parameter: &Parameter) -> String {
    let null = if parameter.allows_null() { ", Nullable" } else { "" };
    let ty = schema::type_name(parameter.ty());
    format!("`{}` ({mark}{ty}{null}) {}", parameter.name(), parameter.markdown())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_is_written_with_its_types() {
        let signature = Signature::new("Joins", Type::Bool)
            .parameter(Parameter::new("first", Type::list(Type::String)).allow_null().description("One."))
            .variadic(Parameter::new("rest", Type::Dynamic).description("Others."));
        assert_eq!(written("join", &signature), "join(first list of string, rest dynamic...) bool");
        let lines = "1. `first` (List of String, Nullable) One.\n2. `rest` (Variadic, Dynamic) Others.";
        assert_eq!(arguments(&signature), lines);
    }
}
