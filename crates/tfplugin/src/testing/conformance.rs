//! What Terraform holds a provider to, and a test's own values with it.

use crate::path::Step;
use crate::schema::{Attribute, Body, Schema};
use crate::{AttributePath, Diagnostic, Diagnostics, Value};

mod input;
mod part;
mod plan;
mod result;
#[cfg(test)]
mod tests;

pub(super) use input::{configured, fit, fully_known};
pub(super) use plan::{opened, planned, repeated, replacements};
pub(super) use result::{applied, final_plan, found, stored};

static NULL: Value = Value::Null;

/// What was found wrong with a value of a schema.
struct Violations<'a> {
    body: Body<'a>,
    summary: &'static str,
    found: Diagnostics,
}

impl<'a> Violations<'a> {
    fn new(schema: &'a Schema, summary: &'static str) -> Self {
        Violations { body: schema.into(), summary, found: Diagnostics::new() }
    }

    /// The values come with what they are, such as `planned`. Those that Terraform would not show stay hidden.
    fn report(&mut self, path: &AttributePath, what: &str, values: &[(&str, &Value)]) {
        let names = path.steps().iter().filter_map(|step| match step {
            Step::Attribute(name) => Some(name.as_str()),
            Step::Key(_) | Step::Index(_) | Step::Element(_) => None,
        });
        let hidden = is_secret(self.body, names);
        let shown = |(role, value): &(&str, &Value)| {
            format!("{role} {}", if hidden { "(hidden)".to_owned() } else { value.to_string() })
        };
        let values: Vec<_> = values.iter().map(shown).collect();
        let separator = if values.is_empty() { "" } else { ": " };
        let detail = format!("{what}{separator}{}.", values.join(", "));
        self.found.push(Diagnostic::error(self.summary, detail).at(path));
    }
}

/// Whether what is there under these names is sensitive or write-only, or in part, or part of something that is.
fn is_secret<'n>(body: Body<'_>, mut names: impl Iterator<Item = &'n str> + Clone) -> bool {
    let secret = |attribute: &Attribute| attribute.sensitive || attribute.write_only;
    let Some(name) = names.next() else { return body.find(&secret).is_some() };
    body.attributes.iter().any(|each| each.name == name && secret(each))
        || body.nested().any(|(nested, _, body)| nested == name && is_secret(body, names.clone()))
}

#[cfg(test)]
mod showing {
    use super::*;
    use crate::schema::Nesting;

    #[track_caller]
    fn check(path: impl Into<AttributePath>, expected: bool) {
        let inner =
            [Attribute::string("plain").optional(), Attribute::string("secret").optional().sensitive()];
        let schema = Schema::new("")
            .attribute(Attribute::string("open").optional())
            .attribute(Attribute::string("closed").optional().write_only())
            .attribute(Attribute::nested("nested", Nesting::List, inner).optional());
        let mut violations = Violations::new(&schema, "");
        violations.report(&path.into(), "Values", &[("one", &"a".into())]);
        let detail = if expected { "Values: one (hidden)." } else { "Values: one \"a\"." };
        assert_eq!(violations.found.iter().next().map(Diagnostic::detail), Some(detail));
    }

    #[test]
    fn secrets_are_hidden_wherever_they_are() {
        check("open", false);
        check("closed", true);
        check("nested", true);
        let element = AttributePath::from("nested").index(0);
        check(element.clone().attribute("plain"), false);
        check(element.attribute("secret"), true);
    }

    #[test]
    fn values_are_shown_as_the_language_writes_them() {
        let parts = Value::object([("a", Value::List(vec![1.into(), "x\n".into()])), ("b", Value::UNKNOWN)]);
        assert_eq!(Value::dynamic(parts).to_string(), r#"{a = [1, "x\n"], b = unknown}"#);
    }
}
