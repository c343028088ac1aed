//! Rules for several attributes of one object: of a schema, a block or a nested attribute.

use crate::schema::{Subject, Validator};
use crate::{Diagnostics, Value};

/// Exactly one of these attributes and blocks is set.
pub fn exactly_one_of<'a>(names: impl IntoIterator<Item = &'a str>) -> impl Validator {
    Across::new(names, Rule::ExactlyOne)
}

/// At least one of these attributes and blocks is set.
pub fn at_least_one_of<'a>(names: impl IntoIterator<Item = &'a str>) -> impl Validator {
    Across::new(names, Rule::AtLeastOne)
}

/// At most one of these attributes and blocks is set.
pub fn conflicting<'a>(names: impl IntoIterator<Item = &'a str>) -> impl Validator {
    Across::new(names, Rule::AtMostOne)
}

/// These attributes and blocks are all set, or none of them.
pub fn required_together<'a>(names: impl IntoIterator<Item = &'a str>) -> impl Validator {
    Across::new(names, Rule::Together)
}

/// Where the first of these is set, the others are.
pub fn requires<'a>(name: &'a str, others: impl IntoIterator<Item = &'a str>) -> impl Validator {
    Across::new(std::iter::once(name).chain(others), Rule::Requires)
}

#[derive(Clone, Copy)]
enum Rule {
    ExactlyOne,
    AtLeastOne,
    AtMostOne,
    Together,
    Requires,
}

struct Across {
    names: Vec<String>,
    rule: Rule,
}

/// Which of the names are set, which are not, and which may yet be.
#[derive(Default)]
struct Found<'n> {
    set: Vec<&'n str>,
    unset: Vec<&'n str>,
    unknown: bool,
}

impl Across {
    fn new<'a>(names: impl IntoIterator<Item = &'a str>, rule: Rule) -> Self {
        Across { names: names.into_iter().map(str::to_owned).collect(), rule }
    }

    fn found(&self, subject: &Subject<'_>) -> Found<'_> {
        let mut found = Found::default();
        for name in &self.names {
            let value = subject.value().get(name).unwrap_or(&Value::Null);
            let is_empty_block = subject.is_block(name) && value.elements().is_some_and(<[_]>::is_empty);
            match value.plain() {
                Value::Unknown(_) => found.unknown = true,
                Value::Null => found.unset.push(name),
                _ if is_empty_block => found.unset.push(name),
                _ => found.set.push(name),
            }
        }
        found
    }
}

impl Validator for Across {
    fn description(&self) -> String {
        let names = listed(&self.names);
        match self.rule {
            Rule::ExactlyOne => format!("an object with exactly one of {names}"),
            Rule::AtLeastOne => format!("an object with at least one of {names}"),
            Rule::AtMostOne => format!("an object with at most one of {names}"),
            Rule::Together => format!("an object with all or none of {names}"),
            Rule::Requires => format!(
                "an object with {} only together with {}",
                listed(&self.names[..1]),
                listed(&self.names[1..])
            ),
        }
    }

    fn validate(&self, subject: &Subject<'_>) -> Result<(), Diagnostics> {
        let Found { set, unset, unknown } = self.found(subject);
        let is_more_than_one = set.len() > 1 && matches!(self.rule, Rule::ExactlyOne | Rule::AtMostOne);
        let is_none = set.is_empty() && !unknown && matches!(self.rule, Rule::ExactlyOne | Rule::AtLeastOne);
        let first_is_set = self.names.first().is_some_and(|first| set.contains(&first.as_str()));
        let lacks_others = !unset.is_empty()
            && match self.rule {
                Rule::Together => !set.is_empty(),
                Rule::Requires => first_is_set,
                _ => false,
            };
        match set.as_slice() {
            [first, second, ..] if is_more_than_one => {
                Err(error_at(subject, second, &format!("cannot be set together with `{first}`")))
            }
            _ if is_none => {
                Err(subject.error(format!("must set {} of {}", self.rule.least(), listed(&self.names))))
            }
            [first, ..] if lacks_others => {
                Err(error_at(subject, first, &format!("must be set together with {}", listed(&unset))))
            }
            _ => Ok(()),
        }
    }
}

/// An error at the attribute that is too many.
fn error_at(subject: &Subject<'_>, name: &str, problem: &str) -> Diagnostics {
    let value = subject.value().get(name).unwrap_or(&Value::Null);
    subject.with(value, subject.path().clone().attribute(name)).error(problem)
}

impl Rule {
    fn least(self) -> &'static str {
        if matches!(self, Rule::ExactlyOne) { "exactly one" } else { "at least one" }
    }
}

fn listed<T: AsRef<str>>(names: &[T]) -> String {
    names.iter().map(|name| format!("`{}`", name.as_ref())).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::super::tests::check;
    use super::*;

    fn object(a: impl Into<Value>, b: impl Into<Value>) -> Value {
        Value::object([("a", a.into()), ("b", b.into())])
    }

    #[test]
    fn attributes_go_together_or_not() {
        let none = || object(Value::Null, Value::Null);
        let both = || object("x", "y");
        let one = || object("x", Value::Null);
        let open = || object("x", Value::UNKNOWN);
        let names = ["a", "b"];
        for value in [one(), open()] {
            check(&exactly_one_of(names), value, &[]);
        }
        check(&exactly_one_of(names), object(Value::Null, Value::UNKNOWN), &[]);
        check(&exactly_one_of(names), none(), &["The configuration must set exactly one of `a`, `b`."]);
        check(&exactly_one_of(names), both(), &["`b` cannot be set together with `a`."]);
        check(&at_least_one_of(names), both(), &[]);
        check(&at_least_one_of(names), none(), &["The configuration must set at least one of `a`, `b`."]);
        check(&conflicting(names), none(), &[]);
        check(&conflicting(names), both(), &["`b` cannot be set together with `a`."]);
        check(&required_together(names), open(), &[]);
        check(&required_together(names), one(), &["`a` must be set together with `b`."]);
        check(&requires("b", ["a"]), one(), &[]);
        check(&requires("a", ["b"]), one(), &["`a` must be set together with `b`."]);
    }
}
